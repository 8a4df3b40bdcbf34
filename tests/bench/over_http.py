"""The real server over HTTP: durable ingest at 1, 16 and 64 clients; a portal's fetch at two sizes of store.

The server runs in its own process with its usual settings (SQLite, synchronous=FULL); the clients share one
other process. The server's CPU time an answer stands beside the rate: it says more on a machine that others
use too. Ingest sends distinct messages: a fixture with a new note id each time. For the fetch the store is
filled directly. The floor, in the same run, is ``GET /healthz``: what HTTP alone costs here.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import uvloop

from adapter.fhir import merge
from adapter.pipeline import decide
from adapter.ports import Answer, Arrival, Put, State
from adapter.sources import load_sources
from adapter.store import open_store

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "se.cosmic.journal-notes"
FIXTURE = ROOT / "fixtures" / SOURCE / os.environ.get("OVERENS_TEST_BENCH_NOTE", "kalmar-agreement.json")
NOTE_ID = b"SE2321000016-Test:Note:" + os.environ.get("OVERENS_TEST_BENCH_NOTE_ID", "4711").encode()
SECONDS = float(os.environ.get("OVERENS_TEST_BENCH_SECONDS", "4"))
SIZES = [int(size) for size in os.environ.get("OVERENS_TEST_BENCH_SIZES", "1000,100000").split(",")]
INGEST_AIM, FETCH_AIM = 700, 1_500
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
KEPT_TYPES = ("Patient", "CarePlan", "CareTeam", "Provenance")  # what a portal's fetch touches
SEED = 4711

Request = Callable[[], bytes]


class Server(NamedTuple):
    """A server that runs."""

    port: int
    pid: int


@contextmanager
def serving(folder: str) -> Iterator[Server]:
    """A server on the store in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "OVERENS_DATABASE_URL": f"sqlite:///{folder}/overens.db",
        "OVERENS_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "adapter", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            _until_ready(port, server)
            yield Server(port, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)


def _until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the server did not start")


def megabytes(pid: int) -> float:
    """Resident memory of a process, where the machine tells (Linux); else 0."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used, where the machine tells (Linux); else 0."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    ticks = stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def http(method: str, path: str, body: bytes = b"", media: str = "") -> bytes:
    """A request as bytes, on a connection that stays open."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def one_client(port: int, request: Request, wanted: int, end: float, times: list[float]) -> None:
    """Ask again and again on one connection until the time is up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        start = time.perf_counter()
        writer.write(request())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - start)
        status = int(head[9:12])
        if status != wanted:
            raise AssertionError(f"the server answered {status}, not {wanted}")
    writer.close()


async def load(server: Server, clients: int, request: Request, wanted: int = 200) -> dict[str, float]:
    """Answers a second, and how long the slow ones took, in milliseconds."""
    times: list[float] = []
    start, cpu = time.perf_counter(), cpu_seconds(server.pid)
    end = start + SECONDS
    await asyncio.gather(*(one_client(server.port, request, wanted, end, times) for _ in range(clients)))
    took, cpu = time.perf_counter() - start, cpu_seconds(server.pid) - cpu
    times.sort()
    return {
        "per_second": round(len(times) / took),
        "cpu_ms": round(cpu / len(times) * 1000, 3),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
    }


def show(name: str, found: dict[str, float]) -> dict[str, float]:
    """One row of the table."""
    print(
        f"{name:<40} {found['per_second']:>7.0f}/s  server {found['cpu_ms']:>7.3f} ms"
        f"  p50 {found['p50_ms']:>7.2f} ms  p99 {found['p99_ms']:>7.2f} ms"
    )
    return found


async def ingest(figures: dict[str, Any]) -> None:
    """Distinct messages at 1, 16 and 64 clients, each durable before its answer."""
    raw, number = FIXTURE.read_bytes(), itertools.count(1)

    def message() -> bytes:
        note = raw.replace(NOTE_ID, b"bench:%d" % next(number))
        return http("POST", f"/messages/{SOURCE}", note, "application/json")

    with tempfile.TemporaryDirectory(prefix="overens-bench-") as folder, serving(folder) as server:
        figures["idle_mb"] = round(megabytes(server.pid))
        floor = await load(server, 16, lambda: http("GET", "/healthz"))
        figures["floor"] = show("GET /healthz, 16 clients (floor)", floor)
        for clients in (1, 16, 64):
            name = f"POST {len(raw) / 1000:.1f} kB note, {clients} clients"
            figures[f"ingest_{clients}"] = show(name, await load(server, clients, message, 201))
        figures["after_ingest_mb"] = round(megabytes(server.pid))
        figures["kb_a_message"] = round(disk_bytes(folder) / next(number) / 1000, 1)
    print(f"memory {figures['idle_mb']} MB idle, {figures['after_ingest_mb']} MB after the messages")
    print(f"disk {figures['kb_a_message']} kB a message")


def disk_bytes(folder: str) -> int:
    """What the store takes on disk."""
    return sum(path.stat().st_size for path in Path(folder).glob("overens.db*"))


def template() -> tuple[str, list[str], str]:
    """The resources that a fetch touches as one JSON text, their ids, and the patient's number."""
    made = decide(FIXTURE.read_bytes(), load_sources()[SOURCE]).resources
    own = [resource for resource in made if resource["resourceType"] in KEPT_TYPES]
    patient = next(resource for resource in own if resource["resourceType"] == "Patient")
    return orjson.dumps(own).decode(), [resource["id"] for resource in own], patient["identifier"][0]["value"]


