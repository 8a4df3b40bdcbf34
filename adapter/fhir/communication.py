"""Communication (https://hl7.org/fhir/R4/communication.html): what one says to the other, segment by segment.

Each SBAR segment is one payload that names its time, its author and the number to call back
(canonical-models §5, agr-msg-3). An empty segment is not sent as an empty one.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.domain.consultation import Consultation, MessageKind, Sbar
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import (
    Json,
    coding,
    concept,
    element,
    extension,
    filled,
    identifier,
    pruned,
    reference,
)
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties

SEGMENTS: Final = (
    ("S", "situation", "Situation"),
    ("B", "background", "Bakgrund"),
    ("A", "assessment", "Aktuellt"),
    ("R", "recommendation", "Rekommendation"),
)
EVENTS: Final = {
    MessageKind.REQUEST: "konsultation-begaran",
    MessageKind.ANSWER: "konsultation-svar",
    MessageKind.BOOKED: "konsultation-svar",
    MessageKind.COMPLETION: "konsultation-komplettering",
    MessageKind.WITHDRAWAL: "konsultation-avbokning",
}


def communication(draft: Draft, message: Consultation, parties: Parties, request: str, priority: str) -> str:
    """The Communication of one message; ``request`` and ``priority`` are empty outside a request."""
    answered = identifier(parties.answered_system, message.in_reply_to)
    consent = (
        {} if message.has_consent is None else {"url": systems.CONSENT, "valueBoolean": message.has_consent}
    )
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "id": draft.id_of("communication"),
        "meta": draft.meta(profiles.ANSWER if answered else profiles.MESSAGE),
        "text": told(*sentences(draft, message)),
        **draft.extensions(consent),
        "identifier": filled(identifier(parties.system, draft.said(message, "message_id"))),
        "basedOn": filled(reference(request)),
        "inResponseTo": [element(type="Communication", identifier=answered)] if answered else [],
        "status": "completed",
        "category": [concept(_category(message))],
        "priority": priority,
        "subject": reference(parties.patient),
        "topic": concept(text=draft.said(message, "question")),
        "sent": draft.said(message, "created_at"),
        "recipient": filled(reference(parties.receiver)),
        "sender": reference(parties.sender or parties.sender_unit),
        "payload": _payloads(draft, message, parties),
    }
    return draft.add("fhir.communication", pruned(resource))


def sentences(draft: Draft, message: Consultation) -> list[str]:
    """The message as its reader is told it; a missing segment is said to be missing."""
    told_lines = [f"Frågeställning: {message.question}"] if message.question else []
    if message.sbar is None:
        return told_lines
    for _, name, title in SEGMENTS:
        text = getattr(message.sbar, name)
        told_lines.append(f"{title}: {text}" if text else f"{title}: saknas i meddelandet.")
    return [draft.masked(line) for line in told_lines]


def _category(message: Consultation) -> Json:
    event = EVENTS.get(message.kind, message.kind.value)
    return coding(systems.MESSAGE_EVENT, event)


def _payloads(draft: Draft, message: Consultation, parties: Parties) -> list[Json]:
    if message.sbar is None:
        return []
    contact = _contact(draft, message)
    return [
        _segment(draft, message, message.sbar, row, parties, contact)
        for row in SEGMENTS
        if getattr(message.sbar, row[1])
    ]


def _segment(  # noqa: PLR0913, PLR0917 - the parts of one segment
    draft: Draft,
    message: Consultation,
    sbar: Sbar,
    row: tuple[str, str, str],
    parties: Parties,
    contact: Json,
) -> Json:
    code, name, title = row
    parts = filled(
        extension("segment", valueCoding=coding(systems.SBAR, code, title)),
        extension("date", valueDateTime=draft.said(message, "created_at")),
        extension("identifier", valueIdentifier=identifier(parties.system, f"{message.message_id}#{code}")),
        extension("author", valueReference=reference(parties.sender or parties.sender_unit)),
        extension("contact", valueContactPoint=contact),
    )
    return {
        "extension": [{"url": systems.SEGMENT, "extension": parts}],
        "contentString": draft.said(sbar, name),
    }


def _contact(draft: Draft, message: Consultation) -> Json:
    """The number to call back: the sending unit's, and not for patients; or why there is none (agr-msg-3)."""
    phone = draft.said(message.sender_unit, "phone")
    audience = extension(systems.AUDIENCE, valueCode="kommunal-legitimerad")
    if not phone or draft.is_protected:
        why = "masked" if draft.is_protected else "unknown"
        return {"extension": [audience, extension(systems.ABSENT, valueCode=why)]}
    return {"extension": [audience], "system": "phone", "value": phone}
