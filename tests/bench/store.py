"""Measure the store in-process: durable ingest and a portal's fetch.

    python tests/bench/store.py [sqlite:///path | postgresql://… ] [--agreements 1000 10000]

Each arrival is what one agreement comes to: 18 resources of about 1.5 kB with search rows.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import shutil
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter.ports import Answer, Arrival, Criterion, Include, Put, Query, State
from adapter.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.ports import Store

PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
BASE = "https://overens.example/fhir"
FILLER = "Patienten tar kontakt vid viktuppgång över två kilo på tre dagar eller tilltagande andfåddhet. " * 8
DOCUMENTED = {"coding": [{"system": "http://snomed.info/sct", "code": "734163000"}]}


def merged(current: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Silence never clears: enough of the real merge for a measurement."""
    return {**current, **new}


def _id(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts))))


def _resource(type_: str, id_: str, number: int, **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": type_,
        "id": id_,
        "meta": {"source": f"{BASE}/source/se.cosmic.journal-notes#SE2321000016-COSMIC"},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{FILLER}</div>'},
        "identifier": [
            {"system": "urn:oid:1.2.752.129.2.1.2.1", "value": f"SE2321000016:{number}#{type_}-{id_[:4]}"}
        ],
        **elements,
    }


def resources(number: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """The resources of agreement ``number``, and whether each is shared."""
    patient = {"reference": f"Patient/{_id('patient', number)}"}
    unit = _id("unit", number % 200)
    yield (
        {
            "resourceType": "Patient",
            "id": _id("patient", number),
            "identifier": [{"system": PERSONNUMMER, "value": f"{190000000000 + number}"}],
            "name": [{"family": f"Testsson{number}", "given": ["Tolvan"]}],
            "birthDate": "1912-12-12",
        },
        True,
    )
    yield {"resourceType": "Organization", "id": unit, "name": f"Hälsocentral {number % 200}"}, True
    role = _id("role", number % 1000)
    yield (
        {
            "resourceType": "PractitionerRole",
            "id": role,
            "identifier": [{"system": "urn:oid:1.2.752.29.4.19", "value": f"SE2321000016-{number % 1000}"}],
            "organization": {"reference": f"Organization/{unit}"},
        },
        True,
    )
    teams = [_id("team", number, i) for i in range(3)]
    for team in teams:
        yield (
            _resource(
                "CareTeam",
                team,
                number,
                status="active",
                category=[DOCUMENTED],
                subject=patient,
                period={"start": "2026-02-01"},
                participant=[{"member": {"reference": f"PractitionerRole/{role}"}}],
            ),
            False,
        )
    tasks = [_id("task", number, i) for i in range(3)]
    for task in tasks:
        yield (
            _resource(
                "Task",
                task,
                number,
                status="requested",
                intent="order",
                **{"for": patient},
                authoredOn="2026-02-01",
            ),
            False,
        )
    requests = [_id("request", number, i) for i in range(6)]
    for request in requests:
        yield (
            _resource(
                "ServiceRequest",
                request,
                number,
                status="active",
                intent="plan",
                subject=patient,
                authoredOn="2026-02-01",
            ),
            False,
        )
    plan = _id("plan", number)
    activities = [f"Task/{i}" for i in tasks] + [f"ServiceRequest/{i}" for i in requests]
    yield (
        _resource(
            "CarePlan",
            plan,
            number,
            status="active",
            intent="plan",
            category=[DOCUMENTED],
            subject=patient,
            period={"start": "2026-02-01", "end": "2027-01-31"},
            careTeam=[{"reference": f"CareTeam/{i}"} for i in teams],
            activity=[{"reference": {"reference": activity}} for activity in activities],
        ),
        False,
    )
    yield (
        _resource(
            "DocumentReference",
            _id("document", number),
            number,
            status="current",
            subject=patient,
            date="2026-02-01T10:14:00+01:00",
        ),
        False,
    )
    provenance = _resource(
        "Provenance",
        _id("provenance", number),
        number,
        target=[{"reference": f"CarePlan/{plan}"}],
        recorded="2026-02-01T10:14:00+01:00",
    )
    yield provenance, False


def arrival(number: int) -> Arrival:
    """One message with everything it comes to."""
    raw = f"{number} {FILLER * 6}".encode()
    lane = number % 1024
    answer = Answer(status=201, body=b'{"resourceType":"OperationOutcome"}')
    return Arrival(
        id=_id("message", number),
        sender="se.cosmic.journal-notes|SE2321000016-COSMIC",
        message_id=f"SE2321000016:{number}/2026-02-01T10:14:00Z",
        sha256=hashlib.sha256(raw).hexdigest(),
        source="se.cosmic.journal-notes",
        raw=raw,
        lane=lane,
        received_at=datetime.now(UTC),
        state=State.DONE,
        puts=tuple(
            Put(resource=r, lane=lane, is_shared=s, order="2026-02-01T09:14:00Z")
            for r, s in resources(number)
        ),
        note_keys=((f"SE2321000016:{number}/2026-02-01T10:14:00Z", hashlib.sha256(raw).hexdigest()),),
        audit={
            "resourceType": "AuditEvent",
            "id": _id("message", number),
            "recorded": "2026-02-01T10:14:00Z",
            "outcome": "0",
        },
        answer=answer,
    )


def portal_fetch(number: int) -> Query:
    """A patient's agreements with contacts and activities."""
    return Query(
        type="CarePlan",
        criteria=(
            Criterion(
                param="patient.identifier",
                kind="identifier-of",
                values=((PERSONNUMMER, f"{190000000000 + number}"),),
            ),
            Criterion(param="category", kind="token", values=(("http://snomed.info/sct", "734163000"),)),
        ),
        includes=(
            Include(type="CarePlan", param="care-team"),
            Include(type="CarePlan", param="activity-reference"),
        ),
    )


async def ingest(store: Store, first: int, count: int, clients: int) -> tuple[float, float]:
    """Keep ``count`` agreements with so many waiting clients; arrivals a second, and our own CPU ms each."""
    arrivals = iter([arrival(number) for number in range(first, first + count)])

    async def client() -> None:
        for message in arrivals:
            await store.keep(message)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(clients)))
    cpu = time.process_time() - cpu
    return count / (time.perf_counter() - started), round(cpu / count * 1e3, 3)


