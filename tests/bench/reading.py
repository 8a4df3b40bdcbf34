"""The real server over HTTP: a portal's fetch, read, history and transactions at several sizes of store."""

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

import orjson
import uvloop

from adapter.decision import REFERENCE_LANE
from adapter.fhir import merge
from adapter.pipeline import arrival, decide
from adapter.ports import Arrival, Put
from adapter.sources import load_sources
from adapter.store import open_store
from tests.bench.client import http
from tests.bench.letters import AGREEMENT
from tests.bench.rates import SECONDS, heading, load, show
from tests.bench.server import disk_bytes, megabytes, scratch, serving

SIZES = [int(size) for size in os.environ.get("OVERENS_TEST_BENCH_SIZES", "1000,100000").split(",")]
FETCH_AIM, RATIO_AIM = 1_500, 1.2
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEED = 4711
LEAN = ("CarePlan", "Patient")
LEAN_ABOVE = 100_000  # agreements; of more only CarePlan and Patient are kept
KB_EACH = 30  # disk that one may take at most, its indexes and the log of the filling included
ASKED = ("fetch", "read", "history", "transaction")


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
        "aims": {"fetch": FETCH_AIM, "ratio": RATIO_AIM},
        "seconds": SECONDS,
        "seed": SEED,
    }
    print(f"{SECONDS:.0f} s each; CPU in ms an answer; aim: {FETCH_AIM} fetches/s")
    sizes = with_room()
    for size in sizes:
        await fetch(size, figures)
    ratio(figures, sizes)
    print(json.dumps({"bench": "reading", "figures": figures}))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
