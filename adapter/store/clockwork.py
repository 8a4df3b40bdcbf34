"""Sequence numbers that are times: milliseconds UTC since 1970 in the high bits, a counter in the low 20.

A version's number is its ``meta.lastUpdated`` and its place in the order of all versions at once, so that
newest first, ``_lastUpdated`` and paging need no index of their own.
"""

from __future__ import annotations

BITS = 20  # a million versions a millisecond; the time fits until the year 2248


def updated(seq: int) -> int:
    """The time of a sequence number, in milliseconds UTC since 1970."""
    return seq >> BITS


def first_of(milliseconds: int) -> int:
    """The lowest sequence number of a millisecond, or of the one where the numbers begin or end."""
    return min(max(milliseconds, 0), 1 << 42) << BITS


class Sequence:
    """Numbers for one writer: never the same twice, never backwards, even when the clock is."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self, milliseconds: int) -> int:
        """The next number, at this time or just after the last one."""
        return self.first_of(1, milliseconds)

    def first_of(self, count: int, milliseconds: int) -> int:
        """The first of so many numbers, one after another."""
        first = max(self.last + 1, milliseconds << BITS)
        self.last = first + count - 1
        return first
