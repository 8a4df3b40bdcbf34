"""Of a person whose identity is protected nobody is told where they are, in whatever resource it stands."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapter.fhir import systems
from adapter.fhir.whereabouts import HIDDEN, without_whereabouts
from adapter.security.staff_view import organization_of
from tests.rest.issuer import bearer
from tests.security.campaign.world import (
    CARE_GIVERS,
    PROTECTED,
    TRUSTED,
    UNITS,
    Person,
    World,
    as_patient,
    as_staff,
    keep,
    world,
)

Json = dict[str, Any]
PHONE, MAIL, STREET, CITY = "070-1740605", "tolvan@example.org", "Kanariegatan 7", "Kanariestad"
ADDRESS = {"line": [STREET], "postalCode": "123 45", "city": CITY}
SECRETS = (PHONE, "0701740605", MAIL, STREET, "123 45", CITY, "KANARIE-plats", "KANARIE-enhet")
PLACE = {"reference": "Location/plats", "display": "KANARIE-plats"}
WORDS = f"Bor på {STREET} i {CITY}. Nås på {PHONE} eller {MAIL}. Vikt 70 kg den 2026-02-01."


def told(text: str, media: str = "text/plain") -> Json:
    """An attachment that says a text."""
    return {"contentType": media, "data": base64.b64encode(text.encode()).decode()}


def about(who: Person) -> list[Json]:
    """Resources as a client may write them, with whereabouts wherever some can stand."""
    them = {"reference": f"Patient/{who.id}"}
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{WORDS}</div>'
    relative = {
        "resourceType": "RelatedPerson",
        "id": "r",
        "patient": them,
        "telecom": [{"system": "phone", "value": PHONE}],
        "address": [ADDRESS],
    }
    place = {
        "resourceType": "Location",
        "id": "p",
        "name": "KANARIE-plats",
        "address": ADDRESS,
        "position": {"longitude": 16.36, "latitude": 56.66},
    }
    return [
        {
            "resourceType": "Patient",
            "id": who.id,
            "meta": {"security": [{"system": systems.SE_SECURITY, "code": "skyddadFolkbokforing"}]},
            "name": [{"text": "Tolvan"}],
            "address": [ADDRESS],
            "telecom": [{"system": "phone", "value": PHONE}, {"system": "email", "value": MAIL}],
            "managingOrganization": {"reference": "Organization/o", "display": "KANARIE-enhet"},
            "generalPractitioner": [{"reference": "Organization/o", "display": "KANARIE-enhet"}],
            "contact": [{"address": ADDRESS}],
        },
        {
            "resourceType": "Appointment",
            "id": "tid",
            "status": "booked",
            "text": {"status": "generated", "div": div},
            "comment": WORDS,
            "contained": [relative, place],
            "participant": [
                {"actor": them, "status": "accepted"},
                {"actor": PLACE, "status": "accepted"},
                {"actor": {"reference": "#r"}, "status": "accepted"},
            ],
        },
        {
            "resourceType": "ServiceRequest",
            "id": "remiss",
            "status": "active",
            "intent": "order",
            "subject": them,
            "locationReference": [PLACE],
            "note": [{"text": WORDS}],
            "extension": [{"url": "https://x.example/a", "valueAddress": ADDRESS}],
        },
        {
            "resourceType": "Communication",
            "id": "svar",
            "status": "completed",
            "subject": them,
            "payload": [{"contentString": WORDS}, {"contentAttachment": told(WORDS)}],
        },
        {
            "resourceType": "DocumentReference",
            "id": "fil",
            "status": "current",
            "subject": them,
            "content": [{"attachment": {**told("%PDF-1.7", "application/pdf"), "title": f"Karta {STREET}"}}],
        },
        {"resourceType": "Task", "id": "uppgift", "for": them, "location": PLACE, "description": WORDS},
    ]


@pytest.fixture
async def made() -> AsyncIterator[World]:
    """The world of the campaigns, and such resources of one of its people."""
    async with world() as opened:
        who = opened.people[PROTECTED]
        rows = about(who)
        await keep(opened.store, rows)
        origin = {
            "resourceType": "Provenance",
            "id": "prov",
            "recorded": "2026-02-01T08:00:00Z",
            "target": [{"reference": f"{row['resourceType']}/{row['id']}"} for row in rows[1:]],
            "agent": [
                {"type": {"coding": [{"system": systems.AGENT_TYPE, "code": kind}]}, "who": {"reference": of}}
                for kind, of in zip(("author", "custodian"), organizations(who), strict=True)
            ],
        }
        await keep(opened.store, [origin])
        yield opened


def organizations(who: Person) -> tuple[str, str]:
    """Who answers for a person's rows."""
    return organization_of(UNITS[who.unit]), organization_of(CARE_GIVERS[who.unit])


def said(text: str) -> str:
    """An answer with its attachments' words readable."""
    parts = text.split('"data":"')[1:]
    return " ".join([text, *(base64.b64decode(part.partition('"')[0]).decode() for part in parts)])


