"""What keeping an arrival does in a PostgreSQL transaction: three trips to the server.

Lanes first, then shared resources that change, each in rising order: nobody waits in a ring. Shared
resources that bring nothing new are read without a lock, so that all lanes run side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from adapter.ports import Arrival, Json, Kept, Outcome
from adapter.store.clockwork import BITS, updated
from adapter.store.content import body
from adapter.store.keeping import (
    Change,
    Endings,
    Key,
    Version,
    Wanted,
    Weighing,
    is_conflict,
    next_version,
    state_and_answer,
    wanted,
)
from adapter.store.message import message_values, stored_answer
from adapter.store.named_sql import statements
from adapter.store.postgres_arrays import Bigints, Blobs, Integers, Smallints, Texts
from adapter.store.terms import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import AsyncConnection, AsyncCursor

SQL = statements("postgres.sql")
_LOW = (1 << BITS) - 1
_RESOURCE_KEY = (Texts, Texts, Smallints, Bigints)
_RESOURCE: tuple[Any, ...] = (*_RESOURCE_KEY, Integers, Integers, Texts, Blobs, Blobs)
_TERM: tuple[Any, ...] = (Blobs, Bigints, Smallints)
_PERIOD: tuple[Any, ...] = (Bigints, Bigints, Bigints, Bigints, Smallints)
_WORD: tuple[Any, ...] = (Bigints, Texts, Bigints, Smallints)


class _Known(NamedTuple):
    """What the store knew about an arrival."""

    answer: tuple[Any, ...] | None
    conflict: bool
    current: dict[Key, Version]
    numbers: list[int]


async def keep(connection: AsyncConnection[Any], arrival: Arrival, weighing: Weighing, now: int) -> Kept:
    """Keep an arrival in the transaction that ``connection`` is in."""
    puts = wanted(arrival)
    known = await _look_up(connection, arrival, puts)
    if known.answer:
        return Kept(outcome=Outcome.SAME, answer=stored_answer(known.answer), id=arrival.id)
    if known.conflict:
        puts = wanted(arrival, conflict=True)
    await _lock_shared(connection, puts, weighing, known)
    effect = _Effect(weighing, known, now, Endings(puts))
    made = [await effect.put(connection, new) for new in puts]
    if arrival.audit:
        made.pop()
    made += await effect.end(connection)
    state, answer = state_and_answer(arrival, conflict=known.conflict)
    async with connection.pipeline():
        await effect.write(connection)
        await connection.execute(SQL["insert_message"], message_values(arrival, state, answer, made))
        if arrival.note_keys and not known.conflict:
            keys, contents = zip(*arrival.note_keys, strict=True)
            values = (arrival.sender, arrival.lane, Texts.of(keys), Texts.of(contents))
            await connection.execute(SQL["insert_notes"], values)
    outcome = Outcome.CONFLICT if known.conflict else Outcome.NEW
    return Kept(outcome=outcome, answer=answer, id=arrival.id)


async def _look_up(connection: AsyncConnection[Any], arrival: Arrival, puts: list[Wanted]) -> _Known:
    """One trip: claim the receipt, lock the lanes, read what is there."""
    sender, message_id = arrival.sender, arrival.message_id
    lanes = {arrival.lane} | {new.put.lane for new in puts if not new.put.is_shared}
    async with connection.pipeline():
        await connection.execute(SQL["claim_receipt"], (sender, message_id, arrival.lane, arrival.id))
        await connection.execute(SQL["lock_lanes"], (Integers.of(sorted(lanes)),))
        asked = {
            "id": arrival.id,
            "sender": sender,
            "message_id": message_id,
            "notes": Texts.of(key for key, _ in arrival.note_keys),
            "count": len(puts),
        }
        known = await _ask(connection, "known", asked)
        current = await _ask(connection, "current", (Texts.of(new.id for new in puts),))
    was_here, first, notes, numbers = (await known.fetchall())[0]
    contents: dict[str, list[str]] = {}
    for key, content in notes:
        contents.setdefault(key, []).append(content)
    answer = (
        await (await _ask(connection, "answer_of_message", (arrival.id,))).fetchone() if was_here else None
    )
    return _Known(
        answer=answer,
        conflict=is_conflict(arrival, first, contents),
        current={found[:2]: Version(*found) for found in await current.fetchall()},
        numbers=numbers,
    )


async def _ask(connection: AsyncConnection[Any], name: str, values: Any) -> AsyncCursor[Any]:
    return await connection.execute(SQL[name], values, binary=True)


async def _lock_shared(
    connection: AsyncConnection[Any], puts: list[Wanted], weighing: Weighing, known: _Known
) -> None:
    """Lock the shared resources that would change, and read them again under the lock."""
    changing = {
        new.key
        for new in puts
        if new.put.is_shared and weighing.weigh(new, known.current.get(new.key))[0] is not Change.NONE
    }
    if not changing:
        return
    async with connection.pipeline():
        names = Texts.of(f"{type_}/{id_}" for type_, id_ in sorted(changing))
        await connection.execute(SQL["lock_shared"], (names,))
        current = await _ask(connection, "current", (Texts.of(id_ for _, id_ in changing),))
    known.current.update({found[:2]: Version(*found) for found in await current.fetchall()})


class _Effect:
    """What one arrival writes, gathered so that each table is written once."""

    def __init__(self, weighing: Weighing, known: _Known, now: int, endings: Endings) -> None:
        self._weighing = weighing
        self._current = known.current
        self._numbers = known.numbers
        self._now = now
        self._endings = endings
        self._fresh: dict[Key, tuple[Version, Json]] = {}
        self._retired: list[Version] = []
        self._old: list[tuple[Any, ...]] = []
        self._raised: dict[int, Version] = {}

    async def put(self, connection: AsyncConnection[Any], new: Wanted) -> str:
        """Decide about one put; returns what was made."""
        key = new.key
        current = self._current.get(key)
        change, content = self._weighing.weigh(new, current)
        self._endings.weighed(new, change, current)
        if change is Change.CURRENT or current is None:
            self._leave(key, current)
            made = next_version(new, content, current, self._next(current))
            self._current[key] = made
            self._fresh[key] = made, content.resource
            return new.made(made.version)
        if change is Change.LATE:
            return new.made(await self._late(connection, new, current))
        if new.order > current.order and not new.put.is_shared:
            current.order = new.order
            self._raised[current.seq] = current
        return new.made(current.version)

    async def end(self, connection: AsyncConnection[Any]) -> list[str]:
        """End the parts that plans dropped; they lie in the plan's lane, which is locked."""
        unknown = self._endings.unknown(self._current)
        if unknown:
            found = await _ask(connection, "current", (Texts.of(id_ for _, id_ in unknown),))
            self._current.update({values[:2]: Version(*values) for values in await found.fetchall()})
        puts = self._endings.puts(self._current)
        if puts:
            numbers = await _ask(connection, "numbers", (len(puts),))
            self._numbers += [number for (number,) in await numbers.fetchall()]
        return [await self.put(connection, new) for new in puts]

    def _leave(self, key: Key, current: Version | None) -> None:
        """The version that is no longer current goes to history, from the table or straight from here."""
        if current is None:
            return
        if key in self._fresh:
            self._old.append(_old_values(self._fresh.pop(key)[0]))
        else:
            self._retired.append(current)

    async def _late(self, connection: AsyncConnection[Any], new: Wanted, current: Version) -> int:
        digest = new.content.digest
        asked = await _ask(connection, "old_version_of_content", (new.id, new.type, new.order, digest))
        known = await asked.fetchone()
        if known:
            return int(known[0])
        current.latest += 1
        seq = self._next(current)
        data = body(new.content, current.latest, updated(seq))
        self._old.append((seq, current.lane, new.type, new.id, current.latest, new.order, digest, data))
        self._raised[current.seq] = current
        return current.latest

    def _next(self, current: Version | None) -> int:
        """A number at this time, or just after the current version's when a clock lags behind."""
        low = self._numbers.pop() & _LOW
        seq = self._now << BITS | low
        return seq if current is None or seq > current.seq else (updated(current.seq) + 1) << BITS | low

    async def write(self, connection: AsyncConnection[Any]) -> None:
        """Everything that was gathered."""
        if self._retired:
            retired = [(version, orjson.loads(version.body)) for version in self._retired]
            await _write_rows(connection, "delete", retired)
            await connection.execute(SQL["retire"], (Bigints.of(version.seq for version in self._retired),))
        for values in self._old:
            await connection.execute(SQL["insert_old"], values)
        if self._fresh:
            columns = zip(*(made.values() for made, _ in self._fresh.values()), strict=True)
            resources = [kind.of(column) for kind, column in zip(_RESOURCE, columns, strict=True)]
            await connection.execute(SQL["insert_resources"], resources)
            await _write_rows(connection, "insert", self._fresh.values())
        gone = {version.seq for version in self._retired} | {made.seq for made, _ in self._fresh.values()}
        for seq, version in self._raised.items():
            if seq not in gone:
                await connection.execute(SQL["raise"], (version.latest, version.order, seq))


def _old_values(version: Version) -> tuple[Any, ...]:
    v = version
    return (v.seq, v.lane, v.type, v.id, v.version, v.order, v.digest, v.body)


async def _write_rows(
    connection: AsyncConnection[Any], verb: str, resources: Iterable[tuple[Version, Json]]
) -> None:
    """Insert or delete the search rows of versions."""
    terms: list[tuple[Any, ...]] = []
    periods: list[tuple[Any, ...]] = []
    words: list[tuple[Any, ...]] = []
    for version, resource in resources:
        rows, seq, lane = rows_of(resource), version.seq, version.lane
        terms += [(term, seq, lane) for term in rows.terms]
        periods += [(*period, seq, lane) for period in rows.periods]
        words += [(*word, seq, lane) for word in rows.words]
    columns = [
        kind.of(row[i] for row in table)
        for kinds, table in ((_TERM, terms), (_PERIOD, periods), (_WORD, words))
        for i, kind in enumerate(kinds)
    ]
    await connection.execute(SQL[f"{verb}_rows"], columns)
