"""Strings.

https://hl7.org/fhirpath/N1/#string-manipulation
"""

from __future__ import annotations

import base64
import binascii
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.operators import single
from adapter.validation.fhirpath.patterns import compiled, full, search
from adapter.validation.fhirpath.values import plain

Items = list[Any]
MAX_TEXT = 2_000_000  # characters that an expression may build


def _text(items: Items) -> str | None:
    value = single(items)
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "text"):
        return str(value.text)
    if isinstance(value, bool) or not isinstance(value, (int,)):
        raise FhirPathError("a string was expected")
    return str(value)


def _stringly(work: Callable[..., Any]) -> Any:
    def function(_env: Env, focus: Items, *arguments: Items) -> Items:
        value = _text(focus)
        others = [single(a) for a in arguments]
        if value is None or None in others:
            return []
        try:
            found = work(value, *others)
        except TypeError:
            raise FhirPathError("an argument of another type was expected") from None
        return [] if found is None else [found]

    return function


def _substring(value: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(value):
        return None
    return value[start:] if length is None else value[start : start + max(0, length)]


def _substring_function(_env: Env, focus: Items, start: Items, *length: Items) -> Items:
    value, at = _text(focus), single(start)
    if value is None or at is None:
        return []
    found = _substring(value, int(at), single(length[0]) if length and length[0] else None)
    return [] if found is None else [found]


def _replace(value: str, pattern: str, by: str) -> str:
    if len(value) * max(1, len(by)) > MAX_TEXT:
        raise FhirPathError("the text becomes too long")
    return value.replace(pattern, by)


def _replace_matches(env: Env, focus: Items, pattern: Items, by: Items) -> Items:
    value, wanted, new = _text(focus), single(pattern), single(by)
    if value is None or wanted is None or new is None:
        return []
    env.spend(len(value))
    text = str(new).replace("\\", "\\\\")
    for i in range(10):
        text = text.replace(f"${i}", f"\\g<{i}>")
    return [compiled(str(wanted)).sub(text, value)]


def _matches(test: Callable[[str, str], bool]) -> Any:
    def function(env: Env, focus: Items, pattern: Items, *_flags: Items) -> Items:
        value, wanted = _text(focus), single(pattern)
        if value is None or wanted is None:
            return []
        env.spend(1 + len(value) // 10)
        return [test(str(wanted), value)]

    return function


def _join(_env: Env, focus: Items, *separator: Items) -> Items:
    between = single(separator[0]) if separator and separator[0] else ""
    return [str(between).join(str(plain(i)) for i in focus)] if focus else []


ENCODE: dict[str, Callable[[str], str]] = {
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "urlbase64": lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
    "hex": lambda v: v.encode().hex(),
}
DECODE: dict[str, Callable[[str], str]] = {
    "base64": lambda v: base64.b64decode(v).decode(),
    "urlbase64": lambda v: base64.urlsafe_b64decode(v).decode(),
    "hex": lambda v: bytes.fromhex(v).decode(),
}
ESCAPE: dict[str, Callable[[str], str]] = {
    "html": lambda v: html.escape(v, quote=True),
    "json": lambda v: json.dumps(v, ensure_ascii=False)[1:-1],
}
UNESCAPE: dict[str, Callable[[str], str]] = {
    "html": html.unescape,
    "json": lambda v: str(json.loads(f'"{v}"')),
}


def _coded(table: dict[str, Callable[[str], str]]) -> Callable[[str, str], str | None]:
    def work(value: str, kind: str) -> str | None:
        try:
            return table[kind](value) if kind in table else None
        except (ValueError, binascii.Error):
            return None

    return work


def _split(_env: Env, focus: Items, separator: Items) -> Items:
    value, by = _text(focus), single(separator)
    return [] if value is None or by is None else list(value) if by == "" else value.split(str(by))


STRINGS: dict[str, Any] = {
    "indexOf": (_stringly(lambda v, s: v.find(s)), 1, 1),
    "lastIndexOf": (_stringly(lambda v, s: v.rfind(s)), 1, 1),
    "substring": (_substring_function, 1, 2),
    "startsWith": (_stringly(lambda v, s: v.startswith(s)), 1, 1),
    "endsWith": (_stringly(lambda v, s: v.endswith(s)), 1, 1),
    "contains": (_stringly(lambda v, s: s in v), 1, 1),
    "upper": (_stringly(lambda v: v.upper()), 0, 0),
    "lower": (_stringly(lambda v: v.lower()), 0, 0),
    "replace": (_stringly(_replace), 2, 2),
    "matches": (_matches(search), 1, 2),
    "matchesFull": (_matches(full), 1, 2),
    "replaceMatches": (_replace_matches, 2, 2),
    "length": (_stringly(len), 0, 0),
    "toChars": (lambda _e, f: list(_text(f) or ""), 0, 0),
    "trim": (_stringly(lambda v: v.strip()), 0, 0),
    "split": (_split, 1, 1),
    "join": (_join, 0, 1),
    "encode": (_stringly(_coded(ENCODE)), 1, 1),
    "decode": (_stringly(_coded(DECODE)), 1, 1),
    "escape": (_stringly(_coded(ESCAPE)), 1, 1),
    "unescape": (_stringly(_coded(UNESCAPE)), 1, 1),
    "encodeUrl": (_stringly(quote), 0, 0),
    "decodeUrl": (_stringly(unquote), 0, 0),
}
