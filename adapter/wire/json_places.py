"""Where each value of a JSON text stands, found on demand by one scan without recursion.

It reads tokens, not grammar: on a text that is no JSON it gives the places up to the fault and goes on as
best it can, so that a refusal can name a path. The paths are those of ``Node.where``.
"""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING

from adapter.wire.node import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

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