async def fetch(store: Store, size: int, rounds: int) -> tuple[float, float]:
    """Fetch patients spread over the store: fetches a second, p99 in milliseconds."""
    times = []
    for i in range(rounds):
        query = portal_fetch(i * 7919 % size)
        started = time.perf_counter()
        page = await store.search(query)
        times.append(time.perf_counter() - started)
        if len(page.matches) != 1 or len(page.included) != 12:
            raise AssertionError(f"fetched {len(page.matches)} + {len(page.included)}")
    return 1 / statistics.mean(times), sorted(times)[int(rounds * 0.99)] * 1e3


async def measure(url: str, sizes: list[int]) -> list[dict[str, Any]]:
    """Print the table and return its figures."""
    store = await open_store(url, merged)
    figures: list[dict[str, Any]] = []

    def say(what: str, rate: float, **more: float) -> None:
        figures.append({"what": what, "a_second": round(rate), **more})
        print(f"{what:<40}{rate:>10,.0f}{more.get('p99_ms', ''):>9}{more.get('cpu_ms', ''):>9}")

    print(f"{'what':<40}{'a second':>10}{'p99 ms':>9}{'CPU ms':>9}")
    have = 0
    for clients, count in ((1, 200), (16, 1000), (64, 3000)):
        rate, cpu = await ingest(store, have, count, clients)
        say(f"keep, {clients} clients", rate, cpu_ms=cpu)
        have += count
    for size in sorted(sizes):
        rate = cpu = 0.0
        while have < size:
            step = min(5000, size - have)
            rate, cpu = await ingest(store, have, step, 64)
            have += step
        if rate:
            say(f"keep, 64 clients, at {have:,} agreements", rate, cpu_ms=cpu)
        await fetch(store, size, 300)
        rate, p99 = await fetch(store, size, 3000)
        say(f"portal's fetch, at {have:,} agreements", rate, p99_ms=round(p99, 2))
    await store.close()
    return figures


def main() -> None:
    """Measure the store named on the command line, or a file in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--agreements", type=int, nargs="+", default=[1_000, 10_000])
    asked = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="overens-bench-")
    try:
        figures = asyncio.run(measure(asked.url or f"sqlite:///{folder}/bench.db", asked.agreements))
        print(json.dumps({"bench": "store", "figures": figures}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
