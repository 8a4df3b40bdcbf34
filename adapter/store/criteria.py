"""One search criterion as a condition in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from adapter.fhir.search_dates import date_range
from adapter.fhir.search_index import folded
from adapter.ports import Criterion
from adapter.store.clockwork import first_of
from adapter.store.named_sql import statements
from adapter.store.terms import field

SQL = statements("search.sql")
LAST_LETTER = "\U0010ffff"

# https://hl7.org/fhir/R4/search.html#prefix, over the range of the row (low, high) and of the question
# (:low, :high). "ge" and "le" take what overlaps the asked range, so that a period that ends on the asked day
# is there.
PREFIXES = {
    "eq": ("({low} >= ? AND {high} <= ?)", ("low", "high")),
    "ne": ("NOT ({low} >= ? AND {high} <= ?)", ("low", "high")),
    "gt": ("{high} > ?", ("high",)),
    "ge": ("{high} >= ?", ("low",)),
    "lt": ("{low} < ?", ("low",)),
    "le": ("{low} <= ?", ("high",)),
    "sa": ("{low} > ?", ("high",)),
    "eb": ("{high} < ?", ("low",)),
    "ap": ("({low} <= ? AND {high} >= ?)", ("high", "low")),
}


class Piece(NamedTuple):
    """A piece of SQL and its values; ``seq`` is what gives the order when it drives a search.

    Ordered by the column that it walks by, SQLite needs no table of its own to sort in.
    """

    sql: str
    values: tuple[Any, ...]
    seq: str = "r.seq"


def values_list(values: Sequence[Any]) -> Piece:
    """``?, ?, …`` in few different lengths, so that prepared statements are found again."""
    octave = 1 << (len(values) - 1).bit_length()
    step = max(1, octave >> 3)
    size = -(-len(values) // step) * step
    return Piece(_marks(size), (*values, *[values[-1]] * (size - len(values))))


@lru_cache
def _marks(size: int) -> str:
    return ", ".join("?" * size)


def fill(name: str, values: Sequence[Any]) -> Piece:
    """A named piece around a list of values."""
    listed = values_list(values)
    return Piece(_filled(name, listed.sql), listed.values)


@lru_cache(maxsize=256)  # the lengths are few
def _filled(name: str, marks: str) -> str:
    return SQL[name].format(values=marks)


def date_condition(type_: str, criterion: Criterion, now: int) -> Piece:
    """A date criterion; ``now`` in milliseconds gives "about" its width."""
    if criterion.param == "_lastUpdated":
        return _joined([_moment(*value, now=now) for value in criterion.values])
    conditions = _joined([_range(*value, now=now) for value in criterion.values])
    return Piece(
        SQL["has_period"].format(conditions=conditions.sql),
        (field(type_, criterion.param), *conditions.values),
    )


def word_condition(criterion: Criterion) -> Piece:
    """Strings that begin with one of the values."""
    begins = [folded(value) for value in criterion.values]
    return _joined([Piece(SQL["word_begins"], (start, start + LAST_LETTER)) for start in begins])


def bounds(prefix: str, low: str, high: str, now: int) -> tuple[int, int]:
    """The asked range in milliseconds; "ap" widens it by a tenth of its distance from now."""
    first, last = date_range(low)[0], date_range(high)[1]
    if prefix == "ap":
        width = max(abs(now - first), abs(now - last)) // 10
        return first - width, last + width
    return first, last


def _range(prefix: str, low: str, high: str, *, now: int) -> Piece:
    return _prefixed(
        prefix, dict(zip(("low", "high"), bounds(prefix, low, high, now), strict=True)), "p.low", "p.high"
    )


def _moment(prefix: str, low: str, high: str, *, now: int) -> Piece:
    first, last = bounds(prefix, low, high, now)
    asked = {"low": first_of(first), "high": first_of(last + 1) - 1}
    return _prefixed(prefix, asked, "r.seq", "r.seq")


def _prefixed(prefix: str, asked: dict[str, int], low: str, high: str) -> Piece:
    sql, names = PREFIXES[prefix]
    return Piece(sql.format(low=low, high=high), tuple(asked[name] for name in names))


def _joined(pieces: Sequence[Piece]) -> Piece:
    sql = " OR ".join(piece.sql for piece in pieces)
    return Piece(f"({sql})", tuple(value for piece in pieces for value in piece.values))
