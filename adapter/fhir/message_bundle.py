"""Bundles of type message (https://hl7.org/fhir/R4/messaging.html): a message, and the answer to one.

MessageHeader.id is what a message is known by and answered under; Bundle.id and Bundle.timestamp are its
envelope, new each time it is sent (canonical-models §5.1, §5.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapter.fhir import profiles, systems
from adapter.fhir.element import Json, coding, element, filled, reference
from adapter.fhir.narrative import told
from adapter.frozen import dataclass

MEDIA_TYPE: Final = "application/fhir+json"
VERSION: Final = "1.x"  # the major version of our MessageDefinitions (agr-msg-5)
_TOLD: Final = {
    "ok": "Kvittens: meddelandet är mottaget.",
    "transient-error": "Kvittens: meddelandet kunde inte tas emot nu. Skicka det igen.",
    "fatal-error": "Kvittens: meddelandet är inte mottaget. Läs utfallet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the header of a message says; references are ``Type/id``."""

    id: str
    event: str  # of meddelandehandelse
    source: str  # endpoint of the sender
    destination: str  # endpoint of the receiver
    sender: str
    receiver: str
    focus: str


def message_bundle(heading: Heading, resources: Iterable[Json]) -> Json:
    """The message without its envelope: header first, then each resource once."""
    once = {f"{resource['resourceType']}/{resource['id']}": resource for resource in resources}
    return element(
        resourceType="Bundle",
        meta={"profile": [profiles.MESSAGE_BUNDLE]},
        identifier={"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{heading.id}"},
        type="message",
        entry=[_entry(_header(heading)), *map(_entry, once.values())],
    )


def answer_bundle(
    heading: Mapping[str, Any], code: str, outcome: Json | None, *, id_: str, source: str
) -> Json:
    """The answer to a message, by its header: an outcome if and only if the code is not ok (agr-ack-1)."""
    details = {"reference": f"OperationOutcome/{outcome['id']}"} if outcome else {}
    back = heading.get("source", {}).get("endpoint", "")
    header = element(
        resourceType="MessageHeader",
        id=id_,
        meta={"profile": [profiles.ANSWER_HEADER]},
        text=told(_TOLD[code]),
        eventCoding=heading.get("eventCoding", {}),
        destination=filled(element(endpoint=back)),
        source={"endpoint": source},
        response=element(identifier=heading.get("id", ""), code=code, details=details),
        definition=heading.get("definition", ""),
    )
    return element(
        resourceType="Bundle",
        meta={"profile": [profiles.ANSWER_BUNDLE]},
        type="message",
        entry=[_entry(each) for each in filled(header, outcome or {})],
    )


def definition_of(event: str) -> str:
    """The MessageDefinition of an event, with its major version."""
    return f"{systems.BASE}/MessageDefinition/{event}|{VERSION}"


def _header(heading: Heading) -> Json:
    return element(
        resourceType="MessageHeader",
        id=heading.id,
        meta={"profile": [profiles.MESSAGE_HEADER]},
        text=told(f"Meddelande: {heading.event}."),
        eventCoding=coding(systems.MESSAGE_EVENT, heading.event),
        destination=[element(endpoint=heading.destination, receiver=reference(heading.receiver))],
        sender=reference(heading.sender),
        source={"endpoint": heading.source},
        focus=[reference(heading.focus)],
        definition=definition_of(heading.event),
    )


def _entry(resource: Json) -> Json:
    target = f"{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": f"{systems.BASE}/{target}", "resource": resource}
