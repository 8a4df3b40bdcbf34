"""Letters on PostgreSQL: durable ingest at a server, then a backlog drained by one worker and by four.

Each worker is a process of its own with the real loop on the real outbox; the receiver is in this process and
answers at once. Floors in the same run: the same workers' way out without an outbox, and transactions that
change one row, alone and four at a time. ``OVERENS_TEST_BENCH_BACKLOG=10000`` makes it shorter.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from adapter.fhir import merge
from adapter.letters import Letter
from adapter.ports import Arrival, Store
from adapter.store import open_store
from tests.bench.letters import CONSULTATION
from tests.bench.rates import heading, load, show
from tests.bench.server import megabytes, scratch, serving
from tests.crash.cluster import NO_POSTGRES, database
from tests.crash.deliver import arrival
from tests.crash.servers import Warm, ended, warm
from tests.crash.worker import RECEIVER, Wire

BACKLOG = int(os.environ.get("OVERENS_TEST_BENCH_BACKLOG", "100000"))
ALONE = BACKLOG // 10  # of it for one worker, which is to be compared with four
LANES, TOGETHER, AT_ONCE = 4096, 50, 16
TRY_SECONDS = 10.0
FLOOR_SECONDS = 2.0
WAITING = "SELECT 1 FROM queue WHERE receiver = 'north' LIMIT 1"
BODY = b"x" * 1_500  # bytes, about what an answer in Lifecare's JSON has


class Receiver:
    """Answers at once, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        while await reader.readline():
            self.count += 1
            writer.write(b"ok\n")
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    """Such a receiver, on a port of its own."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def letters(first: int, count: int) -> Iterator[Letter]:
    """Letters of a usual size, patient by patient."""
    for number in range(first, first + count):
        yield Letter(
            id=str(uuid.UUID(int=number)),
            receiver=RECEIVER,
            lane=number % LANES,
            kind="konsultation-svar",
            media_type="application/json",
            body=BODY + str(number).encode(),
        )


def arrivals(first: int, count: int) -> Iterator[Arrival]:
    """Messages that bring many letters each: what is measured is how they leave."""
    for start in range(first, first + count, TOGETHER):
        bare = arrival(start % LANES, start)
        yield replace(bare, letters=tuple(letters(start, min(TOGETHER, first + count - start))))


async def fill(store: Store, first: int, count: int) -> float:
    """Post so many letters; letters a second."""
    start, left = time.perf_counter(), arrivals(first, count)

    async def post() -> None:
        for each in left:
            await store.keep(each)

    await asyncio.gather(*(post() for _ in range(8)))
    return count / (time.perf_counter() - start)


async def drain(url: str, forking: Warm, receiver: Receiver, workers: int, count: int) -> dict[str, float]:
    """Let so many workers send all that waits."""
    work = {"url": url, "port": receiver.port, "seconds": TRY_SECONDS}
    before, start = receiver.count, time.perf_counter()
    pids = [await forking.fork(work=work) for _ in range(workers)]
    while receiver.count - before < count:  # noqa: ASYNC110  other processes send
        await asyncio.sleep(0.02)
    took = time.perf_counter() - start
    while rows(url, WAITING):  # noqa: ASYNC110  the last are being settled
        await asyncio.sleep(0.05)
    largest = max(map(megabytes, pids))
    for pid in pids:
        await ended(pid, signal.SIGKILL)
    repeats = receiver.count - before - count
    return {"per_second": round(count / took, 1), "worker_mb": round(largest), "repeats": repeats}


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


async def bare_sending(port: int) -> float:
    """Letters a second by the same way out from this process, without an outbox."""
    wire, sent = Wire(port, TRY_SECONDS), 0
    made, end = letters(0, 10_000_000), time.perf_counter() + FLOOR_SECONDS

    async def one() -> None:
        nonlocal sent
        while time.perf_counter() < end:
            await wire.deliver(next(made), "")
            sent += 1

    await asyncio.gather(*(one() for _ in range(4)))
    await wire.close()
    return sent / FLOOR_SECONDS


async def bare_commits(url: str, connections: int) -> float:
    """Transactions a second that change one row each, durable."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, n INTEGER)")
        connection.execute("INSERT INTO bare SELECT generate_series(0, 15), 0 ON CONFLICT DO NOTHING")
    done, end = 0, time.perf_counter() + FLOOR_SECONDS

    async def one(number: int) -> None:
        nonlocal done
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while time.perf_counter() < end:
                await connection.execute("UPDATE bare SET n = n + 1 WHERE id = %s", (number,))
                done += 1

    await asyncio.gather(*map(one, range(connections)))
    return done / FLOOR_SECONDS


async def ingest(url: str, figures: dict[str, Any]) -> None:
    """Consultations at a server on PostgreSQL, each durable before its answer."""
    heading("ingest on PostgreSQL, consultations")
    with scratch() as folder, serving(folder, OVERENS_DATABASE_URL=url) as server:
        await load(server, 4, iter(CONSULTATION.requests(200, 100_000)), 201, 2)  # warm
        for clients, first in ((1, 200_000), (AT_ONCE, 300_000)):
            left = iter(CONSULTATION.requests(4_000, first))
            figures[f"ingest_{clients}"] = show(f"{clients} clients", await load(server, clients, left, 201))
        figures["server_mb"] = round(megabytes(server.pid))
    print(f"memory {figures['server_mb']} MB")


async def outbox(url: str, folder: Path, figures: dict[str, Any]) -> None:
    """Floors, then the backlog: a part by one worker, all of it by four."""
    store = await open_store(url, merge)
    try:
        async with listening() as receiver, warm(folder) as forking:
            await floors(url, receiver, figures)
            first = 0
            for workers, count in ((1, ALONE), (4, BACKLOG)):
                posted = await fill(store, first, count)
                found = await drain(url, forking, receiver, workers, count)
                first += count
                found["of_floor"] = round(found["per_second"] / figures[f"floor_commits_{workers}"], 2)
                figures[f"drain_{workers}"] = {"letters": count, "posted_per_second": round(posted), **found}
                print(
                    f"{count:,} letters posted at {posted:,.0f} a second, sent by {workers}:"
                    f" {found['per_second']:,.0f} a second ({found['of_floor']} of bare commits),"
                    f" {found['worker_mb']} MB a worker, {found['repeats']} repeats"
                )
    finally:
        await store.close()


async def floors(url: str, receiver: Receiver, figures: dict[str, Any]) -> None:
    """The way out without an outbox, and the database without letters."""
    figures["floor_sending"] = round(await bare_sending(receiver.port))
    for connections in (1, 4):
        figures[f"floor_commits_{connections}"] = round(await bare_commits(url, connections))
    print(f"\nfloor: the way out alone {figures['floor_sending']:,} letters a second")
    print(f"floor: one row a commit {figures['floor_commits_1']:,} a second, four at a time", end=" ")
    print(f"{figures['floor_commits_4']:,}")


async def main() -> None:
    """Print the tables, and the figures as JSON in the last line."""
    figures: dict[str, Any] = {"backlog": BACKLOG}
    with database() as url, tempfile.TemporaryDirectory(prefix="overens-bench-") as folder:
        if url:
            await ingest(url, figures)
            await outbox(url, Path(folder), figures)
        else:
            figures["left_out"] = NO_POSTGRES
            print(f"left out: {NO_POSTGRES}")
    print(json.dumps({"bench": "outbox", "figures": figures}))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
