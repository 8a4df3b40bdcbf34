"""From database rows to the resources as served: the packs they lie in are fetched, opened and cut.

Conversations, like a search: they yield ``(sql, values)`` and are sent the rows, whoever the database is.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any

from adapter.fhir.search_dates import from_milliseconds
from adapter.ports import Row
from adapter.store.clockwork import updated
from adapter.store.content import body, opened
from adapter.store.criteria import fill
from adapter.store.keeping import Version

Found = list[tuple[Any, ...]]  # rows: type, id, version, seq, place, size, pack, …
Asking = Generator[tuple[str, Sequence[Any]], Found, Any]

MOST_OPEN = 64  # packs in memory at a time


class Opened:
    """The packs that one question has opened, as many as may lie open."""

    def __init__(self) -> None:
        self._packs: dict[int, bytes] = {}

    def rows(self, found: Found) -> Asking:
        """Rows of a database as the port has them, in their order."""
        rows: dict[int, Row] = {}
        places: dict[int, list[int]] = {}
        for index, values in enumerate(found):
            places.setdefault(values[6], []).append(index)
        there = places.keys() & self._packs.keys()
        missing = [number for number in places if number not in there]
        self._cut(found, there, places, rows)
        for at in range(0, len(missing), MOST_OPEN):
            numbers = missing[at : at + MOST_OPEN]
            yield from self._fetch(numbers)
            self._cut(found, numbers, places, rows)
        return [rows[index] for index in range(len(found))]

    def _cut(
        self, found: Found, numbers: Iterable[int], places: Mapping[int, Sequence[int]], rows: dict[int, Row]
    ) -> None:
        """Rows of the packs that are open."""
        for number in numbers:
            pack = self._packs[number]
            for index in places[number]:
                type_, id_, version, seq, place, size = found[index][:6]
                rows[index] = _row(type_, id_, version, updated(seq), pack[place : place + size])

    def _fetch(self, numbers: Sequence[int]) -> Asking:
        if len(self._packs) + len(numbers) > MOST_OPEN:
            self._packs.clear()
        listed = fill("packs", numbers)
        packs = yield listed.sql, listed.values
        self._packs.update((number, opened(data)) for number, data in packs)


def rows_of_versions(sql: str, values: Any) -> Asking:
    """The resources of one statement."""
    found = yield sql, values
    return (yield from Opened().rows(found)) if found else []


def history(sql: str, values: Any) -> Asking:
    """Every version, the newest first: the current one, then by the source's own order.

    A version that came late has a high number and an old content: its place is among the old ones.
    """
    found = yield sql, values
    rows = yield from Opened().rows(found)
    keys = [(*values[7:9], values[2]) for values in found]  # is it current, its order, its number
    newest_first = sorted(range(len(rows)), key=keys.__getitem__, reverse=True)
    return [rows[index] for index in newest_first]


def load(versions: Iterable[Version]) -> Asking:
    """Fetch the bytes that versions of the store lack."""
    numbers = {version.content.pack.number for version in versions if version.content.pack.number}
    if numbers:
        listed = fill("packs", sorted(numbers))
        data: dict[int, bytes] = dict((yield listed.sql, listed.values))
        for version in versions:
            if version.content.pack.number:
                version.content.pack.data = bytes(data[version.content.pack.number])
    return None


def bare(found: Found) -> list[Row]:
    """Rows of a database without their bodies."""
    return [
        Row(
            type=type_,
            id=id_,
            version=version,
            last_updated=from_milliseconds(updated(seq)),
            body=b"",
        )
        for type_, id_, version, seq, *_ in found
    ]


def _row(type_: str, id_: str, version: int, at: int, data: bytes) -> Row:
    served = body(data, version, at)
    return Row(type=type_, id=id_, version=version, last_updated=from_milliseconds(at), body=served)
