"""An invitation to a SIP meeting: a Task for the unit that is invited, and the meeting as a proposed time."""

from __future__ import annotations

from typing import Any

from adapter.domain.consultation import Consultation
from adapter.fhir import profiles, systems
from adapter.fhir.appointment import form_of
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, element, filled, identifier, pruned, reference
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties
from adapter.fhir.times import spoken


def invitation(draft: Draft, message: Consultation, parties: Parties) -> str:
    """The Task of the invited unit; empty when the message invites nobody."""
    sip = message.sip
    if sip is None or not parties.receiver:
        return ""
    meeting = _meeting(draft, message, parties)
    when = f" {spoken(sip.meeting_at)}" if sip.meeting_at else ""
    created = draft.said(message, "created_at")
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": draft.id_of("sip-task"),
        "meta": draft.meta(profiles.SIP_INVITATION),
        "text": told(f"Kallelse till SIP-möte{when}: {message.receiver_unit.name or 'inbjuden enhet'}."),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#sip")),
        "status": "requested",
        "intent": "order",
        "code": concept(coding(systems.MESSAGE_EVENT, "sip-kallelse")),
        "description": draft.shown(sip, "purpose"),
        "for": reference(parties.patient),
        "authoredOn": created,
        "requester": reference(parties.sender or parties.sender_unit),
        "owner": reference(parties.receiver),
        "restriction": _until(draft, message),
        "input": [{"type": {"text": "möte"}, "valueReference": reference(meeting)}] if meeting else [],
    }
    return draft.add("fhir.task", pruned(resource))


def _until(draft: Draft, message: Consultation) -> Json:
    assert message.sip  # noqa: S101  the caller has looked
    last = draft.said(message.sip, "reply_by")
    return {"period": element(start=draft.said(message, "created_at")[:10], end=last)} if last else {}


def _meeting(draft: Draft, message: Consultation, parties: Parties) -> str:
    """The meeting; its end is not said, so it is proposed with what was asked for (R4 app-3)."""
    sip = message.sip
    if sip is None or sip.meeting_at is None:
        return ""
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": draft.id_of("sip-meeting"),
        "meta": draft.meta(profiles.BOOKED_TIME),
        "text": told(f"SIP-möte {spoken(sip.meeting_at)}."),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#mote")),
        "status": "proposed",
        "appointmentType": form_of(sip.form),
        "description": "SIP-möte",
        "created": draft.said(message, "created_at"),
        "comment": draft.shown(sip, "place"),
        "participant": [{"actor": reference(parties.patient), "status": "needs-action"}],
        "requestedPeriod": [{"start": draft.said(sip, "meeting_at")}],
    }
    return draft.add("fhir.appointment", pruned(resource))
