"""The outbox in a SQLite file: changes go through the one writer, in a group with what else is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from adapter.fhir.search_dates import from_milliseconds, to_milliseconds
from adapter.letters import Lease, LeaseQuery, LetterQuery, LetterRow, Settlement
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
    queue_of,
    settled_values,
    since_condition,
)

SQL = statements("outbox.sql")

Run = Callable[..., Any]  # a connection's execute
Job = Callable[[Run], Any]  # something to write, in the transaction of its group


class Writer(Protocol):
    """What the outbox needs of the store."""

    async def write(self, job: Job) -> Any:
        """Carry out a job; returns after the commit is on disk."""
        ...

    def rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Ask the reader."""
        ...


def post(run: Run, letters: Iterable[Values], inbox_id: str, now: int) -> tuple[str, ...]:
    """Letters of a message that is being kept; the ids of those that are new."""
    new: list[str] = []
    for values in letters:
        row = posted_values(values, inbox_id, now)
        if run(SQL["post"], row).get:
            run(SQL["open_queue"], (*queue_of(values), row[-1]))
            new.append(values[0])
    return tuple(new)


def free_all(run: Run) -> None:
    """Let go of what an earlier process held. Only for who is the file's one writer."""
    for key in run(SQL["held_queues"]).fetchall():
        _free(run, key)


class SqliteOutbox(Waking):
    """The letters in the file."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer

    async def lease(self, wish: LeaseQuery, *, now: datetime, until: datetime) -> Sequence[Lease]:
        """Take due queues."""
        at, end = to_milliseconds(now), to_milliseconds(until)
        condition, values = since_condition(wish.since)

        def job(run: Run) -> list[Lease]:
            sql = SQL["due_queues"].format(since=condition)
            due = run(sql, (wish.receiver, at, *values, wish.queues)).fetchall()
            return [_lease(run, (wish.receiver, lane, name), end, wish.letters) for lane, name in due]

        leases: list[Lease] = await self._writer.write(job)
        return leases

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> Sequence[bool]:
        """Carry out what became of tries."""
        at = to_milliseconds(now)

        def job(run: Run) -> list[bool]:
            return [_settle(run, settlement, at) for settlement in settlements]

        held: list[bool] = await self._writer.write(job)
        if any(settlement.report for settlement in settlements):
            self.wake()
        return held

    async def earliest(self, receivers: Sequence[str]) -> Mapping[str, datetime]:
        """When something is next due."""
        found = {receiver: self._writer.rows(SQL["earliest"], (receiver,))[0][0] for receiver in receivers}
        return {receiver: from_milliseconds(at) for receiver, at in found.items() if at is not None}

    async def receivers(self) -> Sequence[str]:
        """Those for whom letters wait."""
        return [receiver for (receiver,) in self._writer.rows(SQL["receivers"], ())]

    async def letters(self, query: LetterQuery) -> Sequence[LetterRow]:
        """Letters to look at."""
        where, values = conditions(query)
        found = self._writer.rows(SQL["letters"].format(where=where), (*values, query.limit))
        return [letter_row(values) for values in found]

    async def retry(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Post letters again."""
        at = to_milliseconds(now)

        def job(run: Run) -> list[str]:
            meant = _meant(run, query)
            for id_, lane, receiver, queue, _ in meant:
                run(SQL["hurry_queue"], (receiver, lane, queue, at))
                run(SQL["post_again"], (at, at, id_, lane))
            return [values[0] for values in meant]

        ids: list[str] = await self._writer.write(job)
        self.wake()
        return ids

    async def discard(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Take letters away."""
        at = to_milliseconds(now)

        def job(run: Run) -> list[str]:
            gone = [values for values in _meant(run, query) if values[4] in {"waiting", "dead"}]
            for id_, lane, receiver, queue, _ in gone:
                run(SQL["discard"], (at, id_, lane))
                key = receiver, lane, queue
                if run(SQL["holder"], key).get == 0:
                    _free(run, key)
            return [values[0] for values in gone]

        ids: list[str] = await self._writer.write(job)
        return ids


def _lease(run: Run, key: Key, end: int, letters: int) -> Lease:
    fence = run(SQL["next_fence"]).get
    run(SQL["take_queue"], (end, fence, *key))
    found = run(SQL["first_letters"], (*key, letters)).fetchall()
    receiver, lane, queue = key
    return Lease(
        receiver=receiver,
        lane=lane,
        queue=queue,
        fence=fence,
        letters=tuple(posted(letter_row(values)) for values in found),
    )


def _settle(run: Run, settlement: Settlement, now: int) -> bool:
    key = key_of(settlement)
    if run(SQL["holder"], key).get != settlement.lease.fence:
        return False
    if settlement.letter:
        run(SQL["settle_letter"], settled_values(settlement, now))
    if settlement.report:
        message = next(
            each.message for each in settlement.lease.letters if each.letter.id == settlement.letter
        )
        post(run, [letter_values(settlement.report)], message, now)
    if settlement.until:
        run(SQL["keep_queue"], (to_milliseconds(settlement.until), *key))
    else:
        _free(run, key)
    return True


def _free(run: Run, key: Key) -> None:
    run(SQL["close_queue"], key)
    run(SQL["free_queue"], key)


def _meant(run: Run, query: LetterQuery) -> list[Values]:
    where, values = conditions(query)
    found: list[Values] = run(SQL["letter_keys"].format(where=where), (*values, query.limit)).fetchall()
    return found
