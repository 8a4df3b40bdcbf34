"""The quick tests of single values: primitives, and checks whose verdict can be remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.validation.places import Place
from adapter.validation.plans import Field, ItemCheck, TypeRef
from adapter.validation.primitives import CHECKS, MAX_STRING, Check, code, text
from adapter.validation.references import is_plain, target_types

MANY = 1024  # verdicts that one check remembers
SHORT = 1000  # characters of a text that is surely not too long
BARE_REFERENCES = frozenset({("reference",), ("reference", "display")})
_REFERENCE, _DISPLAY = ("reference", "reference", -1), ("display", "display", -1)
_HTTP = re.compile(r"https?://\S+").fullmatch


def remembered(check: ItemCheck, field: Field) -> Any:
    """A check as a test. What it asks of coded values is remembered, as there are few of them."""
    key_of = getattr(getattr(check, "__self__", None), "key_of", None)
    if key_of is None:

        def test(at: Any, value: Any, here: Place) -> bool:
            check(at.run, field, value, None, here, at.scope)
            return True

        return test
    return _remembering(check, field, key_of)


def _remembering(check: ItemCheck, field: Field, key_of: Callable[[Any], Any]) -> Any:
    right: set[Any] = set()

    def test(at: Any, value: Any, here: Place) -> bool:
        key = key_of(value)
        if key not in right:
            check(at.run, field, value, None, here, at.scope)
            if len(right) < MANY:
                right.add(key)
        return True

    return test


def shorter(field: Field, whole: Any, seen: Any) -> Any:
    """The whole test of a data type's value with a shorter way for the form that it nearly always has.

    ``seen`` marks a test that looks at the value itself.
    """
    if field.code == "Reference" and (ref := field.element.types.get("Reference")) is not None:
        return _bare_reference(whole, seen(_is_plain(ref)), seen(_text))
    if field.code == "Coding":
        return seen(_bare_coding(whole))
    return whole


def _is_plain(ref: TypeRef) -> Any:
    right: set[str] = set()  # a message names its patient and its plan again and again

    def test(at: Any, value: Any, here: Place) -> bool:
        if type(value) is not str or value in right:
            return type(value) is str
        if ref.target_types is None:
            target_types(at.run, ref, here)
        is_right = is_plain(at.run, ref, value)
        if is_right:
            _keep(right, value)
        return is_right

    return test


def _bare_reference(whole: Any, is_plain: Any, is_text: Any) -> Any:
    def test(at: Any, value: Any, here: Place) -> bool:
        if at.scope.outer is None and type(value) is dict:
            keys = tuple(value)
            if (
                keys in BARE_REFERENCES
                and is_plain(at, value["reference"], (here, *_REFERENCE))
                and (len(keys) == 1 or is_text(at, value["display"], (here, *_DISPLAY)))
            ):
                return True
        found: bool = whole(at, value, here)
        return found

    return test


def _bare_coding(whole: Any) -> Any:
    right: set[Any] = set()  # (system, code) of those that have nothing else

    def test(at: Any, value: Any, here: Place) -> bool:
        key = None
        if type(value) is dict and len(value) == 2:  # noqa: PLR2004 system and code
            key = value.get("system"), value.get("code")
            if type(key[0]) is str and type(key[1]) is str and key in right:
                return True
        if not whole(at, value, here):
            return False
        if key is not None and None not in key and len(right) < MANY:
            right.add(key)
        return True

    return test


def _text(_at: Any, value: Any, _place: Place) -> bool:
    if type(value) is str and value.isprintable() and 0 < len(value) <= SHORT:
        return value[0] != " " and value[-1] != " "
    return not text(value)


def _markup(_at: Any, value: Any, _place: Place) -> bool:
    if type(value) is str and value[:1] == "<" and value[-1:] == ">" and len(value) <= MAX_STRING:
        return value.isprintable() or not text(value)
    return not text(value)


def _code(_at: Any, value: Any, _place: Place) -> bool:
    return (type(value) is str and value.isalnum()) or not code(value)


def _of(check: Check) -> Any:
    return lambda _at, value, _place: not check(value)


def _seldom_another(check: Check) -> Any:
    """The test of texts of which one message has few."""
    right: set[str] = set()

    def test(_at: Any, value: Any, _place: Place) -> bool:
        if type(value) is not str or value in right:
            return type(value) is str
        is_right = not check(value)
        if is_right:
            _keep(right, value)
        return is_right

    return test


def _keep(right: set[str], value: str) -> None:
    if len(right) >= MANY:
        right.clear()
    right.add(value)


def _address(check: Check) -> Any:
    return lambda _at, value, _place: (type(value) is str and _HTTP(value) is not None) or not check(value)


PRIMITIVES: dict[str, Any] = {code: _of(check) for code, check in CHECKS.items()}
PRIMITIVES |= {code: _seldom_another(CHECKS[code]) for code in ("date", "dateTime", "instant", "id")}
PRIMITIVES |= {code: _address(CHECKS[code]) for code in ("uri", "url", "canonical")}
PRIMITIVES |= {"string": _text, "code": _code, "xhtml": _markup}
