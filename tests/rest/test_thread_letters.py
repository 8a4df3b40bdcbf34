"""Primary care answers in FHIR; the nurse's system is told in its own format, in the same transaction."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from adapter.domain.routes import Format, Route, Routes
from adapter.fhir import merge, systems
from adapter.letters import OURSELVES, LetterQuery
from adapter.policy import Policy
from adapter.ports import Store
from adapter.rest.app import application
from adapter.rest.served import Served
from adapter.store import open_store
from adapter.writing import Writers
from tests.conftest import ROOT
from tests.rest.conftest import SOURCES

Json = dict[str, Any]
QUESTION = (ROOT / "fixtures/se.lifecare.message/consultation-complete.json").read_bytes()
NURSE = Route(receiver="varberg", format=Format.LIFECARE)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty store with the real merge."""
    opened = await open_store("memory://", merge)
    yield opened
    await opened.close()


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A server with the nurse's system among its receivers; primary care reads for itself."""
    routes = Routes(
        by_unit={"SE2120001249-HSV01": NURSE, "SE2321000115-VC07": Route(receiver="vardcentralen")}
    )
    policy = Policy(routes=routes, writers=Writers(lifecare=SOURCES["se.lifecare.message"].plan))
    app = application(replace(served, policy=policy))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as made:
        assert (await made.post("/messages/se.lifecare.message", content=QUESTION)).status_code == 201
        yield made


async def task(client: httpx.AsyncClient) -> Json:
    """The consultation's Task as it is now."""
    found = await client.get("/fhir/Task?code=fulfill")
    resource: Json = found.json()["entry"][0]["resource"]
    return resource


async def step(client: httpx.AsyncClient, status: str, **more: Any) -> httpx.Response:
    """Take the Task one step by hand."""
    now = await task(client)
    version = now["meta"]["versionId"]
    return await client.put(
        f"/fhir/Task/{now['id']}",
        json={**now, "status": status, **more},
        headers={"If-Match": f'W/"{version}"'},
    )


async def told(store: Store) -> list[Json]:
    """The letters to the nurse's system, the oldest first."""
    rows = await store.outbox.letters(LetterQuery(limit=50))
    found = sorted((row for row in rows if row.letter.receiver != OURSELVES), key=lambda row: row.made_at)
    return [json.loads(row.letter.body) for row in found]


async def test_a_step_by_hand_is_told_to_who_asked(client: httpx.AsyncClient, store: Store) -> None:
    """Accepted, with the reason that stands there, as a message in the thread."""
    assert (await step(client, "accepted", statusReason={"text": "Vi ringer i dag."})).status_code == 200
    (letter,) = await told(store)
    assert (letter["MessageType"], letter["InReplyTo"]) == (
        "Administrativt",
        json.loads(QUESTION)["MessageId"],
    )
    assert "bedömd" in letter["Text"]
    assert "Vi ringer i dag." in letter["Text"]


async def test_a_task_completed_with_words_is_an_answer(client: httpx.AsyncClient, store: Store) -> None:
    """What stands in its output is the answer, word for word, from the unit that was asked."""
    await step(client, "accepted")
    await step(client, "in-progress")
    words = "Öka furosemid till 80 mg i tre dagar."
    output = [{"type": {"text": "svar"}, "valueString": words}]
    assert (await step(client, "completed", output=output)).status_code == 200
    answer = (await told(store))[-1]
    assert (answer["MessageType"], answer["Answer"]) == ("Svar", words)
    assert answer["Sender"]["UnitHsaId"] == "SE2321000115-VC07"


async def test_a_protected_persons_number_goes_in_no_letter(client: httpx.AsyncClient, store: Store) -> None:
    """What is written by hand about somebody with protected identity is told without numbers."""
    patient = (await client.get("/fhir/Patient")).json()["entry"][0]["resource"]
    label = {"system": systems.SE_SECURITY, "code": systems.PROTECTED}
    kept = {**patient, "meta": {**patient["meta"], "security": [label]}}
    tag = {"If-Match": f'W/"{patient["meta"]["versionId"]}"'}
    put = await client.put(f"/fhir/Patient/{patient['id']}", json=kept, headers=tag)
    assert put.status_code == 200
    answer = await step(client, "accepted", statusReason={"text": "Ring patienten på 070-1740605."})
    assert answer.status_code == 200
    (letter,) = await told(store)
    assert "Ring patienten på (nummer visas inte)." in letter["Text"]
    assert "1740605" not in json.dumps(letter)


async def test_a_time_booked_by_hand_is_told(client: httpx.AsyncClient, store: Store) -> None:
    """An Appointment that answers the request is a booked time; moved, it is a new one; called off, none."""
    request = (await client.get("/fhir/ServiceRequest?intent=order")).json()["entry"][0]["resource"]
    booked: Json = {
        "resourceType": "Appointment",
        "status": "booked",
        "basedOn": [{"reference": f"ServiceRequest/{request['id']}"}],
        "start": "2026-11-03T10:00:00+01:00",
        "end": "2026-11-03T10:30:00+01:00",
        "participant": [{"actor": request["subject"], "status": "accepted"}],
    }
    made = await client.post("/fhir/Appointment", json=booked)
    assert made.status_code == 201
    id_ = made.headers["Location"].split("/Appointment/")[1].split("/")[0]
    moved = {**booked, "id": id_, "start": "2026-11-03T11:00:00+01:00", "end": "2026-11-03T11:30:00+01:00"}
    assert (
        await client.put(f"/fhir/Appointment/{id_}", json=moved, headers={"If-Match": 'W/"1"'})
    ).status_code == 200
    off = {**moved, "status": "cancelled"}
    await client.put(f"/fhir/Appointment/{id_}", json=off, headers={"If-Match": 'W/"2"'})
    times = [letter["Booking"] for letter in await told(store)]
    assert [(time["Status"], time["StartTime"]) for time in times] == [
        ("Bokad", "2026-11-03T10:00:00+01:00"),
        ("Ombokad", "2026-11-03T11:00:00+01:00"),
        ("Avbokad", "2026-11-03T11:00:00+01:00"),
    ]


async def test_what_says_nothing_new_is_not_told(client: httpx.AsyncClient, store: Store) -> None:
    """A write that changes nothing of the dialogue brings no letter."""
    await step(client, "requested", priority="urgent")
    assert await told(store) == []


async def test_another_task_is_nobodys_business(client: httpx.AsyncClient, store: Store) -> None:
    """A Task of no consultation is written without a letter."""
    made = await client.post(
        "/fhir/Task", json={"resourceType": "Task", "status": "draft", "intent": "order"}
    )
    assert made.status_code == 201
    assert await told(store) == []
