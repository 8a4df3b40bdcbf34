"""``$validate``: judged and not kept. https://hl7.org/fhir/R4/resource-operation-validate.html."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.rest import validate as operation
from adapter.validation import Package, Validator

if TYPE_CHECKING:
    import httpx

    from adapter.rest.served import Served

Json = dict[str, Any]
JSON = {"Content-Type": "application/fhir+json"}
XML = {"Content-Type": "application/fhir+xml"}
PROFILE = "http://example.org/StructureDefinition/named"
NAMED: Json = {
    "resourceType": "StructureDefinition",
    "url": PROFILE,
    "name": "Named",
    "status": "draft",
    "kind": "resource",
    "abstract": False,
    "type": "Patient",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation": "constraint",
    "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]},
}
VALIDATOR = Validator([Package("test", (NAMED,))])


@pytest.fixture
def served(served: Served) -> Served:
    """With a profile of the test's own."""
    return replace(served, validator=lambda: VALIDATOR)


async def judged(client: httpx.AsyncClient, path: str, content: Any, **headers: str) -> list[str]:
    """The rules of the errors; the answer is 200 and an OperationOutcome."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = await client.post(path, content=raw, headers=headers or JSON)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return [
        issue["details"]["coding"][0]["code"]
        for issue in outcome["issue"]
        if issue["severity"] in {"error", "fatal"}
    ]


def parameters(*parts: Json) -> Json:
    """Parameters of these parts."""
    return {"resourceType": "Parameters", "parameter": list(parts)}


@pytest.mark.parametrize("path", ["/fhir/$validate", "/fhir/Patient/$validate"])
async def test_a_resource_is_judged_on_both_routes(client: httpx.AsyncClient, path: str) -> None:
    """
    200 whether valid or not.
    """
    assert await judged(client, path, {"resourceType": "Patient", "active": True}) == []
    assert await judged(client, path, {"resourceType": "Patient", "gender": "x"}) == ["code-required"]


async def test_xml_is_taken_and_given(client: httpx.AsyncClient) -> None:
    """
    The body by its content, the answer by Accept.
    """
    raw = b'<Patient xmlns="http://hl7.org/fhir">\n <gender value="q"/></Patient>'
    assert await judged(client, "/fhir/$validate", raw, **XML) == ["code-required"]
    answer = await client.post(
        "/fhir/$validate", content=raw, headers={**XML, "Accept": "application/fhir+xml"}
    )
    assert answer.headers["content-type"] == "application/fhir+xml"
    assert b'<expression value="Patient.gender"/>' in answer.content


async def test_the_place_has_line_and_column(client: httpx.AsyncClient) -> None:
    """
    Also of a resource inside Parameters: those of the body as it was sent.
    """
    resource = b'{"resourceType": "Patient",\n "gender": "x"}'
    answer = await client.post("/fhir/$validate", content=resource, headers=JSON)
    assert answer.json()["issue"][0]["location"] == ["Patient.gender", "Line[2] Col[12]"]
    whole = b'{"resourceType": "Parameters", "parameter": [{"name": "resource", "resource":\n%b}]}' % resource
    answer = await client.post("/fhir/$validate", content=whole, headers=JSON)
    assert answer.json()["issue"][0]["location"] == ["Patient.gender", "Line[3] Col[12]"]


async def test_a_profile_is_named_in_the_address_or_in_parameters(client: httpx.AsyncClient) -> None:
    """
    Either way the resource shall follow it.
    """
    patient = {"resourceType": "Patient", "active": True}
    plain = await judged(client, "/fhir/Patient/$validate", patient)
    by_query = await judged(client, f"/fhir/Patient/$validate?profile={PROFILE}", patient)
    given = {"name": "resource", "resource": patient}
    for kind in ("valueUri", "valueCanonical", "valueUrl"):
        whole = parameters(given, {"name": "profile", kind: PROFILE}, {"name": "mode", "valueCode": "create"})
        assert await judged(client, "/fhir/Patient/$validate", whole) == by_query
    assert (plain, len(by_query)) == ([], 1)


async def test_a_profile_that_does_not_exist_is_an_error(client: httpx.AsyncClient) -> None:
    """
    It cannot be followed.
    """
    path = "/fhir/$validate?profile=http://example.org/none"
    assert await judged(client, path, {"resourceType": "Patient", "active": True}) == ["profile-unknown"]


async def test_another_type_than_the_address_is_an_error(client: httpx.AsyncClient) -> None:
    """
    And the resource is judged all the same.
    """
    wrong = {"resourceType": "Patient", "gender": "x"}
    told = await judged(client, "/fhir/CarePlan/$validate", wrong)
    assert told == ["resource-type-wrong", "code-required"]


async def test_an_instance_is_judged_by_its_address(client: httpx.AsyncClient) -> None:
    """
    The resource has the id of the address; without a body the kept one is judged, 404 when there is none.
    """
    patient = {"resourceType": "Patient", "id": "p1"}
    assert await judged(client, "/fhir/Patient/p1/$validate", patient) == []
    assert await judged(client, "/fhir/Patient/p2/$validate", patient) == ["resource-id-wrong"]
    assert await judged(client, "/fhir/Patient/p1/$validate", {"resourceType": "Patient"}) == ["required"]
    assert (await client.post("/fhir/Patient/p1/$validate")).status_code == 404


async def test_parameters_without_the_names_of_the_operation_are_judged_themselves(
    client: httpx.AsyncClient,
) -> None:
    """
    Parameters is a resource as well.
    """
    told = await judged(client, "/fhir/Parameters/$validate", parameters({"valueString": "x"}))
    assert told
    assert await judged(client, "/fhir/$validate", {"resourceType": "Parameters"}) == []


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("/fhir/Patient/$validate?mode=delete", b"", []),
        ("/fhir/$validate", parameters({"name": "mode", "valueCode": "delete"}), []),
        ("/fhir/$validate", parameters({"name": "mode", "valueCode": "create"}), ["required"]),
        ("/fhir/$validate", parameters({"name": "resource"}), ["required"]),
        ("/fhir/$validate?mode=update", {"resourceType": "Patient", "active": True}, ["required"]),
        ("/fhir/$validate?mode=update", {"resourceType": "Patient", "id": "a", "active": True}, []),
    ],
)
async def test_the_mode_says_what_is_needed(
    client: httpx.AsyncClient, path: str, content: Any, told: list[str]
) -> None:
    """
    A deletion needs no resource, an update an id.
    """
    assert await judged(client, path, content) == told


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"\x00\xff", "json-encoding"),
        (b"[1]", "not-a-resource"),
        (b"null", "not-a-resource"),
        (b"{}", "resource-type-missing"),
        (b'{"resourceType": "SubscriptionTopic"}', "resource-type-version"),
        (b'{"resourceType": "ProcedureRequest"}', "resource-type-version"),
        (b"<Patient", "xml-malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>', "xml-doctype"),
        (b'{"a":' * 15_000, "too-deep"),
        (b'{"resourceType": "Patient", "\\ud800": 1}', "element-unknown"),
        (b'{"resourceType": "Parameters", "parameter": [1, {"name": []}, {"name": "resource"}]}', "required"),
    ],
)
async def test_bad_input_is_told_in_the_outcome(client: httpx.AsyncClient, raw: bytes, rule: str) -> None:
    """
    Not JSON, not FHIR, R5, STU3, endless nesting: the operation was done, and this is what it found.
    """
    assert rule in await judged(client, "/fhir/$validate", raw)


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("/fhir/Foo/$validate", b"{}", JSON, 404),
        ("/fhir/Resource2/$validate", b"{}", JSON, 404),
        ("/fhir/HumanName/$validate", b"{}", JSON, 404),
        ("/fhir/$validate?mode=x", b"{}", JSON, 400),
        ("/fhir/$validate", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/fhir/$validate", b"{}", {**JSON, "Content-Encoding": "gzip"}, 415),
        ("/fhir/$validate", b" " * 100_001, JSON, 413),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_an_outcome(
    client: httpx.AsyncClient, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    """
    Unknown type, unknown mode, other media, packed, too large.
    """
    answer = await client.post(path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_the_capability_statement_lists_the_operation(client: httpx.AsyncClient) -> None:
    """
    For the system and for each type.
    """
    rest = (await client.get("/fhir/metadata")).json()["rest"][0]
    named = [part["operation"][0] for part in (rest, *rest["resource"])]
    definition = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
    assert all(part == {"name": "validate", "definition": definition} for part in named)


async def test_the_loop_goes_on_while_a_resource_is_judged(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Others are answered meanwhile.
    """
    judge = operation.judged

    def slow(*given: Any) -> Any:
        time.sleep(0.5)
        return judge(*given)

    monkeypatch.setattr(operation, "judged", slow)
    under_way = asyncio.create_task(judged(client, "/fhir/$validate", {"resourceType": "Patient"}))
    await asyncio.sleep(0.05)
    assert (await client.get("/healthz")).status_code == 200
    assert not under_way.done()
    await under_way


async def test_an_answer_comes_in_bounded_time(
    client: httpx.AsyncClient, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What takes too long is told as such; when too much is under way, 503.
    """
    served.beside.seconds = 0.1
    monkeypatch.setattr(operation, "judged", lambda *_: time.sleep(1) or ())
    two = (judged(client, "/fhir/$validate", b"{}") for _ in range(2))
    assert await asyncio.gather(*two) == [["too-costly"], ["too-costly"]]
    answer = await client.post("/fhir/$validate", content=b"{}", headers=JSON)
    assert answer.status_code == 503
    await asyncio.sleep(1.2)
    monkeypatch.undo()
    served.beside.seconds = 30
    assert await judged(client, "/fhir/$validate", {"resourceType": "Patient", "active": True}) == []


async def test_a_resource_in_parameters_may_be_xml(client: httpx.AsyncClient) -> None:
    """
    With its line in the body.
    """
    raw = (
        b'<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="resource"/><resource>\n'
        b'<Patient><gender value="x"/></Patient></resource></parameter></Parameters>'
    )
    answer = await client.post("/fhir/Patient/$validate", content=raw, headers=XML)
    assert answer.json()["issue"][0]["location"] == ["Patient.gender", "Line[2] Col[10]"]
