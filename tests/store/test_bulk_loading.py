"""The bench's bulk loader writes the rows that the store itself writes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import apsw
import orjson
import pytest

from adapter.fhir import merge
from adapter.ports import Arrival
from adapter.store import open_store
from tests.bench.filling import FIXED, KINDS, Filling, arrivals, lean, moment, names

if TYPE_CHECKING:
    from pathlib import Path

START = 1_774_000_000_000
SIZE = KINDS + 5


known = lru_cache(arrivals)


def renamed(index: int) -> list[Arrival]:
    """What a patient's own notes come to, under the ids that the loader gives.

    What notes are known by after their keys, a hash of what they say, is that of the first of their kind.
    """
    first = (index - 1) % KINDS + 1  # of the kind
    like = known(first, START)
    own = names(like, first, START)
    theirs = known(index, START)
    if index <= KINDS:  # kept by the store itself
        return theirs
    pairs = [pair for ours, others in zip(theirs, like, strict=True) for pair in same(ours, others)]
    new = {real: own.renamed(known, index) for real, known in pairs}
    found = re.compile("|".join(new))

    def said(json: Any) -> Any:
        return orjson.loads(found.sub(lambda id_: new[id_[0]], orjson.dumps(json).decode()))

    return [
        replace(
            each,
            id=new[each.id],
            puts=tuple(replace(put, resource=said(put.resource)) for put in each.puts),
            audit=said(each.audit),
            note_keys=tuple(
                (key, known) for (key, _), (_, known) in zip(each.note_keys, other.note_keys, strict=True)
            ),
        )
        for each, other in zip(theirs, like, strict=True)
    ]


def same(ours: Arrival, others: Arrival) -> list[tuple[str, str]]:
    """Ids of one patient's, each with what it is for another of the same kind."""
    pairs = [(ours.id, others.id)]
    if ours.audit:
        pairs.append((ours.audit["id"], others.audit["id"]))
    own = [(a.resource, b.resource) for a, b in zip(ours.puts, others.puts, strict=True) if a.lane]
    return [*pairs, *((a["id"], b["id"]) for a, b in own)]


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table; of the log's links what is not of their writer."""
    with apsw.Connection(str(path)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - of the schema
            for name in tables
            if name not in FIXED
        }
    found["audit_chain"] = [(lane, id_) for _, _, lane, id_, _ in found["audit_chain"]]
    return {name: sorted(each, key=repr) for name, each in found.items()}


def schema(path: Path) -> list[tuple[Any, ...]]:
    """What the file has: tables, indexes, triggers, and how it keeps its log."""
    with apsw.Connection(str(path)) as connection:
        made = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        ).fetchall()
        return [
            *made,
            connection.pragma("journal_mode"),
            connection.pragma("page_size"),
            connection.pragma("integrity_check"),
        ]


@pytest.mark.parametrize("is_lean", [False, True], ids=["whole", "lean"])
async def test_the_bulk_loader_writes_the_rows_that_the_store_writes(tmp_path: Path, is_lean: bool) -> None:
    """In every table, for notes and corrected notes; in the same schema, and the log's chain holds."""
    kept, filled = tmp_path / "kept.db", tmp_path / "filled.db"
    now = moment(START, 0)
    store = await open_store(f"sqlite:///{kept}", merge, now=lambda: now)
    for index in range(SIZE):
        now = moment(START, index)
        for each in renamed(index):
            await store.keep(lean(each) if is_lean else each)
    await store.close()
    await asyncio.to_thread(Filling(filled, START, is_lean=is_lean).fill, SIZE)
    assert schema(filled) == schema(kept)
    ours, theirs = rows(filled), rows(kept)
    assert ours.keys() == theirs.keys()
    for table in theirs:
        assert ours[table] == theirs[table], table
    store = await open_store(f"sqlite:///{filled}", merge)
    assert await store.unlinked() == []
    await store.close()
