"""``overens queue``: letters and messages that wait, are parked or dead, and what is done about them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter.cli.desk import desk, minute, not_ids, run_desk, write_json, write_table
from adapter.cli.told import tell, wrong_use
from adapter.frozen import dataclass
from adapter.letters import LetterQuery, LetterState
from adapter.ports import MessageQuery, State

if TYPE_CHECKING:
    from adapter.letters import LetterRow
    from adapter.ports import Desk, MessageRow

OPEN_LETTERS = (LetterState.DEAD, LetterState.WAITING)
OPEN_MESSAGES = (State.PARKED, State.PARTLY, State.REFUSED, State.UNREADABLE)
_HEAD = ("id", "läge", "vad", "mottagare/källa", "klass", "sedan", "nästa försök", "försök")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which letters and messages are meant; empty means any."""

    ids: tuple[str, ...] = ()
    state: str = ""
    receiver: str = ""
    code: str = ""
    limit: int = 100

    @property
    def is_empty(self) -> bool:
        """Nothing was chosen."""
        return not (self.ids or self.state or self.receiver or self.code)

    def letters(self, states: tuple[LetterState, ...]) -> LetterQuery | None:
        """The letters among it; None when no letter can be meant."""
        if self.state and self.state not in set(LetterState):
            return None
        chosen = (LetterState(self.state),) if self.state else () if self.ids else states
        return LetterQuery(
            states=chosen, receiver=self.receiver, code=self.code, ids=self.ids, limit=self.limit
        )

    def messages(self) -> MessageQuery | None:
        """The messages among it; None when no message can be meant."""
        if self.receiver or (self.state and self.state not in set(State)):
            return None
        states = (State(self.state),) if self.state else () if self.ids else OPEN_MESSAGES
        return MessageQuery(states=states, ids=self.ids, is_open=not self.ids, limit=self.limit)


def wrong_choice(choice: Choice, *, is_change: bool = False) -> int:
    """2 and why, when a choice cannot be meant; else 0."""
    known = [*LetterState, *State]
    if choice.state and choice.state not in set(known):
        names = ", ".join(dict.fromkeys(known))
        return wrong_use(f"--state {choice.state!r} finns inte. Välj bland {names}.")
    if is_change and choice.is_empty:
        return wrong_use("säg vilka: id, --state, --receiver eller --class. overens queue list visar dem.")
    return not_ids(choice.ids)


def run_list(choice: Choice, *, as_json: bool) -> int:
    """Print what is open, or what was chosen."""
    return wrong_choice(choice) or run_desk(_list(choice, as_json=as_json))


async def _list(choice: Choice, *, as_json: bool) -> int:
    async with desk(is_beside=True) as store:
        letters, messages = await _chosen(store, choice)
    if as_json:
        write_json(
            {"letters": [letter_json(row) for row in letters], "messages": [*map(message_json, messages)]}
        )
        return 0
    rows = [*map(_letter_cells, letters), *map(_message_cells, messages)]
    if rows:
        write_table(_HEAD, rows)
    tell(f"{len(letters)} brev, {len(messages)} meddelanden." if rows else "Inget väntar.")
    return 0


async def _chosen(store: Desk, choice: Choice) -> tuple[list[LetterRow], list[MessageRow]]:
    letters, messages = choice.letters(OPEN_LETTERS), choice.messages()
    found = [*(await store.outbox.letters(letters))] if letters else []
    rows = [*(await store.messages(messages))] if messages else []
    return found, [row for row in rows if not choice.code or choice.code in codes(row)]


def run_show(id_: str) -> int:
    """Print one letter or message with everything but its content."""
    return not_ids([id_]) or run_desk(_show(id_))


