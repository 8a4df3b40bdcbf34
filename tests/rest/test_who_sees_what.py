"""Blocks, consents, guardians and protected identities take effect over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapter.fhir import systems
from adapter.security.staff_view import organization_of
from tests.rest.issuer import bearer
from tests.security.campaign.world import (
    CARE_GIVERS,
    PROTECTED,
    TRUSTED,
    UNITS,
    World,
    as_patient,
    as_staff,
    keep,
    world,
)

Json = dict[str, Any]
SCOPE = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
}
CATEGORY = {"coding": [{"system": systems.LOINC, "code": "59284-0"}]}


@pytest.fixture
async def made() -> AsyncIterator[World]:
    """The world of the campaigns."""
    async with world() as opened:
        yield opened


def consent(patient: str, **said: Any) -> Json:
    """An active Consent."""
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": SCOPE,
        "category": [CATEGORY],
        "patient": {"reference": f"Patient/{patient}"},
        "policyRule": {"text": "Patientdatalagen"},
        **said,
    }


async def plans(made: World, unit: int, patient: str) -> int:
    """How many plans of a patient staff of a unit see."""
    found = await made.ask("GET", f"CarePlan?patient={patient}", as_staff(unit))
    assert found.status_code == 200
    return len(found.json().get("entry", ()))


async def kept(made: World, resource: Json, unit: int) -> Json:
    """What became of a resource that staff sent in."""
    answer = await made.ask("POST", resource["resourceType"], as_staff(unit), json=resource)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_block_holds_from_when_it_is_kept_until_it_is_lifted(made: World) -> None:
    """
    An inner block closes the record of a unit for another of the same caregiver, and for them alone.
    """
    who = made.people[0]
    blocked = {"organization": [{"reference": organization_of(UNITS[0])}], "provision": {"type": "deny"}}
    assert await plans(made, 1, who.id) == 1
    block = await kept(made, consent(who.id, **blocked), 0)
    assert (await plans(made, 1, who.id), await plans(made, 0, who.id)) == (0, 1)
    found = await made.ask("GET", f"Consent?patient={who.id}&status=active", as_staff(0))
    assert [entry["resource"]["id"] for entry in found.json()["entry"]] == [block["id"]]
    lifted = {**block, "status": "inactive"}
    answer = await made.ask(
        "PUT", f"Consent/{block['id']}", as_staff(0), json=lifted, headers={"If-Match": 'W/"1"'}
    )
    assert answer.status_code == 200
    assert await plans(made, 1, who.id) == 1


async def test_a_consent_opens_the_record_for_another_caregiver(made: World) -> None:
    """
    Joint records: nothing without the patient's consent, and then for the caregiver that it names.
    """
    who = made.people[0]
    actor = {
        "role": {"text": "vårdgivare"},
        "reference": {"reference": organization_of(CARE_GIVERS[2])},
    }
    assert await plans(made, 2, who.id) == 0
    await kept(made, consent(who.id, provision={"type": "permit", "actor": [actor]}), 0)
    assert (await plans(made, 2, who.id), await plans(made, 3, who.id)) == (1, 0)


async def test_a_patient_is_not_shown_a_consent_that_is_not_theirs(made: World) -> None:
    """
    Nor lifts a block of another; a scope alone does not let it.
    """
    block = await kept(made, consent(made.people[0].id, provision={"type": "deny"}), 0)
    answer = await made.ask("GET", f"Consent/{block['id']}", as_patient(made.people[1]))
    assert answer.status_code == 404


async def test_leniency_shows_nobody_more(made: World) -> None:
    """
    What is not known is left out, and the rest is judged as ever: another's rows are not there, by any token.
    """
    who = made.people[0]
    lenient = {"Prefer": "handling=lenient"}
    for headers in (as_patient(who), as_staff(0), as_staff(3), bearer(**TRUSTED), {}):
        for type_ in ("CarePlan", "Task", "Consent", "Patient", "Provenance"):
            plain = await made.ask("GET", f"{type_}?_count=500", headers)
            asked = f"{type_}?_count=500&patinet={made.people[1].id}&colour=red"
            left = await made.ask("GET", asked, headers, headers=lenient)
            assert left.status_code == plain.status_code
            if plain.status_code != 200:
                continue
            found = [entry["resource"] for entry in left.json()["entry"]]
            outcome = next(each for each in found if each["resourceType"] == "OperationOutcome")
            assert "patinet, colour" in outcome["issue"][0]["details"]["text"]
            seen = [entry["resource"] for entry in plain.json().get("entry", ())]
            assert [each for each in found if each is not outcome] == seen
            assert left.json()["link"] == plain.json()["link"]
            assert (await made.ask("GET", asked, headers)).status_code == 400


async def test_what_staff_write_of_any_type_is_their_units(made: World) -> None:
    """
    A task that is about nothing else is seen by the unit that made it, and by no other caregiver.
    """
    patient = {"reference": f"Patient/{made.people[0].id}"}
    task = await kept(
        made, {"resourceType": "Task", "status": "requested", "intent": "order", "for": patient}, 2
    )
    seen = [(await made.ask("GET", f"Task/{task['id']}", as_staff(unit))).status_code for unit in range(4)]
    assert seen == [404, 404, 200, 404]


@pytest.mark.parametrize(
    ("until_age", "role", "user", "status"),
    [
        (30, "guardian", "Patient/g", 200),
        (13, "guardian", "Patient/g", 404),
        (13, "guardian", "", 404),
        (0, "guardian", "Patient/g", 404),
        (13, "agent", "RelatedPerson/g", 200),
        (30, "friend", "Patient/g", 403),
        (30, "", "Patient/g", 403),
        (30, 1, "", 403),
    ],
)
async def test_a_guardian_sees_a_child_until_the_age_of_the_settings(
    until_age: int, role: Any, user: str, status: int
) -> None:
    """
    By the birth date (she is 23); an agent always; who says no known role sees nothing.
    """
    async with world(guardian_until_age=until_age) as made:
        child = next(each for each in made.people if each.number == "200302022389")
        who = as_patient(child, proxyRole=role, fhirUser=f"https://x.example/{user}")
        for path in (f"CarePlan/{child.ids['CarePlan']}", f"Patient/{child.id}"):
            assert (await made.ask("GET", path, who)).status_code == status
        task = {"resourceType": "Task", "status": "requested", "intent": "order"}
        mine = {**task, "for": {"reference": f"Patient/{child.id}"}}
        assert (await made.ask("POST", "Task", who, json=mine)).status_code == (201 if status == 200 else 403)


async def test_a_child_without_a_birth_date_has_no_guardian(made: World) -> None:
    """
    Whose age is not known is nobody's child.
    """
    row = await made.store.read("Patient", made.people[4].id)
    assert row is not None
    body = row.body.replace(b'"2003-02-02"', b'"2003-02"')
    read = await made.ask("PUT", f"Patient/{row.id}", bearer(**TRUSTED), content=body,
                          headers={"If-Match": 'W/"1"', "Content-Type": "application/fhir+json"})  # fmt: skip
    assert read.status_code == 200, read.text
    who = as_patient(made.people[4], proxyRole="guardian")
    assert (await made.ask("GET", f"Patient/{row.id}", who)).status_code == 404


async def test_a_proxy_is_named_in_the_log(made: World) -> None:
    """
    Who spoke for the patient, and as what.
    """
    who = made.people[0]
    await made.ask("GET", f"Patient/{who.id}", as_patient(who, proxyRole="agent", fhirUser="Patient/g"))
    found = await made.ask("GET", f"AuditEvent?patient={who.id}", bearer(**TRUSTED))
    agents = found.json()["entry"][0]["resource"]["agent"]
    assert agents[-1]["who"] == {"reference": "Patient/g"}
    assert agents[-1]["type"]["text"] == "agent"


async def test_what_a_proxy_reads_is_told_to_the_one_it_is_about(made: World) -> None:
    """
    ``AuditEvent?patient=`` finds both who was read and who read; the patient's extract has the first alone.
    """
    child, parent = made.people[0], made.people[1]
    proxy = as_patient(child, proxyRole="agent", fhirUser=f"Patient/{parent.id}")
    await made.ask("GET", f"CarePlan/{child.ids['CarePlan']}", proxy)
    for who, count in ((child, 1), (parent, 0)):
        found = await made.ask("GET", f"AuditEvent?patient={who.id}", bearer(**TRUSTED))
        read = [
            each["resource"]
            for each in found.json()["entry"]
            if f"CarePlan/{child.ids['CarePlan']}" in str(each)
        ]
        assert len(read) == 1
        log = await made.ask("GET", f"Patient/{who.id}/$access-log", as_patient(who))
        assert log.text.count("Har läst uppgifter.") == count


async def test_a_proxy_is_named_in_what_was_written(made: World) -> None:
    """
    In the AuditEvent of a write, alone or in a transaction, and in the Provenance of what came of it.
    """
    who = made.people[0]
    proxy = as_patient(who, proxyRole="agent", fhirUser="Patient/g")
    note = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": systems.LOINC, "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{who.id}"},
        "effectiveDateTime": "2026-02-01",
        "valueQuantity": {"value": 70, "unit": "kg", "system": systems.UCUM, "code": "kg"},
    }
    entry = {"resource": note, "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
    assert (await made.ask("POST", "Observation", proxy, json=note)).status_code == 201
    assert (await made.ask("POST", "", proxy, json=bundle)).status_code == 200
    for query, count in (
        (f"AuditEvent?patient={who.id}&_count=9", 3),
        ("Provenance?_count=50&_include=Provenance:target", 3),
    ):
        found = await made.ask("GET", query, bearer(**TRUSTED))
        told = [each["resource"] for each in found.json()["entry"]]
        agents = [agent for each in told for agent in each.get("agent", ())]
        theirs = [agent for agent in agents if agent["who"] == {"reference": "Patient/g"}]
        assert [agent["type"]["text"] for agent in theirs] == ["agent"] * count


async def test_what_staff_wrote_is_told_with_unit_purpose_and_emergency(made: World) -> None:
    """
    The AuditEvent of a write says as much as that of a read; the patient's extract names the unit.
    """
    who = made.people[0]
    sent = consent(who.id, provision={"type": "permit"})
    urgent = {"X-Emergency-Access": "unconscious"}
    assert (await made.ask("POST", "Consent", as_staff(0), json=sent, headers=urgent)).status_code == 201
    found = await made.ask("GET", f"AuditEvent?patient={who.id}", bearer(**TRUSTED))
    event = found.json()["entry"][0]["resource"]
    assert event["action"] == "C"
    assert [each.get("text") for each in event["purposeOfEvent"]] == ["Vård och behandling", None]
    answer = await made.ask("GET", f"Patient/{who.id}/$access-log", as_patient(who))
    told = [{part["name"]: part for part in each["part"]} for each in answer.json()["parameter"]]
    (made_here,) = [each for each in told if each["what"]["valueString"] == "Har skapat uppgifter."]
    assert made_here["unit"]["valueString"] == f"Enhet {UNITS[0]}"


async def test_nobody_is_told_where_a_protected_person_is(made: World) -> None:
    """
    Neither staff nor the patient's own portal; a system that is trusted with everything is.
    """
    who = made.people[PROTECTED]
    for headers in (as_staff(who.unit), as_patient(who)):
        seen = (await made.ask("GET", f"Patient/{who.id}", headers)).json()
        assert seen["name"]
        assert not {"address", "telecom"} & set(seen)
    trusted = (await made.ask("GET", f"Patient/{who.id}", bearer(**TRUSTED))).json()
    assert {"address", "telecom"} <= set(trusted)


async def test_a_patient_is_told_which_units_have_read(made: World) -> None:
    """
    When, which unit, an emergency as such; nobody's name or HSA-id, and nothing of other patients.
    """
    who, other = made.people[0], made.people[1]
    for unit in (0, 3):
        urgent = {"X-Emergency-Access": "unconscious"} if unit == 3 else {}
        await made.ask("GET", f"CarePlan/{who.ids['CarePlan']}", as_staff(unit), headers=urgent)
    await made.ask("GET", f"CarePlan/{other.ids['CarePlan']}", as_staff(1))
    answer = await made.ask("GET", f"Patient/{who.id}/$access-log", as_patient(who))
    accesses = [
        {part["name"]: next(value for name, value in part.items() if name != "name") for part in each["part"]}
        for each in answer.json()["parameter"]
    ]
    assert [each.get("unit") for each in accesses] == [f"Enhet {UNITS[3]}", f"Enhet {UNITS[0]}"]
    assert [each.get("emergency", False) for each in accesses] == [True, False]
    assert all(each["what"] == "Har läst uppgifter." and each["time"] for each in accesses)
    assert "-P" not in answer.text
    assert other.id not in answer.text


async def test_the_log_of_a_patient_is_for_the_patient(made: World) -> None:
    """
    Another patient's is as one that does not exist; staff ask the operator; a page mark is a page mark.
    """
    path = f"Patient/{made.people[0].id}/$access-log"
    asked = ((as_patient(made.people[1]), 404), (as_staff(0), 403), (bearer(**TRUSTED), 200))
    for who, status in asked:
        assert (await made.ask("GET", path, who)).status_code == status
    for more in ("?_page=x", "?who=x"):
        assert (await made.ask("GET", path + more, as_patient(made.people[0]))).status_code == 400


async def test_the_history_of_all_is_full_pages_of_the_patients_own(made: World) -> None:
    """
    However much is kept about others after it; nothing of others, no page but the last that is not full.
    """
    who = made.people[0]
    for n in range(30):
        task = {"resourceType": "Task", "id": f"t{n}", "status": "requested", "intent": "order"}
        await keep(made.store, [{**task, "for": {"reference": f"Patient/{made.people[1].id}"}}])
    path, sizes, found = "/fhir/_history?_count=4", [], set()
    while path:
        page = (await made.ask("GET", path, as_patient(who))).json()
        rows = [each["resource"] for each in page.get("entry", ())]
        sizes.append(len(rows))
        found |= {f"{row['resourceType']}/{row['id']}" for row in rows}
        links = {link["relation"]: link["url"] for link in page["link"]}
        path = links.get("next", "").removeprefix("http://overens.example")
    assert set(sizes[:-1]) <= {4}
    assert sizes[-1]
    assert found == {f"{type_}/{id_}" for type_, id_ in who.ids.items() if type_ != "Consent"}
    plans = (await made.ask("GET", "CarePlan/_history", as_patient(who))).json()
    assert [each["resource"]["id"] for each in plans["entry"]] == [who.ids["CarePlan"]]
    units = (await made.ask("GET", "Organization/_history", as_patient(who))).json()
    assert units["entry"]
