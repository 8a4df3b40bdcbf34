"""Subscriptions from REST to a receiver over a socket: handshake, numbered events, gaps, addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from adapter.bootstrap import running
from adapter.cli.queue import letter_json
from adapter.fhir import merge
from adapter.letters import LetterQuery, LetterState
from adapter.settings import Settings
from adapter.store import open_store
from tests.send.peers import Web, http, listening

Json = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
AGREEMENTS = [
    (FIXTURES / "se.cosmic.journal-notes" / f"{name}-agreement.json").read_bytes()
    for name in ("kalmar", "vasterbotten")
]
REQUEST = (FIXTURES / "se.lifecare.message/consultation-complete.json").read_bytes()
GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
TOPIC = "https://overens.example/fhir/SubscriptionTopic"
FILE = """
receivers:
  portalen: {format: fhir-subscription, url: "http://127.0.0.1:PORT/avisering"}
"""


def asked(endpoint: str, topic: str = "agreement-changed", content: str = "id-only", **more: Any) -> Json:
    """
    A Subscription as a client sends it.
    """
    payload = {"extension": [{"url": f"{GUIDE}/backport-payload-content", "valueCode": content}]}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Portalen visar det senaste",
        "criteria": f"{TOPIC}/{topic}",
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": "application/fhir+json",
            "_payload": payload,
        },
        **more,
    }


def filtered(text: str) -> Json:
    """
    The extension of the criteria that narrows them.
    """
    return {"_criteria": {"extension": [{"url": f"{GUIDE}/backport-filter-criteria", "valueString": text}]}}


def _plain(parameters: Sequence[Json]) -> Json:
    """
    Parameters as names with values; of those that repeat the last.
    """
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in parameters}


def told(web: Web) -> list[Json]:
    """
    What the receiver was told, each as its kind, number and addresses.
    """
    found = []
    for request in web.requests:
        bundle = orjson.loads(request.partition(b"\r\n\r\n")[2])
        plain = _plain(bundle["entry"][0]["resource"]["parameter"])
        event = _plain(plain.get("notification-event", ()))
        found.append(
            {
                "kind": plain["type"],
                "count": plain["events-since-subscription-start"],
                "number": event.get("event-number"),
                "urls": [entry["fullUrl"] for entry in bundle["entry"][1:]],
                "body": request,
            }
        )
    return found


async def until(met: Callable[[], bool]) -> None:
    """
    Until it is so, at most some seconds.
    """
    async with asyncio.timeout(8):
        while not met():  # noqa: ASYNC110  the peer tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(tmp_path: Path, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """
    The server with one address for subscriptions, on the same file each time.
    """
    file = tmp_path / "receivers.yaml"
    file.write_text(FILE.replace("PORT", str(port)), encoding="utf-8")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/overens.db",
        receivers_file=str(file),
        check_output="off",
        retry_base_seconds=0.05,
    )
    async with running(settings) as up:
        transport = httpx.ASGITransport(up.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
            yield client


async def letters(tmp_path: Path, state: LetterState, at_least: int = 1) -> list[Json]:
    """
    The notifications in a state as an operator is shown them, when there are some.
    """
    store = await open_store(f"sqlite:///{tmp_path}/overens.db", merge, is_beside=True)
    query = LetterQuery(states=(state,), receiver="portalen")
    try:
        async with asyncio.timeout(8):
            while len(found := await store.outbox.letters(query)) < at_least:  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # the server tells nobody
    finally:
        await store.close()
    return [letter_json(row) for row in found]


async def turned(client: httpx.AsyncClient, id_: str, status: str) -> None:
    """
    Until the subscription has a status.
    """
    async with asyncio.timeout(5):
        while (await client.get(f"/fhir/Subscription/{id_}")).json()["status"] != status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server tells nobody


async def subscribed(client: httpx.AsyncClient, web: Web, resource: Json) -> str:
    """
    The id of a subscription that is active.
    """
    count = len(web.requests)
    answer = await client.post("/fhir/Subscription", json=resource)
    assert answer.status_code == 201, answer.text
    id_ = str(answer.json()["id"])
    await until(lambda: len(web.requests) > count)
    await turned(client, id_, "active")
    return id_


async def agreement(client: httpx.AsyncClient, number: int) -> None:
    """
    An agreement comes in.
    """
    answer = await client.post("/messages/se.cosmic.journal-notes", content=AGREEMENTS[number])
    assert answer.status_code == 201, answer.text


async def test_events_are_numbered_from_one_and_name_only_what_changed(tmp_path: Path) -> None:
    """
    The handshake comes first; a message that comes again is no event; no content leaves.
    """
    web = Web([http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        id_ = await subscribed(client, web, asked(f"http://127.0.0.1:{port}/avisering"))
        await agreement(client, 0)
        await client.post("/messages/se.cosmic.journal-notes", content=AGREEMENTS[0])
        await agreement(client, 1)
        await until(lambda: len(web.requests) >= 3)
        found = told(web)
        assert [each["kind"] for each in found] == ["handshake", "event-notification", "event-notification"]
        assert [each["number"] for each in found] == [None, "1", "2"]
        for each in found[1:]:
            (url,) = each["urls"]
            assert (await client.get(url)).json()["resourceType"] == "CarePlan"
            assert b"19121212" not in each["body"]
        status = (await client.get(f"/fhir/Subscription/{id_}/$status")).json()
        (entry,) = status["entry"]
        assert _plain(entry["resource"]["parameter"])["events-since-subscription-start"] == "2"


async def test_the_numbers_go_on_after_a_restart_and_gaps_are_filled_by_events(tmp_path: Path) -> None:
    """
    What was not delivered waits and comes in order; $events tells the same again.
    """
    web = Web([http(200), http(503), http(200)])
    async with listening(web) as port:
        async with serving(tmp_path, port) as client:
            id_ = await subscribed(client, web, asked(f"http://127.0.0.1:{port}/avisering"))
            await agreement(client, 0)
        async with serving(tmp_path, port) as client:
            await agreement(client, 1)
            await until(lambda: {"1", "2"} <= {each["number"] for each in told(web)[2:]})
            events = (await client.get(f"/fhir/Subscription/{id_}/$events?eventsSinceNumber=2")).json()
            parameters = events["entry"][0]["resource"]["parameter"]
            parts = [p["part"] for p in parameters if p["name"] == "notification-event"]
            assert [part[0]["valueString"] for part in parts] == ["2"]
            (entry,) = events["entry"][1:]
            assert entry["fullUrl"] == told(web)[-1]["urls"][0]
    delivered = [each["number"] for each in told(web)[2:]]
    assert delivered == ["1", "2"]


async def test_a_consultation_is_told_to_those_who_asked_about_its_owner_alone(tmp_path: Path) -> None:
    """
    A filter by owner is met by that unit's consultations; empty tells that something happened, not what.
    """
    web = Web([http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        url = f"http://127.0.0.1:{port}/avisering"
        answer = await client.post("/messages/se.lifecare.message", content=REQUEST)
        assert answer.status_code == 201
        found = (await client.get("/fhir/Task")).json()["entry"][0]["resource"]
        owner = found["owner"]["reference"]
        topic = "consultation-status-changed"
        other = asked(url, topic, **filtered("Task?owner=Organization/other"))
        other_id = await subscribed(client, web, other)
        id_ = await subscribed(client, web, asked(url, topic, "empty", **filtered(f"Task?owner={owner}")))
        patch = [{"op": "replace", "path": "/status", "value": "received"}]
        media = {"Content-Type": "application/json-patch+json"}
        changed = await client.patch(f"/fhir/Task/{found['id']}", content=orjson.dumps(patch), headers=media)
        assert changed.status_code == 200, changed.text
        await until(lambda: len(web.requests) >= 3)
        last = told(web)[-1]
        assert (last["number"], last["urls"]) == ("1", [])
        for each, count in ((other_id, "0"), (id_, "1")):
            status = (await client.get(f"/fhir/Subscription/{each}/$status")).text
            assert f'"valueString":"{count}"' in status


async def test_an_endpoint_that_refuses_leaves_the_subscription_in_error(tmp_path: Path) -> None:
    """
    Nothing is sent after a handshake that was not taken.
    """
    web = Web([http(400)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        answer = await client.post("/fhir/Subscription", json=asked(f"http://127.0.0.1:{port}/avisering"))
        id_ = answer.json()["id"]
        await turned(client, id_, "error")
        await agreement(client, 0)
        events = (await client.get(f"/fhir/Subscription/{id_}/$events")).json()
        assert len(events["entry"]) == 1
    assert len(web.requests) == 1


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """
    The same endpoint is asked again until it answers by itself; the place it points at is never called.
    """
    elsewhere = Web([http(200)])
    async with listening(elsewhere) as other:
        moved = http(307, b"", "text/plain", f"Location: http://127.0.0.1:{other}/avisering")
        web = Web([moved, moved, http(200)])
        async with listening(web) as port, serving(tmp_path, port) as client:
            await subscribed(client, web, asked(f"http://127.0.0.1:{port}/avisering"))
    assert {each["kind"] for each in told(web)} == {"handshake"}
    assert len(web.requests) == 3
    assert elsewhere.requests == []


async def test_what_is_deleted_is_off_and_told_of_nothing_more(tmp_path: Path) -> None:
    """
    Neither what comes later nor what waited for an endpoint that was away, when it is back.
    """
    web = Web([http(200), http(503)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        id_ = await subscribed(client, web, asked(f"http://127.0.0.1:{port}/avisering"))
        await agreement(client, 0)
        await until(lambda: len(web.requests) > 1)
        gone = await client.delete(f"/fhir/Subscription/{id_}")
        assert gone.json()["status"] == "off"
        assert (await client.get(f"/fhir/Subscription/{id_}")).json()["status"] == "off"
        tried = len(web.requests)
        web.answers = [http(200)]
        await agreement(client, 1)
        (dead,) = await letters(tmp_path, LetterState.DEAD)
        assert dead["class"] == "subscription-off"
        assert '"valueString":"1"' in (await client.get(f"/fhir/Subscription/{id_}/$status")).text
        assert await letters(tmp_path, LetterState.WAITING, at_least=0) == []
    assert len(web.requests) - tried in {0, 1}  # one may have been under way
    assert [each["number"] for each in told(web)[1:]] == ["1"] * (len(web.requests) - 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://127.0.0.1:1/avisering"},
        {"endpoint": "http://169.254.169.254/latest"},
        {"endpoint": ""},
        {"type": "websocket"},
        {"header": ["Authorization: Bearer x"]},
        {"payload": "application/fhir+xml"},
        {"_payload": {}},
    ],
)
async def test_what_is_not_allowed_is_refused_and_nothing_is_sent(tmp_path: Path, wrong: Json) -> None:
    """
    An address that the receivers file does not have to the letter, another channel, secrets, content.
    """
    web = Web([http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        resource = asked(f"http://127.0.0.1:{port}/avisering")
        resource["channel"].update(wrong)
        answer = await client.post("/fhir/Subscription", json=resource)
        assert answer.status_code == 422, answer.text
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert web.requests == []


async def test_the_statement_lists_the_topics_where_there_is_an_address(tmp_path: Path) -> None:
    """
    By the extension of the guide, on the type Subscription.
    """
    async with serving(tmp_path, 1) as client:
        told_types = (await client.get("/fhir/metadata")).json()["rest"][0]["resource"]
        (found,) = [each for each in told_types if each["type"] == "Subscription"]
        assert len(found["extension"]) == 3
        assert (await client.get("/fhir/Subscription/none/$status")).status_code == 404