def filling(index: int, text: str, ids: list[str], number: str) -> Arrival:
    """One more patient with an agreement. The number is none: a letter stands first."""
    for id_ in ids:
        text = text.replace(id_, str(uuid.uuid5(uuid.UUID(id_), str(index))))
    puts = tuple(
        Put(resource=r, lane=index % 4096) for r in orjson.loads(text.replace(number, invented(index)))
    )
    id_, answer = str(uuid.UUID(int=index)), Answer(status=201, body=b"{}")
    return Arrival(
        id=id_,
        sender="bench",
        message_id=id_,
        sha256=id_,
        source=SOURCE,
        raw=b"{}",
        lane=index % 4096,
        received_at=datetime.now(UTC),
        state=State.DONE,
        puts=puts,
        audit={"resourceType": "AuditEvent", "id": id_},
        answer=answer,
        conflict_answer=answer,
    )


def invented(index: int) -> str:
    """What stands where a personnummer would."""
    return f"B{index:011}"


async def fill(folder: str, size: int) -> float:
    """Keep that many agreements; seconds."""
    start, made = time.perf_counter(), template()
    store = await open_store(f"sqlite:///{folder}/overens.db", merge)
    left = iter(range(size))

    async def keep() -> None:
        for index in left:
            await store.keep(filling(index, *made))

    await asyncio.gather(*(keep() for _ in range(64)))
    await store.close()
    return time.perf_counter() - start


async def fetch(size: int, figures: dict[str, Any]) -> None:
    """A portal's fetch by identity, with teams and Provenance, and a read by id."""
    chance = random.Random(SEED)  # noqa: S311  which patient is asked for

    def by_identity() -> bytes:
        form = (
            f"patient.identifier={PERSONNUMMER}%7C{invented(chance.randrange(size))}&category=734163000"
            "&_include=CarePlan:care-team&_revinclude=Provenance:target"
        )
        return http("POST", "/fhir/CarePlan/_search", form.encode(), "application/x-www-form-urlencoded")

    def by_id() -> bytes:
        return http("GET", f"/fhir/CarePlan/{uuid.uuid5(plan_id, str(chance.randrange(size)))}")

    text, _, _ = template()
    plan_id = uuid.UUID(next(r["id"] for r in orjson.loads(text) if r["resourceType"] == "CarePlan"))
    with tempfile.TemporaryDirectory(prefix="overens-bench-") as folder:
        took = await fill(folder, size)
        with serving(folder) as server:
            for clients in (1, 16):
                name = f"fetch of {size} agreements, {clients} clients"
                figures[f"fetch_{size}_{clients}"] = show(name, await load(server, clients, by_identity))
            name = f"read by id of {size}, 16 clients"
            figures[f"read_{size}"] = show(name, await load(server, 16, by_id))
            figures[f"fetch_{size}_mb"] = round(megabytes(server.pid))
        print(f"{size} agreements filled in {took:.0f} s; server {figures[f'fetch_{size}_mb']} MB")


async def main() -> None:
    """Print the table, and the figures as JSON in the last line."""
    figures: dict[str, Any] = {
        "aims": {"ingest": INGEST_AIM, "fetch": FETCH_AIM},
        "seconds": SECONDS,
        "seed": SEED,
    }
    print(f"{SECONDS:.0f} s each; aims: ingest {INGEST_AIM}/s, fetch {FETCH_AIM}/s")
    await ingest(figures)
    for size in SIZES:
        await fetch(size, figures)
    print(json.dumps({"bench": "over_http", "figures": figures}))


if __name__ == "__main__":
    uvloop.run(main())
