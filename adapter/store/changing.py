"""What was kept, in the order in which it was kept: every version of some types, the newest first.

A conversation like a search. The current versions and those in history are asked for type by type, so that
each question walks an index from where the page begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from adapter.ports import Own, Page
from adapter.store import marks
from adapter.store.clockwork import first_of
from adapter.store.criteria import SQL, fill
from adapter.store.opened import Asking, Opened

_NEWEST = 1 << 62  # above every sequence number
_SEQ = itemgetter(3)


def after_of(mark: str) -> int:
    """The sequence number that a page begins below. Raises ValueError when the mark is not one of ours."""
    if not mark:
        return _NEWEST
    (seq,) = marks.keys(mark, 1)
    if not isinstance(seq, int) or not 0 <= seq <= _NEWEST:
        raise ValueError("not a page mark of a history")
    return seq


def changes(types: Sequence[str], since: int, count: int, mark: str, of: Own | None = None) -> Asking:
    """One page; ``since`` in milliseconds UTC, ``of`` what alone is asked for. Returns the Page."""
    first, below = first_of(since), after_of(mark)
    found: list[tuple[Any, ...]] = []
    for type_ in types:
        asked = (type_, first, below, count + 1)
        if of is None:
            for name in ("changed", "changed_before"):
                found += yield SQL[name], asked
        elif ids := of.get(type_):
            for name in ("changed_of", "changed_of_before"):
                piece = fill(name, ids)
                found += yield piece.sql, (*piece.values, *asked)
    found.sort(key=_SEQ, reverse=True)
    page = found[:count]
    rows = yield from Opened().rows(page)
    return Page(matches=rows, next=marks.mark([page[-1][3]]) if len(found) > count and page else "")
