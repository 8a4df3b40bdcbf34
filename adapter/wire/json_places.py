"""Where the values of a JSON text stand, found on demand. The paths are those of ``Node.where``.

``places`` reads tokens, not grammar: on a text that is no JSON it gives the places up to the fault and goes
on as best it can, so that a refusal can name a path. ``offsets`` looks for a few places in a text that is
JSON: what none of them lies in is passed over by the C scanner of the standard library.
"""

from __future__ import annotations

import re
from contextlib import suppress
from json.decoder import (  # type: ignore[attr-defined]  # typeshed leaves scanstring out
    JSONDecodeError,
    JSONDecoder,
    scanstring,
)
from typing import TYPE_CHECKING

from adapter.wire.node import segment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_TOKEN = re.compile(  # with what stands between it and the next
    r'(?:"((?:[^"\\]++|\\.)*+)(?:"|\Z)([ \t\r\n]*+:)?|([{}\[\]])|[^\s{}\[\]:,"]+)[\s:,]*+', re.DOTALL
)


def places(text: str) -> Iterator[tuple[str, int]]:
    """The path and the offset of every value, outside in; an array stands before its items."""
    above: list[tuple[str, int]] = []  # what the open objects and arrays around this one were at
    stem, index = "", _ROOT  # of the open one: what names or indexes are put after; objects count no index
    where = ""
    for found in _TOKEN.finditer(text):
        key, colon, bracket = found.groups()
        if colon:
            step = segment(_decoded(key))
            where = f"{stem}.{step}" if stem else step
            continue
        if bracket and bracket in "]}":
            stem, index = above.pop() if above else ("", _ROOT)
            continue
        if index >= 0:
            where = f"{stem}[{index}]"
            index += 1
        yield where, found.start()
        if bracket:
            above.append((stem, index))
            is_nameless = index != _OBJECT
            stem, index = (where, _OBJECT) if bracket == "{" else (_items(where, is_nameless), 0)


_ROOT, _OBJECT = -2, -1


def _items(where: str, is_nameless: bool) -> str:
    """What the items of an array are called by: the array's own name, or ``item`` below it."""
    if not is_nameless:
        return where
    return f"{where}.item" if where else "item"


def _decoded(key: str) -> str:
    if "\\" not in key:
        return key
    try:
        return str(scanstring(f'{key}"', 0, True)[0])
    except JSONDecodeError:
        return key


def place_at(text: str, offset: int) -> str:
    """The path of the last value that starts at or before an offset."""
    last = ""
    for where, start in places(text):
        if start > offset:
            break
        last = where
    return last


def offsets(text: str, wanted: Collection[str]) -> dict[str, int]:
    """Where the values at some paths begin; on a text that is no JSON, those up to the fault."""
    search = _Search(text, wanted)
    with suppress(ValueError, StopIteration, RecursionError):
        search.value(search.next(0), "", is_nameless=True)
    return search.found


_NEXT = re.compile(r"[ \t\r\n,]*")
_NEXT_NAME = re.compile(r'[ \t\r\n,]*"((?:[^"\\]++|\\.)*+)"[ \t\r\n]*:[ \t\r\n]*')
_PASS_OVER = JSONDecoder(parse_float=str, parse_int=str).scan_once  # type: ignore[attr-defined]  # nor this


def end_of(text: str, at: int) -> int:
    """Where the value that begins at an offset ends, in a text that is JSON."""
    end: int = _PASS_OVER(text, at)[1]
    return end


class _Search:
    """One way down a text, past everything that nothing wanted lies in."""

    __slots__ = ("around", "found", "missing", "text")

    def __init__(self, text: str, wanted: Collection[str]) -> None:
        self.text = text
        self.missing = set(wanted)
        self.around = {place[:at] for place in wanted for at, sign in enumerate(place) if sign in ".["} | {""}
        self.found: dict[str, int] = {}

    def value(self, at: int, where: str, *, is_nameless: bool) -> int:
        """One value that begins here; where it ends, or anywhere when all is found."""
        if where in self.missing:
            self.missing.remove(where)
            self.found[where] = at
            if not self.missing:
                return at
        if where in self.around:
            if self.text.startswith("{", at):
                return self._members(at + 1, where)
            if self.text.startswith("[", at):
                return self._items(at + 1, _items(where, is_nameless))
        return end_of(self.text, at)

    def _members(self, at: int, where: str) -> int:
        stem = f"{where}." if where else ""
        while self.missing and (found := _NEXT_NAME.match(self.text, at)):
            at = self.value(found.end(), stem + segment(_decoded(found[1])), is_nameless=False)
        return self.next(at) + 1

    def _items(self, at: int, name: str) -> int:
        index, at = 0, self.next(at)
        while self.missing and not self.text.startswith("]", at):
            at = self.next(self.value(at, f"{name}[{index}]", is_nameless=True))
            index += 1
        return at + 1

    def next(self, at: int) -> int:
        """Where the next value begins, or the end."""
        found = _NEXT.match(self.text, at)
        return found.end() if found else at
