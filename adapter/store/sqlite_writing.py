"""What the one writer of a SQLite file does for each arrival of its group."""

from __future__ import annotations

from typing import Any

import apsw
import orjson

from adapter.ports import Arrival, Kept, Outcome
from adapter.store.clockwork import Sequence, updated
from adapter.store.content import Content, body
from adapter.store.keeping import (
    Change,
    Merge,
    Version,
    Wanted,
    Weighing,
    is_conflict,
    state_and_answer,
    wanted,
)
from adapter.store.message import message_values, stored_answer
from adapter.store.named_sql import statements
from adapter.store.terms import rows_of

SQL = statements("sqlite.sql")


class Writing:
    """One connection, one transaction at a time, a savepoint an arrival."""

    def __init__(self, connection: apsw.Connection, merge: Merge) -> None:
        self._connection = connection
        self._run = connection.execute
        self._many = connection.executemany
        self._weighing = Weighing(merge)
        self._sequence = Sequence(connection.execute(SQL["last_seq"]).get)

    def begin(self) -> None:
        """Start the group's transaction."""
        self._run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Everything of the group to disk: the one call that waits for it."""
        self._run("COMMIT")

    def beat(self) -> None:
        """A real write that changes nothing of worth."""
        self._run(SQL["beat"])

    def keep(self, arrival: Arrival, now: int) -> Kept:
        """One arrival at ``now`` (milliseconds UTC). What raises leaves nothing behind."""
        self._run("SAVEPOINT arrival")
        try:
            kept = self._keep(arrival, now)
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have undone the whole group already
                self._run("ROLLBACK TO arrival")
                self._run("RELEASE arrival")
            raise
        self._run("RELEASE arrival")
        return kept

    def _keep(self, arrival: Arrival, now: int) -> Kept:
        known = self._run(SQL["answer_of_message"], (arrival.id,)).fetchall()
        if known:
            return Kept(outcome=Outcome.SAME, answer=stored_answer(known[0]), id=arrival.id)
        conflict = self._is_conflict(arrival)
        effect = _Effect()
        puts = wanted(arrival, conflict=conflict)
        made = [self._put(new, now, effect) for new in puts]
        self._write_rows(effect)
        if arrival.audit:
            made.pop()
        state, answer = state_and_answer(arrival, conflict=conflict)
        self._run(SQL["insert_message"], message_values(arrival, state, answer, made))
        self._run(SQL["insert_receipt"], (arrival.sender, arrival.message_id, arrival.lane, arrival.id))
        if not conflict and arrival.note_keys:
            self._many(
                SQL["insert_note"], [(arrival.sender, k, arrival.lane, c) for k, c in arrival.note_keys]
            )
        outcome = Outcome.CONFLICT if conflict else Outcome.NEW
        return Kept(outcome=outcome, answer=answer, id=arrival.id)

    def _is_conflict(self, arrival: Arrival) -> bool:
        first = self._run(SQL["first_receipt"], (arrival.sender, arrival.message_id)).get
        notes = {
            key: [content for (content,) in self._run(SQL["note_contents"], (arrival.sender, key))]
            for key, _ in arrival.note_keys
        }
        return is_conflict(arrival, first, notes)

    def _put(self, new: Wanted, now: int, effect: _Effect) -> str:
        found = self._run(SQL["current"], (new.id, new.type)).fetchall()
        current = Version(*found[0]) if found else None
        change, content = self._weighing.weigh(new, current)
        if change is Change.CURRENT:
            return new.made(self._replace(new, content, current, now, effect))
        if current is None:
            raise AssertionError("a put with nothing to compare with is current")
        if change is Change.LATE:
            return new.made(self._insert_late(new, current, now))
        if new.order > current.order and not new.put.is_shared:
            self._run(SQL["raise_order"], (new.order, current.seq))
        return new.made(current.version)

    def _replace(
        self, new: Wanted, content: Content, current: Version | None, now: int, effect: _Effect
    ) -> int:
        seq = self._sequence.next(now)
        version = current.latest + 1 if current else 1
        lane = current.lane if current else new.put.lane
        order = max(new.order, current.order) if current else new.order
        if current:
            self._delete_rows(current, effect)
            self._run(SQL["retire"], (current.seq,))
            self._run(SQL["delete_resource"], (current.seq,))
        data = body(content, version, updated(seq))
        values = (seq, lane, new.type, new.id, version, version, order, content.digest, data)
        self._run(SQL["insert_resource"], values)
        rows = rows_of(content.resource)
        effect.terms += [(term, seq, lane) for term in rows.terms]
        effect.periods += [(*period, seq, lane) for period in rows.periods]
        effect.words += [(*word, seq, lane) for word in rows.words]
        return version

    def _insert_late(self, new: Wanted, current: Version, now: int) -> int:
        known = self._run(
            SQL["old_version_of_content"], (new.id, new.type, new.order, new.content.digest)
        ).get
        if known is not None:
            return int(known)
        seq, version = self._sequence.next(now), current.latest + 1
        data = body(new.content, version, updated(seq))
        values = (seq, current.lane, new.type, new.id, version, new.order, new.content.digest, data)
        self._run(SQL["insert_old"], values)
        self._run(SQL["raise_latest"], (version, current.seq))
        return version

    def _delete_rows(self, current: Version, effect: _Effect) -> None:
        """Drop the search rows of a version; they are worked out from its body once more."""
        self._write_rows(effect)  # it may have been made by this very arrival
        rows, at = rows_of(orjson.loads(current.body)), (current.seq, current.lane)
        self._many(SQL["delete_term"], [(term, *at) for term in rows.terms])
        self._many(SQL["delete_period"], [(*period, *at) for period in rows.periods])
        self._many(SQL["delete_word"], [(*word, *at) for word in rows.words])

    def _write_rows(self, effect: _Effect) -> None:
        self._many(SQL["insert_term"], effect.terms)
        if effect.periods:
            self._many(SQL["insert_period"], effect.periods)
        if effect.words:
            self._many(SQL["insert_word"], effect.words)
        effect.clear()


class _Effect:
    """Search rows of one arrival, gathered so that each table is written once."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.terms: list[tuple[Any, ...]] = []
        self.periods: list[tuple[Any, ...]] = []
        self.words: list[tuple[Any, ...]] = []
