"""What is told of a subscription by the R4 backport guide: its status as Parameters, in a Bundle.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html. A notification names what changed
and never says what stands in it.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.fhir.ids import resource_id
from adapter.fhir.subscription import GUIDE
from adapter.frozen import dataclass

Json = dict[str, Any]
HANDSHAKE, HEARTBEAT, EVENT_NOTIFICATION = "handshake", "heartbeat", "event-notification"
_ERROR: Final = "http://terminology.hl7.org/CodeSystem/subscription-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event of a subscription: its number from 1 on, when, and what changed (empty: not to be named)."""

    number: int
    at: str  # ISO 8601
    focus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a subscription is in error: what the endpoint did, in Swedish, and since when."""

    text: str
    at: str = ""  # ISO 8601
    is_answer: bool = False  # the endpoint answered with an error; else it did not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What one Bundle tells of a subscription: ``kind`` as the guide's codes have it."""

    kind: str
    base: str  # FHIR base URL, without a last slash
    subscription: str  # its id
    topic: str  # empty: not to be named
    status: str
    count: int  # events since the start
    events: tuple[Told, ...] = ()
    failure: Failure | None = None


def status_parameters(said: Notification) -> Json:
    """The SubscriptionStatus of R4: Parameters."""
    reference = {"reference": f"{said.base}/Subscription/{said.subscription}"}
    topic = [{"name": "topic", "valueCanonical": said.topic}] if said.topic else []
    return {
        "resourceType": "Parameters",
        "meta": {"profile": [f"{GUIDE}/backport-subscription-status-r4"]},
        "parameter": [
            {"name": "subscription", "valueReference": reference},
            *topic,
            {"name": "status", "valueCode": said.status},
            {"name": "type", "valueCode": said.kind},
            {"name": "events-since-subscription-start", "valueString": str(said.count)},
            *({"name": "notification-event", "part": _event(event, said.base)} for event in said.events),
            *([_error(said.failure)] if said.failure else ()),
        ],
    }


def status_entry(said: Notification) -> Json:
    """The status in a Bundle: it lies nowhere, so its address is a name made of what it says."""
    numbers = (str(event.number) for event in said.events)
    name = resource_id("Parameters", said.subscription, said.kind, said.status, str(said.count), *numbers)
    return {"fullUrl": f"urn:uuid:{name}", "resource": {**status_parameters(said), "id": name}}


def notification(said: Notification) -> Json:
    """The Bundle of a notification: the status first, then what changed by its address alone."""
    own = f"Subscription/{said.subscription}/$status"
    foci = dict.fromkeys(event.focus for event in said.events if event.focus)
    return {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [
            {**status_entry(said), **_asked_as(own)},
            *({"fullUrl": f"{said.base}/{focus}", **_asked_as(focus)} for focus in foci),
        ],
    }


def _error(failure: Failure) -> Json:
    code = "error-response" if failure.is_answer else "no-response"
    concept = {"coding": [{"system": _ERROR, "code": code}], "text": failure.text}
    return {"name": "error", "valueCodeableConcept": concept}


def _event(event: Told, base: str) -> list[Json]:
    focus = [{"name": "focus", "valueReference": {"reference": f"{base}/{event.focus}"}}]
    return [
        {"name": "event-number", "valueString": str(event.number)},
        {"name": "timestamp", "valueInstant": event.at},
        *(focus if event.focus else ()),
    ]


def _asked_as(path: str) -> Json:
    return {"request": {"method": "GET", "url": path}, "response": {"status": "200"}}
