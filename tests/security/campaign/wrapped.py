"""Hostile XML where it may stand inside something else: packed, in an OBX of HL7 v2, in an attachment.

Also segments that are too many or too deep, and the large attacks that a script of the corpora writes, with
files that a parser must never read.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import gc
import gzip
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.crash.campaign import Report
from tests.rest.issuer import bearer
from tests.security.campaign.bodies import CALLS, LONGEST_SECONDS, OWN, own_memory, tell
from tests.security.campaign.corpora import CORPORA
from tests.security.campaign.world import TRUSTED, World, world

FORBIDDEN = ("TOPSECRET-LOCAL-FILE", "PARAM-DTD-LOADED")
_XML, _JSON, _HL7 = "application/fhir+xml", "application/fhir+json", "application/hl7-v2"
_DOCUMENT = Path(__file__).parents[3] / "fixtures" / "hl7v2.document" / "answer-as-document.hl7"
_ESCAPES = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\r": " ", "\n": " "}
)
_LARGE = 1_000_000  # what is larger is sent as it is, and not in every wrapping
Request = tuple[str, str, dict[str, str], bytes]  # name, path, headers, body


async def wrap(folder: Path, report: Report, *, most: int, largest: int) -> None:
    """So many of the requests, of attacks no larger than ``largest`` bytes; 4xx or kept, never a fault."""
    attacks = await asyncio.to_thread(_attacks, folder / "attacks", largest)
    known = [*_of_segments(), *(each for case in attacks for each in _wrapped(*case))]
    chosen = report.chance("wrapped").sample(known, min(most, len(known)))
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    longest = 0.0
    async with world(f"sqlite:///{folder}/wrapped.db") as made:
        large = [each for each in known if len(each[3]) > _LARGE // 5]
        for each in (*known[:20], *large, *large):  # until their pieces fit where the last ones lay
            await _sent(made, each)
        CALLS.clear()
        before = _in_use()
        report.expect(len(chosen))
        for each in chosen:
            started = time.process_time()
            status, fault = await _sent(made, each)
            took = time.process_time() - started
            longest = max(longest, took)
            statuses[status] += 1
            if fault or took > LONGEST_SECONDS:
                wrong.append(f"{each[0]} to {each[1]}: {fault or f'{took:.1f} s'}")
            report.step()
        growth = _in_use() - before
        report.count("calls out", CALLS)
        report.count("unlinked", await made.store.unlinked())
    report.figures(attacks=len(attacks))
    tell(report, statuses, longest, growth)
    report.count("faults", wrong)


def _in_use() -> int:
    """Bytes in memory, without those that are free and not given back."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library has no such thing
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return own_memory()


def _attacks(folder: Path, largest: int) -> list[tuple[str, bytes]]:
    """Those of our own, of the corpora, and the large ones that the corpora's script writes."""
    found = [(f"own {n}", content) for n, (media, content) in enumerate(OWN) if media == _XML]
    files = sorted((CORPORA / "xml").rglob("*.xml"))
    script = CORPORA / "xml" / "generated" / "gen_attacks.py"
    if script.exists() and largest > _LARGE:
        subprocess.run([sys.executable, str(script), str(folder)], check=True)  # noqa: S603  of the corpora
        files += sorted(file for file in folder.iterdir() if file.suffix in {".xml", ".gz"})
    found += [(file.name, file.read_bytes()) for file in files]
    return [case for case in found if len(case[1]) <= largest]


def _wrapped(name: str, content: bytes) -> Iterator[Request]:
    yield name, "CarePlan", {"Content-Type": _XML}, content
    yield name, "/messages/se.riv.care-documentation", {"Content-Type": "application/xml"}, content
    if len(content) > _LARGE:
        return
    packed = gzip.compress(content)
    yield f"{name} packed", "", {"Content-Type": _XML, "Content-Encoding": "gzip"}, packed
    yield f"{name} packed unsaid", "CarePlan", {"Content-Type": _XML}, packed
    coded = base64.b64encode(content).decode()
    yield f"{name} in OBX, coded", *_in_obx("ED", f"^text^XML^Base64^{coded}")
    plain = content.decode("utf-8", "replace").translate(_ESCAPES)
    yield f"{name} in OBX", *_in_obx("TX", plain)
    attachment = {"contentType": "application/xml", "data": coded, "title": name}
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
    body = json.dumps(document).encode()
    for path in ("DocumentReference", "$validate"):
        yield f"{name} attached", path, {"Content-Type": _JSON}, body


def _in_obx(kind: str, value: str) -> tuple[str, dict[str, str], bytes]:
    """A document whose first OBX has such a value."""
    lines = _DOCUMENT.read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("OBX|"))
    lines[first] = f"OBX|1|{kind}|11488-4^Consult note^LN||{value}||||||F"
    return "/messages/hl7v2.document", {"Content-Type": _HL7}, "\r".join(lines).encode()


def _of_segments() -> Iterator[Request]:
    """OBX that are deep, wide and many."""
    yield "OBX of 50 000 repeats", *_in_obx("TX", "a~" * 50_000)
    yield "OBX of 50 000 components", *_in_obx("ED", "^" * 50_000)
    yield "OBX of 50 000 parts", *_in_obx("CE", "a&b^c&d~" * 6_000)
    yield "OBX of escapes", *_in_obx("FT", "\\H\\" * 50_000)
    yield "OBX of half escapes", *_in_obx("FT", "\\" * 100_000)
    yield "OBX of one long line", *_in_obx("TX", "070-1740605 " * 20_000)
    path, headers, body = _in_obx("TX", "x")
    yield "10 000 OBX", path, headers, body + b"".join(b"\rOBX|%d|TX|a||b" % n for n in range(10_000))


async def _sent(made: World, asked: Request) -> tuple[int, str]:
    """The status of one answer, and what is wrong with it."""
    _, path, headers, content = asked
    answer = await made.ask("POST", path, bearer(**TRUSTED), headers=headers, content=content)
    said = [each for each in FORBIDDEN if each in answer.text]
    if answer.status_code >= 500 or said:
        return answer.status_code, f"{answer.status_code} {said}"
    is_told = any(word in answer.text for word in ("OperationOutcome", "MSA|"))
    return answer.status_code, "" if answer.status_code < 400 or is_told else f"{answer.status_code} unsaid"
