"""The real server over HTTP: durable ingest at 1, 16 and 64 clients; a portal's fetch at two sizes of store.

The server runs in its own processes with its usual settings (SQLite, synchronous=FULL). CPU time an answer
stands beside the rate, for the server, its decider and the load generator: it says more on a machine that
others use too. Ingest sends messages made beforehand, each one of its own about a patient of its own: an
agreement note with all that it may have, and at 16 clients a small one and a consultation beside it. For the
fetch the store is filled directly, with what a real note comes to. Floors in the same run: a bare
application on the same uvicorn, and a bare SQLite table that takes as many bytes.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import apsw
import orjson
import uvloop

from adapter.decision import REFERENCE_LANE
from adapter.fhir import merge
from adapter.pipeline import arrival, decide
from adapter.ports import Arrival, Put
from adapter.sources import load_sources
from adapter.store import open_store
from tests.bench.client import ask, http
from tests.bench.letters import AGREEMENT, CONSULTATION, SMALL
from tests.bench.server import Server, bare, disk_bytes, megabytes, scratch, serving, used

SECONDS = float(os.environ.get("OVERENS_TEST_BENCH_SECONDS", "4"))
SIZES = [int(size) for size in os.environ.get("OVERENS_TEST_BENCH_SIZES", "1000,100000").split(",")]
INGEST_AIM, FETCH_AIM, RATIO_AIM, DISK_AIM = 700, 1_500, 1.2, 30
CHECKS = ("off", "all")  # what is made, before it leaves: the flow alone, and as it is served
MOST_A_SECOND = 1_200  # messages made beforehand for each second
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEED = 4711
LEAN = ("CarePlan", "Patient")
LEAN_ABOVE = 100_000  # agreements; of more only CarePlan and Patient are kept
KB_EACH = 30  # disk that one may take at most, its indexes and the log of the filling included
ASKED = ("fetch", "read", "history", "transaction")

Figures = dict[str, float]


async def load(
    server: Server, clients: int, requests: Iterator[bytes], wanted: int = 200, seconds: float = SECONDS
) -> Figures:
    """Answers a second, how long they took in milliseconds, and CPU milliseconds an answer."""
    before, start = used(server), time.perf_counter()
    times = await ask(server.port, clients, requests, wanted, seconds)
    took = time.perf_counter() - start
    cpu = [(now - then) / len(times) * 1000 for then, now in zip(before, used(server), strict=True)]
    return {
        "per_second": round(len(times) / took, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
        **{
            f"{who}_cpu_ms": round(part, 3)
            for who, part in zip(("server", "decider", "client"), cpu, strict=True)
        },
    }


def show(name: str, found: Figures) -> Figures:
    """One row of the table."""
    cpu = [found[f"{who}_cpu_ms"] for who in ("server", "decider", "client")]
    print(
        f"{name:<38} {found['per_second']:>8.0f} {found['p50_ms']:>8.2f} {found['p99_ms']:>8.2f}"
        f" {cpu[0]:>8.3f} {cpu[1]:>8.3f} {cpu[2]:>8.3f}"
    )
    return found


def heading(text: str) -> None:
    """The head of a table."""
    print(
        f"\n{text:<38} {'a second':>8} {'p50 ms':>8} {'p99 ms':>8} {'server':>8} {'decider':>8} {'client':>8}"
    )


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
    """Lighter messages at 16 clients, on a store of their own."""
    with scratch() as folder, serving(folder, OVERENS_CHECK_OUTPUT=check) as server:
        for letter in (SMALL, CONSULTATION):
            await load(server, 4, iter(letter.requests(200, 100_000)), 201, 2)  # warm
            left = iter(letter.requests(int(2 * MOST_A_SECOND * SECONDS), 100_200))
            found = show(f"{letter.title}, 16, check {check}", await load(server, 16, left, 201))
            figures[f"{letter.title}_{check}"] = found


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


class Filling:
    """Makes arrivals: what a real note comes to, about a patient of its own each time."""

    def __init__(self, *, is_lean: bool = False) -> None:
        source, raw = load_sources()[AGREEMENT.source], AGREEMENT.raw
        self.whole = arrival(raw, source, decide(raw, source), datetime.now(UTC))
        own = [put for put in self.whole.puts if put.lane != REFERENCE_LANE]
        self.ids = {put.resource["id"] for put in own} | {self.whole.audit["id"]}
        self.own = [put for put in own if not is_lean or put.resource["resourceType"] in LEAN]
        self.text = orjson.dumps([put.resource for put in self.own]).decode()
        self.rest = [] if is_lean else [put for put in self.whole.puts if put.lane == REFERENCE_LANE]
        patient = next(put.resource for put in own if put.resource["resourceType"] == "Patient")
        self.number = patient["identifier"][0]["value"]
        self.patient = patient["id"]
        self.plan = next(put.resource["id"] for put in own if put.resource["resourceType"] == "CarePlan")

    def arrival(self, index: int) -> Arrival:
        """One more patient with an agreement. The number is none: a letter stands first."""
        text = self.renamed(self.text, index).replace(self.number, invented(index))
        lane = index % 4096
        own = [
            Put(resource=resource, lane=lane, is_shared=put.is_shared, order=put.order)
            for resource, put in zip(orjson.loads(text), self.own, strict=True)
        ]
        audit = orjson.loads(self.renamed(orjson.dumps(self.whole.audit).decode(), index))
        id_ = str(uuid.UUID(int=index))
        return replace(
            self.whole,
            id=id_,
            message_id=id_,
            lane=lane,
            puts=(*own, *self.rest),
            note_keys=((id_, id_),),
            audit=audit,
        )

    def renamed(self, text: str, index: int) -> str:
        """The same text with ids of its own."""
        return UUID.sub(lambda found: self.id_of(found[0], index), text)

    def id_of(self, id_: str, index: int) -> str:
        """An id of the template's as that of one filling."""
        return f"{index:08x}{id_[8:]}" if id_ in self.ids else id_


