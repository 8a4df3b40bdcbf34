"""Who did what is logged: one AuditEvent a request, before the answer leaves, without a word of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import httpx
import orjson
import pytest

from adapter.log_lines import set_up_logging
from adapter.ports import StoreUnavailable
from adapter.rest.app import application
from adapter.rest.served import Served
from tests.conftest import ROOT

Json = dict[str, Any]
NOTE = (ROOT / "fixtures/se.cosmic.journal-notes/kalmar-agreement.json").read_bytes()
PERSON = "195009072553"


async def logged(client: httpx.AsyncClient) -> list[Json]:
    """Every AuditEvent so far, the oldest first; the asking itself comes later."""
    page = (await client.get("/fhir/AuditEvent?_count=500")).json()
    return [entry["resource"] for entry in reversed(page.get("entry", []))]


def told(event: Json) -> tuple[str, str]:
    """The interaction and the outcome of an event; a message is told by its type."""
    subtype = event.get("subtype", [event["type"]])
    return subtype[0]["code"], event["outcome"]


async def fed(client: httpx.AsyncClient) -> str:
    """A note is there; the id of its plan."""
    await client.post("/messages/se.cosmic.journal-notes", content=NOTE)
    return str((await client.get("/fhir/CarePlan")).json()["entry"][0]["resource"]["id"])


@pytest.mark.parametrize(
    ("method", "path", "body", "event"),
    [
        ("GET", "/fhir/CarePlan/{id}", None, ("read", "0")),
        ("GET", "/fhir/CarePlan/{id}/_history/1", None, ("vread", "0")),
        ("GET", "/fhir/CarePlan/{id}/_history", None, ("history-instance", "0")),
        ("GET", "/fhir/CarePlan?status=active", None, ("search-type", "0")),
        ("GET", "/fhir/metadata", None, ("capabilities", "0")),
        ("GET", "/fhir/CarePlan/none", None, ("read", "4")),
        ("GET", "/fhir/Nothing", None, ("search-type", "4")),
        ("GET", "/fhir/a/b/c/d/e/f", None, ("operation", "4")),
        ("PATCH", "/messages/x", None, ("operation", "4")),
        (
            "POST",
            "/fhir/Task",
            {"resourceType": "Task", "status": "draft", "intent": "order"},
            ("create", "0"),
        ),
        ("POST", "/fhir/Task", {"resourceType": "Task"}, ("create", "4")),
        ("POST", "/messages/se.cosmic.journal-notes", b"{", ("110107", "8")),
        ("POST", "/messages/se.cosmic.journal-notes", NOTE, ("operation", "0")),
        ("POST", "/messages/none", b"{}", ("operation", "4")),
    ],
)
async def test_each_request_has_one_event(
    client: httpx.AsyncClient, method: str, path: str, body: Any, event: tuple[str, str]
) -> None:
    """Read, search, write, message, refused or unknown: one more event, and it says which."""
    path = path.format(id=await fed(client))
    before = len(await logged(client)) + 1
    content = body if isinstance(body, bytes | None) else orjson.dumps(body)
    await client.request(method, path, content=content, headers={"Content-Type": "application/json"})
    after = await logged(client)
    assert len(after) == before + 1
    assert told(after[-1]) == event


async def test_each_entry_of_a_bundle_has_its_event(client: httpx.AsyncClient) -> None:
    """A batch is what its entries are; a Bundle that is refused whole is one request."""
    id_ = await fed(client)
    before = len(await logged(client)) + 1
    entries = [
        {"request": {"method": "GET", "url": f"CarePlan/{id_}"}},
        {"request": {"method": "GET", "url": "Task?status=draft"}},
        {"request": {"method": "GET", "url": "CarePlan/none"}},
    ]
    await client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": entries})
    await client.post("/fhir", json={"resourceType": "Bundle", "type": "document"})
    after = await logged(client)
    assert [told(event) for event in after[before:]] == [
        ("read", "0"),
        ("search-type", "0"),
        ("read", "4"),
        ("operation", "4"),
    ]


async def test_an_event_names_the_patients_and_no_words(client: httpx.AsyncClient) -> None:
    """Whose plan was read stands there; what was asked for and what it said does not."""
    await fed(client)
    await client.get(f"/fhir/CarePlan?patient.identifier={PERSON}&_include=CarePlan:subject")
    event = (await logged(client))[-1]
    patients = [entity for entity in event["entity"] if entity.get("role", {}).get("code") == "1"]
    found = await client.get("/fhir/Patient")
    patient = found.json()["entry"][0]["resource"]["id"]
    assert [entity["what"]["reference"] for entity in patients] == [f"Patient/{patient}"]
    assert PERSON not in orjson.dumps(event).decode()
    names = next(entity["detail"] for entity in event["entity"] if "detail" in entity)
    assert [name["type"] for name in names] == ["patient.identifier", "_include"]
    by_patient = await client.get(f"/fhir/AuditEvent?patient={patient}")
    assert event["id"] in by_patient.text


@pytest.mark.parametrize("path", [f"/fhir/{PERSON}", f"/fhir/Patient/{PERSON}", f"/messages/{PERSON}"])
async def test_an_address_that_holds_a_number_is_not_repeated(client: httpx.AsyncClient, path: str) -> None:
    """Whoever puts an identity number where an id belongs does not get it into the log."""
    await client.get(path)
    assert PERSON not in orjson.dumps(await logged(client)).decode()


async def test_what_cannot_be_logged_is_not_answered(
    served: Served, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No byte of a plan leaves when its AuditEvent cannot be kept."""
    id_ = await fed(client)

    async def away(_: Any) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(served.store, "log", away)
    answer = await client.get(f"/fhir/CarePlan/{id_}")
    assert answer.status_code == 503
    assert id_ not in answer.text


