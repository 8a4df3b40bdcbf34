"""The real server over HTTP: a portal's search, read, history, transactions, from stores of several sizes.

Stores are filled past HTTP (``filling``). The servers of all sizes are up at once and are asked in turn, in
round after round, so that whatever else the machine does meets them alike. A ratio is the middle of the
rounds' own; the one of answers a second is judged, those of CPU time and of how long an answer takes stand
beside it. More than 100,000 are lean, CarePlan and Patient alone, and compared with a small store as lean.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import orjson
import uvloop

from adapter.fhir import systems
from tests.bench import filling
from tests.bench.client import http
from tests.bench.copies import Names
from tests.bench.rates import SECONDS, Figures, Sample, figures, heading, sample, show
from tests.bench.server import ROOT, Server, megabytes, scratch, serving

SIZES = [int(size) for size in os.environ.get("OVERENS_TEST_BENCH_SIZES", "1000,100000,1000000").split(",")]
FETCH_AIM, RATIO_AIM = 1_500, 1.2
ROUNDS = 5
CLIENTS = 16
PATIENTS = 999  # who are asked about, spread all over a store
PREPARED = 4_000  # requests of a kind, each about one of them drawn by lot
SEED = 4711
LEAN_ABOVE = 100_000
KB_EACH = {False: 32, True: 10}  # disk that one may take at most, the log of what is written then included
JUDGED = "per_second"


class Store(NamedTuple):
    """A filled file; ``start`` is the millisecond of its first agreement."""

    path: Path
    size: int
    is_lean: bool
    start: int

    @property
    def title(self) -> str:
        """``1,000`` or ``1,000,000 lean``."""
        return f"{self.size:,}{' lean' * self.is_lean}"

    @property
    def patients(self) -> list[int]:
        """Who are asked about: as many in every store, so that caches hold as much of each."""
        count = min(PATIENTS, self.size - 1)
        return [1 + number * (self.size - 1) // count for number in range(count)]


class Asked(NamedTuple):
    """A kind of request: how one about a patient is made, and whether a lean store has what it asks for."""

    title: str
    request: Callable[[Patients, int], bytes]
    clients: int = CLIENTS
    is_lean: bool = True


class Patients:
    """How the agreements of a store are called."""

    def __init__(self, start: int) -> None:
        self._kinds = [self._kind(index, start) for index in range(1, filling.KINDS + 1)]

    def plan(self, index: int) -> str:
        """The id of a patient's CarePlan."""
        return self._named("CarePlan", index)

    def patient(self, index: int) -> str:
        """The id of a patient."""
        return self._named("Patient", index)

    def _named(self, type_: str, index: int) -> str:
        names, ids = self._kinds[(index - 1) % filling.KINDS]
        return names.renamed(ids[type_], index)

    @staticmethod
    def _kind(index: int, start: int) -> tuple[Names, dict[str, str]]:
        made = filling.arrivals(index, start)
        ids = {put.resource["resourceType"]: put.resource["id"] for put in made[0].puts}
        return filling.names(made, index, start), ids


def search(*includes: str) -> Callable[[Patients, int], bytes]:
    """A portal's search by identity, with the teams and what else is said."""

    def request(_: Patients, index: int) -> bytes:
        identity = f"patient.identifier={systems.NATIONAL_RESERVE}%7C{filling.number_of(index)}"
        form = "&".join((identity, "category=734163000", "_include=CarePlan:care-team", *includes))
        return http("POST", "/fhir/CarePlan/_search", form.encode(), "application/x-www-form-urlencoded")

    return request


def transaction(patients: Patients, index: int) -> bytes:
    """Two tasks for a patient."""
    whom = {"reference": f"Patient/{patients.patient(index)}"}
    task = {"resourceType": "Task", "status": "draft", "intent": "order", "for": whom}
    entry = {"resource": task, "request": {"method": "POST", "url": "Task"}}
    said = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
    return http("POST", "/fhir", orjson.dumps(said), "application/fhir+json")


QUESTIONS = {
    "fetch_alone": Asked("plan, teams, origin; 1 client", search("_revinclude=Provenance:target"), 1),
    "fetch": Asked("plan, teams, origin; 16 clients", search("_revinclude=Provenance:target")),
    "activities": Asked(
        "plan, teams, activities", search("_include=CarePlan:activity-reference"), is_lean=False
    ),
    "read": Asked(
        "read by id; 16", lambda patients, index: http("GET", f"/fhir/CarePlan/{patients.plan(index)}")
    ),
    "history": Asked(
        "history by id; 16",
        lambda patients, index: http("GET", f"/fhir/CarePlan/{patients.plan(index)}/_history"),
    ),
    "transaction": Asked("transaction of two Tasks; 16", transaction),
}


FIRST = QUESTIONS["activities"]


async def filled(folder: Path, sizes: list[int]) -> list[Store]:
    """The stores, filled by processes that run at once; of each kind the smallest comes first."""
    wanted = {(size, size > LEAN_ABOVE) for size in sizes}
    if any(is_lean for _, is_lean in wanted):
        wanted.add((min(sizes), True))
    now = int(time.time() * 1000)
    stores = [
        Store(folder / f"{size}{'-lean' * is_lean}" / "overens.db", size, is_lean, now - size)
        for size, is_lean in sorted(wanted, key=lambda each: each[::-1])
    ]
    started = [await _fill(store) for store in stores]
    if any([await process.wait() for process in started]):
        raise AssertionError("a store was not filled")
    os.sync()  # gigabytes that the system would write while the servers are asked
    return stores