@pytest.mark.parametrize("name", ["Appointment", "ServiceRequest", "Communication", "Task", "Patient"])
async def test_no_resource_says_where_a_protected_person_is(made: World, name: str) -> None:
    """
    By read, history, search and $everything, for the own unit, the patient and who acts for the patient.
    """
    who = made.people[PROTECTED]
    id_ = {row["resourceType"]: row["id"] for row in about(who)}[name]
    proxy = as_patient(who, proxyRole="agent", fhirUser="Patient/g")
    for headers in (as_staff(who.unit), as_patient(who), proxy):
        asked = (
            f"{name}/{id_}",
            f"{name}/{id_}/_history",
            f"{name}?_id={id_}&_include=*",
            f"Patient/{who.id}/$everything",
        )
        for path in asked:
            answer = await made.ask("GET", path, headers)
            assert answer.status_code == 200, path
            assert "Tolvan" in answer.text or name != "Patient"
            assert [each for each in SECRETS if each in said(answer.text)] == [], path
    trusted = await made.ask("GET", f"{name}/{id_}", bearer(**TRUSTED))
    assert [each for each in SECRETS if each in trusted.text]


async def test_what_says_no_place_stays(made: World) -> None:
    """
    Words around a number, who takes part, a reading, and the file for who works in care.
    """
    who = made.people[PROTECTED]
    time = (await made.ask("GET", "Appointment/tid", as_staff(who.unit))).json()
    assert [each["actor"]["reference"] for each in time["participant"]] == [f"Patient/{who.id}", "#r"]
    assert time["comment"].startswith(f"Bor på {HIDDEN} i {HIDDEN}. Nås på ")
    assert time["comment"].endswith("Vikt 70 kg den 2026-02-01.")
    for headers, is_there in ((as_staff(who.unit), True), (as_patient(who), False)):
        file = (await made.ask("GET", "DocumentReference/fil", headers)).json()["content"][0]["attachment"]
        assert ("data" in file) is is_there
        assert file["title"] == f"Karta {HIDDEN}"


async def test_a_place_cannot_be_asked_for_either(made: World) -> None:
    """
    A search by the place, or by the unit that a person belongs to, finds as little as the answer shows.
    """
    who = made.people[PROTECTED]
    name = {"name": "Platsen", "identifier": [{"system": "http://place.example", "value": "KANARIE"}]}
    await keep(made.store, [{"resourceType": "Location", "id": "plats", **name}])
    await keep(made.store, [{"resourceType": "Organization", "id": "o", **name}])
    for path in (
        "Appointment?actor=Location/plats",
        "Patient?organization=Organization/o",
        "Appointment?location=plats",
        "Appointment?location.identifier=http://place.example|KANARIE",
        "Appointment?location.name=platsen",
        "Patient?organization.identifier=http://place.example|KANARIE",
    ):
        for headers in (as_staff(who.unit), as_patient(who)):
            found = (await made.ask("GET", f"{path}&_total=accurate", headers)).json()
            assert found["total"] == 0, path
            assert "entry" not in found
        assert (await made.ask("GET", path, bearer(**TRUSTED))).json()["entry"]
    theirs = await made.ask("GET", f"Appointment?patient={who.id}&_id=tid", as_staff(who.unit))
    assert len(theirs.json()["entry"]) == 1


async def test_a_version_from_before_the_protection_is_veiled_too(made: World) -> None:
    """
    The current Patient decides for the older ones.
    """
    who = made.people[0]
    address = {"line": [STREET], "city": CITY}
    await keep(made.store, [{"resourceType": "Patient", "id": who.id, "address": [address], "active": True}])
    label = {"system": systems.SE_SECURITY, "code": systems.PROTECTED}
    await keep(made.store, [{"resourceType": "Patient", "id": who.id, "meta": {"security": [label]}}])
    for headers in (as_staff(who.unit), as_patient(who)):
        answer = await made.ask("GET", f"Patient/{who.id}/_history", headers)
        assert answer.json()["total"] > 1
        assert STREET not in answer.text


def test_what_is_no_whereabouts_is_let_be() -> None:
    """
    A resource without any is the same, numbers, codes and times and all.
    """
    plan = {
        "resourceType": "CarePlan",
        "id": "0701740605",
        "meta": {"source": "https://x.example/0701740605"},
        "identifier": [{"system": "urn:oid:1.2.3", "value": "0701740605"}],
        "period": {"start": "2026-02-01", "end": "2026-02-01T08:00:00+01:00"},
        "title": "Vikt 70,5 kg, 112 vid akut sjukdom",
        "author": {"reference": "Organization/o", "display": "Hälsocentralen"},
        "valueQuantity": {"value": 70.5},
    }
    assert without_whereabouts(plan, {}, has_files=True) == plan


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("has_files", [True, False])
def test_a_text_is_masked_however_its_letters_are_encoded(encoding: str, has_files: bool) -> None:
    """
    Whatever it says of that itself, and whoever may see files whose words cannot be read.
    """
    text = f"Bor på {STREET}, åter på {PHONE}."
    for kind in ("text/plain", "text/plain; charset=utf-8"):
        data = base64.b64encode(text.encode(encoding)).decode()
        note = {
            "resourceType": "Communication",
            "payload": [{"contentAttachment": {"contentType": kind, "data": data}}],
        }
        left = without_whereabouts(note, {"address": [ADDRESS]}, has_files=has_files)
        told_now = base64.b64decode(left["payload"][0]["contentAttachment"]["data"]).decode(encoding)
        assert STREET not in told_now
        assert "1740605" not in told_now.replace(" ", "")
        assert HIDDEN in told_now
