"""The audit log's chain: what was logged stays, and it shows if it does not.

Each AuditEvent gets a link: its place among those of its writer, and a hash of the link before, of its id
and of what it says. Whoever changes an event, takes one away or puts one in breaks the links after it; but
for the very last ones of a writer, of whose end nothing tells. A writer is one process, or one connection of
it: links of one writer are made one after another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from adapter.store.content import digest_of, opened
from adapter.store.criteria import fill
from adapter.store.keeping import Version
from adapter.store.named_sql import statements
from adapter.store.opened import MOST_OPEN, Asking
from adapter.store.preparing import Key

SQL = statements("audit_chain.sql")
FIRST = (0, b"")  # what stands before a writer's first link


class Link(NamedTuple):
    """One row of the chain."""

    writer: str
    number: int
    lane: int
    id: str
    hash: bytes


def links(writer: str, last: tuple[int, bytes], events: Iterable[Version]) -> Iterator[Link]:
    """The links of events that are kept now; ``last`` is number and hash of the writer's latest link."""
    number, before = last
    for event in events:
        number, before = number + 1, _hash(before, event.id, event.content.digest)
        yield Link(writer, number, event.lane, event.id, before)


def events(fresh: dict[Key, Version]) -> list[Version]:
    """The AuditEvents among what an arrival made."""
    return [version for (type_, _), version in fresh.items() if type_ == "AuditEvent"]


def broken() -> Asking:
    """A conversation with a store: comes to the places (``writer/number``) where the chain does not hold."""
    found: list[str] = []
    writer, number, before = "", *FIRST
    while rows := (yield SQL["chain"], (writer, writer, number)):
        packs = yield from _packs({row[4] for row in rows if row[4] is not None})
        for of, at, id_, hash_, pack, place, size in rows:
            if of != writer:
                writer, number, before = of, *FIRST
            digest = digest_of(packs[pack][place : place + size]) if pack in packs else b""
            if at != number + 1 or bytes(hash_) != _hash(before, id_, digest):
                found.append(f"{of}/{at}")
            number, before = at, bytes(hash_)
    return found


def _packs(numbers: Iterable[int]) -> Asking:
    packs: dict[int, bytes] = {}
    asked = list(numbers)
    for start in range(0, len(asked), MOST_OPEN):
        listed = fill("packs", asked[start : start + MOST_OPEN])
        rows = yield listed.sql, listed.values
        packs.update((number, opened(data)) for number, data in rows)
    return packs


def _hash(before: bytes, id_: str, digest: bytes) -> bytes:
    return hashlib.sha256(b"%b\x1f%b\x1f%b" % (before, id_.encode("utf-8", "surrogatepass"), digest)).digest()
