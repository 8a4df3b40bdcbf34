"""The compressed form of what is kept, and the ones before it."""

from __future__ import annotations

import threading
import zlib
from datetime import UTC, datetime
from pathlib import Path

import apsw

from adapter.fhir import merge
from adapter.pipeline import arrival, decide
from adapter.sources import load_sources
from adapter.store import open_store
from adapter.store.compressed import compressed, decompressed
from adapter.store.content import opened

NAME = "se.cosmic.journal-notes"
NOTE = (Path(__file__).parents[2] / "fixtures" / NAME / "kalmar-agreement.json").read_bytes()


def test_what_is_compressed_is_read_again() -> None:
    """
    Whatever the bytes are, and none at all; it takes less room when they repeat themselves.
    """
    for data in (b"", b"x", b"{", b"\x00" * 100_000, NOTE):
        assert decompressed(compressed(data)) == data
    assert len(compressed(NOTE)) < len(NOTE) / 3


def test_what_was_deflated_or_plain_is_read_too() -> None:
    """
    The first byte tells the form.
    """
    pack = b'{"resourceType":"Patient"}' * 9
    assert decompressed(zlib.compress(NOTE, 1)) == NOTE
    assert opened(zlib.compress(pack, 1)) == opened(compressed(pack)) == opened(pack) == pack


def test_threads_compress_at_the_same_time() -> None:
    """
    A search on its own thread reads packs while the server writes others.
    """
    wrong: list[int] = []

    def work(number: int) -> None:
        data = b"%d" % number * 50_000
        wrong.extend(number for _ in range(50) if decompressed(compressed(data)) != data)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


async def test_a_store_whose_packs_are_deflated_is_served_as_before(tmp_path: Path) -> None:
    """
    Nothing is rewritten: a newer program reads what an older one kept, and the message's own bytes.
    """
    source, url = load_sources()[NAME], f"sqlite:///{tmp_path}/a.db"
    made = arrival(NOTE, source, decide(NOTE, source), datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    plan = next(put.resource["id"] for put in made.puts if put.resource["resourceType"] == "CarePlan")
    store = await open_store(url, merge)
    await store.keep(made)
    before = await store.read("CarePlan", plan)
    await store.close()
    with apsw.Connection(str(tmp_path / "a.db")) as connection:
        for table, column in (("pack", "data"), ("inbox", "raw")):
            for row, data in list(connection.execute(f"SELECT rowid, {column} FROM {table}")):  # noqa: S608 - names of ours
                older = zlib.compress(decompressed(data), 1)
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (older, row))  # noqa: S608
    store = await open_store(url, merge)
    kept = await store.message(made.id)
    assert before is not None
    assert await store.read("CarePlan", plan) == before
    assert kept is not None
    assert kept.raw == NOTE
    await store.close()
