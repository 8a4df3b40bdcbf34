"""Fill a store with agreements past HTTP: some are kept as ever, the rest are copies of their rows.

    python -m tests.bench.filling /path/overens.db 100000

Each is what a real note comes to, about a patient of its own and of one of four days; every fourth note was
corrected a week later. With ``--lean`` only CarePlan and Patient are kept of each, without the message.
Indexes are made last, as the schema has them; else the file is as the store leaves it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import apsw

from adapter.decision import REFERENCE_LANE
from adapter.fhir import merge
from adapter.pipeline import arrival, decide
from adapter.ports import Arrival
from adapter.sources import load_sources
from adapter.store import audit_chain, open_store
from adapter.store.keeping import version_of
from tests.bench.copies import Copies, Names, Row, Tables, lane_of
from tests.bench.letters import AGREEMENT, NUMBER, PERSONNUMMER_OID, RESERVE_OID

KINDS = 4  # of notes, each of a day of its own
CORRECTED = 3
LEAN = ("CarePlan", "Patient")
TOGETHER = 4_000  # copies written at a time
ROWS = 64  # of a statement
CACHE_KIB = 2_000_000
FIXED = frozenset({"migration", "pulse", "fence"})  # tables
CURRENT = (
    "type",
    "id",
    "lane",
    "seq",
    "version",
    "latest",
    "source_order",
    "digest",
    "pack",
    "place",
    "size",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def number_of(index: int) -> str:
    """The reserve number of a patient."""
    return f"98{index:06}AA06"


def note_of(index: int) -> str:
    """The id of a patient's note."""
    return f"bench:{index:09}"


def moment(start: int, index: int) -> datetime:
    """When a patient's messages come; ``start`` in milliseconds."""
    return EPOCH + timedelta(milliseconds=start + index, microseconds=1)


def notes(index: int) -> list[bytes]:
    """A patient's note, and what it became."""
    day = 12 + index % KINDS
    raw = AGREEMENT.raw.replace(PERSONNUMMER_OID, RESERVE_OID).replace(AGREEMENT.id, note_of(index).encode())
    raw = raw.replace(b"20260312", b"202603%d" % day).replace(b"2026-03-12", b"2026-03-%d" % day)
    raw = NUMBER.sub(number_of(index).encode(), raw)
    if index % KINDS != CORRECTED:
        return [raw]
    version = b'"noteVersionDateTime": {"value": "202603%d'
    later = raw.replace(version % day, version % (day + 7)).replace(b"minst 30", b"minst 40")
    return [raw, later]


def arrivals(index: int, start: int) -> list[Arrival]:
    """What the store is to keep about a patient."""
    source, at, lane = load_sources()[AGREEMENT.source], moment(start, index), lane_of(index)
    return [_moved(arrival(raw, source, decide(raw, source), at), lane) for raw in notes(index)]


def lean(whole: Arrival) -> Arrival:
    """CarePlan and Patient alone: no message, and no log entry."""
    puts = tuple(put for put in whole.puts if put.resource["resourceType"] in LEAN)
    return replace(whole, puts=puts, raw=b"", sha256=hashlib.sha256(b"").hexdigest(), audit={})


def _moved(whole: Arrival, lane: int) -> Arrival:
    puts = tuple(put if put.lane == REFERENCE_LANE else replace(put, lane=lane) for put in whole.puts)
    return replace(whole, lane=lane, puts=puts)


def names(of: list[Arrival], index: int, start: int, hashed: Iterable[bytes] = ()) -> Names:
    """What is a patient's own in their messages; ``hashed`` are bytes whose hash is kept."""
    ids = {put.resource["id"] for each in of for put in each.puts if put.lane != REFERENCE_LANE}
    ids |= {each.id for each in of} | {each.audit["id"] for each in of if each.audit}
    others: dict[str, Callable[[int], str]] = {
        number_of(index): number_of,
        note_of(index): note_of,
        moment(start, index).isoformat(): lambda other: moment(start, other).isoformat(),
    }
    return Names(index, ids, others, hashed)


