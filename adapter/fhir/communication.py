"""Communication (https://hl7.org/fhir/R4/communication.html): what one says to the other, segment by segment.

Each SBAR segment is one payload that names its time, its author and the number to call back
(canonical-models §5, agr-msg-3). An empty segment is not sent as an empty one.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.domain.consultation import Consultation, MessageKind
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
from adapter.fhir.index import codes_of
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties
from adapter.fhir.passages import SEGMENTS, Passage, passages
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.times import time_in_words
from adapter.frozen import replace

EVENTS: Final = {
    MessageKind.REQUEST: "konsultation-begaran",
    MessageKind.ANSWER: "konsultation-svar",
    MessageKind.BOOKED: "konsultation-svar",
    MessageKind.COMPLETION: "konsultation-komplettering",
    MessageKind.WITHDRAWAL: "konsultation-avbokning",
}
_KINDS: Final = {event: kind for kind, event in reversed(EVENTS.items())}


def communication(  # noqa: PLR0913, PLR0917 - what the thread knows besides the message
    draft: Draft,
    message: Consultation,
    parties: Parties,
    request: str,
    priority: str,
    answered: str = "",
) -> str:
    """The Communication of one message.

    ``request`` is the ServiceRequest of its thread and ``answered`` the Communication that it answers, when
    they are known; ``priority`` is that of a request.
    """
    replied_to = identifier(parties.answered_system, message.in_reply_to)
    consent = (
        {} if message.has_consent is None else {"url": systems.CONSENT, "valueBoolean": message.has_consent}
    )
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "id": draft.id_of("communication"),
        "meta": draft.meta(profiles.ANSWER if replied_to else profiles.MESSAGE),
        "text": told(*sentences(draft, message)),
        **draft.extensions(consent),
        "identifier": filled(identifier(parties.system, draft.said(message, "message_id"))),
        "basedOn": filled(reference(request)),
        "inResponseTo": _in_response_to(answered, replied_to),
        "status": "completed",
        "category": [concept(_category(message))],
        "priority": priority,
        "subject": reference(parties.patient),
        "topic": concept(text=draft.said(message, "question")),
        "about": filled(reference(_physician(draft, message))),
        "sent": draft.said(message, "created_at"),
        "recipient": filled(reference(parties.receiver)),
        "sender": reference(parties.sender or parties.sender_unit),
        "payload": _payloads(draft, message, parties),
    }
    return draft.add("fhir.communication", pruned(resource))


def _physician(draft: Draft, message: Consultation) -> str:
    """The fixed physician that an enrolment names; works at the receiver when nothing else is said."""
    if message.enrolment is None:
        return ""
    physician = message.enrolment.physician
    return practitioner_role(draft, physician, role="physician", unit=message.receiver_unit)


def _in_response_to(answered: str, replied_to: Json) -> list[Json]:
    if answered:  # its own id stands in it
        return [element(reference=answered, type="Communication")]
    return [element(type="Communication", identifier=replied_to)] if replied_to else []


def sentences(draft: Draft, message: Consultation) -> list[str]:
    """The message as its reader is told it; a missing segment of SBAR is said to be missing."""
    lines = [f"Frågeställning: {message.question}"] if message.question else []
    if message.booking:
        lines.append(time_in_words(replace(message.booking, instruction="")))
    told_of = list(passages(message))
    if message.sbar:
        said = {passage.title: passage.text for passage in told_of if passage.is_segment}
        lines += [f"{title}: {said.get(title, 'saknas i meddelandet.')}" for _, _, title in SEGMENTS]
    lines += [passage.sentence for passage in told_of if not passage.is_segment]
    return [draft.masked(line) for line in lines or ["Meddelandet har inga egna ord."]]


def kind_of(told_of: Json) -> MessageKind | None:
    """Which kind of message a Communication is; None when it does not say."""
    event = next(iter(codes_of(told_of.get("category", ()), systems.MESSAGE_EVENT)), "")
    known = {kind.value: kind for kind in MessageKind}
    return _KINDS.get(event) or known.get(event)


def _category(message: Consultation) -> Json:
    event = EVENTS.get(message.kind, message.kind.value)
    return coding(systems.MESSAGE_EVENT, event)


def _payloads(draft: Draft, message: Consultation, parties: Parties) -> list[Json]:
    contact = _contact(draft, message)
    return [_payload(draft, message, passage, parties, contact) for passage in passages(message)]


def _payload(draft: Draft, message: Consultation, passage: Passage, parties: Parties, contact: Json) -> Json:
    segment = coding(systems.SBAR, passage.key, passage.title)
    number = identifier(parties.system, f"{message.message_id}#{passage.key}")
    parts = filled(
        {"url": "segment", "valueCoding": segment} if passage.is_segment else {},
        {"url": "date", "valueDateTime": draft.said(message, "created_at")},
        {"url": "identifier", "valueIdentifier": number},
        extension("author", valueReference=reference(parties.sender or parties.sender_unit)),
        {"url": "contact", "valueContactPoint": contact},
    )
    return {
        "extension": [{"url": systems.SEGMENT, "extension": parts}],
        "contentString": passage.said(draft),
    }


def _contact(draft: Draft, message: Consultation) -> Json:
    """The number to call back: the sending unit's, and not for patients; or why there is none (agr-msg-3)."""
    phone = draft.said(message.sender_unit, "phone")
    audience = extension(systems.AUDIENCE, valueCode="kommunal-legitimerad")
    if not phone or draft.is_protected:
        why = "masked" if draft.is_protected else "unknown"
        return {"extension": [audience, extension(systems.ABSENT, valueCode=why)]}
    return {"extension": [audience], "system": "phone", "value": phone}
