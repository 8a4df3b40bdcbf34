"""The twin's search: the same questions, answered by looking at every resource, without SQL or hashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cmp_to_key
from typing import Any

import orjson

from adapter.fhir.search_dates import FOREVER, NEVER, from_milliseconds, in_range
from adapter.fhir.search_index import SEARCH_PARAMETERS, Entry, entries, folded, parameter, references, token
from adapter.ports import Criterion, Include, Page, Query, Row
from adapter.store import marks
from adapter.store.clockwork import updated
from adapter.store.criteria import LAST_LETTER, bounds
from adapter.store.keeping import Version
from adapter.store.terms import rows_name

_DEEPEST = 8


class _Seen:
    """A resource with its entries, worked out once."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.json = orjson.loads(version.body)
        self.entries = entries(self.json)
        self.name = f"{version.type}/{version.id}"

    def of(self, param: str) -> list[Entry]:
        name = rows_name(self.version.type, param)
        return [entry for entry in self.entries if entry.param == name]

    def row(self) -> Row:
        v = self.version
        at = from_milliseconds(updated(v.seq))
        return Row(type=v.type, id=v.id, version=v.version, last_updated=at, body=v.body)


def look(query: Query, versions: Iterable[Version], now: int) -> Page:
    """Answer a query. Raises ValueError as the stores do."""
    everything = [_Seen(version) for version in versions]
    found = [
        seen
        for seen in everything
        if seen.version.type == query.type and all(_meets(seen, c, everything, now) for c in query.criteria)
    ]
    keyed = sorted(((_keys(seen, query), seen) for seen in found), key=cmp_to_key(_comparing(query)))
    if query.after:
        mark = marks.keys(query.after, len(_order(query)))
        keyed = [pair for pair in keyed if _comparing(query)(pair, (mark, pair[1])) > 0]
    page = keyed[: query.count]
    more = len(keyed) > query.count > 0
    matches = [seen for _, seen in page]
    if query.is_bare:
        query = replace(query, includes=(), revincludes=())
    return Page(
        matches=[replace(seen.row(), body=b"") if query.is_bare else seen.row() for seen in matches],
        included=[seen.row() for seen in _included(query, matches, everything)],
        next=marks.mark(page[-1][0]) if more else "",
        total=len(found) if query.with_total else None,
    )


def _meets(seen: _Seen, criterion: Criterion, everything: list[_Seen], now: int) -> bool:
    if criterion.kind == "id":
        return seen.version.id in criterion.values
    if criterion.kind == "date" and criterion.param == "_lastUpdated":
        at = updated(seen.version.seq)
        return any(_in_date(value, at, at, now) for value in criterion.values)
    if criterion.kind == "identifier-of":
        return _refers_to_identified(seen, criterion, everything)
    return any(
        _equals(e, criterion, value, now) for e in seen.of(criterion.param) for value in criterion.values
    )


def _equals(entry: Entry, criterion: Criterion, value: Any, now: int) -> bool:
    if criterion.kind == "token":
        system, code = token(entry.param, *value)
        return entry.value[1] == code and system in {None, entry.value[0]}
    if criterion.kind == "date":
        return _in_date(value, entry.value[0], entry.value[1], now)
    if criterion.kind == "string":
        return bool(entry.value[0].startswith(folded(value)))
    return bool(entry.value[0] == value)


def _in_date(value: tuple[str, str, str], low: int, high: int, now: int) -> bool:
    first, last = bounds(*value, now)
    return in_range(value[0], low, high, first, last)


def _refers_to_identified(seen: _Seen, criterion: Criterion, everything: list[_Seen]) -> bool:
    name = criterion.param.removesuffix(".identifier")
    known = parameter(seen.version.type, name)
    targets = known.targets if known else ()
    asked = Criterion(param="identifier", kind="token", values=criterion.values)
    led_to = {entry.value[0] for entry in seen.of(name)}
    return any(
        other.name in led_to
        and (not targets or other.version.type in targets)
        and _meets(other, asked, everything, 0)
        for other in everything
    )


def _order(query: Query) -> list[tuple[str, bool]]:
    if not query.sort or query.sort[0] == ("_lastUpdated", True):
        return [("_lastUpdated", True)]
    return [*query.sort, ("_lastUpdated", True)]


def _keys(seen: _Seen, query: Query) -> list[Any]:
    return [_key(seen, param, descending=down) for param, down in _order(query)]


def _key(seen: _Seen, param: str, *, descending: bool) -> Any:
    if param == "_lastUpdated":
        return seen.version.seq
    if param == "_id":
        return seen.version.id
    known = parameter(seen.version.type, param)
    if known is None or known.kind not in {"date", "string"}:
        raise ValueError(f"{seen.version.type} cannot be sorted by {param}")
    found = [entry.value[0] for entry in seen.of(param)]
    if known.kind == "date":
        return min(found, default=2 * NEVER if descending else 2 * FOREVER)
    return min(found, default="" if descending else LAST_LETTER)


def _comparing(query: Query) -> Any:
    """Compare two (keys, …) pairs in the order of the query."""
    downs = [down for _, down in _order(query)]

    def compare(a: tuple[list[Any], _Seen], b: tuple[list[Any], _Seen]) -> int:
        for left, right, down in zip(a[0], b[0], downs, strict=True):
            if left != right:
                return 1 if (left > right) != down else -1
        return 0

    return compare


def _included(query: Query, matches: list[_Seen], everything: list[_Seen]) -> list[_Seen]:
    have = {seen.name for seen in matches}
    found: list[_Seen] = []
    newest, includes, revincludes = matches, query.includes, query.revincludes
    everything = sorted(everything, key=lambda seen: seen.version.seq, reverse=True)
    for _ in range(_DEEPEST):
        newest = [
            seen
            for seen in everything
            if seen.name not in have
            and (
                any(_leads(n, i, seen) for n in newest for i in includes)
                or any(_leads(seen, i, n) for n in newest for i in revincludes)
            )
        ]
        have.update(seen.name for seen in newest)
        found += newest
        includes = tuple(i for i in includes if i.iterate)
        revincludes = tuple(i for i in revincludes if i.iterate)
    return found


def _leads(source: _Seen, include: Include, target: _Seen) -> bool:
    return (
        target.version.type in SEARCH_PARAMETERS
        and include.type == source.version.type
        and include.target in {"", target.version.type}
        and target.name in references(source.json, include.param)
    )
