"""From database rows to the resources as served: the packs they lie in are fetched, opened and cut.

Conversations, like a search: they yield ``(sql, values)`` and are sent the rows, whoever the database is.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
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
        rows = [self._row(values) for values in found]
        left = [index for index, row in enumerate(rows) if row is None]
        missing = list(dict.fromkeys(found[index][6] for index in left))
        for at in range(0, len(missing), MOST_OPEN):
            yield from self._fetch(missing[at : at + MOST_OPEN])
            for index in left:
                rows[index] = rows[index] or self._row(found[index])
        return rows

    def _row(self, values: tuple[Any, ...]) -> Row | None:
        """One row, when its pack is open."""
        type_, id_, version, seq, place, size, number = values[:7]
        pack = self._packs.get(number)
        if pack is None:
            return None
        at = updated(seq)
        said = body(pack, version, at, place, place + size)
        return Row(type=type_, id=id_, version=version, last_updated=from_milliseconds(at), body=said)

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
