"""What is told of a subscription follows the R4 backport guide, and is valid R4.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/: the rules of its profiles for the status and for the
notification, and of its pages on notifications and payloads, in our words. The guide's own package is not in
any registry that this project fetches from.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from adapter.configured import validator
from adapter.fhir.notification import (
    EVENT_NOTIFICATION,
    HANDSHAKE,
    HEARTBEAT,
    Failure,
    Notification,
    Told,
    notification,
    status_parameters,
)
from adapter.fhir.subscription import without_guide
from adapter.subscribed import Subscribed

Json = dict[str, Any]
BASE = "https://overens.example/fhir"
TOPIC = f"{BASE}/SubscriptionTopic/agreement-changed"
GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
STATUSES = {"requested", "active", "error", "off"}
KINDS = {"handshake", "heartbeat", "event-notification", "query-status", "query-event"}
EVENT = Told(number=7, at="2026-11-02T09:15:04.120000+00:00", focus="CarePlan/a")
FAILURE = Failure(text="Mottagaren går inte att nå.", at="2026-11-02T09:15:04+00:00")
VALUES = {  # name: its value, whether it has to be there
    "subscription": ("valueReference", True),
    "topic": ("valueCanonical", False),
    "status": ("valueCode", True),
    "type": ("valueCode", True),
    "events-since-subscription-start": ("valueString", False),
    "notification-event": ("part", False),
    "error": ("valueCodeableConcept", False),
}
PARTS = {"event-number": "valueString", "timestamp": "valueInstant", "focus": "valueReference"}


def made(content: str = "id-only", status: str = "active", failure: Failure | None = None) -> Subscribed:
    """
    A subscription with seven events.
    """
    resource = {
        "resourceType": "Subscription",
        "id": "4bb59cd5-095f-451a-a672-368e558f5514",
        "criteria": TOPIC,
        "channel": {
            "type": "rest-hook",
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": f"{GUIDE}/backport-payload-content", "valueCode": content}]},
        },
    }
    state = {"base": BASE, "count": 7}
    return Subscribed(resource=resource, state=state, status=status, failure=failure)


UNNAMED = Told(number=7, at=EVENT.at)
SAID = {
    "handshake": made(status="requested").says(HANDSHAKE),
    "handshake of empty": made("empty", "requested").says(HANDSHAKE),
    "heartbeat": made().says(HEARTBEAT),
    "id-only": made().says(EVENT_NOTIFICATION, [EVENT]),
    "empty": made("empty").says(EVENT_NOTIFICATION, [UNNAMED]),
    "status": made().says("query-status"),
    "status in error": made(status="error", failure=FAILURE).says("query-status"),
    "status ended": made(status="off").says("query-status"),
    "events": made().says("query-event", [Told(number=6, at=EVENT.at, focus="CarePlan/b"), EVENT]),
    "events of what is hidden": made().says("query-event", [UNNAMED, EVENT]),
}


@pytest.fixture(params=SAID)
def said(request: pytest.FixtureRequest) -> Notification:
    """
    Each kind of what is told.
    """
    return SAID[request.param]


def test_the_status_has_what_its_profile_asks_for(said: Notification) -> None:
    """
    Each parameter at most once but for events, of its one type, the codes from their lists, numbers as text.
    """
    resource = status_parameters(said)
    assert resource["meta"] == {"profile": [f"{GUIDE}/backport-subscription-status-r4"]}
    names = [each["name"] for each in resource["parameter"]]
    assert {name for name, (_, is_needed) in VALUES.items() if is_needed} <= set(names) <= set(VALUES)
    assert len(set(names)) == len([name for name in names if name != "notification-event"]) + (
        "notification-event" in names
    )
    by_name = {each["name"]: each for each in resource["parameter"]}
    assert all(set(each) == {"name", VALUES[name][0]} for name, each in by_name.items())
    assert by_name["status"]["valueCode"] in STATUSES
    assert by_name["type"]["valueCode"] in KINDS
    assert by_name["events-since-subscription-start"]["valueString"] == "7"
    assert ("error" in names) == (said.status == "error")


def test_an_event_has_its_number_as_text_and_its_time(said: Notification) -> None:
    """
    The number is there once; the focus only where it may be named.
    """
    events = [p["part"] for p in status_parameters(said)["parameter"] if p["name"] == "notification-event"]
    assert len(events) == len(said.events)
    for part, event in zip(events, said.events, strict=True):
        values = {each["name"]: each for each in part}
        assert set(values) == {"event-number", "timestamp"} | ({"focus"} if event.focus else set())
        assert all(set(each) == {"name", PARTS[name]} for name, each in values.items())
        assert values["event-number"]["valueString"] == str(event.number)


def test_the_bundle_is_a_history_with_the_status_first(said: Notification) -> None:
    """
    Each entry is asked for as it could be asked for again; the status as the operation that gives it.
    """
    bundle = notification(said)
    assert bundle["type"] == "history"
    first, *others = bundle["entry"]
    id_ = first["resource"]["id"]
    assert first["fullUrl"] == f"urn:uuid:{id_}"
    assert first["resource"] == {**status_parameters(said), "id": id_}
    assert first["request"] == {"method": "GET", "url": f"Subscription/{said.subscription}/$status"}
    assert all({"request", "response"} <= set(each) for each in bundle["entry"])
    assert all("resource" not in each for each in others)
    assert [each["fullUrl"] for each in others] == [f"{BASE}/{e.focus}" for e in said.events if e.focus]


@pytest.mark.parametrize("name", ["empty", "handshake of empty"])
def test_what_is_empty_tells_of_no_resource(name: str) -> None:
    """
    Neither an entry, a focus nor a topic: only that something has happened.
    """
    bundle = notification(SAID[name])
    assert len(bundle["entry"]) == 1
    words = orjson.dumps(bundle)
    assert not any(each in words for each in (b"focus", b"topic", b"CarePlan"))


def test_it_is_valid_r4(said: Notification) -> None:
    """
    By our own validator, without the claim of the guide's profile, which it does not have.
    """
    bundle = without_guide(notification(said))
    errors = [i for i in validator().validate(bundle) if i.severity in {"error", "fatal"}]
    assert errors == []
