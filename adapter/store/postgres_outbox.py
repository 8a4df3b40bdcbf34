"""The outbox in PostgreSQL, shared by several processes.

Order rests on two locks. A letter gets its number while its lane is locked, so that numbers rise in the order
of commits; and its queue's row is locked until that commit, so that whoever empties the queue sees it. Locks
are taken in one order: lanes, then queues in rising order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from adapter.fhir.search_dates import from_milliseconds, to_milliseconds
from adapter.letters import Lease, LeaseQuery, LetterQuery, LetterRow, Posted, Settlement
from adapter.store.named_sql import statements
from adapter.store.outgoing import (
    Key,
    Values,
    Waking,
    conditions,
    key_of,
    letter_row,
    letter_values,
    posted,
    posted_values,
    settled_values,
    since_condition,
)
from adapter.store.postgres_arrays import Integers, Smallints, Texts

if TYPE_CHECKING:
    from psycopg import AsyncConnection, AsyncCursor

SQL = {name: text.replace("?", "%s") for name, text in statements("outbox.sql").items()}
LOCK_LANES = statements("postgres.sql")["lock_lanes"]

T = TypeVar("T")
Job = Callable[["AsyncConnection[Any]"], Awaitable[T]]
Transaction = Callable[[Job[Any]], Awaitable[Any]]


async def post(
    connection: AsyncConnection[Any], letters: Iterable[Values], inbox_id: str, now: int
) -> list[AsyncCursor[Any]]:
    """Letters whose lanes are locked; ``new_ids`` tells which are new once the pipeline is through."""
    return [
        await connection.execute(SQL["post_and_open"], posted_values(values, inbox_id, now))
        for values in letters
    ]


def new_ids(letters: Iterable[Values], cursors: Iterable[AsyncCursor[Any]]) -> tuple[str, ...]:
    """The ids of those that were not there before."""
    return tuple(values[0] for values, cursor in zip(letters, cursors, strict=True) if cursor.rowcount)


class PostgresOutbox(Waking):
    """The letters in the database. ``transaction`` runs a job in one, again where a race was lost."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__()
        self._transaction = transaction

    async def lease(self, wish: LeaseQuery, *, now: datetime, until: datetime) -> Sequence[Lease]:
        """Take due queues; their letters are read after that, so that what was settled meanwhile is seen."""
        condition, values = since_condition(wish.since)
        asked = (wish.receiver, to_milliseconds(now), *values, wish.queues, to_milliseconds(until))

        async def job(connection: AsyncConnection[Any]) -> list[Lease]:
            taken = await _fetch(connection, "take_queues", asked, since=condition)
            if not taken:
                return []
            lanes, names, _ = zip(*taken, strict=True)
            found = await _fetch(
                connection,
                "first_letters_of",
                (Smallints.of(lanes), Texts.of(names), wish.receiver, wish.letters),
            )
            return _leases(wish.receiver, taken, found)

        leases: list[Lease] = await self._transaction(job)
        return leases

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> Sequence[bool]:
        """Carry out what became of tries."""
        at = to_milliseconds(now)

        async def job(connection: AsyncConnection[Any]) -> list[bool]:
            return await _settle(connection, settlements, at)

        held: list[bool] = await self._transaction(job)
        if any(settlement.report for settlement in settlements):
            self.wake()
        return held

    async def earliest(self, receivers: Sequence[str]) -> Mapping[str, datetime]:
        """When something is next due."""
        found = await self._fetched("earliest_of", (Texts.of(receivers),))
        return {receiver: from_milliseconds(at) for receiver, at in found if at is not None}

    async def receivers(self) -> Sequence[str]:
        """Those for whom letters wait."""
        return [receiver for (receiver,) in await self._fetched("receivers", ())]

    async def letters(self, query: LetterQuery) -> Sequence[LetterRow]:
        """Letters to look at."""
        where, values = conditions(query)
        found = await self._fetched("letters", (*values, query.limit), where)
        return [letter_row(values) for values in found]

    async def _fetched(self, name: str, values: Any, where: str = "") -> list[Values]:
        async def job(connection: AsyncConnection[Any]) -> list[Values]:
            return await _fetch(connection, name, values, where=where)

        found: list[Values] = await self._transaction(job)
        return found

    async def retry(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Post letters again."""
        at = to_milliseconds(now)

        async def job(connection: AsyncConnection[Any]) -> list[str]:
            meant = await _meant(connection, query)
            for _, lane, receiver, queue, _ in sorted(meant, key=_queue):
                await connection.execute(SQL["hurry_queue"], (receiver, lane, queue, at))
            for id_, lane, *_ in meant:
                await connection.execute(SQL["post_again"], (at, at, id_, lane))
            return [values[0] for values in meant]

        ids: list[str] = await self._transaction(job)
        self.wake()
        return ids

    async def discard(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Take letters away."""
        at = to_milliseconds(now)

        async def job(connection: AsyncConnection[Any]) -> list[str]:
            gone = [values for values in await _meant(connection, query) if values[4] in {"waiting", "dead"}]
            holders = await _hold(connection, {_queue(values) for values in gone})
            for id_, lane, *_ in gone:
                await connection.execute(SQL["discard"], (at, id_, lane))
            await _free(connection, [key for key, fence in holders.items() if fence == 0])
            return [values[0] for values in gone]

        ids: list[str] = await self._transaction(job)
        return ids


def _leases(receiver: str, taken: Iterable[Values], found: Iterable[Values]) -> list[Lease]:
    waiting: dict[tuple[int, str], list[Posted]] = {}
    for values in found:
        waiting.setdefault((values[1], values[3]), []).append(posted(letter_row(values)))
    return [
        Lease(
            receiver=receiver,
            lane=lane,
            queue=name,
            fence=fence,
            letters=tuple(waiting.get((lane, name), ())),
        )
        for lane, name, fence in taken
    ]


async def _settle(
    connection: AsyncConnection[Any], settlements: Sequence[Settlement], now: int
) -> list[bool]:
    if lanes := {settlement.report.lane for settlement in settlements if settlement.report}:
        await connection.execute(LOCK_LANES, (Integers.of(sorted(lanes)),))
    holders = await _hold(connection, set(map(key_of, settlements)))
    held = [holders.get(key_of(settlement)) == settlement.lease.fence for settlement in settlements]
    mine = [settlement for settlement, is_held in zip(settlements, held, strict=True) if is_held]
    async with connection.pipeline():
        for settlement in mine:
            if settlement.letter:
                await connection.execute(SQL["settle_letter"], settled_values(settlement, now))
            if settlement.report:
                message = _message(settlement)
                await post(connection, [letter_values(settlement.report)], message, now)
            if settlement.until:
                until = to_milliseconds(settlement.until)
                await connection.execute(SQL["keep_queue"], (until, *key_of(settlement)))
        await _free(connection, [key_of(settlement) for settlement in mine if not settlement.until])
    return held


def _message(settlement: Settlement) -> str:
    return next(each.message for each in settlement.lease.letters if each.letter.id == settlement.letter)


async def _hold(connection: AsyncConnection[Any], keys: set[Key]) -> dict[Key, int]:
    """Lock queues; who holds each."""
    if not keys:
        return {}
    receivers, lanes, names = zip(*keys, strict=True)
    values = Texts.of(receivers), Smallints.of(lanes), Texts.of(names)
    return {found[:3]: found[3] for found in await _fetch(connection, "hold", values)}


async def _free(connection: AsyncConnection[Any], keys: Iterable[Key]) -> None:
    for key in keys:
        await connection.execute(SQL["close_queue"], key)
        await connection.execute(SQL["free_queue"], key)


async def _meant(connection: AsyncConnection[Any], query: LetterQuery) -> list[Values]:
    where, values = conditions(query)
    return await _fetch(connection, "letter_keys", (*values, query.limit), where=where)


def _queue(values: Values) -> Key:
    _, lane, receiver, queue, _ = values
    return receiver, lane, queue


async def _fetch(connection: AsyncConnection[Any], name: str, values: Any, **parts: str) -> list[Values]:
    """Ask; ``parts`` are the conditions that the statement leaves open."""
    sql = SQL[name]
    for part, condition in parts.items():
        sql = sql.replace(f"{{{part}}}", condition.replace("?", "%s"))
    found = await connection.execute(sql, values, binary=True)
    return await found.fetchall()
