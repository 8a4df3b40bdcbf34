"""update and conditional update: https://hl7.org/fhir/R4/http.html#update."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from adapter.fhir.profiles import CONSULTATION_TASK
from adapter.fhir.task_refusal import task_refusal
from adapter.fhir.written import Writer
from adapter.findings import Finding
from adapter.rest.app import application

if TYPE_CHECKING:
    from adapter.rest.served import Served

Json = dict[str, Any]
TASK: Json = {
    "resourceType": "Task",
    "id": "t1",
    "status": "requested",
    "intent": "order",
    "identifier": [{"system": "https://kommunen.example/arende", "value": "A-17"}],
}
HOME = Path(__file__).parents[2] / "fixtures" / "se.lifecare.message"
CONSULTATION = (HOME / "consultation-complete.json").read_bytes()
FIRST = {"If-Match": 'W/"1"'}


@pytest.fixture(autouse=True)
async def one_task(keep) -> None:
    """A task that a message made."""
    await keep(TASK)


async def test_an_update_makes_the_next_version(client: httpx.AsyncClient) -> None:
    """
    200 with the new ETag; the old version is still there.
    """
    answer = await client.put("/fhir/Task/t1", json={**TASK, "status": "received"}, headers=FIRST)
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert (answer.json()["status"], answer.json()["meta"]["versionId"]) == ("received", "2")
    assert "location" not in answer.headers
    assert (await client.get("/fhir/Task/t1/_history/1")).json()["status"] == "requested"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "required"),
        ({"If-Match": 'W/"2"'}, 412, "conflict"),
        ({"If-Match": 'W/"x"'}, 400, "invalid"),
        ({"If-Match": '"1", "oops'}, 400, "invalid"),
    ],
)
async def test_an_update_must_know_what_it_changes(
    client: httpx.AsyncClient, headers: dict[str, str], status: int, code: str
) -> None:
    """
    428 without If-Match, 412 with another version than the current one; nothing is kept.
    """
    answer = await client.put("/fhir/Task/t1", json={**TASK, "status": "received"}, headers=headers)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)
    assert (await client.get("/fhir/Task/t1")).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', "1", "*", 'W/"7", W/"1"'])
async def test_the_version_is_understood_in_all_its_forms(client: httpx.AsyncClient, tag: str) -> None:
    """
    Weak, strong, bare, any, one of several.
    """
    answer = await client.put("/fhir/Task/t1", json={**TASK, "priority": "urgent"}, headers={"If-Match": tag})
    assert answer.status_code == 200


async def test_of_many_updates_of_one_version_one_is_kept(client: httpx.AsyncClient) -> None:
    """
    The others are told that it changed.
    """
    sent = (
        client.put("/fhir/Task/t1", json={**TASK, "description": str(n)}, headers=FIRST) for n in range(6)
    )
    assert sorted(answer.status_code for answer in await asyncio.gather(*sent)) == [200] + [412] * 5


async def test_an_update_that_changes_nothing_makes_no_version(client: httpx.AsyncClient) -> None:
    """
    Whatever the meta that the server writes says; no Provenance either.
    """
    same = {**TASK, "meta": {"versionId": "9", "lastUpdated": "2020-01-01T00:00:00Z"}}
    answer = await client.put("/fhir/Task/t1", json=same, headers=FIRST)
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"1"')
    assert "entry" not in (await client.get("/fhir/Provenance")).json()


@pytest.mark.parametrize("id_", [None, "t2", 7])
async def test_the_id_of_the_resource_is_that_of_the_address(client: httpx.AsyncClient, id_: object) -> None:
    """
    400 when it is missing or another.
    """
    sent = {name: value for name, value in {**TASK, "id": id_}.items() if value is not None}
    answer = await client.put("/fhir/Task/t1", json=sent, headers=FIRST)
    assert answer.status_code == 400


async def test_what_is_not_there_is_not_made_by_a_put(client: httpx.AsyncClient) -> None:
    """
    Ids are the server's: 405 as the standard says.
    """
    answer = await client.put("/fhir/Task/t2", json={**TASK, "id": "t2"}, headers=FIRST)
    assert answer.status_code == 405
    assert "PUT" not in answer.headers["allow"]


async def test_an_update_is_judged_as_a_create_is(client: httpx.AsyncClient) -> None:
    """
    422; the current version stays.
    """
    answer = await client.put("/fhir/Task/t1", json={**TASK, "status": "done"}, headers=FIRST)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Task.status"]


async def test_labels_that_protect_are_not_lost_by_silence(client: httpx.AsyncClient, keep) -> None:
    """
    What the update does not say stays; what it says is added.
    """
    one = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPAT"}
    other = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    await keep({**TASK, "id": "t3", "meta": {"security": [one]}})
    said = {**TASK, "id": "t3", "status": "received", "meta": {"security": [other]}}
    answer = await client.put("/fhir/Task/t3", json=said, headers=FIRST)
    assert answer.json()["meta"]["security"] == [one, other]


@pytest.mark.parametrize(("code", "status"), [("not-your-step", 403), ("step-refused", 409)])
async def test_a_life_cycle_may_stand_in_the_way(served: Served, code: str, status: int) -> None:
    """
    403 when it is another's to do, 409 when it cannot be done from where it is.
    """
    seen: list[tuple[str, str, str]] = []

    def refuse(old: Json, new: Json, writer: Any) -> list[Finding]:
        seen.append((old["status"], new["status"], writer.client))
        return [Finding(code, "Task.status", "here", "Det går inte. Gör på annat sätt.")]

    transport = httpx.ASGITransport(application(replace(served, refuse=refuse)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.put("/fhir/Task/t1", json={**TASK, "status": "completed"}, headers=FIRST)
        same = await client.put("/fhir/Task/t1", json=TASK, headers=FIRST)
    assert (answer.status_code, same.status_code) == (status, 200)
    (issue,) = answer.json()["issue"]
    assert issue["details"]["coding"] == [{"code": code}]
    assert seen == [("requested", "completed", "demo")]


async def test_a_conditional_update_changes_the_one_that_meets_it(client: httpx.AsyncClient) -> None:
    """
    One match: its next version, without an id in the body; If-Match counts when it is there.
    """
    said = {name: value for name, value in TASK.items() if name != "id"} | {"status": "received"}
    path = "/fhir/Task?identifier=https://kommunen.example/arende|A-17"
    late = await client.put(path, json=said, headers={"If-Match": 'W/"5"'})
    answer = await client.put(path, json=said)
    assert (late.status_code, answer.status_code, answer.json()["id"]) == (412, 200, "t1")


async def test_a_conditional_update_makes_what_is_missing(client: httpx.AsyncClient) -> None:
    """
    No match creates, once for all who ask at the same time; with an id of one's own it is refused.
    """
    said = {name: value for name, value in TASK.items() if name != "id"}
    said["identifier"] = [{"system": "urn:x", "value": "new"}]
    path = "/fhir/Task?identifier=urn:x|new"
    refused = await client.put(path, json={**said, "id": "mine"})
    answers = await asyncio.gather(*(client.put(path, json=said) for _ in range(4)))
    assert refused.status_code == 405
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("query", "status"), [("", 412), ("status=requested", 412), ("identifier=|A-18", 201)]
)
async def test_a_conditional_update_needs_a_condition_that_chooses(
    client: httpx.AsyncClient, keep, query: str, status: int
) -> None:
    """
    412 when it chooses nothing in particular.
    """
    await keep({**TASK, "id": "t9"})
    said = {name: value for name, value in TASK.items() if name != "id"}
    assert (await client.put(f"/fhir/Task?{query}", json=said)).status_code == status


async def test_a_condition_and_an_id_must_agree(client: httpx.AsyncClient) -> None:
    """
    400 when the body's id is another than that of the match.
    """
    path = "/fhir/Task?identifier=https://kommunen.example/arende|A-17"
    assert (await client.put(path, json={**TASK, "id": "t2"})).status_code == 400


async def test_the_task_of_a_consultation_follows_its_life_cycle(served: Served) -> None:
    """
    403 for who has no part in it, 409 for a step that cannot be taken; DELETE follows it too.
    """
    unit = {"overens.caller": Writer(client="c", unit="SE2321000115-VC07")}
    app = application(replace(served, refuse=task_refusal))

    async def as_owner(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, **unit}, receive, send)

    async def answers(caller: Any) -> tuple[Json, list[int]]:
        transport = httpx.ASGITransport(caller)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            posted = await client.post("/messages/se.lifecare.message", content=CONSULTATION)
            assert posted.is_success
            (found,) = (await client.get(f"/fhir/Task?_profile={CONSULTATION_TASK}")).json()["entry"]
            task = found["resource"]
            path, tag = f"/fhir/Task/{task['id']}", {"If-Match": f'W/"{task["meta"]["versionId"]}"'}
            sent = [{**task, "status": status} for status in ("completed", "accepted")]
            told = [(await client.put(path, json=each, headers=tag)).status_code for each in sent]
            return task, [*told, (await client.delete(path)).status_code]

    assert (await answers(app))[1] == [403, 403, 403]
    assert (await answers(as_owner))[1] == [409, 200, 409]
