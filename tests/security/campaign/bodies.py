"""Hostile and broken bodies to every endpoint that takes one: no fault of ours, nothing that calls out.

With the corpora where they lie beside the tree; without them the few that stand here.
"""

from __future__ import annotations

import gc
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from adapter.sources import load_sources
from tests.crash.campaign import Report
from tests.rest.issuer import bearer
from tests.security.campaign.corpora import CORPORA
from tests.security.campaign.world import TRUSTED, World, world

MOST_GROWTH = 64_000_000
LONGEST_SECONDS = 5.0  # of this process's own time
_PAYLOAD = re.compile(r'"payload":\s*("(?:[^"\\]|\\.)*")')
CALLS: list[str] = []
_JSON, _XML = "application/fhir+json", "application/fhir+xml"
OWN: tuple[tuple[str, bytes], ...] = (
    (_JSON, b""),
    (_JSON, b"\x00"),
    (_JSON, b"\xff\xfe{}"),
    (_JSON, b"[" * 100_000),
    (_JSON, b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    (_JSON, b'{"resourceType":"CarePlan","resourceType":"Patient"}'),
    (_JSON, b'{"resourceType":"CarePlan","status":NaN}'),
    (_JSON, b'{"resourceType":"CarePlan","id":"\\ud800"}'),
    (_JSON, b'{"resourceType":["CarePlan"]}'),
    (_JSON, b'{"resourceType":"CarePlan","meta":17}'),
    (_JSON, b"1e999"),
    (_JSON, b"[0.4e00669" + b"9" * 200 + b"]"),
    (_XML, b"<"),
    (_XML, b'<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:18999/x">]><a>&b;</a>'),
    (_XML, b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 1000 + b'">]><a>' + b"&x;" * 1000 + b"</a>"),
    (_XML, b"<a>" * 20_000),
    (_XML, b'<CarePlan xmlns="http://hl7.org/fhir"><id value="x"/><id value="y"/></CarePlan>'),
)


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: who is called while bodies are judged."""
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen"}:
        CALLS.append(f"{event} {arguments[1:2]}")


sys.addaudithook(watch)


def corpus() -> list[tuple[str, bytes]]:
    """Media type and content of every case that is there."""
    found = list(OWN)
    found += [(_JSON, file.read_bytes()) for file in sorted((CORPORA / "json").rglob("*.json"))]
    found += [(_XML, file.read_bytes()) for file in sorted((CORPORA / "xml").rglob("*.xml"))]
    found += [(_JSON, json.dumps(each).encode()) for text in _texts() for each in _with(text)]
    return found


def _texts() -> Iterator[str]:
    """Naughty strings, scripts and addresses that must not be fetched."""
    for file in sorted((CORPORA / "strings").glob("*.json")):
        yield from json.loads(file.read_bytes())
    for file in sorted((CORPORA / "xss").rglob("expect.*")):
        for said in _PAYLOAD.findall(file.read_text(encoding="utf-8")):
            with suppress(ValueError):  # written as JavaScript and not as JSON
                yield json.loads(said)
    for file in sorted((CORPORA / "own").glob("ssrf_urls.txt")):
        yield from file.read_text(encoding="utf-8").splitlines()


def _with(text: str) -> Iterator[dict[str, Any]]:
    """A plan and a document that say a text wherever one can be said."""
    plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": text}}
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'
    yield {
        **plan,
        "meta": {"profile": [text], "source": text},
        "text": {"status": "generated", "div": div},
        "note": [{"text": text}],
        "identifier": [{"system": text, "value": text}],
        "instantiatesUri": [text],
    }
    yield {
        "resourceType": "DocumentReference",
        "status": "current",
        "implicitRules": text,
        "content": [{"attachment": {"url": text, "title": text}}],
        "extension": [{"url": text, "valueUrl": text}],
    }


def endpoints() -> list[tuple[str, str]]:
    """Everything that takes a body."""
    messages = [("POST", f"/messages/{name}") for name in load_sources()]
    return [
        ("POST", "/fhir"),
        ("POST", "/fhir/CarePlan"),
        ("POST", "/fhir/DocumentReference"),
        ("PUT", "/fhir/CarePlan/x"),
        ("PUT", "/fhir/CarePlan?identifier=x"),
        ("PATCH", "/fhir/CarePlan/x"),
        ("POST", "/fhir/CarePlan/_search"),
        ("POST", "/fhir/$validate"),
        ("POST", "/fhir/CarePlan/$validate"),
        ("POST", "/fhir/$convert"),
        *messages,
    ]


async def send(folder: Path, report: Report, *, most: int) -> None:
    """Every case to every endpoint; ``most`` of them, chosen by chance."""
    known = corpus()
    cases = [(where, case) for where in endpoints() for case in known]
    chosen = report.chance("bodies").sample(cases, min(most, len(cases)))
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    longest = 0.0
    async with world(f"sqlite:///{folder}/bodies.db") as made:
        who = bearer(**TRUSTED)
        for where, case in [(each, case) for each in endpoints() for case in OWN]:
            await _one(made, who, where, case)
        CALLS.clear()
        before = own_memory()
        report.expect(len(chosen))
        for where, case in chosen:
            started = time.process_time()
            status, fault = await _one(made, who, where, case)
            longest = max(longest, time.process_time() - started)
            statuses[status] += 1
            if fault:
                wrong.append(f"{where} {case[1][:80]!r}: {fault}")
            report.step()
        gc.collect()
        growth = own_memory() - before
        report.count("calls out", CALLS)
        report.count("unlinked", await made.store.unlinked())
    report.figures(cases=len(known), endpoints=len(endpoints()))
    tell(report, statuses, longest, growth)
    report.count("faults", wrong)


def tell(report: Report, statuses: Counter[int], longest: float, growth: int) -> None:
    """What was answered, in which time, and what it left in memory."""
    report.figures(
        sent=statuses.total(),
        answers=dict(sorted(statuses.items())),
        longest_ms=round(longest * 1000),
        growth_mb=round(growth / 1e6, 1),
    )
    report.count("too slow", [longest] if longest > LONGEST_SECONDS else [])
    report.count("memory", [growth] if growth > MOST_GROWTH else [])


async def _one(made: World, who: str, where: tuple[str, str], case: tuple[str, bytes]) -> tuple[int, str]:
    """The status of one answer, and what is wrong with it."""
    (method, path), (media, content) = where, case
    if "_search" in path:
        media = "application/x-www-form-urlencoded"
    if method == "PATCH":
        media = "application/json-patch+json"
    with capture_logs() as logs:
        answer = await made.ask(method, path, who, headers={"Content-Type": media}, content=content)
    if answer.status_code >= 500:
        return answer.status_code, f"{answer.status_code} {logs}"
    if answer.status_code >= 400 and "OperationOutcome" not in answer.text:
        return answer.status_code, f"{answer.status_code} without an outcome"
    return answer.status_code, ""


def own_memory(process: int | str = "self") -> int:
    """Bytes of a process that lie in memory, without those of mapped files: the store's are the system's."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


async def bombs(folder: Path, report: Report) -> None:
    """Searches and bodies made to cost: refused with an outcome, or answered within bounds."""
    wrong: list[str] = []
    longest = 0.0
    async with world(f"sqlite:///{folder}/bombs.db") as made:
        for name, method, path, content, headers, allowed in _bombs():
            started = time.process_time()
            answer = await made.ask(method, path, bearer(**TRUSTED), content=content, headers=headers)
            took = time.process_time() - started
            longest = max(longest, took)
            if answer.status_code not in allowed:
                wrong.append(f"{name}: {answer.status_code}")
            elif answer.status_code >= 400 and "OperationOutcome" not in answer.text:
                wrong.append(f"{name}: {answer.status_code} without an outcome")
            if took > LONGEST_SECONDS:
                wrong.append(f"{name}: {took:.1f} s")
    report.figures(bombs=len(list(_bombs())), longest_ms=round(longest * 1000))
    report.count("not as expected", wrong)


def _bombs() -> Iterator[tuple[str, str, str, bytes, dict[str, str], set[int]]]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def search(name: str, query: str, *allowed: int) -> tuple[str, str, str, bytes, dict[str, str], set[int]]:
        return (name, "POST", "CarePlan/_search", query.encode(), form, set(allowed))

    yield search("10 000 alternatives", "status=" + ",".join(map(str, range(10_000))), 400, 413)
    yield search("100 000 parameters", "&".join(["status=a"] * 7_000), 400, 413)
    yield search("a thousand million on a page", "_count=1000000000", 200)
    yield search("a count of 10 000 digits", f"_count={'9' * 10_000}", 200, 400)
    yield search(
        "includes of everything",
        "_include=*&_revinclude=*&_include:iterate=*&_revinclude:iterate=*",
        200,
        400,
    )
    yield search("fifty includes", "&".join(["_include:iterate=CareTeam:participant"] * 50), 200, 400)
    yield search("a chain of 500", "part-of." * 500 + "status=a", 400)
    yield search("_has of 500", "_has:CarePlan:part-of:" * 500 + "status=a", 400)
    yield search("a long word", f"identifier={'x' * 50_000}", 200, 400)
    yield search("signs of LIKE", "care-team.name:contains=%25_%25_%25&_sort=_id", 200, 400)
    yield search("signs of regular expressions", "identifier=(a%2B)%2B%24%7C.*.*.*.*.*", 200)
    yield search("a year of 10 000 digits", f"date=ge{'9' * 10_000}", 400)
    yield search("a far year", "date=ge9999-12-31T23:59:59Z", 200, 400)
    yield search("NUL", "identifier=%00", 400)
    yield search("half a pair", "identifier=%ED%A0%80", 400)
    entries = [{"request": {"method": "GET", "url": "CarePlan?_include=*&_revinclude=*"}}] * 5_000
    batch = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()
    yield ("5 000 entries", "POST", "", batch, {"Content-Type": _JSON}, {400, 413, 422})
    nested = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "POST", "url": ""}}],
    }
    content = json.dumps(nested).encode()
    yield ("a batch in a batch", "POST", "", content, {"Content-Type": _JSON}, {200, 400, 422})
    packed = gzip.compress(b"[" * 10_000_000)
    headers = {"Content-Type": _JSON, "Content-Encoding": "gzip"}
    yield ("packed", "POST", "CarePlan", packed, headers, {415})
    deep = b'[{"op":"add","path":"' + b"/a" * 20_000 + b'","value":1}]'
    yield (
        "a deep path",
        "PATCH",
        "CarePlan/x",
        deep,
        {"Content-Type": "application/json-patch+json"},
        {400, 404, 422},
    )