class Filling:
    """Fills one file with patients 0, 1, 2 …; the very first and the next of each kind go through the store.

    ``start`` is the millisecond at which the first is kept; each one after comes a millisecond later.
    """

    def __init__(self, path: Path, start: int, *, is_lean: bool = False) -> None:
        self._path, self._start, self._is_lean = path, start, is_lean
        self._kinds: dict[int, Copies] = {}
        self._writer, self._last = str(uuid.uuid4()), audit_chain.FIRST

    def fill(self, size: int, tell: Callable[[int], None] = lambda _: None) -> None:
        """Fill the file; ``tell`` hears how many there are."""
        asyncio.run(self._keep_kinds(min(size, KINDS + 1)))
        connection = apsw.Connection(str(self._path))
        _hasten(connection)
        indexes = _without_indexes(connection)
        for first in range(KINDS + 1, size, TOGETHER):
            self._write(connection, range(first, min(first + TOGETHER, size)))
            tell(min(first + TOGETHER, size))
        for index in indexes:
            connection.execute(index)
        connection.pragma("journal_mode", "wal")
        connection.close()
        _synced(self._path)

    async def _keep_kinds(self, count: int) -> None:
        """One patient of each kind through the store, and their rows."""
        now = moment(self._start, 0)
        store = await open_store(f"sqlite:///{self._path}", merge, now=lambda: now)
        reader = apsw.Connection(str(self._path))
        known = _tables(reader)
        for index in range(count):
            now = moment(self._start, index)
            made = arrivals(index, self._start)
            kept = [lean(each) for each in made] if self._is_lean else made
            for each in kept:
                await store.keep(each)
            tables = _tables(reader)
            new = {table: [row for row in rows if row not in known[table]] for table, rows in tables.items()}
            known = tables
            if index:  # what is everybody's came with the first
                own = names(made, index, self._start, [each.raw for each in kept])
                self._kinds[index % KINDS] = Copies(new, own, lane_of(index), self._start + index)
        reader.close()
        await store.close()

    def _write(self, connection: apsw.Connection, indexes: range) -> None:
        """Many copies in one transaction, each table's in the order of its key."""
        batch: dict[tuple[str, tuple[str, ...]], list[Any]] = {}
        for index in indexes:
            copies = self._kinds[index % KINDS]
            for table, rows in copies.of(index, self._start + index):
                batch.setdefault((table, copies.columns[table]), []).extend(rows)
        with connection:
            for (table, columns), rows in batch.items():
                rows.sort()
                _insert(connection, table, columns, rows)
                if table == "resource":
                    connection.executemany(audit_chain.SQL["insert_link"], self._links(rows, columns))

    def _links(self, rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> list[audit_chain.Link]:
        """The log entries among what is written, linked."""
        type_, current = columns.index("type"), itemgetter(*map(columns.index, CURRENT))
        events = [version_of(current(row)) for row in rows if row[type_] == "AuditEvent"]
        links = list(audit_chain.links(self._writer, self._last, events))
        if links:
            self._last = links[-1].number, links[-1].hash
        return links


def _insert(
    connection: apsw.Connection, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """Many rows with each statement."""
    row = f"({', '.join('?' * len(columns))})"
    for at in range(0, len(rows), ROWS):
        some = rows[at : at + ROWS]
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(some))}"  # noqa: S608
        connection.execute(sql, list(chain.from_iterable(some)))


def _tables(connection: apsw.Connection) -> Tables:
    """Every row of every table that grows with what is kept."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: list(_rows(connection, table)) for table in tables if table not in FIXED}


def _rows(connection: apsw.Connection, table: str) -> Iterator[Row]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    for values in connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608
        yield dict(zip(columns, values, strict=True))


def _hasten(connection: apsw.Connection) -> None:
    """Nothing needs to survive a crash while the file is filled."""
    for name, value in (("journal_mode", "delete"), ("journal_mode", "off"), ("synchronous", "off")):
        connection.pragma(name, value)
    connection.pragma("locking_mode", "exclusive")
    connection.pragma("cache_size", -CACHE_KIB)


def _without_indexes(connection: apsw.Connection) -> list[str]:
    """Drop the indexes; how to make them again."""
    there = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"
    ).fetchall()
    for name, _ in there:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in there]


def _synced(path: Path) -> None:
    """Wait for the disk, so that it has nothing left to do when reading is measured."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def main() -> None:
    """Fill the file that is named; tell how far it is, and what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("size", type=int)
    parser.add_argument("--start", type=int, default=0, help="milliseconds since 1970 of the first one")
    parser.add_argument("--lean", action="store_true")
    asked = parser.parse_args()
    clock = time.perf_counter()
    quarters = iter((0.25, 0.5, 0.75, 1.01))
    title, part = f"{asked.size:,} agreements{' (lean)' * asked.lean}", next(quarters)

    def tell(count: int) -> None:
        nonlocal part
        if count >= part * asked.size:
            print(f"{title}: {count / asked.size:.0%} after {time.perf_counter() - clock:.0f} s", flush=True)
            part = next(quarters)

    Filling(asked.path, asked.start, is_lean=asked.lean).fill(asked.size, tell)
    took, disk = time.perf_counter() - clock, asked.path.stat().st_size
    print(
        f"{title}: there after {took:.0f} s ({time.process_time():.0f} s CPU), "
        f"{disk / 1e6:,.0f} MB, {disk / asked.size / 1000:.1f} kB each"
    )


if __name__ == "__main__":
    main()
