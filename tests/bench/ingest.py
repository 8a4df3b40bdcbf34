"""The real server over HTTP: durable ingest at 1, 16 and 64 clients, and what it takes on disk.

The server runs in its own processes with its usual settings (SQLite, synchronous=FULL). CPU time an answer
stands beside the rate, for the server, its decider and the load generator: it says more on a machine that
others use too. Messages are made beforehand, each one of its own about a patient of its own: an agreement
note with all that it may have, and beside it a small one and a consultation. Floors in the same
run: a bare application on the same uvicorn, and a bare SQLite table that takes as many bytes.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from typing import Any

import apsw
import uvloop

from tests.bench.letters import AGREEMENT, CONSULTATION, SMALL
from tests.bench.rates import SECONDS, heading, load, show
from tests.bench.server import bare, disk_bytes, megabytes, scratch, serving

INGEST_AIM, DISK_AIM = 700, 30
CHECKS = ("off", "all")  # what is made, before it leaves: the flow alone, and as it is served
LIGHT = (16, 64)  # clients that send lighter messages
MOST_A_SECOND = 1_200  # messages made beforehand for each second


async def ingest(figures: dict[str, Any]) -> None:
    """Distinct messages at 1, 16 and 64 clients, each durable before its answer."""
    first = 100_000
    heading(f"ingest, {len(AGREEMENT.raw) / 1000:.1f} kB a message")
    with bare() as floor:
        figures["floor_http"] = await load(floor, 16, itertools.cycle(AGREEMENT.requests(1, first)))
        show("floor: bare app, 16 clients", figures["floor_http"])
    sent = 0
    for check in CHECKS:
        with scratch() as folder:
            count = await ingest_into(folder, check, first + sent, figures)
            figures["kb_a_message"] = round(disk_bytes(folder) / count / 1000, 1)
        sent += count
        await ingest_others(check, figures)
    show_disk(figures)


async def ingest_into(folder: str, check: str, first: int, figures: dict[str, Any]) -> int:
    """One server, with what it makes judged as ``check`` says; how many messages it took."""
    sent = 200
    with serving(folder, OVERENS_CHECK_OUTPUT=check) as server:
        figures["idle_mb"] = round(megabytes(server.pid))
        await load(server, 4, iter(AGREEMENT.requests(sent, first)), 201, 2)  # warm
        for clients in (1, 16, 64):
            made = AGREEMENT.requests(int(MOST_A_SECOND * SECONDS), first + sent)
            left = iter(made)
            found = show(f"{clients} clients, check {check}", await load(server, clients, left, 201))
            figures[f"ingest_{clients}_{check}"] = found
            sent += len(made) - sum(1 for _ in left)
        figures["after_ingest_mb"] = round(megabytes(server.pid))
    return sent


async def ingest_others(check: str, figures: dict[str, Any]) -> None:
    """Lighter messages at 16 and 64 clients, on a store of their own."""
    with scratch() as folder, serving(folder, OVERENS_CHECK_OUTPUT=check) as server:
        for letter in (SMALL, CONSULTATION):
            await load(server, 4, iter(letter.requests(200, 100_000)), 201, 2)  # warm
            left = iter(letter.requests(int(2 * len(LIGHT) * MOST_A_SECOND * SECONDS), 100_200))
            for clients in LIGHT:
                found = show(
                    f"{letter.title}, {clients}, check {check}", await load(server, clients, left, 201)
                )
                figures[f"{letter.title}_{clients}_{check}"] = found


def show_disk(figures: dict[str, Any]) -> None:
    """Disk and memory, beside a table that takes as many bytes in commits of one and of sixteen."""
    a_message = figures["kb_a_message"]
    print(f"disk {a_message} kB a message (at most {DISK_AIM})")
    print(f"memory {figures['idle_mb']} MB idle, {figures['after_ingest_mb']} MB after the messages")
    for together in (1, 16):
        rate = bare_commits(int(a_message * 1000), together)
        figures[f"floor_commits_{together}"] = round(rate)
        print(f"floor: bare rows of as many bytes, {together} a commit: {rate:,.0f} a second")


def bare_commits(size: int, together: int) -> float:
    """Rows a second into a table of SQLite's, durable, so many in a commit."""
    rows = max(50, 2_000 // together) * together if together > 1 else 300
    with scratch() as folder:
        connection = apsw.Connection(f"{folder}/overens.db")
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB)")
        data, start = os.urandom(size), time.perf_counter()
        for _ in range(rows // together):
            with connection:
                connection.executemany("INSERT INTO row (data) VALUES (?)", [(data,)] * together)
        took = time.perf_counter() - start
        connection.close()
    return rows / took


async def main() -> None:
    """Print the tables, and the figures as JSON in the last line."""
    figures: dict[str, Any] = {"aims": {"ingest": INGEST_AIM, "disk_kb": DISK_AIM}, "seconds": SECONDS}
    print(f"{SECONDS:.0f} s each; CPU in ms an answer; aim: {INGEST_AIM}/s")
    await ingest(figures)
    print(json.dumps({"bench": "ingest", "figures": figures}))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
