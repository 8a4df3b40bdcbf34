"""What the one writer of a SQLite file does for each arrival of its group."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from adapter.ports import Arrival, Kept, Outcome
from adapter.store.clockwork import Sequence, updated
from adapter.store.content import Content, body
from adapter.store.criteria import values_list
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
from adapter.store.message import message_values, stored_answer
from adapter.store.named_sql import statements
from adapter.store.terms import rows_of

if TYPE_CHECKING:
    import apsw

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
        puts = wanted(arrival, conflict=conflict)
        effect = _Effect(puts)
        current = self._current([new.id for new in puts])
        made = [self._put(new, current, now, effect) for new in puts]
        if arrival.audit:
            made.pop()
        made += self._end(current, now, effect)
        self._write(effect)
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

    def _current(self, ids: list[str]) -> dict[Key, Version]:
        """The current versions of all that is put, in one question."""
        if not ids:
            return {}
        listed = values_list(ids)
        sql = SQL["current"].format(values=listed.sql)
        return {found[:2]: Version(*found) for found in self._rows(sql, listed.values)}

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._run(sql, values).fetchall()

    def _end(self, known: dict[Key, Version], now: int, effect: _Effect) -> list[str]:
        """End the parts that plans dropped."""
        known.update(self._current([id_ for _, id_ in effect.endings.unknown(known)]))
        return [self._put(new, known, now, effect) for new in effect.endings.puts(known)]

    def _put(self, new: Wanted, known: dict[Key, Version], now: int, effect: _Effect) -> str:
        current = known.get(new.key)
        change, content = self._weighing.weigh(new, current)
        effect.endings.weighed(new, change, current)
        if change is Change.CURRENT or current is None:
            known[new.key] = made = self._replace(new, content, current, now, effect)
            return new.made(made.version)
        if change is Change.LATE:
            return new.made(self._insert_late(new, current, now, effect))
        if new.order > current.order and not new.put.is_shared:
            effect.orders.append((new.order, current.seq))
            current.order = new.order
        return new.made(current.version)

    def _replace(
        self, new: Wanted, content: Content, current: Version | None, now: int, effect: _Effect
    ) -> Version:
        seq = self._sequence.next(now)
        made = next_version(new, content, current, seq)
        if current:
            self._retire(current, effect)
        effect.resources.append(made.values())
        lane, rows = made.lane, rows_of(content.resource)
        for term in rows.terms:
            effect.terms += (term, seq, lane)
        for field, low, high in rows.periods:
            effect.periods += (field, low, high, seq, lane)
        for number, word in rows.words:
            effect.words += (number, word, seq, lane)
        return made

    def _retire(self, current: Version, effect: _Effect) -> None:
        """Move a version to history and drop its search rows, worked out from its body once more."""
        self._write(effect)  # it may have been made by this very arrival
        rows, at = rows_of(orjson.loads(current.body)), (current.seq, current.lane)
        self._many(SQL["delete_term"], [(term, *at) for term in rows.terms])
        self._many(SQL["delete_period"], [(*period, *at) for period in rows.periods])
        self._many(SQL["delete_word"], [(*word, *at) for word in rows.words])
        self._run(SQL["retire"], (current.seq,))
        self._run(SQL["delete_resource"], (current.seq,))

    def _insert_late(self, new: Wanted, current: Version, now: int, effect: _Effect) -> int:
        self._write(effect)  # the current version may have been made by this very arrival
        digest = new.content.digest
        known = self._run(SQL["old_version_of_content"], (new.id, new.type, new.order, digest)).get
        if known is not None:
            return int(known)
        seq = self._sequence.next(now)
        current.latest += 1
        data = body(new.content, current.latest, updated(seq))
        values = (seq, current.lane, new.type, new.id, current.latest, new.order, digest, data)
        self._run(SQL["insert_old"], values)
        self._run(SQL["raise_latest"], (current.latest, current.seq))
        return current.latest

    def _write(self, effect: _Effect) -> None:
        if effect.resources:
            self._many(SQL["insert_resource"], effect.resources)
        if effect.orders:
            self._many(SQL["raise_order"], effect.orders)
        self._insert("insert_term", 3, effect.terms)
        self._insert("insert_period", 5, effect.periods)
        self._insert("insert_word", 4, effect.words)
        effect.clear()

    def _insert(self, name: str, width: int, values: list[Any]) -> None:
        """Many rows a statement: in sizes that are few, so that prepared statements are found again."""
        at, left = 0, len(values) // width
        for rows in _SIZES:
            while left >= rows:
                end = at + rows * width
                self._run(_inserting(name, rows), values[at:end])
                at, left = end, left - rows


_SIZES = (64, 16, 4, 1)


@lru_cache
def _inserting(name: str, rows: int) -> str:
    """A statement that inserts so many rows at once."""
    head, _, row = SQL[name].partition(" VALUES ")
    return f"{head} VALUES {', '.join([row] * rows)}"


class _Effect:
    """What one arrival writes, gathered so that each table is written once; search rows lie flat."""

    def __init__(self, puts: list[Wanted]) -> None:
        self.endings = Endings(puts)
        self.clear()

    def clear(self) -> None:
        """All is written."""
        self.resources: list[tuple[Any, ...]] = []
        self.orders: list[tuple[str, int]] = []
        self.terms: list[Any] = []
        self.periods: list[Any] = []
        self.words: list[Any] = []