def invented(index: int) -> str:
    """What stands where a personnummer would."""
    return f"B{index:011}"


async def fill(folder: str, size: int) -> Filling:
    """Keep that many agreements, with a line of dots as they come."""
    start, filling = time.perf_counter(), Filling(is_lean=size > LEAN_ABOVE)
    store = await open_store(f"sqlite:///{folder}/overens.db", merge)
    left = iter(range(size))
    print(f"\n{size} agreements{' (CarePlan and Patient)' * (size > LEAN_ABOVE)} ", end="", flush=True)

    async def keep() -> None:
        for index in left:
            await store.keep(filling.arrival(index))
            if index % (size // 20) == 0:
                print(".", end="", flush=True)

    await asyncio.gather(*(keep() for _ in range(64)))
    await store.close()
    took = time.perf_counter() - start
    print(f" {took:.0f} s, {disk_bytes(folder) / size / 1000:.1f} kB each", end="")
    return filling


async def fetch(size: int, figures: dict[str, Any]) -> None:
    """A portal's fetch by identity, with the activities too; read and history by id; transactions last."""
    chance = random.Random(SEED)  # noqa: S311  which patient is asked for
    with scratch() as folder:
        filling = await fill(folder, size)

        def by_identity(*includes: str) -> bytes:
            identity = f"patient.identifier={PERSONNUMMER}%7C{invented(chance.randrange(size))}"
            form = "&".join((identity, "category=734163000", "_include=CarePlan:care-team", *includes))
            return http("POST", "/fhir/CarePlan/_search", form.encode(), "application/x-www-form-urlencoded")

        def by_id() -> bytes:
            return http("GET", f"/fhir/CarePlan/{filling.id_of(filling.plan, chance.randrange(size))}")

        def by_history() -> bytes:
            plan = filling.id_of(filling.plan, chance.randrange(size))
            return http("GET", f"/fhir/CarePlan/{plan}/_history")

        def by_transaction() -> bytes:
            patient = f"Patient/{filling.id_of(filling.patient, chance.randrange(size))}"
            task = {
                "resourceType": "Task",
                "status": "draft",
                "intent": "order",
                "for": {"reference": patient},
            }
            entry = {"resource": task, "request": {"method": "POST", "url": "Task"}}
            said = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
            return http("POST", "/fhir", orjson.dumps(said), "application/fhir+json")

        def many(make: Any, *said: str) -> Iterator[bytes]:
            return itertools.cycle([make(*said) for _ in range(5_000)])

        heading(f"fetch from {size} agreements")
        with serving(folder) as server:
            await load(server, 16, many(by_identity, "_revinclude=Provenance:target"), seconds=1)  # warm
            asked = many(by_identity, "_revinclude=Provenance:target")
            for clients in (1, 16):
                found = await load(server, clients, asked)
                figures[f"fetch_{size}_{clients}"] = show(f"plan, teams, origin; {clients} clients", found)
            asked = many(by_identity, "_include=CarePlan:activity-reference")
            figures[f"activities_{size}"] = show("plan, teams, activities; 16", await load(server, 16, asked))
            figures[f"read_{size}"] = show("read by id; 16", await load(server, 16, many(by_id)))
            found = await load(server, 16, many(by_history))
            figures[f"history_{size}"] = show("history by id; 16", found)
            found = await load(server, 16, many(by_transaction))
            figures[f"transaction_{size}"] = show("transaction of two Tasks; 16", found)
            figures[f"fetch_{size}_mb"] = round(megabytes(server.pid))
        print(f"memory {figures[f'fetch_{size}_mb']} MB")


def ratio(figures: dict[str, Any], sizes: list[int]) -> None:
    """How much slower each is from a larger store than from the smallest, by rate and by CPU."""
    least = min(sizes)
    for size in sorted(sizes)[1:]:
        print(f"\n{least} agreements against {size}, times the rate (at most {RATIO_AIM}) and times the CPU:")
        for name in ASKED[size > LEAN_ABOVE :]:  # what a fetch brings along is not in a lean store
            end = "_16" if name == "fetch" else ""
            small, large = figures[f"{name}_{least}{end}"], figures[f"{name}_{size}{end}"]
            rate = round(small["per_second"] / large["per_second"], 2)
            cpu = round(large["server_cpu_ms"] / small["server_cpu_ms"], 2)
            figures[f"{name}_ratio_{size}"], figures[f"{name}_cpu_ratio_{size}"] = rate, cpu
            print(f"{name:<38} {rate:>8.2f} {cpu:>8.2f}")


def with_room() -> list[int]:
    """The sizes that the disk has room for; a line tells of each that is left out."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    sizes = [size for size in SIZES if size * KB_EACH * 1000 < free]
    for size in sorted({*SIZES, 1_000_000} - {*sizes}):
        why = "the disk lacks room" if size in SIZES else "not asked for in OVERENS_TEST_BENCH_SIZES"
        print(f"{size} agreements are left out: {why}")
    return sizes


async def main() -> None:
    """Print the tables, and the figures as JSON in the last line."""
    figures: dict[str, Any] = {
        "aims": {"ingest": INGEST_AIM, "fetch": FETCH_AIM, "ratio": RATIO_AIM, "disk_kb": DISK_AIM},
        "seconds": SECONDS,
        "seed": SEED,
    }
    print(f"{SECONDS:.0f} s each; CPU in ms an answer; aims: ingest {INGEST_AIM}/s, fetch {FETCH_AIM}/s")
    await ingest(figures)
    sizes = with_room()
    for size in sizes:
        await fetch(size, figures)
    ratio(figures, sizes)
    print(json.dumps({"bench": "over_http", "figures": figures}))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
