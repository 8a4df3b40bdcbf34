"""The in-memory twin: the same meaning in plain dicts, for tests. It searches by looking at everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from adapter.fhir.search_dates import from_milliseconds, to_milliseconds
from adapter.frozen import replace
from adapter.ports import (
    Arrival,
    Json,
    Kept,
    MessageQuery,
    MessageRow,
    Outcome,
    Own,
    Page,
    Query,
    Ready,
    Row,
    State,
)
from adapter.store import clockwork, marks
from adapter.store.changing import after_of
from adapter.store.compressed import decompressed
from adapter.store.effect import Effect, Old
from adapter.store.keeping import Merge, Version, Weighing, refuse_contested, refuse_stale
from adapter.store.looking import look
from adapter.store.memory_outbox import MemoryOutbox
from adapter.store.outgoing import letter_of
from adapter.store.preparing import REFERENCE_LANE, Key, Wanted, logged, prepare


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
        self._closed: set[str] = set()
        self.outbox = MemoryOutbox()

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Keep an arrival."""
        prepared = prepare(arrival)
        message = prepared.message
        known = self._messages.get(message.id)
        if known:
            return Kept(outcome=Outcome.SAME, answer=known.answer, id=message.id)
        first = self._receipts.get((message.sender, message.message_id))
        found = {key: self._notes.get((message.sender, key)) for key, _ in message.note_keys}
        notes = {key: [content] for key, content in found.items() if content is not None}
        refuse_contested(message, first, notes)
        refuse_stale(prepared.puts, self._current)
        made = self._carry_out(prepared.puts)
        if message.has_audit:
            made.pop(len(prepared.puts) - 1)
        self._messages[message.id] = MessageRow(
            id=message.id,
            sender=message.sender,
            message_id=message.message_id,
            source=message.source,
            state=State(message.state),
            received_at=datetime.fromisoformat(message.received_at),
            sha256=message.sha256,
            raw=decompressed(message.raw),
            findings=tuple(orjson.loads(message.findings)),
            made=tuple(made),
            answer=message.told,
            mapping_version=message.mapping_version,
            replays=message.replays,
        )
        self._receipts.setdefault((message.sender, message.message_id), message.id)
        for key, content in message.note_keys:
            self._notes.setdefault((message.sender, key), content)
        posted = self.outbox.post(map(letter_of, message.letters), message.id, self._now())
        if posted:
            self.outbox.wake()
        return Kept(outcome=Outcome.NEW, answer=message.told, id=message.id, made=tuple(made), posted=posted)

    def _carry_out(self, puts: list[Wanted]) -> list[str]:
        effect = Effect(puts, self._weighing, self._current)
        for old in effect.late():
            for known in self._versions.get((old.type, old.id), {}).values():
                effect.in_history[Old(known.type, known.id, known.order, known.content.digest)] = (
                    known.version
                )
        made = effect.carry_out(puts, self._next)
        made += effect.carry_out(effect.endings.puts(self._current), self._next)
        for version in (*effect.old, *effect.fresh.values()):
            self._versions.setdefault((version.type, version.id), {})[version.version] = version
        return made

    def _next(self, _: Version | None) -> int:
        return self._sequence.next(to_milliseconds(self._now()))

    async def log(self, events: Sequence[Json]) -> None:
        """Keep AuditEvents."""
        self._carry_out(logged(events, REFERENCE_LANE).puts)

    async def unlinked(self) -> Sequence[str]:
        """Nothing can be done to what lies in memory."""
        return ()

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox."""
        row = self._messages.get(message_id)
        return self._linked(row) if row else None

    def _linked(self, row: MessageRow) -> MessageRow:
        later = (each for each in self._messages.values() if each.replays == row.id)
        last = max(later, key=_place, default=None)
        return replace(row, taken_as=last.id) if last else row

    async def messages(self, query: MessageQuery) -> Sequence[MessageRow]:
        """Messages to look at."""
        found = [row for row in self._messages.values() if not row.replays and self._is_meant(row, query)]
        found.sort(key=_place, reverse=True)
        page = [row for row in found if not any(query.after) or _place(row) < query.after][: query.limit]
        return [self._linked(row) for row in page]

    def _is_meant(self, row: MessageRow, query: MessageQuery) -> bool:
        is_closed = row.id in self._closed or any(
            later.replays == row.id and later.state is State.DONE for later in self._messages.values()
        )
        return (
            (not query.states or row.state in query.states)
            and query.source in {"", row.source}
            and (not query.ids or row.id in query.ids)
            and not (query.is_open and is_closed)
        )

    async def dismiss(self, ids: Sequence[str]) -> None:
        """Messages are dealt with."""
        self._closed.update(ids)

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version."""
        found = self._current.get((type_, id_))
        return _row(found) if found else None

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version, current or not."""
        found = self._versions.get((type_, id_), {}).get(version)
        return _row(found) if found else None

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """Every version, the newest first."""
        current = self._current.get((type_, id_))
        versions = self._versions.get((type_, id_), {}).values()
        newest_first = sorted(versions, key=lambda v: (v is current, v.order, v.version), reverse=True)
        return [_row(version) for version in newest_first]

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """A page of every version, the newest first."""
        below = after_of(after)
        found = [
            version
            for (type_, id_), versions in self._versions.items()
            if type_ in types and (of is None or id_ in of.get(type_, ()))
            for version in versions.values()
            if version.seq < below and clockwork.updated(version.seq) >= since
        ]
        found.sort(key=lambda version: version.seq, reverse=True)
        page = found[:count]
        mark = marks.mark([page[-1].seq]) if len(found) > count and page else ""
        return Page(matches=[_row(version) for version in page], next=mark)

    async def search(self, query: Query) -> Page:
        """Run a query."""
        return look(query, list(self._current.values()), to_milliseconds(self._now()))

    async def ready(self) -> None:
        """Is always."""

    async def close(self) -> None:
        """Nothing to let go of."""


def _place(row: MessageRow) -> tuple[str, str]:
    return row.received_at.isoformat(), row.id


def _row(found: Version) -> Row:
    updated = from_milliseconds(clockwork.updated(found.seq))
    return Row(type=found.type, id=found.id, version=found.version, last_updated=updated, body=found.body)
