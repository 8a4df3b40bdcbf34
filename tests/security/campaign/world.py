"""A store with ten patients at four units, each with rows that hold words nobody else's have, on a server.

Units 1 and 2 are one caregiver's, unit 3 another's, unit 4 a third's. Patient n belongs to unit n modulo 3;
the last of them blocks unit 1, the one before permits the other caregiver to read. Unit 4 knows nobody.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from adapter.fhir import merge, systems
from adapter.fhir.ids import resource_id
from adapter.ports import Answer, Arrival, Put, State, Store
from adapter.profiles import own_validator
from adapter.rest.access import Access
from adapter.rest.app import application
from adapter.rest.served import Served
from adapter.security.callers import ClaimNames
from adapter.security.keys import KeyRing
from adapter.security.staff_view import organization_of
from adapter.security.tokens import Trust
from adapter.sources import load_sources
from adapter.store import open_store
from adapter.validation import Validator
from tests.clocks import StillClock
from tests.rest.issuer import AUDIENCE, ISSUER, bearer, published

Json = dict[str, Any]
NUMBERS = (
    "191212121212",
    "195009072553",
    "196101182803",
    "189002029800",
    "200302022389",
    "199002222397",
    "200001252386",
    "189602029812",
    "196109732393",
    "197010632391",
)
UNITS = ("SE1111111111-U1", "SE1111111111-U2", "SE2222222222-U3", "SE3333333333-U4")
CARE_GIVERS = ("SE1111111111-G1", "SE1111111111-G1", "SE2222222222-G2", "SE3333333333-G3")
BLOCKED, PERMITTED, PROTECTED = 9, 8, 6
BASE = "http://overens.example/fhir"
TRUSTED = {"scope": "system/*.cruds", "client_id": "trusted"}


@dataclass
class Person:
    """One patient: ``ids`` by type, and what of theirs must never be seen by another."""

    place: int
    number: str
    ids: dict[str, str]
    words: tuple[str, ...]

    @property
    def id(self) -> str:
        """Of the Patient."""
        return self.ids["Patient"]

    @property
    def unit(self) -> int:
        """Which of the units answers for the rows."""
        return self.place % 3

    @property
    def canaries(self) -> tuple[str, ...]:
        """Everything that is theirs alone; the number in both its ways to be written."""
        dashed = f"{self.number[:8]}-{self.number[8:]}"
        return (*self.ids.values(), self.number, dashed, *self.words)


def person(place: int) -> Person:
    """The same person each time."""
    number = NUMBERS[place]
    ids = {type_: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{type_} of {number}")) for type_ in _TYPES}
    mark = hashlib.sha256(number.encode()).hexdigest()[:12]
    return Person(place, number, ids, tuple(f"KANARIE-{part}-{mark}" for part in _PARTS))


_PARTS = ("namn", "adress", "text", "not", "fil", "meddelande")
_TYPES = (
    "Patient",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Communication",
    "Consent",
    "DocumentReference",
    "Observation",
    "Provenance",
    "ServiceRequest",
    "Task",
)
_ABOUT = {
    "Appointment": {
        "status": "booked",
        "start": "2026-04-01T08:00:00Z",
        "end": "2026-04-01T08:30:00Z",
    },
    "CarePlan": {"status": "active", "intent": "plan", "period": {"start": "2026-01-01"}},
    "CareTeam": {"status": "active"},
    "Communication": {"status": "completed", "sent": "2026-02-01T08:00:00Z"},
    "DocumentReference": {"status": "current", "date": "2026-02-01T08:00:00Z"},
    "Observation": {
        "status": "final",
        "code": {"coding": [{"system": systems.LOINC, "code": "8867-4"}]},
        "effectiveDateTime": "2026-02-01",
    },
    "ServiceRequest": {"status": "active", "intent": "order", "authoredOn": "2026-02-01"},
    "Task": {"status": "requested", "intent": "order"},
}


def rows_of(who: Person) -> list[Json]:
    """All that is kept about a patient."""
    name, address, text, note, file, payload = who.words
    them = {"reference": f"Patient/{who.id}", "display": name}
    rows = [{"resourceType": type_, "id": who.ids[type_], **said} for type_, said in _ABOUT.items()]
    made: dict[str, Json] = {row["resourceType"]: row for row in rows}
    for type_ in ("CarePlan", "CareTeam", "Communication", "DocumentReference", "Observation"):
        made[type_]["subject"] = them
    made["ServiceRequest"]["subject"] = them
    made["Task"] |= {"for": them, "description": text}
    made["Appointment"] |= {"participant": [{"actor": them, "status": "accepted"}], "comment": text}
    made["CarePlan"] |= {
        "title": text,
        "description": text,
        "note": [{"text": note}],
        "careTeam": [{"reference": f"CareTeam/{who.ids['CareTeam']}"}],
    }
    made["CareTeam"] |= {"name": text, "participant": [{"member": them}]}
    made["Communication"] |= {"payload": [{"contentString": payload}], "recipient": [them], "sender": them}
    made["Communication"]["basedOn"] = [{"reference": f"CarePlan/{who.ids['CarePlan']}"}]
    made["DocumentReference"] |= {"description": file, "content": [{"attachment": {"title": file}}]}
    made["Observation"]["note"] = [{"text": note}]
    made["ServiceRequest"]["note"] = [{"text": note}]
    patient: Json = {
        "resourceType": "Patient",
        "id": who.id,
        "identifier": [{"system": "http://electronichealth.se/identifier/personnummer", "value": who.number}],
        "name": [{"text": name}],
        "birthDate": f"{who.number[:4]}-{who.number[4:6]}-{int(who.number[6:8]) % 60:02}",
        "address": [{"text": address}],
        "telecom": [{"system": "phone", "value": "070-1740605", "extension": [_FOR_PATIENT]}],
    }
    if who.place == PROTECTED:
        patient["meta"] = {"security": [{"system": systems.SE_SECURITY, "code": systems.PROTECTED}]}
    return [patient, *rows, _provenance(who), *_consent(who)]


_FOR_PATIENT = {"url": systems.AUDIENCE, "valueCode": "patient"}


def _provenance(who: Person) -> Json:
    agents = (("author", UNITS[who.unit]), ("custodian", CARE_GIVERS[who.unit]))
    return {
        "resourceType": "Provenance",
        "id": who.ids["Provenance"],
        "recorded": "2026-02-01T08:00:00Z",
        "target": [{"reference": f"{type_}/{who.ids[type_]}"} for type_ in _ABOUT],
        "agent": [
            {
                "type": {"coding": [{"system": systems.AGENT_TYPE, "code": kind}]},
                "who": {"reference": organization_of(hsa_id)},
            }
            for kind, hsa_id in agents
        ],
    }


def _consent(who: Person) -> list[Json]:
    """A block of the first unit, or leave for the other caregivers."""
    said: Json = {
        "resourceType": "Consent",
        "id": who.ids["Consent"],
        "status": "active",
        "patient": {"reference": f"Patient/{who.id}"},
    }
    if who.place == BLOCKED:
        return [
            {
                **said,
                "organization": [{"reference": organization_of(UNITS[who.unit])}],
                "provision": {"type": "deny"},
            }
        ]
    if who.place == PERMITTED:
        actors = [{"reference": {"reference": organization_of(giver)}} for giver in sorted(set(CARE_GIVERS))]
        return [{**said, "provision": {"type": "permit", "actor": actors[:1]}}]
    return []


def sees(unit: int, who: Person) -> bool:
    """Whether staff of a unit see the rows of a person, by the words of the law and not by the program."""
    if unit == who.unit:
        return True
    if CARE_GIVERS[unit] == CARE_GIVERS[who.unit]:
        return who.place != BLOCKED
    return who.place == PERMITTED and CARE_GIVERS[unit] == CARE_GIVERS[0]


@dataclass
class World:
    """The server, its store, and who is in it."""

    client: httpx.AsyncClient
    store: Store
    served: Served
    people: tuple[Person, ...] = field(default_factory=lambda: tuple(map(person, range(len(NUMBERS)))))

    async def ask(self, method: str, path: str, who: Mapping[str, str], **more: Any) -> httpx.Response:
        """One request below the FHIR base, or from the root when it starts with a slash."""
        address = path if path.startswith("/") else f"/fhir/{path}"
        headers = {"X-Request-Id": "campaign", **who, **more.pop("headers", {})}
        return await self.client.request(method, address, headers=headers, **more)


def as_patient(who: Person, scope: str = "patient/*.cruds", **claims: Any) -> dict[str, str]:
    """The header of a patient."""
    return bearer(**{"patient": who.id, "scope": scope, **claims})


def as_staff(unit: int, scope: str = "user/*.cruds", **claims: Any) -> dict[str, str]:
    """The header of somebody at a unit."""
    said = {
        "employeeHsaId": f"{UNITS[unit]}-P",
        "healthCareUnitHsaId": UNITS[unit],
        "healthCareProviderHsaId": CARE_GIVERS[unit],
        "commissionPurpose": "Vård och behandling",
    }
    return bearer(**{"scope": scope, **said, **claims})


@cache
def validator() -> Validator:
    """One for all campaigns."""
    return own_validator(StillClock().now)


@asynccontextmanager
async def world(database: str = "memory://", **access: Any) -> AsyncIterator[World]:
    """Such a server, without sockets."""
    store = await open_store(database, merge)
    clock = StillClock()
    served = Served(
        store=store,
        sources=load_sources(),
        clock=clock,
        version="0",
        started_at=clock.now(),
        validator=validator,
        body_timeout_seconds=5,
        access=_access(**access),
    )
    transport = httpx.ASGITransport(application(served), raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://overens.example") as client:
            made = World(client, store, served)
            for who in made.people:
                await keep(store, rows_of(who))
            await keep(store, [_organization(hsa_id) for hsa_id in (*UNITS, *CARE_GIVERS)])
            yield made
    finally:
        await store.close()


def _access(**more: Any) -> Access:
    async def fetch() -> bytes:
        return published()

    said: Json = {
        "trust": Trust(issuer=ISSUER, audience=AUDIENCE),
        "names": ClaimNames(),
        "keys": KeyRing(fetch, lambda: 0.0),
        "clock": StillClock(),
        "trusted": frozenset({"trusted"}),
        **more,
    }
    return Access(**said)


def _organization(hsa_id: str) -> Json:
    id_ = resource_id("Organization", systems.HSA, hsa_id)
    identified = [{"system": systems.HSA, "value": hsa_id}]
    return {"resourceType": "Organization", "id": id_, "identifier": identified, "name": f"Enhet {hsa_id}"}


async def keep(store: Store, rows: list[Json]) -> None:
    """Keep resources as if a message had made them."""
    id_ = str(uuid.uuid4())
    await store.keep(
        Arrival(
            id=id_,
            sender="campaign",
            message_id=id_,
            sha256=id_,
            source="campaign",
            raw=b"{}",
            lane=1,
            received_at=StillClock().now(),
            state=State.DONE,
            puts=tuple(Put(resource=row, lane=1) for row in rows),
            audit={"resourceType": "AuditEvent", "id": str(uuid.uuid4())},
            answer=Answer(status=201, body=b"{}"),
        )
    )
