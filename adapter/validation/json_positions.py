"""Line and column of a place in a JSON text, found on demand by scanning it once.

Only called when there is something to say, so it is plain rather than fast. Its places are keys and indexes,
those of ``wire.json_places`` the paths of a ``Node``, where an item of a list is called by the list's name.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Keys = tuple[str | int, ...]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_MAX = 64 * 1024 * 1024


class JsonPositions:
    """Answers where the value at a path of keys and indexes begins."""

    def __init__(self, raw: bytes) -> None:
        self._offsets: dict[Keys, int] = {}
        text = raw[:_MAX].decode("utf-8-sig", "replace")
        self._lines = [0, *(m.end() for m in re.finditer("\n", text))]
        self._scan(text)

    def find(self, keys: Keys) -> tuple[int, int]:
        """1-based line and column of the value, or of the nearest thing around it."""
        while keys and keys not in self._offsets:
            keys = keys[:-1]
        offset = self._offsets.get(keys, 0)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _scan(self, text: str) -> None:
        stack: list[list[str | int | None]] = []  # each open container: its current key or index
        is_key = False
        for match in _TOKEN.finditer(text):
            token, first = match.group(), match.group()[0]
            if first in "}]":
                if stack:
                    stack.pop()
                is_key = False
            elif first == ",":
                if stack and isinstance(stack[-1][0], int):
                    stack[-1][0] += 1
                else:
                    is_key = True
            elif first == ":":
                is_key = False
            elif is_key and first == '"' and stack:
                stack[-1][0] = token[1:-1]
            else:
                keys = tuple(level[0] for level in stack if level[0] is not None)
                self._offsets.setdefault(keys, match.start())
                if first in "{[":
                    stack.append([None if first == "{" else 0])
                    is_key = first == "{"
