"""batch and transaction: https://hl7.org/fhir/R4/http.html#transaction."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
PATIENT = "urn:uuid:0fc374a1-a226-4552-9683-55dd510e67c9"
TOLVAN = {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "191212121212"}
TASK: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}


def entry(method: str, url: str, resource: Json | None = None, **said: Any) -> Json:
    """One entry; ``said`` are elements of its request, ``fullUrl`` its own."""
    made: Json = {"request": {"method": method, "url": url, **said}}
    if "fullUrl" in said:
        made["fullUrl"] = made["request"].pop("fullUrl")
    return made | ({"resource": resource} if resource else {})


def bundle(kind: str, *entries: Json) -> Json:
    """A Bundle."""
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def statuses(answer: httpx.Response) -> list[str]:
    """The status of each entry."""
    assert answer.status_code == 200, answer.text
    return [each["response"]["status"][:3] for each in answer.json()["entry"]]


async def test_a_transaction_keeps_all_and_leads_references(client: httpx.AsyncClient) -> None:
    """
    Entries that name each other become resources that do; the answers come in the order of the entries.
    """
    sent = bundle(
        "transaction",
        entry("GET", "Task?patient.identifier=191212121212"),
        entry("POST", "Task", {**TASK, "for": {"reference": PATIENT}}, fullUrl="urn:uuid:" + "1" * 32),
        entry("POST", "Patient", {"resourceType": "Patient", "identifier": [TOLVAN]}, fullUrl=PATIENT),
    )
    answer = await client.post("/fhir", json=sent)
    assert statuses(answer) == ["200", "201", "201"]
    assert answer.json()["type"] == "transaction-response"
    found, task, patient = answer.json()["entry"]
    name = patient["fullUrl"].rpartition("/fhir/")[2]
    (match,) = found["resource"]["entry"]
    assert match["resource"]["for"] == {"reference": name}
    assert task["response"]["location"].endswith("/_history/1")
    assert task["response"]["etag"] == 'W/"1"'
    audits = (await client.get("/fhir/AuditEvent")).json()["entry"]
    assert [each["resource"]["subtype"][0]["code"] for each in audits] == ["search-type", "create", "create"]


async def test_a_transaction_keeps_all_or_nothing(client: httpx.AsyncClient, keep) -> None:
    """
    One that cannot be met stops the others; which one is told.
    """
    await keep({**TASK, "id": "t1"})
    sent = bundle(
        "transaction",
        entry("POST", "Task", {**TASK, "description": "ny"}),
        entry("PUT", "Task/t1", {**TASK, "id": "t1", "status": "received"}, ifMatch='W/"7"'),
    )
    answer = await client.post("/fhir", json=sent)
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert len((await client.get("/fhir/Task")).json()["entry"]) == 1


async def test_what_is_wrong_is_told_in_its_entry(client: httpx.AsyncClient) -> None:
    """
    422 with the place inside the Bundle.
    """
    sent = bundle("transaction", entry("POST", "Task", TASK), entry("POST", "Task", {**TASK, "status": "x"}))
    answer = await client.post("/fhir", json=sent)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.status"]


async def test_a_transaction_takes_every_kind_of_write(client: httpx.AsyncClient, keep) -> None:
    """
    Delete, create, update, patch, each also by a condition.
    """
    for n in range(4):
        await keep({**TASK, "id": f"t{n}", "identifier": [{"system": "urn:x", "value": str(n)}]})
    patch = base64.b64encode(b'[{"op":"replace","path":"/status","value":"received"}]').decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": patch}
    sent = bundle(
        "transaction",
        entry("PATCH", "Task/t0", binary),
        entry("PUT", "Task?identifier=urn:x|1", {**TASK, "status": "received"}),
        entry("DELETE", "Task/t2"),
        entry("POST", "Task", TASK, ifNoneExist="identifier=urn:x|3"),
        entry("POST", "Task", TASK, ifNoneExist="identifier=urn:x|4"),
    )
    assert statuses(await client.post("/fhir/", json=sent)) == ["200", "200", "200", "200", "201"]
    now = [(await client.get(f"/fhir/Task/t{n}")).json()["status"] for n in range(4)]
    assert now == ["received", "received", "entered-in-error", "requested"]


async def test_a_reference_by_a_search_is_led_to_what_it_finds(client: httpx.AsyncClient, keep) -> None:
    """
    One match: a reference to it; none or many: nothing is kept.
    """
    await keep({"resourceType": "Patient", "id": "p1", "identifier": [TOLVAN]})
    for value, status in (("191212121212", 200), ("196101182803", 412)):
        task = {**TASK, "for": {"reference": f"Patient?identifier={value}"}}
        answer = await client.post("/fhir", json=bundle("transaction", entry("POST", "Task", task)))
        assert answer.status_code == status
    (found,) = (await client.get("/fhir/Task")).json()["entry"]
    assert found["resource"]["for"] == {"reference": "Patient/p1"}


async def test_of_many_transactions_on_one_version_one_is_kept(client: httpx.AsyncClient, keep) -> None:
    """
    Whole: the create in those that come late is not kept either.
    """
    await keep({**TASK, "id": "t1"})

    def sent(n: int) -> Json:
        changed = {**TASK, "id": "t1", "description": str(n)}
        return bundle(
            "transaction", entry("PUT", "Task/t1", changed, ifMatch='W/"1"'), entry("POST", "Task", TASK)
        )

    answers = await asyncio.gather(*(client.post("/fhir", json=sent(n)) for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert len((await client.get("/fhir/Task")).json()["entry"]) == 2


async def test_a_batch_answers_each_by_itself(client: httpx.AsyncClient, keep) -> None:
    """
    What fails is told in its place; the others are carried out.
    """
    await keep({**TASK, "id": "t1"})
    patch = base64.b64encode(b'[{"op":"add","path":"/priority","value":"urgent"}]').decode()
    sent = bundle(
        "batch",
        entry("GET", "Task/t1"),
        entry("GET", "Task/t1", ifNoneMatch='W/"1"'),
        entry("GET", "Task/none"),
        entry("POST", "Task", {**TASK, "status": "x"}),
        entry("POST", "Task", TASK),
        entry("PATCH", "Task/t1", {"resourceType": "Binary", "data": patch}),
        entry("PATCH", "Task/t1", {"resourceType": "Binary", "data": "%"}),
        entry("PUT", "Task/t1", {**TASK, "id": "t1"}, ifMatch='W/"1"'),
        entry("DELETE", "Task/t1"),
        entry("GET", "Nonsense"),
        entry("GET", "metadata"),
        entry("POST", "Task/$validate", TASK),
        entry("GET", "a/b/c/d/e"),
    )
    answer = await client.post("/fhir", json=sent)
    wanted = ["200", "304", "404", "422", "201", "200", "400", "412", "200", "404", "200", "200", "404"]
    assert statuses(answer) == wanted
    entries = answer.json()["entry"]
    assert entries[0]["resource"]["id"] == "t1"
    assert entries[3]["response"]["outcome"]["issue"][0]["expression"] == ["Task.status"]
    assert len((await client.get("/fhir/Task")).json()["entry"]) == 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (bundle("collection"), 400),
        ({"resourceType": "Bundle"}, 400),
        ({"resourceType": "Task"}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": {}}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [1]}, 400),
        (bundle("batch", {}), 400),
        (bundle("batch", entry("SPIN", "Task")), 400),
        (bundle("batch", entry("GET", "https://elsewhere.example/Task")), 400),
        (bundle("batch", entry("GET", "../healthz")), 400),
        (bundle("batch", entry("POST", "")), 400),
        (bundle("batch", *[entry("GET", "Task")] * 501), 400),
        (bundle("transaction", entry("POST", "Task/t1", TASK)), 400),
        (bundle("transaction", entry("POST", "Task/$validate", TASK)), 400),
        (bundle("transaction", entry("PUT", "Task", TASK)), 400),
        (bundle("transaction", entry("PUT", "Task/t1", TASK)), 400),
        (bundle("transaction", entry("POST", "CarePlan", TASK)), 400),
        (bundle("transaction", entry("POST", "Task")), 400),
        (bundle("transaction", entry("PATCH", "Task/t1")), 400),
        (bundle("transaction", entry("DELETE", "Task/t1")), 404),
        (bundle("transaction", entry("POST", "Task", {**TASK, "meta": 7})), 422),
        (bundle("transaction", entry("POST", "Task", {**TASK, "meta": {"security": {}}})), 422),
        (bundle("transaction", *[entry("PUT", "Task?_id=t1", {**TASK, "id": "t1"})] * 2), 400),
        (bundle("transaction"), 200),
        ({"resourceType": "Bundle", "type": "batch"}, 200),
    ],
)
async def test_what_cannot_be_taken_is_an_outcome(
    client: httpx.AsyncClient, keep, sent: Json, status: int
) -> None:
    """
    Never 5xx; the entry that stands in the way is named.
    """
    if status == 400:
        await keep({**TASK, "id": "t1", "status": "draft"})
    answer = await client.post("/fhir", content=json.dumps(sent))
    assert answer.status_code == status, answer.text


async def test_the_answer_may_hold_what_was_kept(client: httpx.AsyncClient) -> None:
    """
    Prefer: return=representation.
    """
    headers = {"Prefer": "return=representation"}
    sent = bundle("transaction", entry("POST", "Task", TASK))
    (told,) = (await client.post("/fhir", json=sent, headers=headers)).json()["entry"]
    assert told["resource"]["status"] == "requested"


@pytest.mark.parametrize("levels", [120, 300, 450])
async def test_nesting_without_end_is_refused_in_an_entry_too(client: httpx.AsyncClient, levels: int) -> None:
    """
    422 of the entry, before anything goes through it, however deep it is; never a fault of the server.
    """
    deep = b'{"url":"http://a.example","extension":[' * levels + b"{}" + b"]}" * levels
    task = b'{"resourceType":"Task","status":"requested","intent":"order","extension":[%b]}' % deep
    entry = b'{"resource":%b,"request":{"method":"POST","url":"Task"}}' % task
    headers = {"Content-Type": "application/fhir+json"}
    bundle = b'{"resourceType":"Bundle","type":"%b","entry":[%b]}'
    answer = await client.post("/fhir", content=bundle % (b"transaction", entry), headers=headers)
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["code"], issue["expression"]) == (
        422,
        "too-costly",
        ["Bundle.entry[0]"],
    )
    answer = await client.post("/fhir", content=bundle % (b"batch", entry), headers=headers)
    (response,) = [each["response"] for each in answer.json()["entry"]]
    assert (answer.status_code, response["status"][:3]) == (200, "422")
