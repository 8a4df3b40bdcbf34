"""Recordings of a server under load, and what they prove: no answer leaves before its commit is on disk."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tests.crash.messages import messages
from tests.crash.recording import Kind, Record, read
from tests.crash.senders import Ledger, send_all
from tests.crash.servers import PATIENCE_SECONDS, ROOT, answers, clean, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.campaign import Report

STORE = "overens.db"
LOG = f"{STORE}-wal"
FRAME_HEAD = 24
CHECKPOINTS = (4_000, 20, 400, 100)  # pages; the first is the usual setting
LOCATION = re.compile(
    rb"^HTTP/1\.1 (\d+) .*?\r\nlocation: /messages/([0-9a-f-]{36})\r\n", re.DOTALL | re.IGNORECASE
)
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Answered(NamedTuple):
    """An answer that left: about which message, and with which status."""

    id: str
    status: int


def answered(record: Record) -> Answered | None:
    """The message that an answer is about; None for answers about something else."""
    found = LOCATION.match(record.data)
    return Answered(found[2].decode(), int(found[1])) if found else None


class Place(NamedTuple):
    """Where the recorded server listens, as ``send_all`` wants to know."""

    port: int


@asynccontextmanager
async def recorded_server(folder: Path, pages: int) -> AsyncIterator[Place]:
    """A server on a new store in the folder; killed in the end, so that nothing is tidied up."""
    port = free_port()
    settings = clean(OVERENS_DATABASE_URL=f"sqlite:///{folder / STORE}", OVERENS_DECIDERS="1")
    command = [sys.executable, "-m", "tests.crash.recording", str(folder / "log"), str(port), str(pages)]
    with (folder / "server.log").open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=settings, stderr=said)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await answers(port):
                    assert process.returncode is None, (folder / "server.log").read_text()
                    await asyncio.sleep(0.02)
            yield Place(port)
        finally:
            process.kill()
            await process.wait()


async def record(folder: Path, report: Report, number: int, count: int) -> list[Record]:
    """What happened while so many messages were sent to a new server."""
    chance, ledger, is_enough = report.chance("record", number), Ledger(), asyncio.Event()
    await asyncio.to_thread(folder.mkdir)
    async with recorded_server(folder, CHECKPOINTS[number % len(CHECKPOINTS)]) as server:
        await send_all(
            islice(messages(chance), count), [server], ledger, chance, senders=4, is_enough=is_enough
        )
    report.count("answered-otherwise", ledger.wrong)
    return list(read(folder / "log"))


async def acknowledge(folder: Path, report: Report, *, recordings: int, count: int) -> None:
    """Record servers, and look for answers that left too early."""
    report.expect(recordings)
    answers_seen = syncs = 0
    for number in range(recordings):
        records = await record(folder / str(number), report, number, count)
        report.count("answered-before-sync", too_early(records))
        answers_seen += sum(each.kind is Kind.ANSWERED and answered(each) is not None for each in records)
        syncs += sum(each.kind is Kind.SYNCED for each in records)
        report.step()
    assert answers_seen >= recordings * count, f"only {answers_seen} answers were seen"
    report.figures(recordings=recordings, answers=answers_seen, syncs=syncs)


def too_early(records: Iterable[Record]) -> Iterable[str]:
    """Answers about a message whose commit was not synced to the write-ahead log before they left.

    A message's id stands in the pages that hold it. It is written with its frame, committed with the next
    frame that tells the size of the database (the second word of its head), and on disk with the next sync.
    """
    written: set[bytes] = set()
    committed: set[bytes] = set()
    on_disk: set[bytes] = set()
    is_commit = False
    for number, record in enumerate(records):
        if record.kind is Kind.ANSWERED:
            about = answered(record)
            if about and about.id.encode() not in on_disk:
                yield f"record {number}: message {about.id} was answered {about.status}"
        elif record.file != LOG:
            continue
        elif record.kind is Kind.SYNCED:
            on_disk |= committed
            committed.clear()
        elif record.kind is Kind.WRITTEN and len(record.data) == FRAME_HEAD:
            is_commit = record.data[4:8] != bytes(4)
        elif record.kind is Kind.WRITTEN:
            written.update(ID.findall(record.data))
            if is_commit:
                committed |= written
                written.clear()
                is_commit = False
