"""Where each value of a JSON text stands, found on demand by one scan without recursion.

It reads tokens, not grammar: on a text that is no JSON it gives the places up to the fault and goes on as
best it can, so that a refusal can name a path. The paths are those of ``Node.where``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING

from adapter.wire.node import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_TOKEN = re.compile(STRING.pattern + r"|[{}\[\]:,]|[^\s{}\[\]:,\"]+", re.DOTALL)


@dataclass(slots=True)
class _Frame:
    """One open object or array: ``stem`` is what the names (or the index) of its members are put after."""

    stem: str
    is_object: bool
    name: str | None = None
    index: int = -1

    def next_place(self) -> str:
        if self.is_object:
            step = segment(self.name or "")
            self.name = None
            return f"{self.stem}.{step}" if self.stem else step
        self.index += 1
        return f"{self.stem}[{self.index}]"


def places(text: str) -> Iterator[tuple[str, int]]:
    """The path and the offset of every value, outside in; an array stands before its items."""
    frames: list[_Frame] = []
    for found in _TOKEN.finditer(text):
        lexeme, start = found[0], found.start()
        frame = frames[-1] if frames else None
        if lexeme in ":,":
            continue
        if lexeme in "]}":
            del frames[-1:]
        elif lexeme[0] == '"' and frame and frame.is_object and frame.name is None:
            frame.name = _text(lexeme)
        else:
            where = frame.next_place() if frame else ""
            yield where, start
            if lexeme in "[{":
                frames.append(_opened(lexeme, where, frame))


def _opened(lexeme: str, where: str, above: _Frame | None) -> _Frame:
    if lexeme == "{":
        return _Frame(where, is_object=True)
    if above and above.is_object:
        return _Frame(where, is_object=False)
    return _Frame(f"{where}.item" if where else "item", is_object=False)


def _text(lexeme: str) -> str:
    try:
        return str(scanstring(lexeme, 1, True)[0])
    except JSONDecodeError:
        return lexeme


def place_at(text: str, offset: int) -> str:
    """The path of the last value that starts at or before an offset."""
    last = ""
    for where, start in places(text):
        if start > offset:
            break
        last = where
    return last