async def _show(id_: str) -> int:
    async with desk(is_beside=True) as store:
        letters = await store.outbox.letters(LetterQuery(ids=(id_,)))
        message = await store.message(id_)
        caused = await store.outbox.letters(LetterQuery(message=id_))
    if letters:
        write_json(letter_json(letters[0]))
    elif message:
        write_json({**message_json(message), "letters": [letter_json(row) for row in caused]})
    else:
        return wrong_use(f"{id_} finns inte, varken som brev eller meddelande. Se overens queue list.")
    return 0


def run_retry(choice: Choice) -> int:
    """Post letters again."""
    return wrong_choice(choice, is_change=True) or run_desk(_retry(choice))


async def _retry(choice: Choice) -> int:
    query = choice.letters(OPEN_LETTERS)
    if query is None:
        return wrong_use("bara brev kan skickas om. Ett meddelande tas in på nytt med overens replay.")
    async with desk(is_beside=True) as store:
        ids = await store.outbox.retry(query, now=datetime.now(UTC))
    return _told(ids, "skickas om från början. Följ dem med overens queue list --state waiting.")


def run_discard(choice: Choice) -> int:
    """Take letters away, and close messages."""
    return wrong_choice(choice, is_change=True) or run_desk(_discard(choice))


async def _discard(choice: Choice) -> int:
    async with desk(is_beside=True) as store:
        letters, messages = await _chosen(store, choice)
        chosen = tuple(row.letter.id for row in letters)
        query = LetterQuery(ids=chosen, limit=max(1, len(chosen)))
        gone = [*(await store.outbox.discard(query, now=datetime.now(UTC)))] if chosen else []
        await store.dismiss([row.id for row in messages])
    return _told([*gone, *(row.id for row in messages)], "är avskrivna och visas inte längre som öppna.")


def _told(ids: Any, what: str) -> int:
    for each in ids:
        sys.stdout.write(f"{each}\n")
    tell(f"{len(ids)} {what}" if ids else "Inget valdes, inget är ändrat. Se overens queue list.")
    return 0


def codes(row: MessageRow) -> list[str]:
    """The codes of a message's findings, those that stopped it first."""
    return [each["code"] for each in sorted(row.findings, key=lambda each: not each.get("blocking"))]


def letter_json(row: LetterRow) -> dict[str, Any]:
    """A letter for an operator: keys and codes, never what it says."""
    trouble = row.trouble
    return {
        "id": row.letter.id,
        "state": row.state.value,
        "kind": row.letter.kind,
        "receiver": row.letter.receiver,
        "senderUnit": row.letter.sender_unit,
        "thread": row.letter.thread,
        "message": row.message,
        "lane": row.letter.lane,
        "madeAt": row.made_at,
        "since": row.since,
        "dueAt": row.due_at if row.state is LetterState.WAITING else None,
        "settledAt": row.settled_at,
        "tries": row.tries,
        "envelope": row.envelope,
        "class": trouble.code if trouble else "",
        "cause": trouble.cause if trouble else "",
        "remedy": trouble.remedy if trouble else "",
    }


def message_json(row: MessageRow) -> dict[str, Any]:
    """A message for an operator: what was found, without the values."""
    shown = ("code", "severity", "where", "at", "what", "line", "column")
    return {
        "id": row.id,
        "state": row.state.value,
        "source": row.source,
        "receivedAt": row.received_at,
        "status": row.answer.status,
        "mappingVersion": row.mapping_version,
        "replays": row.replays,
        "takenAs": row.taken_as,
        "findings": [{name: each[name] for name in shown if name in each} for each in row.findings],
    }


def _letter_cells(row: LetterRow) -> tuple[str, ...]:
    is_waiting = row.state is LetterState.WAITING
    return (
        row.letter.id,
        row.state.value,
        row.letter.kind,
        row.letter.receiver,
        row.trouble.code if row.trouble else "",
        minute(row.since),
        minute(row.due_at) if is_waiting else "",
        str(row.tries),
    )


def _message_cells(row: MessageRow) -> tuple[str, ...]:
    code = next(iter(codes(row)), "")
    return (row.id, row.state.value, "meddelande", row.source, code, minute(row.received_at), "", "")
