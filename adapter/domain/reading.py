"""Reading with care: a value, and what has to be said about how it was read.

What cannot be read surely stays as text with a finding; nothing is guessed.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from adapter.findings import Finding
from adapter.frozen import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A value that was read, and the findings of the reading."""

    value: T
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stood: the place in the message and the path of journal keywords above them."""

    where: str = ""
    keyword: str = ""

    def finding(self, code: str, at: str, what: str, value: str = "", *, blocking: bool = False) -> Finding:
        """A finding about the words at this place."""
        return Finding(code, self.where, at, what, value, blocking, self.keyword)


NOWHERE = Place()
