"""Pages of a search with sieves: rows that the store finds, of which those that pass are kept.

A page ends where so many rows were looked at, with a link to go on by; it may then hold few matches or none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import orjson

from adapter.fhir.sieve import passes
from adapter.ports import Criterion, Page, Query
from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.fhir.sieve import Sieve
    from adapter.ports import Row, Store

MOST_SIFTED: Final = 5_000  # rows looked at for one page
_TOGETHER: Final = 500


async def sifted(store: Store, query: Query, sieves: Sequence[Sieve]) -> Page:
    """A page of what the query finds and the sieves let through. Problem 400 when it cannot be counted."""
    if not sieves:
        return await store.search(query)
    plain = replace(query, includes=(), revincludes=(), with_total=False)
    total = await _counted(store, plain, sieves) if query.with_total else None
    matches: list[Row] = []
    asking, looked, next_mark = plain, 0, ""
    while query.count and looked < MOST_SIFTED:
        page = await store.search(replace(asking, count=_TOGETHER))
        passed = [n for n, row in enumerate(page.matches) if _is_through(row, sieves)]
        missing = query.count - len(matches)
        if len(passed) > missing or (len(passed) == missing and passed[-1] + 1 < len(page.matches)):
            last = passed[missing - 1]
            page = await store.search(replace(asking, count=last + 1))
            passed = passed[:missing]
        matches += [page.matches[n] for n in passed]
        looked += len(page.matches)
        next_mark = page.next
        if not next_mark or len(matches) >= query.count:
            break
        asking = replace(asking, after=next_mark)
    included = await _included(store, query, matches)
    return Page(matches=matches, included=included, next=next_mark, total=total)


def _is_through(row: Row, sieves: Sequence[Sieve]) -> bool:
    resource = orjson.loads(row.body)
    return all(passes(sieve, resource) for sieve in sieves)


async def _counted(store: Store, query: Query, sieves: Sequence[Sieve]) -> int:
    count, looked, asking = 0, 0, replace(query, count=_TOGETHER, after="", sort=())
    while True:
        page = await store.search(asking)
        count += sum(_is_through(row, sieves) for row in page.matches)
        looked += len(page.matches)
        if not page.next:
            return count
        if looked >= MOST_SIFTED:
            what = "Antalet går inte att räkna för så många. Avgränsa sökningen, till exempel med patient."
            raise Problem(400, "too-costly", what)
        asking = replace(asking, after=page.next)


async def _included(store: Store, query: Query, matches: Sequence[Row]) -> Sequence[Row]:
    if not matches or not (query.includes or query.revincludes):
        return ()
    these = Criterion(param="_id", kind="id", values=tuple(row.id for row in matches))
    asking = replace(query, criteria=(these,), sort=(), after="", with_total=False, count=len(matches))
    return (await store.search(asking)).included