async def test_an_answer_without_its_event_is_told_of_and_counted(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    served: Served,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """
    Each in a log line with its number so far; no word of who was asked for.
    """

    async def is_away(*_: object) -> None:
        raise StoreUnavailable("away")

    async def breaks(*_: object) -> None:
        raise RuntimeError(PERSON)

    set_up_logging("info")
    monkeypatch.setattr(type(served.store), "log", is_away)
    away = await client.get(f"/fhir/Patient?identifier={PERSON}")
    monkeypatch.setattr(type(served.store), "search", breaks)
    broken = await client.get(f"/fhir/Patient?identifier={PERSON}")
    await client.get("/healthz")
    assert (away.status_code, broken.status_code) == (503, 500)
    logs = capfd.readouterr().err
    lines = [orjson.loads(line) for line in logs.splitlines()]
    missed = [line for line in lines if line["event"] == "not-logged"]
    assert [(line["code"], line["status"], line["count"]) for line in missed] == [
        ("access-not-logged", 503, 1),
        ("access-not-logged", 500, 2),
    ]
    assert PERSON not in logs


async def test_the_events_are_linked(served: Served, client: httpx.AsyncClient) -> None:
    """After all kinds of requests the chain is whole."""
    id_ = await fed(client)
    for path in (f"/fhir/CarePlan/{id_}", "/fhir/Task", "/fhir/none/none"):
        await client.get(path)
    assert len(await logged(client)) > 4
    assert list(await served.store.unlinked()) == []


async def test_who_watches_the_server_leaves_no_trail(served: Served) -> None:
    """Neither health nor the start page is about anybody."""
    transport = httpx.ASGITransport(application(served))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for path in ("/", "/healthz", "/readyz"):
            await client.get(path)
        assert await logged(client) == []


async def test_the_id_of_an_event_begins_with_its_time(client: httpx.AsyncClient) -> None:
    """A UUID of version 7 (RFC 9562), so that events of one time lie together in the store's index."""
    await client.get("/fhir/CarePlan")
    event = (await logged(client))[-1]
    id_ = uuid.UUID(event["id"])
    recorded = datetime.fromisoformat(event["recorded"])
    assert (id_.version, id_.variant) == (7, uuid.RFC_4122)
    assert id_.int >> 80 == round(recorded.timestamp() * 1000)
