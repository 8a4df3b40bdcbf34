"""A real ``overens serve`` with tokens: probes over sockets, slow clients dropped, nothing in its log."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from tests.crash.campaign import Report
from tests.crash.servers import ROOT, answers, clean, free_port
from tests.rest import issuer
from tests.rest.issuer import AUDIENCE, ISSUER
from tests.security.campaign.other_patient import NOBODY, faults
from tests.security.campaign.probes import FORMATS, names_of, probes
from tests.security.campaign.world import TRUSTED, Person, as_patient, person, world

BODY_SECONDS = 1.0
HEAD_SECONDS = 10.0  # of the connection, in the program
MORE_SECONDS = 5.0


async def serve(folder: Path, report: Report, *, pairs: int, slow: int, wait_for_heads: bool) -> None:
    """Probes in both formats, then slow clients beside one that is served all the while."""
    wrong: list[str] = []
    tries = 0
    database = f"sqlite:///{folder}/served.db"
    async with world(database) as made:
        people = made.people
    log = folder / "server.log"
    async with running(folder, database, log) as (port, _), _client(port) as client:
        for n in range(pairs):
            found, count = await _probed(client, people[n], people[n + 1])
            wrong += found
            tries += count
        for who in people:  # what is refused is logged, without a word of it
            path = f"/fhir/Patient/{who.number}?identifier={who.number}"
            await client.get(path, headers=as_patient(who, exp=1))
        dropped, served = await _slow(client, port, slow, wait_for_heads=wait_for_heads)
        probe = await client.get("/readyz")
    said = log.read_text(encoding="utf-8")
    wrong += [f"log: {each}" for who in people for each in who.canaries if each in said]
    report.figures(tries=tries, slow_clients=slow, dropped=dropped, served_beside=served, log_bytes=len(said))
    report.count("leaks or faults", wrong)
    report.count("slow clients that were not dropped", [slow - dropped] if dropped != slow else [])
    report.count("not ready afterwards", [] if probe.status_code == 200 else [probe.status_code])


def _client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}")


@asynccontextmanager
async def running(folder: Path, database: str, log: Path) -> AsyncIterator[tuple[int, Process]]:
    """Such a server on a free port, stopped at the end."""
    keys = folder / "jwks.json"
    keys.write_bytes(issuer.published())
    settings = {
        "OVERENS_DATABASE_URL": database,
        "OVERENS_TOKEN_ISSUER": ISSUER,
        "OVERENS_TOKEN_AUDIENCE": AUDIENCE,
        "OVERENS_TOKEN_KEYS": str(keys),
        "OVERENS_BODY_TIMEOUT_SECONDS": str(BODY_SECONDS),
        "OVERENS_DECIDERS": "0",
        "OVERENS_TRUSTED_CLIENTS": TRUSTED["client_id"],
        "OVERENS_LOG_LEVEL": "debug",
    }
    port = free_port()
    with log.open("wb") as told:
        process: Process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "adapter", "serve", "--port", str(port)),
            cwd=ROOT,
            env=clean(**settings),
            stdout=DEVNULL,
            stderr=told,
        )
        try:
            async with asyncio.timeout(60):
                while not await answers(port):
                    assert process.returncode is None, "it did not start"
                    await asyncio.sleep(0.05)
            yield port, process
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _probed(client: httpx.AsyncClient, asking: Person, other: Person) -> tuple[list[str], int]:
    now = int(time.time())
    who = {"X-Request-Id": "campaign", **as_patient(asking, exp=now + 600, iat=now)}
    nobody = person(other.place).ids.fromkeys(other.ids, "5f0c0a0e-0000-5000-8000-000000000000")
    theirs = list(probes(names_of(asking, other.ids, other.number)))
    unused = list(probes(names_of(asking, nobody, NOBODY)))
    wrong: list[str] = []
    for format_ in FORMATS:
        for known, unknown in zip(theirs, unused, strict=True):
            pair = []
            for each in (known, unknown):
                sent = each.sent(format_)
                path = each.path if each.path.startswith("/") else f"/fhir/{each.path}"
                headers = {**who, **sent.pop("headers")}
                pair.append(await client.request(each.method, path, headers=headers, **sent))
            wrong += [f"{format_} {known.name}: {fault}" for fault in faults(known, *pair, other)]
    return wrong, len(theirs) * len(FORMATS)


async def _slow(client: httpx.AsyncClient, port: int, count: int, *, wait_for_heads: bool) -> tuple[int, int]:
    """How many of so many slow clients were dropped, and how often another was served meanwhile."""
    body = (
        b"POST /fhir/CarePlan HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
    )
    now = int(time.time())
    token = as_patient(person(0), exp=now + 600, iat=now)["Authorization"].encode()
    whole = body + b"Authorization: " + token + b"\r\n\r\n{"
    head = b"GET /fhir/CarePlan HTTP/1.1\r\nHost: x\r\nX-A: "
    starts = [head if n % 2 and wait_for_heads else whole for n in range(count)]
    clients = asyncio.gather(*(_is_dropped(port, each) for each in starts))
    served = 0
    while not clients.done():
        answer = await client.get("/fhir/metadata")
        served += answer.status_code == 200
        await asyncio.sleep(0.05)
    return sum(await clients), served


async def _is_dropped(port: int, start: bytes) -> bool:
    """One that sends a byte now and then is answered with 408 or closed, and does not hold on for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)
    try:
        async with asyncio.timeout(HEAD_SECONDS + MORE_SECONDS):
            ended = asyncio.ensure_future(reader.read())
            while not ended.done():
                await asyncio.wait([ended], timeout=0.4)
                if not ended.done() and start.endswith(b": "):
                    writer.write(b"a")
            told = ended.result()
    except (TimeoutError, ConnectionError) as problem:
        return isinstance(problem, ConnectionError)
    finally:
        writer.close()
    return told == b"" or b" 408 " in told.partition(b"\r\n")[0]
