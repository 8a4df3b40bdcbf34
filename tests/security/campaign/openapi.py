"""Schemathesis over our own OpenAPI document, against a real server: with a token, and without one.

Ids, types and bodies that are there stand in the document that it is given, so that it comes behind the first
refusal; everything else it makes up, good and bad, from the document as the server tells it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

import httpx

from tests.crash.campaign import Report
from tests.crash.servers import clean
from tests.rest.issuer import bearer
from tests.security.campaign.bodies import MOST_GROWTH, own_memory
from tests.security.campaign.over_sockets import running
from tests.security.campaign.world import TRUSTED, Person, as_patient, rows_of, world

Json = dict[str, Any]
LONGEST_SECONDS = 5.0  # from request to answer, on a machine that others use too
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
)


async def hold_against_openapi(folder: Path, report: Report, *, examples: int, callers: int) -> None:
    """So many examples of each operation, for so many kinds of callers."""
    database = f"sqlite:///{folder}/served.db"
    async with world(database) as made:
        who = made.people[0]
    now = int(time.time())
    holds = {"exp": now + 3600, "iat": now}
    kinds = {
        "trusted": (bearer(**TRUSTED, **holds), ()),
        "nobody": ({}, ("ignored_auth",)),
        "patient": (as_patient(who, **holds), ()),
    }
    figures: dict[str, Any] = {}
    wrong: list[str] = []
    report.expect(callers)
    log = folder / "server.log"
    async with running(folder, database, log) as (port, process):
        base = f"http://127.0.0.1:{port}"
        document = folder / "openapi.json"
        document.write_text(json.dumps(await _document(base, who)), encoding="utf-8")
        before = own_memory(process.pid)
        for name, (headers, more) in list(kinds.items())[:callers]:
            told = await _run(document, base, headers, (*CHECKS, *more), examples, report.seed)
            wrong += [f"{name}: {each['title']} at {each['operations'][:3]}" for each in told["failures"]]
            wrong += [f"{name}: {each}" for each in told["errors"]]
            figures[name] = told["test_cases"]["generated"]
            if told["operations"]["tested"] != told["operations"]["total"]:
                wrong.append(f"{name}: {told['operations']} are not all")
            report.step()
        growth = own_memory(process.pid) - before
    said = log.read_text(encoding="utf-8")
    wrong += [f"log: {each}" for each in who.canaries if each in said and each not in who.ids.values()]
    report.figures(cases=figures, growth_mb=round(growth / 1e6, 1))
    report.count("not as the document says", wrong)
    report.count("memory", [growth] if growth > MOST_GROWTH else [])


async def _document(base: str, who: Person) -> Json:
    """The server's document, with what is there as examples beside what is made up."""
    async with httpx.AsyncClient(base_url=base) as client:
        told: Json = (await client.get("/openapi.json")).json()
    rows = {row["resourceType"]: row for row in rows_of(who)}
    for path, operations in told["paths"].items():
        for operation in operations.values():
            _add_examples(path, operation, rows)
    return told


def _add_examples(path: str, operation: Json, rows: dict[str, Json]) -> None:
    type_ = next((name for name in rows if f"/{name}/" in path), "CarePlan")
    known = {"id": rows[type_]["id"], "type": type_, "version": 1, "name": "se.cosmic.journal-notes"}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in known:
            parameter["example"] = known[parameter["name"]]
    content = operation.get("requestBody", {}).get("content", {})
    if "application/fhir+json" in content:
        content["application/fhir+json"]["example"] = rows[type_]


async def _run(  # noqa: PLR0913, PLR0917  what a run of it takes
    document: Path, base: str, headers: dict[str, str], checks: tuple[str, ...], examples: int, seed: int
) -> Json:
    """One run of its command line; what its report tells."""
    target = document.with_suffix(".report.json")
    said = [f"--header={name}: {value}" for name, value in headers.items()]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(document), f"--url={base}", *said),
        *(f"--checks={','.join(checks)}", f"--max-examples={examples}", f"--seed={seed}", "--no-shrink"),
        *("--continue-on-failure", f"--request-timeout={LONGEST_SECONDS}", "--report=json"),
        *(f"--report-json-path={target}", "--phases=examples,coverage,fuzzing", "--warnings=off"),
        cwd=document.parent,
        env=clean(),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    await process.wait()
    told: Json = json.loads(target.read_bytes())
    return told
