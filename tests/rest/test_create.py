"""create and conditional create: https://hl7.org/fhir/R4/http.html#create."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
Json = dict[str, Any]
XML = {"Content-Type": "application/fhir+xml"}
BOOKED: Json = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-03-12T10:00:00+01:00",
    "end": "2026-03-12T10:30:00+01:00",
    "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}],
}
IDENTIFIED: Json = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "identifier": [{"system": "https://kommunen.example/arende", "value": "A-17"}],
}
DEEP = b'{"resourceType":"Patient"' + b',"extension":[{"url":"http://x.y/z"' * 300 + b"}]" * 300 + b"}"
CONDITION = {"If-None-Exist": "identifier=https://kommunen.example/arende|A-17"}


async def test_a_new_resource_gets_an_id_and_can_be_read(client: httpx.AsyncClient) -> None:
    """
    201 with Location, ETag and Last-Modified; the id that was sent does not count.
    """
    answer = await client.post("/fhir/Appointment", json={**BOOKED, "id": "mine"})
    assert answer.status_code == 201
    made = answer.json()
    assert made["id"] != "mine"
    assert answer.headers["location"].endswith(f"/fhir/Appointment/{made['id']}/_history/1")
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["last-modified"].endswith("GMT")
    read = await client.get(answer.headers["location"])
    assert read.json() == made
    assert read.json()["start"] == BOOKED["start"]
    found = await client.get("/fhir/Appointment", params={"patient": "p1"})
    assert [entry["resource"]["id"] for entry in found.json()["entry"]] == [made["id"]]


async def test_what_is_made_here_has_ids_that_begin_with_the_time(client: httpx.AsyncClient) -> None:
    """
    The resource, its Provenance and its AuditEvent: UUIDs of version 7 or 8 (RFC 9562) with the same 48 bits
    first, so that a write touches the same page of each index whatever the size of the store.
    """
    await client.post("/fhir/Task", json=IDENTIFIED)
    ids = {}
    for type_ in ("Task", "Provenance", "AuditEvent"):
        (found,) = (await client.get(f"/fhir/{type_}?_count=1&_sort=_lastUpdated")).json()["entry"]
        ids[type_] = uuid.UUID(found["resource"]["id"])
    assert {type_: id_.version for type_, id_ in ids.items()} == {"Task": 7, "Provenance": 8, "AuditEvent": 7}
    assert len({id_.variant for id_ in ids.values()}) == 1
    assert ids["Task"].bytes[:6] == ids["Provenance"].bytes[:6]
    assert 0 <= (ids["AuditEvent"].int >> 80) - (ids["Task"].int >> 80) < 60_000  # milliseconds
    assert len({id_.bytes[7:] for id_ in ids.values()}) == len(ids)


async def test_the_server_writes_where_it_came_from(client: httpx.AsyncClient) -> None:
    """
    Provenance and AuditEvent in the same transaction; neither holds a word of the resource.
    """
    made = (await client.post("/fhir/Task", json=IDENTIFIED)).json()
    name = f"Task/{made['id']}"
    (audit,) = (await client.get("/fhir/AuditEvent")).json()["entry"]
    assert [each["what"]["reference"] for each in audit["resource"]["entity"]] == [name]
    assert audit["resource"]["subtype"][0]["code"] == "create"
    (origin,) = (await client.get("/fhir/Provenance")).json()["entry"]
    assert origin["resource"]["target"] == [{"reference": name}]
    assert origin["resource"]["agent"][0]["who"]["identifier"]["value"] == "demo"
    assert "A-17" not in json.dumps([audit, origin])
    for entry in (audit, origin):
        judged = await client.post("/fhir/$validate", json=entry["resource"])
        assert "error" not in {issue["severity"] for issue in judged.json()["issue"]}


async def test_xml_is_taken_as_json_is(client: httpx.AsyncClient) -> None:
    """
    The same resource, with the digits of its decimals.
    """
    xml = (
        b'<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="Vikt"/></code>'
        b'<valueQuantity><value value="78.40"/></valueQuantity></Observation>'
    )
    answer = await client.post("/fhir/Observation", content=xml, headers=XML)
    assert answer.status_code == 201, answer.text
    assert b'"value":78.40' in answer.content


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [
        ("return=minimal", ""),
        ("return=representation", '{"resourceType":"Task"'),
        ("return=OperationOutcome", '{"resourceType":"OperationOutcome"'),
        ("handling=strict; return=odd", '{"resourceType":"Task"'),
    ],
)
async def test_prefer_says_what_the_answer_holds(client: httpx.AsyncClient, wanted: str, begins: str) -> None:
    """
    https://hl7.org/fhir/R4/http.html#ops.
    """
    answer = await client.post("/fhir/Task", json=IDENTIFIED, headers={"Prefer": wanted})
    assert answer.status_code == 201
    assert answer.text[: len(begins)] == begins
    assert bool(answer.text) == bool(begins)


async def test_what_is_wrong_is_told_with_its_places(client: httpx.AsyncClient) -> None:
    """
    422 with an issue for each error, its FHIRPath and its line; nothing is kept.
    """
    wrong = {**BOOKED, "status": "booket"}
    answer = await client.post("/fhir/Appointment", content=json.dumps(wrong, indent=1))
    assert answer.status_code == 422
    issue = next(i for i in answer.json()["issue"] if i["severity"] == "error")
    assert issue["expression"] == ["Appointment.status"]
    assert any(place.startswith("Line[3]") for place in issue["location"])
    assert "entry" not in (await client.get("/fhir/Appointment")).json()


async def test_the_profiles_it_claims_are_held_against_it(client: httpx.AsyncClient) -> None:
    """
    A claim is not demanded; one that is made is judged.
    """
    claim = {"profile": ["https://overens.example/fhir/StructureDefinition/bokad-tid"]}
    answer = await client.post("/fhir/Appointment", json={**BOOKED, "meta": claim})
    assert answer.status_code == 422
    told = [i["extension"] for i in answer.json()["issue"] if i["severity"] == "error"]
    assert "bokad-tid" in json.dumps(told)


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("/fhir/Task", b"", {}, 400),
        ("/fhir/Task", b"{", {}, 400),
        ("/fhir/Task", b"[]", {}, 400),
        ("/fhir/Task", b"null", {}, 400),
        ("/fhir/Task", b"<Task/>", XML, 400),
        ("/fhir/Task", b'{"resourceType":"CarePlan"}', {}, 400),
        ("/fhir/Task", b'{"resourceType":17}', {}, 400),
        ("/fhir/Task", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/fhir/Task", b'{"resourceType":"Task","meta":7}', {}, 422),
        ("/fhir/Task", b'{"resourceType":"Task","id":{"a":1}}', {}, 422),
        ("/fhir/Provenance", b'{"resourceType":"Provenance"}', {}, 422),
        ("/fhir/Medication", b'{"resourceType":"Medication"}', {}, 404),
        ("/fhir/Task", b"[" * 50_000, {}, 400),
        ("/fhir/Patient", b'{"resourceType":"Patient","name":[{"family":"a\\u0000b"}]}', {}, 422),
        ("/fhir/Patient", b'{"resourceType":"Patient","name":[{"family":"a\\ud800b"}]}', {}, 422),
        ("/fhir/Patient", DEEP, {}, 422),
        ("/fhir/Task", b'{"resourceType":"Task","x":1e99999999999999999999}', {}, 400),
        ("/fhir/Task", b" " * 100_001, {}, 413),
    ],
)
async def test_what_cannot_be_taken_is_an_outcome(
    client: httpx.AsyncClient, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    """
    Never 5xx, always an OperationOutcome.
    """
    answer = await client.post(path, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_what_the_server_alone_writes_is_refused(client: httpx.AsyncClient) -> None:
    """
    Nobody adds to the log from outside.
    """
    audit = (await client.post("/fhir/Task", json=IDENTIFIED)) and (await client.get("/fhir/AuditEvent"))
    resource = audit.json()["entry"][0]["resource"]
    answer = await client.post("/fhir/AuditEvent", json=resource)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_conditional_create_makes_one_alone(client: httpx.AsyncClient) -> None:
    """
    201 the first time, 200 with the one that is there from then on.
    """
    first = await client.post("/fhir/Task", json=IDENTIFIED, headers=CONDITION)
    again = await client.post("/fhir/Task", json=IDENTIFIED, headers=CONDITION)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


async def test_of_many_conditional_creates_at_once_one_is_carried_out(client: httpx.AsyncClient) -> None:
    """
    A key in the transaction decides: all are told of the same resource, and it has one version.
    """
    sent = (
        client.post("/fhir/Task", json={**IDENTIFIED, "description": str(n)}, headers=CONDITION)
        for n in range(8)
    )
    answers = await asyncio.gather(*sent)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert {answer.headers["etag"] for answer in answers} == {'W/"1"'}


async def test_a_condition_that_many_meet_is_refused(client: httpx.AsyncClient) -> None:
    """
    412: it was not selective enough.
    """
    for _ in range(2):
        await client.post("/fhir/Task", json=IDENTIFIED)
    answer = await client.post("/fhir/Task", json=IDENTIFIED, headers=CONDITION)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (412, "multiple-matches")


@pytest.mark.parametrize(
    ("condition", "status"), [("", 412), ("_count=1", 412), ("identifer=x", 400), ("identifier=", 400)]
)
async def test_a_condition_that_is_none_is_refused(
    client: httpx.AsyncClient, condition: str, status: int
) -> None:
    """
    One that would choose everything, or that is misspelt.
    """
    answer = await client.post("/fhir/Task", json=IDENTIFIED, headers={"If-None-Exist": condition})
    assert answer.status_code == status


async def test_a_condition_is_free_again_when_nothing_meets_it(client: httpx.AsyncClient) -> None:
    """
    What was made by it has changed since: another is made.
    """
    first = (await client.post("/fhir/Task", json=IDENTIFIED, headers=CONDITION)).json()
    changed = {**first, "identifier": []}
    del changed["identifier"]
    headers = {"If-Match": 'W/"1"'}
    await client.put(f"/fhir/Task/{first['id']}", json=changed, headers=headers)
    again = await client.post("/fhir/Task", json=IDENTIFIED, headers=CONDITION)
    assert again.status_code == 201
    assert again.json()["id"] != first["id"]


async def test_a_search_in_the_address_of_a_create_is_its_condition(client: httpx.AsyncClient) -> None:
    """
    Passed over it would make a second one; what is no filter is no condition.
    """
    path = "/fhir/Task?identifier=https://kommunen.example/arende|A-17&_format=json"
    answers = [await client.post(path, json=IDENTIFIED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert (await client.post("/fhir/Task?_format=json", json=IDENTIFIED)).status_code == 201
