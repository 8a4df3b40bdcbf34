"""A message of the dialogue as a Bundle of type message, by our own profiles (canonical-models §5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.domain.consultation import MessageKind
from adapter.fhir import systems
from adapter.fhir.communication import EVENTS
from adapter.fhir.element import identifier
from adapter.fhir.message_bundle import MEDIA_TYPE, Heading, message_bundle
from adapter.fhir.organization import hsa_key
from adapter.writing.outgoing import unwritable

if TYPE_CHECKING:
    from datetime import datetime

    from adapter.writing.outgoing import Outgoing

__all__ = ["MEDIA_TYPE", "fhir_message", "in_envelope"]

_AT: Final = "writing.fhir_message"
_OPENING: Final = b'{"resourceType":"Bundle",'
_FOREIGN: Final = frozenset({"AuditEvent"})  # ours alone: it tells who asked, not what was said


def fhir_message(letter: Outgoing) -> bytes:
    """The Bundle without id and timestamp, which ``in_envelope`` puts in.

    Raises ``Unwritable`` when its profile asks for what the message does not say: an author of the SBAR
    segments with HSA-id (agr-msg-3), or a unit.
    """
    message = letter.message
    if message.sbar and not (message.sender and message.sender.hsa_id):
        what = (
            "SBAR i ett FHIR-meddelande ska ha en legitimerad författare med HSA-id. Ange vem som skickar, "
            "med HSA-id, och skicka igen med nytt id."
        )
        raise unwritable(message.origin("sender"), _AT, what)
    told = _communication(letter)
    resources = [
        _by_its_id(each, letter) if each is told else each
        for each in letter.resources
        if each["resourceType"] not in _FOREIGN
    ]
    focus = _focus(letter) or told
    heading = Heading(
        id=letter.letter_id,
        event=EVENTS.get(message.kind, message.kind.value),
        source=letter.own.endpoint,
        destination=letter.route.address.endpoint,
        sender=_unit_of(told, resources),
        receiver=told["recipient"][0]["reference"],
        focus=f"{focus['resourceType']}/{focus['id']}",
    )
    return orjson.dumps(message_bundle(heading, resources))


def in_envelope(body: bytes, envelope: str, at: datetime) -> bytes:
    """The Bundle as it is sent this time: with the envelope's id (a UUID) and time."""
    if not body.startswith(_OPENING):
        raise ValueError("not a message of ours")
    own = f'"id":"{envelope}","timestamp":"{at.isoformat()}",'.encode()
    return _OPENING + own + body[len(_OPENING) :]


def _communication(letter: Outgoing) -> dict[str, Any]:
    """The Communication that the message became; the thread's others may be among the resources."""
    found = [
        each
        for each in letter.resources
        if each["resourceType"] == "Communication"
        and each["identifier"][0]["value"] == letter.message.message_id
    ]
    if not found or not found[-1].get("recipient"):
        what = "Meddelandet har ingen mottagare att skriva i ett FHIR-meddelande. Ange mottagande enhet."
        raise unwritable(letter.message.origin("receiver_unit"), _AT, what)
    return found[-1]


def _by_its_id(told: dict[str, Any], letter: Outgoing) -> dict[str, Any]:
    """What it answers by the id that both know: our reference to it means nothing to others."""
    unit = letter.message.receiver_unit.hsa_id
    if not letter.message.in_reply_to or not unit:
        return told
    answered = identifier(systems.own_namespace(hsa_key(unit)), letter.message.in_reply_to)
    return {**told, "inResponseTo": [{"type": "Communication", "identifier": answered}]}


def _focus(letter: Outgoing) -> dict[str, Any] | None:
    """Of a request its ServiceRequest; everything else is about its Communication."""
    if letter.message.kind is not MessageKind.REQUEST:
        return None
    return next((each for each in letter.resources if each["resourceType"] == "ServiceRequest"), None)


def _unit_of(told: dict[str, Any], resources: list[dict[str, Any]]) -> str:
    """The unit that sends: that of the sender's role, or the sender itself."""
    target: str = told["sender"]["reference"]
    by_target = {f"{each['resourceType']}/{each['id']}": each for each in resources}
    organization = by_target.get(target, {}).get("organization", {})
    unit: str = organization.get("reference", target)
    return unit
