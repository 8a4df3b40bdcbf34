"""Reading a SQLite file beside its writer: one connection that stays at a moment while only the log grows.

A connection that finds the file changed forgets every page it knew, and unmaps the file. Since each reading
is itself logged before it is answered, that would happen to every one of them, and costs as much as the
reading. Therefore a moment is held for a while. Nobody can tell: it is let go as soon as anything but
AuditEvents has been committed, before that is answered, and whoever asks for AuditEvents gets a new one.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import apsw

from adapter.ports import Query, StoreUnavailable
from adapter.store.searching import TERMS_BETWEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapter.store.searching import Asking, Rows

HELD_SECONDS: Final = 1.0  # at most; the file is let go sooner when anything but AuditEvents is written
_LOGGED: Final = "AuditEvent"  # what is written without letting go of a moment


class Reading:
    """A connection for the event loop's thread. ``may_hold`` when all that is written passes this process."""

    def __init__(self, connection: apsw.Connection, *, may_hold: bool) -> None:
        self._connection = connection
        self._may_hold = may_hold
        self._until = 0.0  # monotonic seconds; 0 when no moment is held
        self._terms: dict[Sequence[Any], Rows] = {}  # which there are at the moment that is held

    def answered(self, conversation: Asking, *, is_new: bool = False) -> Any:
        """Run a conversation, all of it at one moment; ``is_new``: one that begins now.

        Raises StoreUnavailable.
        """
        if is_new or monotonic() > self._until:
            self.let_go()
        try:
            if not self._until:
                self._connection.execute("BEGIN")
                self._until = monotonic() + HELD_SECONDS
            found = talk(self._asked, conversation)
        except BaseException as problem:
            self.let_go()
            if isinstance(problem, apsw.Error):
                raise unavailable(problem) from problem
            raise
        if is_new or not self._may_hold:
            self.let_go()
        return found

    def rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """One statement, at a moment of its own. Raises StoreUnavailable."""
        self.let_go()
        try:
            return self._connection.execute(sql, values).fetchall()
        except apsw.Error as problem:
            raise unavailable(problem) from problem

    def let_go(self) -> None:
        """The next conversation sees what has been committed by then."""
        if self._until:
            self._until = 0.0
            self._terms.clear()
            with suppress(apsw.Error):  # were it still open, the next BEGIN would say so
                self._connection.execute("COMMIT")

    def _asked(self, sql: str, values: Sequence[Any]) -> Rows:
        """The rows of a statement; the same codes are asked for again and again, and stay at one moment."""
        known = self._terms.get(values) if sql == TERMS_BETWEEN else None
        if known is None:
            known = self._connection.execute(sql, values).fetchall()
            if sql == TERMS_BETWEEN:
                self._terms[values] = known
        return known

    def close(self) -> None:
        """Let go of the file."""
        self.let_go()
        self._connection.close()


def is_about_the_log(query: Query) -> bool:
    """Whether AuditEvents may be among what a query finds."""
    return query.type == _LOGGED or any(each.type in {_LOGGED, "*"} for each in query.revincludes)


def is_of_the_log(type_: str) -> bool:
    """Whether a type is one that is written without letting go of a moment."""
    return type_ == _LOGGED


def talk(ask: Callable[[str, Sequence[Any]], Rows], conversation: Asking) -> Any:
    """Give a conversation the rows it asks for, to its end. Raises apsw.Error."""
    try:
        sql, values = next(conversation)
        while True:
            sql, values = conversation.send(ask(sql, values))
    except StopIteration as end:
        return end.value


def unavailable(problem: BaseException) -> StoreUnavailable:
    """What is told of a fault of the file or the disk."""
    told = StoreUnavailable(f"the store cannot be used now: {type(problem).__name__}: {problem}")
    told.__cause__ = problem
    return told
