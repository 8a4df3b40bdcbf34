"""The keyword tree (sökordsträd) of a journal note, and the vocabulary that knows its words."""
from __future__ import annotations

from dataclasses import dataclass

from adapter.domain.origin import Traced


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordValue(Traced):
    """One value under a keyword, verbatim. ``kind`` is the sender's word for its type."""

    text: str
    kind: str = "Text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword(Traced):
    """One keyword (sökord) with its values and the keywords under it; titles as written."""

    title: str
    values: tuple[KeywordValue, ...] = ()
    children: tuple[Keyword, ...] = ()
    tool: str = "Text"  # keywordToolType
    units: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    secrecy_levels: tuple[str, ...] = ()