async def _fill(store: Store) -> asyncio.subprocess.Process:
    store.path.parent.mkdir()
    words = [str(store.path), str(store.size), "--start", str(store.start), *["--lean"] * store.is_lean]
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.filling", *words, cwd=ROOT)


async def ask(stores: list[Store], found: dict[str, Any]) -> None:
    """Every question to every store, all their servers up at once."""
    chance = random.Random(SEED)  # noqa: S311  which patient is asked for
    with ExitStack() as running:
        servers = [running.enter_context(serving(str(store.path.parent))) for store in stores]
        patients = [Patients(store.start) for store in stores]
        heading("first search for each; 16 clients")
        for store, server, known in zip(stores, servers, patients, strict=True):
            made = iter([FIRST.request(known, index) for index in store.patients])
            found[f"first_{store.title}"] = show(
                store.title, figures([await sample(server, CLIENTS, made, 200, seconds=600)])
            )
        for name, asked in QUESTIONS.items():
            requests = [
                itertools.cycle(
                    [asked.request(known, chance.choice(store.patients)) for _ in range(PREPARED)]
                )
                for store, known in zip(stores, patients, strict=True)
            ]
            asking = [
                (store, server, made)
                for store, server, made in zip(stores, servers, requests, strict=True)
                if asked.is_lean or not store.is_lean
            ]
            samples = await in_turn(asked, asking)
            heading(asked.title)
            for store, _, _ in asking:
                found[f"{name}_{store.title}"] = show(store.title, figures(samples[store]))
            found[f"{name}_ratios"] = ratios(samples)
        for store, server in zip(stores, servers, strict=True):
            found[f"mb_{store.title}"] = round(megabytes(server.pid))
            print(f"memory at {store.title}: {found[f'mb_{store.title}']} MB, pages of the file included")


async def in_turn(
    asked: Asked, asking: list[tuple[Store, Server, Iterator[bytes]]]
) -> dict[Store, list[Sample]]:
    """Ask each for a part of the time, round after round, each round beginning with the next one."""
    samples: dict[Store, list[Sample]] = {store: [] for store, _, _ in asking}
    for _, server, requests in asking:
        await sample(server, asked.clients, requests, 200, SECONDS / ROUNDS)  # warm
    for number in range(ROUNDS):
        at = number % len(asking)
        for store, server, requests in asking[at:] + asking[:at]:
            made = await sample(server, asked.clients, requests, 200, SECONDS / ROUNDS)
            samples[store].append(made)
    return samples


def ratios(samples: dict[Store, list[Sample]]) -> dict[str, Figures]:
    """How much slower each is from a larger store than from the smallest of its kind: the middle round."""
    found: dict[str, Figures] = {}
    for store, large in samples.items():
        least = next(other for other in samples if other.is_lean == store.is_lean)
        if least is not store:
            rounds = [_times(figures([a]), figures([b])) for a, b in zip(samples[least], large, strict=True)]
            found[store.title] = {name: round(median(r[name] for r in rounds), 2) for name in rounds[0]}
    return found


def _times(small: Figures, large: Figures) -> Figures:
    """How many times as much a large store takes."""
    rate = {JUDGED: small[JUDGED] / large[JUDGED]}
    return rate | {name: large[name] / small[name] for name in ("server_cpu_ms", "p50_ms", "p99_ms")}


def show_ratios(found: dict[str, Any]) -> None:
    """The table of ratios; the one of answers a second is judged."""
    print(f"\n{'times as much as from the smallest':<38} {'rate':>8} {'CPU':>8} {'p50':>8} {'p99':>8}")
    for name, asked in QUESTIONS.items():
        for title, each in found[f"{name}_ratios"].items():
            word = "" if each[JUDGED] <= RATIO_AIM else f"  more than {RATIO_AIM}"
            print(
                f"{f'{asked.title}, {title}':<38} "
                + " ".join(f"{part:>8.2f}" for part in each.values())
                + word
            )
    print(f"the rate is judged: at most {RATIO_AIM}, in the middle round of {ROUNDS}")


def with_room() -> list[int]:
    """The sizes that the disk has room for; a line tells of each that is left out."""
    sizes, free = [], shutil.disk_usage(tempfile.gettempdir()).free
    for size in sorted(SIZES):
        needed = size * KB_EACH[size > LEAN_ABOVE] * 1000
        if needed < free:
            sizes.append(size)
            free -= needed
        else:
            print(f"{size:,} agreements are left out: the disk lacks room, {needed / 1e9:.0f} GB")
    if 1_000_000 not in SIZES:
        print("1,000,000 agreements are left out: not asked for in OVERENS_TEST_BENCH_SIZES")
    return sizes


async def main() -> None:
    """Print the tables, and the figures as JSON in the last line."""
    found: dict[str, Any] = {
        "aims": {"fetch": FETCH_AIM, "ratio": RATIO_AIM},
        "seconds": SECONDS,
        "seed": SEED,
    }
    print(
        f"{SECONDS:.0f} s each in {ROUNDS} rounds; CPU in ms an answer; aim: {FETCH_AIM} fetches/s; "
        f"lean: CarePlan and Patient alone, as the disk would not hold the rest of the largest"
    )
    with scratch() as folder:
        await ask(await filled(Path(folder), with_room()), found)
    show_ratios(found)
    print(json.dumps({"bench": "reading", "figures": found}))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
