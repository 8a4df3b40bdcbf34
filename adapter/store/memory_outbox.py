"""The outbox of the in-memory twin: letters in a list, queues looked up by going through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapter.letters import Lease, LeaseQuery, Letter, LetterQuery, LetterRow, LetterState, Settlement
from adapter.store.outgoing import Key, Waking, key_of, posted

_TAKEN = {LetterState.WAITING, LetterState.DEAD}


class MemoryOutbox(Waking):
    """The letters, the oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[tuple[str, int], LetterRow] = {}
        self._at: dict[Key, datetime] = {}  # of each queue in which letters wait
        self._held: dict[Key, int] = {}  # by whom
        self._fence = 0

    def post(self, letters: Iterable[Letter], inbox_id: str, now: datetime) -> tuple[str, ...]:
        """Letters of a message; the ids of those that are new."""
        new = [letter for letter in letters if (letter.id, letter.lane) not in self._rows]
        for letter in new:
            due = max(letter.not_before or now, now)
            self._rows[letter.id, letter.lane] = LetterRow(
                letter=letter,
                message=inbox_id,
                state=LetterState.WAITING,
                made_at=now,
                since=due,
                due_at=due,
                tries=0,
                envelope="",
                trouble=None,
                answer=b"",
                settled_at=None,
            )
            self._at.setdefault(_queue(letter), due)
        return tuple(letter.id for letter in new)

    async def lease(self, wish: LeaseQuery, *, now: datetime, until: datetime) -> Sequence[Lease]:
        """Take due queues."""
        due = [key for key, at in self._at.items() if key[0] == wish.receiver and at <= now]
        since = wish.since
        if since is not None:
            due = [key for key in due if any(row.since < since for row in self._waiting(key)[:1])]
        return [
            self._lease(key, until, wish.letters)
            for key in sorted(due, key=self._at.__getitem__)[: wish.queues]
        ]

    def _lease(self, key: Key, until: datetime, letters: int) -> Lease:
        self._fence += 1
        self._at[key], self._held[key] = until, self._fence
        first = tuple(map(posted, self._waiting(key)[:letters]))
        return Lease(receiver=key[0], lane=key[1], queue=key[2], fence=self._fence, letters=first)

    def _waiting(self, key: Key) -> list[LetterRow]:
        rows = self._rows.values()
        return [row for row in rows if _queue(row.letter) == key and row.state is LetterState.WAITING]

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> Sequence[bool]:
        """Carry out what became of tries."""
        held = [self._settle(settlement, now) for settlement in settlements]
        if any(settlement.report for settlement in settlements):
            self.wake()
        return held

    def _settle(self, settlement: Settlement, now: datetime) -> bool:
        key = key_of(settlement)
        if self._held.get(key) != settlement.lease.fence:
            return False
        row = self._rows.get((settlement.letter, settlement.lease.lane))
        if row and row.state is LetterState.WAITING:
            self._rows[row.letter.id, row.letter.lane] = replace(
                row,
                state=settlement.state,
                due_at=settlement.due_at or now,
                tries=row.tries + 1,
                envelope=settlement.envelope,
                trouble=settlement.trouble,
                answer=settlement.answer,
                settled_at=now,
            )
        if row and settlement.report:
            self.post([settlement.report], row.message, now)
        if settlement.until:
            self._at[key] = settlement.until
        else:
            self._free(key)
        return True

    def _free(self, key: Key) -> None:
        self._held.pop(key, None)
        self._at.pop(key, None)
        if waiting := self._waiting(key):
            self._at[key] = waiting[0].due_at

    async def earliest(self, receivers: Sequence[str]) -> Mapping[str, datetime]:
        """When something is next due."""
        found: dict[str, datetime] = {}
        for (receiver, _, _), at in self._at.items():
            if receiver in receivers:
                found[receiver] = min(at, found.get(receiver, at))
        return found

    async def receivers(self) -> Sequence[str]:
        """Those for whom letters wait."""
        return sorted({receiver for receiver, _, _ in self._at})

    async def letters(self, query: LetterQuery) -> Sequence[LetterRow]:
        """Letters to look at."""
        return self._meant(query)

    def _meant(self, query: LetterQuery) -> list[LetterRow]:
        return [row for row in reversed(self._rows.values()) if _is_meant(row, query)][: query.limit]

    async def retry(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Post letters again."""
        meant = self._meant(query)
        for row in meant:
            self._rows[row.letter.id, row.letter.lane] = replace(
                row, state=LetterState.WAITING, tries=0, since=now, due_at=now, settled_at=None
            )
            key = _queue(row.letter)
            if key not in self._held:
                self._at[key] = min(now, self._at.get(key, now))
        self.wake()
        return [row.letter.id for row in meant]

    async def discard(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Take letters away."""
        gone = [row for row in self._meant(query) if row.state in _TAKEN]
        for row in gone:
            discarded = replace(row, state=LetterState.DISCARDED, settled_at=now)
            self._rows[row.letter.id, row.letter.lane] = discarded
            key = _queue(row.letter)
            if key not in self._held:
                self._free(key)
        return [row.letter.id for row in gone]


def _queue(letter: Letter) -> Key:
    return letter.receiver, letter.lane, letter.id if letter.not_before else ""


def _is_meant(row: LetterRow, query: LetterQuery) -> bool:
    return (
        (not query.states or row.state in query.states)
        and query.receiver in {"", row.letter.receiver}
        and query.code in {"", row.trouble.code if row.trouble else ""}
        and query.message in {"", row.message}
        and (not query.ids or row.letter.id in query.ids)
    )
