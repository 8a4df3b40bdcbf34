"""Patient A, and others who may not, ask for patient B: the answer is that for an id never used.

Every probe is sent twice, once for B and once for ids that nobody has; status, headers and body have to be
alike, and no canary of B may stand in an answer or in a log line.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from joserfc import jwk
from structlog.testing import capture_logs

from tests.crash.campaign import Report
from tests.rest import issuer
from tests.security.campaign.probes import FORMATS, Probe, names_of, probes
from tests.security.campaign.world import (
    BLOCKED,
    CARE_GIVERS,
    PROTECTED,
    UNITS,
    Person,
    World,
    as_patient,
    as_staff,
    world,
)

if TYPE_CHECKING:
    import httpx

Headers = Mapping[str, str]
NOBODY = "201212121212"  # a number that no row of the world has
_HEADERS_THAT_VARY = frozenset({"content-length", "date", "last-modified"})
_VARIES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)|\b\d{12}\b"
    r'|W/"[0-9a-f]{24}"|_page=[^"&]+'
)


def _forged(patient: Person) -> dict[str, str]:
    other = jwk.ECKey.generate_key("P-384", {"kid": "one"})
    return issuer.bearer(key=other, patient=patient.id, scope="patient/*.cruds")


MIXES: Mapping[str, Callable[[Person, Person], Headers]] = {
    "patient": lambda a, _: as_patient(a),
    "patient, first version": lambda a, _: as_patient(a, "patient/*.read"),
    "patient, user and system scopes": lambda a, _: as_patient(a, "patient/*.rs user/*.cruds system/*.cruds"),
    "patient who works at the other's unit": lambda a, b: as_patient(
        a,
        "patient/*.rs user/*.cruds",
        employeeHsaId="SE-P",
        healthCareUnitHsaId=UNITS[b.unit],
        healthCareProviderHsaId=CARE_GIVERS[b.unit],
    ),
    "without patient claim": lambda _, __: issuer.bearer(scope="patient/*.cruds"),
    "the other, signed by wrong key": lambda _, b: _forged(b),
    "the other, no longer valid": lambda _, b: as_patient(b, exp=issuer.NOW - 60),
    "proxy without a role": lambda a, b: as_patient(b, fhirUser=f"https://x.example/Patient/{a.id}"),
    "staff outside": lambda _, __: as_staff(3, "user/*.rs"),
    "system without unit": lambda _, __: issuer.bearer(scope="system/*.cruds", client_id="some"),
}
"""Who asks, by name: of patient A, and of patient B who must not be seen."""


async def probe(folder: Path, report: Report, *, pairs: int, mixes: int) -> None:
    """All probes in both formats, for so many pairs of patients and so many of the mixes."""
    chance = report.chance("pairs")
    wrong: list[str] = []
    count = 0
    async with world(f"sqlite:///{folder}/probes.db") as made:
        report.expect(pairs * mixes)
        for n in range(pairs):
            asking = made.people[n % len(made.people)]
            other = chance.choice([each for each in made.people if each is not asking])
            for name in list(MIXES)[:mixes]:
                who = MIXES[name](asking, other)
                with capture_logs() as logs:
                    told, tries = await _all(made, asking, other, who)
                said = str(logs)
                told += [f"log: {each}" for each in other.canaries if each in said]
                wrong += [f"{name}: {each}" for each in told]
                count += tries
                report.step()
        wrong += await _staff(made)
        report.figures(tries=count, requests=count * 2)
        report.count("leaks", wrong)
        report.count("unlinked", await made.store.unlinked())


async def _all(made: World, asking: Person, other: Person, who: Headers) -> tuple[list[str], int]:
    wrong: list[str] = []
    nobody = {type_: str(uuid.uuid4()) for type_ in other.ids}
    theirs = list(probes(names_of(asking, other.ids, other.number)))
    unused = list(probes(names_of(asking, nobody, NOBODY)))
    for format_ in FORMATS:
        for known, unknown in zip(theirs, unused, strict=True):
            answer = await made.ask(known.method, known.path, who, **known.sent(format_))
            beside = await made.ask(unknown.method, unknown.path, who, **unknown.sent(format_))
            wrong += [f"{format_} {known.name}: {fault}" for fault in faults(known, answer, beside, other)]
    return wrong, len(theirs) * len(FORMATS)


def faults(asked: Probe, answer: httpx.Response, beside: httpx.Response, other: Person) -> list[str]:
    """What tells an answer about the other from that about nobody, or is the other's own."""
    told: list[str] = []
    sent = f"{asked.path} {asked.body}"
    said = f"{answer.headers} {answer.text}"
    told += [f"canary {each}" for each in other.canaries if each in said and each not in sent]
    if answer.status_code >= 500:
        told.append(f"{answer.status_code}")
    if answer.status_code != beside.status_code:
        told.append(f"{answer.status_code} is not {beside.status_code}")
    elif _alike(answer) != _alike(beside):
        told.append(f"another answer: {_alike(answer)[-300:]} / {_alike(beside)[-300:]}")
    return told


def _alike(answer: httpx.Response) -> str:
    """An answer without ids, times and numbers: what is left must not tell the two apart."""
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in _HEADERS_THAT_VARY)
    return _VARIES.sub("#", f"{headers} {answer.text}")


async def _staff(made: World) -> list[str]:
    """A block holds for staff of another unit; a protected person's address is seen by nobody."""
    wrong = []
    blocked, protected = made.people[BLOCKED], made.people[PROTECTED]
    for type_ in ("CarePlan", "Patient", "Observation"):
        answer = await made.ask("GET", type_, as_staff(1))
        wrong += [f"blocked: {each}" for each in blocked.canaries if each in answer.text]
    for who in (as_staff(protected.unit), as_staff(1), as_patient(protected)):
        answer = await made.ask("GET", f"Patient/{protected.id}", who)
        if answer.status_code != 200:
            wrong.append(f"protected: {answer.status_code}")
        hidden = (protected.words[1], "070-1740605")
        wrong += [f"protected: {each}" for each in hidden if each in answer.text]
    return wrong
