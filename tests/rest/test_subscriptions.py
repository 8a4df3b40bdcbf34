"""Whose a subscription is, what its events are judged by, and signs of life: with tokens, on both stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
import orjson
import pytest

from adapter.configured import SystemClock
from adapter.fhir import merge
from adapter.letters import LetterQuery, LetterRow, LetterState
from adapter.policy import Policy
from adapter.ports import Store
from adapter.rest.access import Access
from adapter.rest.app import application
from adapter.rest.served import Served
from adapter.security.callers import Caller, CallerKind, ClaimNames, ProxyRole, caller_from
from adapter.security.keys import KeyRing
from adapter.security.scopes import read_scopes
from adapter.security.tokens import Trust
from adapter.send.delivery import Delivery
from adapter.send.notifying import Notifying
from adapter.store import open_store
from adapter.subscribing import NOTIFYING, heartbeat
from adapter.waiting import letter_id
from tests.clocks import StillClock
from tests.conftest import ROOT
from tests.rest.issuer import AUDIENCE, ISSUER, bearer, published
from tests.send.doubles import Receiver
from tests.store.conftest import postgres_url as postgres_url  # noqa: PLC0414  a fixture here too

URL = "https://portal.example/avisering"
SYSTEM: dict[str, Any] = {"scope": "system/*.cruds", "client_id": "trusted"}
STRANGER: dict[str, Any] = {
    "scope": "user/*.cruds",
    "client_id": "journal",
    "employeeHsaId": "SE2321000115-P1",
    "healthCareUnitHsaId": "SE2321000115-E9",
    "healthCareProviderHsaId": "SE2321000115-V9",
    "commissionPurpose": "Vård och behandling",
}
GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
ASKED = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "Det senaste",
    "criteria": "https://overens.example/fhir/SubscriptionTopic/agreement-changed",
    "channel": {
        "extension": [{"url": f"{GUIDE}/backport-heartbeat-period", "valueUnsignedInt": 3600}],
        "type": "rest-hook",
        "endpoint": URL,
        "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": f"{GUIDE}/backport-payload-content", "valueCode": "id-only"}]},
    },
}
AGREEMENT = (ROOT / "fixtures/se.cosmic.journal-notes/kalmar-agreement.json").read_bytes()


@pytest.fixture(params=["memory", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """
    The URL of an empty store of either kind.
    """
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """
    An empty store.
    """
    opened = await open_store(url, merge)
    yield opened
    await opened.close()


@pytest.fixture
def access() -> Access:
    """
    Tokens of the tests' issuer.
    """

    async def fetch() -> bytes:
        return published()

    return Access(
        trust=Trust(issuer=ISSUER, audience=AUDIENCE),
        names=ClaimNames(),
        keys=KeyRing(fetch, lambda: 0.0),
        clock=StillClock(),
        trusted=frozenset({"trusted"}),
    )


@pytest.fixture
async def client(served: Served, access: Access) -> AsyncIterator[httpx.AsyncClient]:
    """
    A server with one address for subscriptions.
    """
    policy = Policy(has_subscribers=True)
    app = application(replace(served, access=access, policy=policy, endpoints={URL: "portalen"}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://overens.example") as made:
        yield made


@pytest.fixture
async def notifying(store: Store, access: Access) -> AsyncIterator[Notifying]:
    """
    Letters are delivered, and changes become events.
    """
    events = Notifying(store, SystemClock(), lambda who: access.view(store, who))
    delivery = Delivery(store.outbox, {NOTIFYING: events, "portalen": Receiver()})
    delivery.start()
    yield events
    await delivery.stop()


async def subscribed(client: httpx.AsyncClient, who: dict[str, Any]) -> str:
    """
    The id of a subscription that is active.
    """
    answer = await client.post("/fhir/Subscription", json=ASKED, headers=bearer(**who))
    assert answer.status_code == 201, answer.text
    path = f"/fhir/Subscription/{answer.json()['id']}"
    async with asyncio.timeout(5):
        while (await client.get(path, headers=bearer(**who))).json()["status"] != "active":  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server tells nobody
    return str(answer.json()["id"])


async def settled(store: Store, kind: str) -> list[LetterRow]:
    """
    The letters of a kind, when none of them waits.
    """
    async with asyncio.timeout(5):
        while True:
            rows = [row for row in await store.outbox.letters(LetterQuery()) if row.letter.kind == kind]
            if rows and all(row.state is not LetterState.WAITING for row in rows):
                return rows
            await asyncio.sleep(0.01)


async def count_of(client: httpx.AsyncClient, id_: str, who: dict[str, Any]) -> str:
    """
    How many events a subscription has had.
    """
    answer = await client.get(f"/fhir/Subscription/{id_}/$status", headers=bearer(**who))
    parameters = answer.json()["entry"][0]["resource"]["parameter"]
    return str(next(p["valueString"] for p in parameters if p["name"].startswith("events-since")))


async def test_a_change_is_an_event_only_to_those_who_may_see_it(
    client: httpx.AsyncClient, store: Store, notifying: Notifying
) -> None:
    """
    A unit that the agreement is not at is told of nothing, by the judge that judges its reading.
    """
    trusted, stranger = await subscribed(client, SYSTEM), await subscribed(client, STRANGER)
    sent = await client.post(
        "/messages/se.cosmic.journal-notes",
        content=AGREEMENT,
        headers={"Content-Type": "application/json", **bearer(**SYSTEM)},
    )
    assert sent.status_code == 201, sent.text
    (change,) = await settled(store, "andring")
    assert await count_of(client, trusted, SYSTEM) == "1"
    assert await count_of(client, stranger, STRANGER) == "0"
    assert isinstance(await notifying.deliver(change.letter, ""), object)
    assert await count_of(client, trusted, SYSTEM) == "1"  # the same letter again has no effect


async def test_a_subscription_is_its_clients_alone(client: httpx.AsyncClient, notifying: Notifying) -> None:
    """
    To another it is as one that is not there, and without the scope there is nothing to ask.
    """
    id_ = await subscribed(client, SYSTEM)
    for method, path in (("GET", ""), ("GET", "/$status"), ("GET", "/$events"), ("DELETE", "")):
        other = await client.request(method, f"/fhir/Subscription/{id_}{path}", headers=bearer(**STRANGER))
        unknown = await client.request(method, f"/fhir/Subscription/none{path}", headers=bearer(**STRANGER))
        assert (other.status_code, other.content) == (404, unknown.content)
    narrow = bearer(scope="system/CarePlan.rs", client_id="trusted")
    assert (await client.post("/fhir/Subscription", json=ASKED, headers=narrow)).status_code == 403
    assert (await client.get(f"/fhir/Subscription/{id_}", headers=narrow)).status_code == 403
    assert notifying


@pytest.mark.parametrize("proxy", [*ProxyRole, None])
def test_who_speaks_for_a_patient_is_kept_with_the_subscription(proxy: ProxyRole | None) -> None:
    """
    What is told later is judged as the same caller's reading: a guardian's as a guardian's.
    """
    scopes = read_scopes("patient/CarePlan.rs?category=x patient/Subscription.crud")
    user = "RelatedPerson/r" if proxy else ""
    who = Caller(kind=CallerKind.PATIENT, client="c", patient="p", user=user, proxy=proxy, scopes=scopes)
    assert caller_from(orjson.loads(orjson.dumps(who.told()))) == who


async def test_a_sign_of_life_is_sent_and_the_next_one_is_set(
    client: httpx.AsyncClient, store: Store, notifying: Notifying
) -> None:
    """
    It tells how many events there have been; once for each number.
    """
    id_ = await subscribed(client, SYSTEM)
    later = Notifying(store, SystemClock(), lambda _: store)
    for _ in range(2):
        await later.deliver(heartbeat(id_, 1, 70, StillClock().now()), "")
    letters = await store.outbox.letters(LetterQuery(ids=(letter_id(id_, "heartbeat", "70"),)))
    (said,) = [orjson.loads(row.letter.body)["entry"][0]["resource"]["parameter"] for row in letters]
    assert {"name": "type", "valueCode": "heartbeat"} in said
    beats = await store.outbox.letters(LetterQuery(receiver=NOTIFYING, limit=1000))
    assert [orjson.loads(row.letter.body)["number"] for row in beats].count(71) == 1
    assert notifying


async def test_many_changes_at_once_are_numbered_without_gaps(
    client: httpx.AsyncClient, notifying: Notifying
) -> None:
    """
    Twelve agreements of one client, kept side by side: 1 to 12, each once, and told in that order.
    """
    id_ = await subscribed(client, SYSTEM)
    headers = {"Content-Type": "application/json", **bearer(**SYSTEM)}
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": "Patient/p"},
    }
    patient = {"resourceType": "Patient", "name": [{"text": "Test"}]}
    subject = await client.post("/fhir/Patient", json=patient, headers=headers)
    plan["subject"] = {"reference": f"Patient/{subject.json()['id']}"}
    answers = await asyncio.gather(
        *(client.post("/fhir/CarePlan", json=plan, headers=headers) for _ in range(12))
    )
    assert {answer.status_code for answer in answers} == {201}
    async with asyncio.timeout(8):
        while await count_of(client, id_, SYSTEM) != "12":  # noqa: ASYNC110  the worker tells nobody
            await asyncio.sleep(0.02)
    told = (await client.get(f"/fhir/Subscription/{id_}/$events", headers=headers)).json()
    parts = [p["part"] for p in told["entry"][0]["resource"]["parameter"] if "part" in p]
    assert [part[0]["valueString"] for part in parts] == [str(n) for n in range(1, 13)]
    assert len(told["entry"]) == 13
    bad = await client.get(f"/fhir/Subscription/{id_}/$events?eventsSinceNumber=x", headers=headers)
    assert bad.status_code == 400
    assert notifying


async def test_the_status_of_all_of_ones_own_is_asked_for_at_once(
    client: httpx.AsyncClient, notifying: Notifying
) -> None:
    """
    The guide's $status of the type: by id and status, each several times, and never another's.
    """
    mine = {await subscribed(client, SYSTEM) for _ in range(2)}
    theirs = await subscribed(client, STRANGER)
    one = min(mine)
    await client.delete(f"/fhir/Subscription/{max(mine)}", headers=bearer(**SYSTEM))

    async def told(query: str = "", who: dict[str, Any] = SYSTEM) -> list[str]:
        answer = await client.get(f"/fhir/Subscription/$status{query}", headers=bearer(**who))
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        entries = bundle.get("entry", [])
        assert (bundle["type"], bundle["total"]) == ("searchset", len(entries))
        parts = [entry["resource"]["parameter"] for entry in entries]
        return [said[0]["valueReference"]["reference"].rpartition("/")[2] for said in parts]

    assert await told() == [one]
    assert await told(who=STRANGER) == [theirs]
    assert await told(f"?id={theirs}") == []
    assert await told(f"?id={theirs}&id={one}&status=error&status=active") == [one]
    assert await told("?status=requested") == []
    wrong = await client.get("/fhir/Subscription/$status?status=x", headers=bearer(**SYSTEM))
    assert wrong.status_code == 400
    narrow = bearer(scope="system/CarePlan.rs", client_id="trusted")
    assert (await client.get("/fhir/Subscription/$status", headers=narrow)).status_code == 403
    assert notifying


async def test_a_subscription_ends_when_it_asked_to(
    client: httpx.AsyncClient, served: Served, notifying: Notifying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    At the instant in ``end`` it is off: nothing is an event, nothing is sent, and it takes no place.
    """
    monkeypatch.setattr("adapter.rest.subscription.MOST", 1)
    store, now = served.store, SystemClock().now()
    clock = cast("StillClock", served.clock)
    clock.at = now
    passed = {**ASKED, "end": now.isoformat()}
    refused = await client.post("/fhir/Subscription", json=passed, headers=bearer(**SYSTEM))
    assert (refused.status_code, "har redan gått" in refused.text) == (422, True)
    leap = {**ASKED, "end": "2030-06-30T23:59:60Z"}
    assert (await client.post("/fhir/Subscription", json=leap, headers=bearer(**SYSTEM))).status_code == 422
    asking = {**ASKED, "end": (now + timedelta(hours=1)).isoformat(timespec="seconds")}
    monkeypatch.setitem(globals(), "ASKED", asking)
    id_ = await subscribed(client, SYSTEM)
    full = await client.post("/fhir/Subscription", json=asking, headers=bearer(**SYSTEM))
    assert (full.status_code, "Avsluta någon först" in full.text) == (422, True)
    later = clock.at = now + timedelta(hours=1)
    over = await client.get(f"/fhir/Subscription/{id_}", headers=bearer(**SYSTEM))
    assert over.json()["status"] == "off"
    events = Notifying(store, StillClock(later), lambda _: store)
    await events.deliver(heartbeat(id_, 1, 70, later), "")
    await client.post(
        "/messages/se.cosmic.journal-notes",
        content=AGREEMENT,
        headers={"Content-Type": "application/json", **bearer(**SYSTEM)},
    )
    (change,) = await settled(store, "andring")
    await events.deliver(change.letter, "")
    assert await store.outbox.letters(LetterQuery(ids=(letter_id(id_, "heartbeat", "70"),))) == []
    assert notifying
