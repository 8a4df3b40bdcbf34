"""A subscription that cannot be told: its error, its numbers meanwhile, the way back; and what is logged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.endpoints import receiver_above
from adapter.fhir import merge
from adapter.letters import LetterState
from adapter.store import open_store
from tests.send.peers import Web, http, listening
from tests.send.test_subscriptions import (
    agreement,
    asked,
    letters,
    serving,
    subscribed,
    told,
    turned,
    until,
)

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
ERRORS = "http://terminology.hl7.org/CodeSystem/subscription-error"


async def status(client: httpx.AsyncClient, id_: str) -> dict[str, Any]:
    """
    What $status tells, by name.
    """
    bundle = (await client.get(f"/fhir/Subscription/{id_}/$status")).json()
    parameters = bundle["entry"][0]["resource"]["parameter"]
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in parameters}


async def events(client: httpx.AsyncClient, id_: str, since: int, until_: int) -> list[str]:
    """
    The numbers that $events gives.
    """
    query = f"eventsSinceNumber={since}&eventsUntilNumber={until_}"
    bundle = (await client.get(f"/fhir/Subscription/{id_}/$events?{query}")).json()
    parts = [p["part"] for p in bundle["entry"][0]["resource"]["parameter"] if "part" in p]
    return [part[0]["valueString"] for part in parts]


async def counted(client: httpx.AsyncClient, id_: str, count: str) -> None:
    """
    Until there have been so many events.
    """
    async with asyncio.timeout(8):
        while (await status(client, id_))["events-since-subscription-start"] != count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server tells nobody


async def failing(client: httpx.AsyncClient, web: Web, port: int) -> tuple[str, Json]:
    """
    A subscription whose second event was refused: its id, and it as it was asked for.
    """
    wish = asked(f"http://127.0.0.1:{port}/avisering")
    id_ = await subscribed(client, web, wish)
    await agreement(client, 0)
    await turned(client, id_, "error")
    return id_, {**wish, "id": id_}


async def test_a_notification_that_is_given_up_puts_its_subscription_in_error(tmp_path: Path) -> None:
    """
    The resource and $status say why, in words and by code; what happens then has its number, and is not sent.
    """
    web = Web([http(200), http(400)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        id_, _ = await failing(client, web, port)
        said = await status(client, id_)
        assert (said["status"], said["events-since-subscription-start"]) == ("error", "1")
        assert said["error"]["coding"] == [{"system": ERRORS, "code": "error-response"}]
        resource = (await client.get(f"/fhir/Subscription/{id_}")).json()
        assert resource["error"] == said["error"]["text"]
        assert "HTTP 400" in resource["error"]
        sent = len(web.requests)
        await agreement(client, 1)
        await counted(client, id_, "2")
        assert await letters(tmp_path, LetterState.WAITING, at_least=0) == []
    assert len(web.requests) == sent


async def test_its_owner_requests_it_anew_and_its_numbers_go_on(tmp_path: Path) -> None:
    """
    A handshake that tells how many events there have been; what was missed is had by its numbers; then
    events come again. Once it is active the same request changes nothing.
    """
    web = Web([http(200), http(400), http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        id_, wish = await failing(client, web, port)
        answer = await client.put(f"/fhir/Subscription/{id_}", json=wish)
        assert (answer.status_code, answer.json()["status"]) == (200, "requested")
        assert "error" not in answer.json()
        await turned(client, id_, "active")
        last = told(web)[-1]
        assert (last["kind"], last["count"]) == ("handshake", "1")
        assert await events(client, id_, 1, 1) == ["1"]
        await agreement(client, 1)
        await until(lambda: len(web.requests) > 3)
        assert [(each["kind"], each["number"]) for each in told(web)[3:]] == [("event-notification", "2")]
        again = await client.put(f"/fhir/Subscription/{id_}", json=wish)
        assert again.json()["status"] == "active"
        assert "error" not in await status(client, id_)
    assert len(web.requests) == 4


async def test_an_operator_requests_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The list tells which is in error, since when and why; restart sends a handshake when the server is up.
    """
    monkeypatch.setenv("OVERENS_DATABASE_URL", f"sqlite:///{tmp_path}/overens.db")
    web = Web([http(200), http(400), http(200)])
    async with listening(web) as port:
        async with serving(tmp_path, port) as client:
            id_, _ = await failing(client, web, port)
            listed = await asyncio.to_thread(
                CliRunner().invoke, commands, ["subscriptions", "list", "--json"]
            )
            (row,) = orjson.loads(listed.stdout)["subscriptions"]
            assert (row["id"], row["status"], row["events"]) == (id_, "error", 1)
            assert row["lastEvent"] < row["failingSince"]
            assert "HTTP 400" in row["error"]
        done = await asyncio.to_thread(CliRunner().invoke, commands, ["subscriptions", "restart", id_])
        assert done.exit_code == 0, done.stderr
        async with serving(tmp_path, port) as client:
            await turned(client, id_, "active")
            listed = await asyncio.to_thread(CliRunner().invoke, commands, ["subscriptions", "list"])
            assert f"{id_}  active" in listed.stdout
            assert "1 prenumerationer, 0 i fel" in listed.stderr
        twice = await asyncio.to_thread(CliRunner().invoke, commands, ["subscriptions", "restart", id_])
        assert twice.exit_code == 2
    assert told(web)[-1]["kind"] == "handshake"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"criteria": "https://overens.example/fhir/SubscriptionTopic/contact-changed"}, 422),
        ({"reason": "Något annat"}, 422),
        ({"status": "active"}, 422),
        ({"id": "another"}, 400),
        ({"resourceType": "Patient"}, 400),
    ],
)
async def test_nothing_else_of_it_can_be_changed(tmp_path: Path, change: Json, code: int) -> None:
    """
    Whoever wants another subscription asks for another; what is ended stays ended.
    """
    web = Web([http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        wish = asked(f"http://127.0.0.1:{port}/avisering")
        id_ = await subscribed(client, web, wish)
        answer = await client.put(f"/fhir/Subscription/{id_}", json={**wish, "id": id_, **change})
        assert answer.status_code == code, answer.text
        assert answer.json()["resourceType"] == "OperationOutcome"
        await client.delete(f"/fhir/Subscription/{id_}")
        assert (await client.put(f"/fhir/Subscription/{id_}", json={**wish, "id": id_})).status_code == 422


async def exports(client: httpx.AsyncClient) -> Sequence[Json]:
    """
    The AuditEvents of what was sent, the oldest first.
    """
    page = (await client.get("/fhir/AuditEvent?_count=500")).json()
    found = [entry["resource"] for entry in reversed(page["entry"])]
    return [event for event in found if event["type"]["code"] == "110106"]


@pytest.mark.parametrize("content", ["id-only", "empty"])
async def test_what_is_sent_has_its_event_in_the_log(tmp_path: Path, content: str) -> None:
    """
    One for each notification of events: its kind, letter and receiver, and the patient even when none is
    named. A handshake tells nothing of anybody, and has none.
    """
    web = Web([http(200)])
    async with listening(web) as port, serving(tmp_path, port) as client:
        id_ = await subscribed(client, web, asked(f"http://127.0.0.1:{port}/avisering", content=content))
        await agreement(client, 0)
        await until(lambda: len(web.requests) > 1)
        patient = (await client.get("/fhir/Patient")).json()["entry"][0]["resource"]["id"]
        found = await exports(client)
        assert [event["subtype"][0]["code"] for event in found] == ["event-notification"]
        about = [[part["what"].get("reference") for part in event["entity"][1:]] for event in found]
        own = f"Subscription/{id_}"
        assert about == [[own, f"Patient/{patient}"]]
        sent = {row["id"] for row in await letters(tmp_path, LetterState.DELIVERED, at_least=2)}
        assert len(sent) == 2
        assert found[0]["entity"][0]["what"]["identifier"]["value"] in sent
        assert {event["agent"][-1]["who"]["identifier"]["value"] for event in found} == {"portalen"}
        log = (await client.get(f"/fhir/Patient/{patient}/$access-log")).text
        assert log.count("Har fått besked om att uppgifter är nya eller ändrade.") == 1
        store = await open_store(f"sqlite:///{tmp_path}/overens.db", merge, is_beside=True)
        assert await store.unlinked() == []
        await store.close()


async def test_an_operator_approves_an_address_below_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is refused before, called when it is approved, and gets nothing more when that is taken back. What is
    not taken back is not said to be.
    """
    monkeypatch.setenv("OVERENS_DATABASE_URL", f"sqlite:///{tmp_path}/overens.db")
    monkeypatch.setenv("OVERENS_RECEIVERS_FILE", f"{tmp_path}/receivers.yaml")
    web = Web([http(200)])

    async def operator(command: str, *more: str, exit_code: int = 0) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, commands, ["subscriptions", command, *more])
        assert done.exit_code == exit_code, done.stderr
        return done.stderr if exit_code else done.stdout

    async def overtaken(_: object, __: object) -> bool:
        return False

    async with listening(web) as port:
        url = f"http://127.0.0.1:{port}/avisering/grupp-2"
        async with serving(tmp_path, port) as client:
            assert (await client.post("/fhir/Subscription", json=asked(url))).status_code == 422
        await operator("approve", url)
        assert f"{url}  portalen   godkänd" in await operator("endpoints")
        async with serving(tmp_path, port) as client:
            id_ = await subscribed(client, web, asked(url))
            assert web.requests[-1].startswith(b"POST /avisering/grupp-2 ")
        assert "är inte godkänd" in await operator("revoke", f"{url}1", exit_code=2)
        own = f"http://127.0.0.1:{port}/avisering"
        assert "Ta bort den där" in await operator("revoke", own, exit_code=2)
        monkeypatch.setattr("adapter.cli.subscriptions.Doing.is_kept", overtaken)
        assert "samtidigt" in await operator("revoke", url, exit_code=2)
        monkeypatch.undo()
        monkeypatch.setenv("OVERENS_DATABASE_URL", f"sqlite:///{tmp_path}/overens.db")
        monkeypatch.setenv("OVERENS_RECEIVERS_FILE", f"{tmp_path}/receivers.yaml")
        await operator("revoke", url)
        async with serving(tmp_path, port) as client:
            await agreement(client, 0)
            await turned(client, id_, "error")
            assert "inte längre godkänd" in (await status(client, id_))["error"]["text"]
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/../x",
        "/a/../../x",
        "x",
        "@evil.example/",
        "?a=b",
        "/a?b=c",
        "/a#b",
        "/%2e%2e/x",
        "//x",
        "/å",
    ],
)
def test_only_what_lies_below_an_address_of_the_file_can_be_approved(path: str) -> None:
    """
    Neither another host, a step upwards nor a query: the receiver's secrets go to the receiver alone.
    """
    configured = {"https://portal.example/avisering": "portalen"}
    assert receiver_above(f"https://portal.example/avisering{path}", configured) == ""
    assert receiver_above("https://portal.example/avisering/a/b-2", configured) == "portalen"
