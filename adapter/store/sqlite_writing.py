"""What the one writer of a SQLite file does for each arrival of its group."""

from __future__ import annotations

import uuid
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import apsw

from adapter.ports import Kept, Outcome
from adapter.store import audit_chain
from adapter.store.clockwork import Sequence
from adapter.store.criteria import values_list
from adapter.store.effect import Effect, Old
from adapter.store.keeping import (
    Merge,
    Version,
    Weighing,
    first_version,
    refuse_contested,
    refuse_stale,
    version_of,
)
from adapter.store.message import stored_answer
from adapter.store.named_sql import statements
from adapter.store.opened import load
from adapter.store.preparing import Key, Logged, Message, Prepared
from adapter.store.sqlite_file import CHECKPOINT_PAGES
from adapter.store.sqlite_outbox import Job, post
from adapter.store.sqlite_rows import NewRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SQL = statements("sqlite.sql")
CHAIN = audit_chain.SQL


class Writing:
    """One connection, one transaction at a time.

    An arrival is decided to its end before the first of its rows is written, so that what is wrong with it
    leaves nothing behind; should a row be refused all the same, the whole group begins again without it.
    """

    def __init__(self, connection: apsw.Connection, merge: Merge) -> None:
        connection.set_busy_timeout(0)  # on the event loop nothing waits: who begins tries again
        self.run = connection.execute
        self._many = connection.executemany
        self.weighing = Weighing(merge)
        self.sequence = Sequence(connection.execute(SQL["last_seq"]).get)
        self._writer = str(uuid.uuid4())  # of the audit log's chain
        self._status = connection.status
        self._carried = 0  # pages that were written when the log was last carried over to the file
        self.is_log_long = False  # then nobody is to hold a moment: nothing younger is carried over

    def begin(self) -> None:
        """Start the group's transaction."""
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Everything of the group to disk: the one call that waits for it."""
        self.run("COMMIT")
        written, _ = self._status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)
        self.is_log_long = written - self._carried >= CHECKPOINT_PAGES
        if self.is_log_long:
            self._carry_over(written)

    def _carry_over(self, written: int) -> None:
        """Carry the log over to the file as far as readers let it; the rest after the next commit."""
        with suppress(apsw.Error):  # what was committed stays so
            _, logged, carried = self.run("PRAGMA wal_checkpoint(PASSIVE)").fetchall()[0]
            if logged == carried:
                self._carried, self.is_log_long = written, False

    def undo(self) -> None:
        """Nothing of the group."""
        self.run("ROLLBACK")

    def beat(self) -> None:
        """A real write that changes nothing of worth."""
        self.run(SQL["beat"])

    def do(self, job: Job) -> Any:
        """A job of the outbox."""
        return job(self.run)

    def keep(self, prepared: Prepared, now: int) -> tuple[Kept, Mapping[Key, Version]]:
        """One arrival at ``now`` (milliseconds UTC), and what is current now of all that it is about.

        Raises Contested and Stale before anything is written; when it raises anything else, the transaction
        is to be undone.
        """
        message = prepared.message
        known = self._rows(SQL["answer_of_message"], (message.id,))
        if known:
            return Kept(outcome=Outcome.SAME, answer=stored_answer(known[0]), id=message.id), {}
        self._refuse_contested(message)
        effect, made = self._carried_out(prepared, now)
        self._make_room(effect)
        rows = self.new_rows()
        for lane, pack in effect.packs(prepared.pack):
            pack.number = self.sequence.next(now)
            rows.pack(pack.number, lane, pack)
        for version in effect.old:
            self.run(SQL["insert_old"], version.old_values())
        for version in effect.fresh.values():
            rows.version(version)
        rows.message(message, made)
        rows.write(self.run)
        posted = post(self.run, message.letters, message.id, now)
        kept = Kept(outcome=Outcome.NEW, answer=message.told, id=message.id, made=tuple(made), posted=posted)
        return kept, effect.current

    def log(self, logged: Logged, now: int) -> None:
        """AuditEvents that no message brought, all of one lane; their ids are new."""
        if not logged.puts:
            return
        rows = self.new_rows()
        logged.pack.number = self.sequence.next(now)
        rows.pack(logged.pack.number, logged.puts[0].lane, logged.pack)
        for new in logged.puts:
            rows.version(first_version(new, self.sequence.next(now)))
        rows.write(self.run)

    def new_rows(self) -> NewRows:
        """None yet."""
        return NewRows(self._writer)

    def _carried_out(self, prepared: Prepared, now: int) -> tuple[Effect, list[str]]:
        """What the puts come to, and what was made."""
        puts = prepared.puts
        effect = Effect(puts, self.weighing, self._current([new.id for new in puts]))
        refuse_stale(puts, effect.current)
        self._load(effect.unread())
        if late := effect.late():
            effect.in_history.update(self._in_history(late))

        def number(_: Version | None) -> int:
            return self.sequence.next(now)

        made = effect.carry_out(puts, number)
        if prepared.message.has_audit:
            made.pop()
        if effect.endings.parts:
            effect.learn(self._current(effect.unknown()))
            self._load(effect.parts())
            made += effect.carry_out(effect.endings.puts(effect.current), number)
        return effect, made

    def _refuse_contested(self, message: Message) -> None:
        first = (
            self.run(SQL["first_receipt"], (message.sender, message.message_id)).get
            if message.is_letter
            else None
        )
        notes = {
            key: [content for (content,) in self.run(SQL["note_contents"], (message.sender, key))]
            for key, _ in message.note_keys
        }
        refuse_contested(message, first, notes)

    def _current(self, ids: list[str]) -> dict[Key, Version]:
        """The current versions by id, in one question."""
        if not ids:
            return {}
        listed = values_list(ids)
        found = self._rows(_listing("current", listed.sql), listed.values)
        return {row[:2]: version_of(row) for row in found}

    def _in_history(self, late: list[Old]) -> Iterator[tuple[Old, int]]:
        listed = values_list([old.id for old in late])
        for *old, version in self._rows(_listing("late", listed.sql), listed.values):
            yield Old(*old), version

    def _load(self, versions: Iterable[Version]) -> None:
        conversation = load(versions)
        try:
            sql, values = next(conversation)
            conversation.send(self._rows(sql, values))
        except StopIteration:
            pass

    def _rows(self, sql: str, values: Any) -> list[tuple[Any, ...]]:
        return self.run(sql, values).fetchall()

    def _make_room(self, effect: Effect) -> None:
        """What is current no longer goes to history."""
        for version in effect.raised.values():
            self.run(SQL["raise"], (version.latest, version.order, version.seq))
        for version in effect.retired:
            self._retire(version)

    def _retire(self, version: Version) -> None:
        """Move a version to history and drop its search rows, worked out from its content once more."""
        at = version.seq, version.lane
        terms, periods, words = version.content.rows
        self._many(SQL["delete_term"], [(term, *at) for term in terms])
        self._many(SQL["delete_period"], [(*period, *at) for period in periods])
        self._many(SQL["delete_word"], [(*word, *at) for word in words])
        self.run(SQL["retire"], (version.seq,))
        self.run(SQL["delete_resource"], (version.seq,))


@lru_cache(maxsize=256)
def _listing(name: str, marks: str) -> str:
    """A statement with so many marks in its list: the very same text, so that it is found again at once."""
    return SQL[name].format(values=marks)
