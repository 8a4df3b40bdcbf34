"""What a reader is told, before it is written: sentences with ids under headings.

The same for narrative, page and print. An id is unique within its page, so that each sentence can point at
what it was made from.
"""

from __future__ import annotations

from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or line, with an id that is unique within its page."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; ``is_list`` when the sentences are lines of a list."""

    id: str
    heading: str
    sentences: tuple[Sentence, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A page: what comes first, then sections."""

    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...] = ()
