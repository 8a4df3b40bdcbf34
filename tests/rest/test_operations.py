"""$everything, $diff and $convert: https://hl7.org/fhir/R4/operations.html."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapter.sources import recognise
from adapter.validation.xml_reader import read_xml

if TYPE_CHECKING:
    import httpx

    from adapter.rest.served import Served

Json = dict[str, Any]
HOME = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes"
NOTE = (HOME / "kalmar-agreement.json").read_bytes()
LATER = (HOME / "kalmar-agreement-version-2.json").read_bytes()
COSMIC = "se.cosmic.journal-notes"


@pytest.fixture
def served(served: Served) -> Served:
    """With sources that are known by their looks."""
    return replace(served, recognise=recognise)


async def patient(client: httpx.AsyncClient) -> str:
    """The patient of the agreement, after it came."""
    assert (await client.post(f"/messages/{COSMIC}", content=NOTE)).is_success
    found = await client.get("/fhir/Patient")
    return str(found.json()["entry"][0]["resource"]["id"])


def names(bundle: Json) -> list[str]:
    """``Type/id`` of its entries."""
    return [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle.get("entry", ())]


async def everything(client: httpx.AsyncClient, path: str) -> list[str]:
    """All pages."""
    found: list[str] = []
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        found += names(answer.json())
        path = next((link["url"] for link in answer.json()["link"] if link["relation"] == "next"), "")
    return found


async def test_everything_is_the_patient_and_all_that_is_about_him(client: httpx.AsyncClient, keep) -> None:
    """
    With the units and people that it refers to, and nothing of another patient.
    """
    id_ = await patient(client)
    await keep({"resourceType": "Patient", "id": "other"})
    await keep({"resourceType": "Task", "id": "t9", "status": "draft", "for": {"reference": "Patient/other"}})
    found = await everything(client, f"/fhir/Patient/{id_}/$everything")
    assert found[0] == f"Patient/{id_}"
    types = {name.partition("/")[0] for name in found}
    wanted = {"CarePlan", "CareTeam", "Task", "ServiceRequest", "Organization", "Practitioner", "Provenance"}
    assert wanted <= types
    assert len(set(found)) == len(found)
    assert not {"Task/t9", "Patient/other"} & set(found)


@pytest.mark.parametrize("count", [1, 3, 7])
async def test_everything_comes_in_pages(client: httpx.AsyncClient, count: int) -> None:
    """
    What is about the patient stands on one page; what it refers to may come along with each.
    """
    id_ = await patient(client)
    whole = await everything(client, f"/fhir/Patient/{id_}/$everything")
    paged = await everything(client, f"/fhir/Patient/{id_}/$everything?_count={count}")
    assert set(paged) == set(whole) | {name for name in paged if name.startswith("AuditEvent")}
    about = [name for name in paged if name.partition("/")[0] in {"CarePlan", "Task", "CareTeam"}]
    assert len(about) == len(set(about))


async def test_everything_of_some_types_since_a_time(client: httpx.AsyncClient) -> None:
    """
    _type and _since; the patient is always there.
    """
    id_ = await patient(client)
    path = f"/fhir/Patient/{id_}/$everything"
    types = {name.partition("/")[0] for name in await everything(client, f"{path}?_type=Task,CareTeam")}
    assert {"Task", "CareTeam", "Patient"} <= types
    assert not {"CarePlan", "ServiceRequest"} & types
    later = await everything(client, f"{path}?_since=2999-01-01T00:00:00Z")
    assert later == [f"Patient/{id_}"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("none/$everything", 404),
        ("{id}/$everything?_type=Medication", 400),
        ("{id}/$everything?_since=x", 400),
        ("{id}/$everything?_count=0", 400),
        ("{id}/$everything?_page=Nonsense.x", 400),
        ("{id}/$everything?_page=Task.x", 400),
        ("{id}/$everything?start=2026-01-01", 400),
    ],
)
async def test_everything_that_cannot_be_followed_is_refused(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    """
    With an outcome.
    """
    id_ = await patient(client)
    assert (await client.get(f"/fhir/Patient/{path.format(id=id_)}")).status_code == status


async def changed_plan(client: httpx.AsyncClient) -> str:
    """The agreement after its second version came."""
    for note in (NOTE, LATER):
        assert (await client.post(f"/messages/{COSMIC}", content=note)).is_success
    return str((await client.get("/fhir/CarePlan")).json()["entry"][0]["resource"]["id"])


async def test_a_difference_is_told_in_plain_swedish(client: httpx.AsyncClient) -> None:
    """
    Each change with its kind, its heading and a sentence; all sentences together as text.
    """
    plan = await changed_plan(client)
    answer = await client.get(f"/fhir/CarePlan/{plan}/$diff")
    said = {part["name"]: part.get("valueString") for part in answer.json()["parameter"]}
    changes = [part["part"] for part in answer.json()["parameter"] if part["name"] == "change"]
    assert (said["from"], said["to"]) == ("1", "2")
    assert changes
    assert said["text"] is not None
    assert said["text"].split("\n") == [change[-1]["valueString"] for change in changes]
    kinds = {change[0]["valueCode"] for change in changes}
    assert kinds <= {"added", "removed", "changed"}
    assert (await client.get(f"/fhir/CarePlan/{plan}/$diff?from=1")).json() == answer.json()


async def test_the_first_version_and_the_same_version_differ_in_nothing(client: httpx.AsyncClient) -> None:
    """
    It is said in words.
    """
    plan = await changed_plan(client)
    answer = await client.get(f"/fhir/CarePlan/{plan}/$diff?from=2&_format=xml")
    parameters = read_xml(answer.content).resource["parameter"]
    assert [part["valueString"] for part in parameters] == ["2", "2", "Inget är ändrat."]


@pytest.mark.parametrize(("asked", "status"), [("?from=x", 400), ("?from=9", 404), ("", 404)])
async def test_a_difference_from_what_is_not_there_is_refused(
    client: httpx.AsyncClient, asked: str, status: int
) -> None:
    """
    No such version, no such plan.
    """
    plan = await changed_plan(client) if asked else "none"
    assert (await client.get(f"/fhir/CarePlan/{plan}/$diff{asked}")).status_code == status


async def test_a_message_is_converted_and_not_kept(client: httpx.AsyncClient) -> None:
    """
    The resources, the findings, the loss and the source map; judged as FHIR; nothing is there afterwards.
    """
    answer = await client.post(f"/fhir/$convert?source={COSMIC}", content=NOTE)
    assert answer.status_code == 200
    parts: Json = {}
    for part in answer.json()["parameter"]:
        parts.setdefault(part["name"], part)
    assert parts["return"]["resource"]["type"] == "collection"
    assert parts["outcome"]["resource"]["resourceType"] == "OperationOutcome"
    numbers = {
        p["name"]: p["valueInteger"] for p in parts["loss"]["resource"]["parameter"] if "valueInteger" in p
    }
    assert numbers["alla"] == numbers["mappat"] + numbers["uppskjutet"] + numbers["forlorat"] > 0
    assert parts["sourceMap"]["part"][0]["name"] == "element"
    judged = await client.post("/fhir/$validate", json=parts["loss"]["resource"])
    assert "error" not in {issue["severity"] for issue in judged.json()["issue"]}
    assert "entry" not in (await client.get("/fhir/CarePlan")).json()


async def test_a_message_is_known_by_its_looks_and_may_lie_in_parameters(client: httpx.AsyncClient) -> None:
    """
    The same answer, whichever way it was asked.
    """
    plain = await client.post("/fhir/$convert", content=NOTE)
    message = {"name": "message", "valueBase64Binary": base64.b64encode(NOTE).decode()}
    sent = {"resourceType": "Parameters", "parameter": [message, {"name": "source", "valueString": COSMIC}]}
    assert plain.status_code == 200
    assert (await client.post("/fhir/$convert", json=sent)).json() == plain.json()


@pytest.mark.parametrize(
    ("query", "content", "status"),
    [
        ("", b"", 400),
        ("", b"{}", 422),
        ("?source=se.nobody", NOTE, 404),
        ("", b'{"resourceType":"Parameters","parameter":[{"name":"message"}]}', 400),
        ("", b'{"resourceType":"Parameters","parameter":7}', 400),
        (f"?source={COSMIC}", b"{", 200),
        (f"?source={COSMIC}", b'{"resourceType":"Parameters"', 200),
    ],
)
async def test_what_cannot_be_converted_is_told(
    client: httpx.AsyncClient, query: str, content: bytes, status: int
) -> None:
    """
    Never 5xx; what is no message has an outcome and no resources.
    """
    answer = await client.post(f"/fhir/$convert{query}", content=content)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert "return" not in {part["name"] for part in answer.json()["parameter"]}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("Patient/p9/$everything", {"_type": "CarePlan", "_count": 5}),
        ("Patient/none/$everything", {}),
        ("Subscription/$status", {"status": "active"}),
        ("Subscription/none/$status", {}),
        ("Subscription/none/$events", {"eventsSinceNumber": "1"}),
        ("CarePlan/none/$diff", {"from": "1"}),
    ],
)
async def test_what_changes_nothing_is_asked_for_by_post_too(
    client: httpx.AsyncClient, keep: Any, path: str, asked: dict[str, Any]
) -> None:
    """
    operations.html#executing: the parameters in the body say what the address says by GET.
    """
    await keep(
        {"resourceType": "Patient", "id": "p9"},
        {"resourceType": "CarePlan", "id": "c9", "subject": {"reference": "Patient/p9"}},
    )
    values = {str: "valueString", int: "valueInteger"}
    parts = [{"name": name, values[type(value)]: value} for name, value in asked.items()]
    body = {"resourceType": "Parameters", **({"parameter": parts} if parts else {})}
    by_get = await client.get(f"/fhir/{path}", params=asked)
    by_post = await client.post(f"/fhir/{path}", json=body)
    assert (by_post.status_code, by_post.content) == (by_get.status_code, by_get.content)
    if not asked:
        assert (await client.post(f"/fhir/{path}")).content == by_get.content
    for wrong in ([{"name": "a"}], [{"name": 1, "valueCode": "a"}], ["a"], "a", {}, [None]):
        sent = {"resourceType": "Parameters", "parameter": wrong}
        assert (await client.post(f"/fhir/{path}", json=sent)).status_code == 400
    for other in ({"resourceType": "Patient"}, {}, {"resourceType": 1}):
        assert (await client.post(f"/fhir/{path}", json=other)).status_code == 400
    plain = await client.post(f"/fhir/{path}", content=b"a=b", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
