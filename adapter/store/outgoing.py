"""Letters as database rows, and back: the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from adapter.fhir.search_dates import from_milliseconds, to_milliseconds
from adapter.letters import Letter, LetterQuery, LetterRow, LetterState, Posted, Settlement, Trouble
from adapter.store.compressed import compressed, decompressed
from adapter.store.named_sql import statements

SQL = statements("outbox.sql")

Values = tuple[Any, ...]  # of a letter, plain: id, lane, receiver, queue …
Key = tuple[str, int, str]  # of a queue: receiver, lane, name


class Waking:
    """Those who want to know of new letters."""

    def __init__(self) -> None:
        self._asked: list[Callable[[], None]] = []

    def watch(self, wake: Callable[[], None]) -> None:
        """Tell this one too."""
        self._asked.append(wake)

    def wake(self) -> None:
        """There are new letters."""
        for each in self._asked:
            each()


def letter_values(letter: Letter) -> Values:
    """The values of a letter as it is made. One with a time of its own is a queue by itself."""
    not_before = letter.not_before
    return (
        letter.id,
        letter.lane,
        letter.receiver,
        letter.id if not_before else "",
        letter.kind,
        letter.media_type,
        letter.thread,
        letter.sender_unit,
        to_milliseconds(not_before) if not_before else None,
        compressed(letter.body),
    )


def all_letter_values(letters: Iterable[Letter]) -> tuple[Values, ...]:
    """Letters of one message, queue by queue in rising order, each queue's in the order they were made."""
    return tuple(sorted(map(letter_values, letters), key=queue_of))


def queue_of(values: Values) -> Key:
    """The key of a letter's queue."""
    _, lane, receiver, queue, *_ = values
    return receiver, lane, queue


def posted_values(values: Values, inbox_id: str, now: int) -> Values:
    """The values of ``insert_letter``, in its order."""
    due = max(values[8] or now, now)
    return (*values, inbox_id, now, due, due)


def settled_values(settlement: Settlement, now: int) -> Values:
    """The values of ``settle_letter``, in its order."""
    trouble = settlement.trouble or Trouble(code="", cause="")
    due_at = settlement.due_at
    return (
        settlement.state.value,
        to_milliseconds(due_at) if due_at else now,
        settlement.envelope,
        trouble.code,
        trouble.cause,
        trouble.remedy,
        settlement.answer,
        now,
        settlement.letter,
        settlement.lease.lane,
    )


def key_of(settlement: Settlement) -> Key:
    """The key of a settlement's queue."""
    return settlement.lease.receiver, settlement.lease.lane, settlement.lease.queue


def letter_row(found: Values) -> LetterRow:
    """A row of ``letters`` as the port has it."""
    (*letter, inbox_id, state, made_at, since, due_at, tries, envelope) = found[:17]
    code, cause, remedy, answer, settled_at = found[17:]
    return LetterRow(
        letter=letter_of(tuple(letter)),
        message=inbox_id,
        state=LetterState(state),
        made_at=from_milliseconds(made_at),
        since=from_milliseconds(since),
        due_at=from_milliseconds(due_at),
        tries=tries,
        envelope=envelope,
        trouble=Trouble(code=code, cause=cause, remedy=remedy) if code else None,
        answer=bytes(answer),
        settled_at=_moment(settled_at),
    )


def posted(row: LetterRow) -> Posted:
    """What a sender needs of a row."""
    return Posted(letter=row.letter, message=row.message, since=row.since, tries=row.tries)


def conditions(query: LetterQuery) -> tuple[str, list[Any]]:
    """A query as a condition in SQL, with ``?`` for its values."""
    parts: list[str] = []
    values: list[Any] = []
    if query.states:  # in words, so that an index of a state can be used
        parts.append("(" + " OR ".join(f"state = '{state.value}'" for state in query.states) + ")")
    for name, value in (("receiver", query.receiver), ("code", query.code), ("inbox_id", query.message)):
        if value:
            parts.append(f"{name} = ?")
            values.append(value)
    if query.ids:
        parts.append(f"id IN ({', '.join('?' * len(query.ids))})")
        values += query.ids
    return " AND ".join(parts) or "1 = 1", values


def since_condition(since: datetime | None) -> tuple[str, list[Any]]:
    """Which queues count by when their first letter was first due."""
    return ("1 = 1", []) if since is None else (SQL["first_due_before"], [to_milliseconds(since)])


def letter_of(values: Values) -> Letter:
    """The letter of its values."""
    id_, lane, receiver, _, kind, media_type, thread, sender_unit, not_before, body = values
    return Letter(
        id=id_,
        receiver=receiver,
        lane=lane,
        kind=kind,
        media_type=media_type,
        body=decompressed(bytes(body)),
        thread=thread,
        not_before=_moment(not_before),
        sender_unit=sender_unit,
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_milliseconds(milliseconds)
