"""The lines of a keyword: one line is one thing said; semicolons and commas do not split."""

from __future__ import annotations

import re

from adapter.domain.keywords import Keyword

LONGEST_LINE = 1000  # signs; a longer one is kept as text and not searched for names, numbers or times
_BULLET = re.compile(r"(?:[-–—*·][^\S\r\n]+|[•●▪◦‣]\s*)+")
_BULLET_SIGN = re.compile(r"[•●▪◦‣]")
_NUMBER = re.compile(r"([0-9]{1,2})[.)]\s+(?=\S)")


def lines(keyword: Keyword) -> list[tuple[str, str]]:
    """Every line of a keyword's values with its place, without bullets, blank lines left out.

    The numbers of a numbered list are taken away only when a value is one, 1 to n with n at least 2:
    a figure alone before a line may be a dose.
    """
    found: list[tuple[str, str]] = []
    for value in keyword.values:
        text, where = value.text, value.origin("text")
        if not text.isprintable() or _has_bullet(text):
            found += _of_several(text, where)
        elif line := _without_bullet(text):
            found.append((line, where))
    return found


def _has_bullet(text: str) -> bool:
    return "•" in text or "●" in text or "▪" in text or "◦" in text or "‣" in text  # sooner than one search


def _of_several(text: str, where: str) -> list[tuple[str, str]]:
    """The lines of a value that may hold more than one."""
    found = [
        (line, f"{where}#L{number}" if where else "")
        for number, row in enumerate(text.splitlines(), start=1)
        for part in _BULLET_SIGN.split(row)
        if (line := _without_bullet(part))
    ]
    return _unnumbered(found)


def _without_bullet(text: str) -> str:
    line = text.strip()
    if line[:1].isalnum():  # nearly always
        return line
    found = _BULLET.match(line)
    return line[found.end() :].strip() if found else line


def _unnumbered(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    numbers = [_NUMBER.match(line) for line, _ in found]
    if len(found) < 2 or [int(number[1]) if number else 0 for number in numbers] != list(  # noqa: PLR2004 - a list has two
        range(1, len(found) + 1)
    ):
        return found
    return [(_without_bullet(_NUMBER.sub("", line, count=1)), where) for line, where in found]
