"""Rows that are new, gathered and then written a table at a time: of one message, or of many."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from adapter.store import audit_chain
from adapter.store.message import message_values
from adapter.store.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.store.content import Pack
    from adapter.store.keeping import Version
    from adapter.store.preparing import Message
    from adapter.store.sqlite_outbox import Run
    from adapter.store.terms import Found

SQL = statements("sqlite.sql")
CHAIN = audit_chain.SQL
_SIZES = (64, 16, 4, 1)  # rows a statement: few, so that prepared statements are found again
_WIDTHS = {
    "insert_pack": 3,
    "insert_resource": 11,
    "insert_term": 3,
    "insert_period": 5,
    "insert_word": 4,
    "insert_message": 17,
    "insert_receipt": 4,
    "insert_note": 4,
}


class NewRows:
    """What is to be inserted. ``writer`` is the one whose links in the audit log's chain are made here."""

    __slots__ = ("_events", "_flat", "_periods", "_resources", "_terms", "_words", "_writer")

    def __init__(self, writer: str) -> None:
        self._writer = writer
        self._flat: dict[str, list[Any]] = {name: [] for name in _WIDTHS}  # values of many rows in a line
        self._resources, self._terms = self._flat["insert_resource"], self._flat["insert_term"]
        self._periods, self._words = self._flat["insert_period"], self._flat["insert_word"]
        self._events: list[Version] = []

    def pack(self, number: int, lane: int, pack: Pack) -> None:
        """A pack, under its number."""
        self._flat["insert_pack"] += (number, lane, pack.data)

    def version(self, version: Version) -> None:
        """A current version; an AuditEvent is added to the chain."""
        self.resource(version.values(), version.content.rows)
        if version.type == "AuditEvent":
            self._events.append(version)

    def resource(self, row: tuple[Any, ...], found: Found) -> None:
        """The row of a current version, and what it is found by."""
        lane, seq = row[2], row[3]
        terms, periods, words = found
        self._resources += row
        rows = self._terms
        for term in terms:
            rows += (term, seq, lane)
        for field, low, high in periods:
            self._periods += (field, low, high, seq, lane)
        for number, word in words:
            self._words += (number, word, seq, lane)

    def message(self, message: Message, made: Sequence[str]) -> None:
        """A message, with the ids that it holds from now on."""
        flat, sender, lane = self._flat, message.sender, message.lane
        flat["insert_message"] += message_values(message, made)
        flat["insert_receipt"] += (sender, message.message_id, lane, message.id)
        for key, content in message.note_keys:
            flat["insert_note"] += (sender, key, lane, content)

    def write(self, run: Run) -> None:
        """Insert all of it, and forget it."""
        for name, values in self._flat.items():
            if values:
                _insert(run, name, values)
                values.clear()
        if self._events:
            last = run(CHAIN["last_link"], (self._writer,)).fetchall()
            for link in audit_chain.links(self._writer, last[0] if last else audit_chain.FIRST, self._events):
                run(CHAIN["insert_link"], link)
            self._events.clear()


def _insert(run: Run, name: str, values: list[Any]) -> None:
    width = _WIDTHS[name]
    at, left = 0, len(values) // width
    for rows in _SIZES:
        while left >= rows:
            end = at + rows * width
            run(_inserting(name, rows), values[at:end])
            at, left = end, left - rows


@lru_cache
def _inserting(name: str, rows: int) -> str:
    """A statement that inserts so many rows at once."""
    head, _, row = SQL[name].rpartition("VALUES ")
    return f"{head}VALUES {', '.join([row] * rows)}"
