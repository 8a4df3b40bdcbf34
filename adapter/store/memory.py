"""The in-memory twin: the same meaning in plain dicts, for tests. It searches by looking at everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from adapter.fhir.search_dates import from_milliseconds, to_milliseconds
from adapter.ports import Arrival, Kept, MessageRow, Outcome, Page, Query, Row
from adapter.store import clockwork
from adapter.store.keeping import (
    Change,
    Endings,
    Key,
    Merge,
    Version,
    Wanted,
    Weighing,
    is_conflict,
    next_version,
    state_and_answer,
    wanted,
)
from adapter.store.looking import look


class MemoryStore:
    """Everything in dicts. Nothing is written anywhere; gone when it is closed."""

    def __init__(self, merge: Merge, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._weighing = Weighing(merge)
        self._sequence = clockwork.Sequence()
        self._messages: dict[str, MessageRow] = {}
        self._receipts: dict[tuple[str, str], str] = {}
        self._notes: dict[tuple[str, str], str] = {}
        self._current: dict[Key, Version] = {}
        self._versions: dict[Key, dict[int, Version]] = {}

    async def keep(self, arrival: Arrival) -> Kept:
        """Keep an arrival."""
        known = self._messages.get(arrival.id)
        if known:
            return Kept(outcome=Outcome.SAME, answer=known.answer, id=arrival.id)
        first = self._receipts.get((arrival.sender, arrival.message_id))
        found = {key: self._notes.get((arrival.sender, key)) for key, _ in arrival.note_keys}
        notes = {key: [content] for key, content in found.items() if content is not None}
        conflict = is_conflict(arrival, first, notes)
        puts = wanted(arrival, conflict=conflict)
        endings = Endings(puts)
        made = [self._put(new, endings) for new in puts]
        if arrival.audit:
            made.pop()
        made += [self._put(new, endings) for new in endings.puts(self._current)]
        self._write_message(arrival, tuple(made), conflict=conflict)
        outcome = Outcome.CONFLICT if conflict else Outcome.NEW
        return Kept(outcome=outcome, answer=self._messages[arrival.id].answer, id=arrival.id)

    def _write_message(self, arrival: Arrival, made: tuple[str, ...], *, conflict: bool) -> None:
        state, answer = state_and_answer(arrival, conflict=conflict)
        self._messages[arrival.id] = MessageRow(
            id=arrival.id,
            sender=arrival.sender,
            message_id=arrival.message_id,
            source=arrival.source,
            state=state,
            received_at=arrival.received_at,
            sha256=arrival.sha256,
            raw=arrival.raw,
            findings=tuple(orjson.loads(orjson.dumps(arrival.findings))),
            made=made,
            answer=answer,
            mapping_version=arrival.mapping_version,
        )
        self._receipts.setdefault((arrival.sender, arrival.message_id), arrival.id)
        if not conflict:
            for key, content in arrival.note_keys:
                self._notes.setdefault((arrival.sender, key), content)

    def _put(self, new: Wanted, endings: Endings) -> str:
        current = self._current.get(new.key)
        change, content = self._weighing.weigh(new, current)
        endings.weighed(new, change, current)
        if change is Change.CURRENT or current is None:
            kept = next_version(new, content, current, self._next())
            self._current[new.key] = kept
            self._versions.setdefault(new.key, {})[kept.version] = kept
            return new.made(kept.version)
        if change is Change.LATE:
            return new.made(self._put_late(new, current))
        if not new.put.is_shared:
            current.order = max(new.order, current.order)
        return new.made(current.version)

    def _put_late(self, new: Wanted, current: Version) -> int:
        for old in self._versions[new.key].values():
            if (old.order, old.digest) == (new.order, new.content.digest):
                return old.version
        late = next_version(new, new.content, current, self._next())
        late.order = new.order
        current.latest = late.version
        self._versions[new.key][late.version] = late
        return late.version

    def _next(self) -> int:
        return self._sequence.next(to_milliseconds(self._now()))

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox."""
        return self._messages.get(message_id)

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version."""
        found = self._current.get((type_, id_))
        return _row(found) if found else None

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version, current or not."""
        found = self._versions.get((type_, id_), {}).get(version)
        return _row(found) if found else None

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """Every version, the highest first."""
        versions = self._versions.get((type_, id_), {})
        return [_row(versions[number]) for number in sorted(versions, reverse=True)]

    async def search(self, query: Query) -> Page:
        """Run a query."""
        return look(query, list(self._current.values()), to_milliseconds(self._now()))

    async def ready(self) -> None:
        """Is always."""

    async def close(self) -> None:
        """Nothing to let go of."""


def _row(found: Version) -> Row:
    updated = from_milliseconds(clockwork.updated(found.seq))
    return Row(type=found.type, id=found.id, version=found.version, last_updated=updated, body=found.body)
