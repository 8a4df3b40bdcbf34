"""A consultation message as FHIR resources (canonical-models §4, §5).

A request makes ServiceRequest + Task + Communication + Observations; any other message of the thread makes
its Communication and Observations.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from adapter.domain.consultation import Consultation, ContactForm, MessageKind, Urgency
from adapter.domain.protected import is_protected
from adapter.domain.staff_numbers import numbers_in
from adapter.domain.when import Moment
from adapter.fhir import profiles, systems, visibility
from adapter.fhir.communication import SEGMENTS, communication
from adapter.fhir.draft import Built, Draft, MadeBy
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
from adapter.fhir.observation import observation, sentence
from adapter.fhir.organization import care_giver, care_unit, hsa_key
from adapter.fhir.parties import Parties
from adapter.fhir.patient import patient
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.provenance import Word, provenance
from adapter.fhir.shared import SHARED_TYPES

_AT: Final = "fhir.consultation"
_PRIORITY: Final = {
    Urgency.AKUT: "stat",
    Urgency.WITHIN_1_DAY: "asap",
    Urgency.WITHIN_72_HOURS: "urgent",
    Urgency.WITHIN_1_WEEK: "routine",
    Urgency.LONG_TERM: "routine",
}
URGENCY_NAMES: Final = {
    Urgency.AKUT: "akut kontakt",
    Urgency.WITHIN_1_DAY: "inom 1 dag",
    Urgency.WITHIN_72_HOURS: "inom 72 timmar",
    Urgency.WITHIN_1_WEEK: "inom en vecka",
    Urgency.LONG_TERM: "långsiktigt",
}
# How the requester wants to be reached: our name, and the SNOMED CT code of that kind of contact (D§10.3).
_CONTACT_FORMS: Final = {
    ContactForm.PHONE: ("telefon", "185317003"),
    ContactForm.VIDEO: ("video", "453131000124105"),
    ContactForm.VISIT: ("besök", ""),
    ContactForm.HOME_VISIT: ("hembesök", "439708006"),
    ContactForm.WRITTEN: ("skriftligt svar", "1197766005"),
}


def consultation_resources(
    consultation: Consultation, deadline: Moment | None, made_by: MadeBy, *, trace: bool = False
) -> Built:
    """Everything that one message makes; ``deadline`` is the end of the time that its urgency gives."""
    draft = _draft(consultation, made_by, has_traces=trace)
    if len(consultation.patients) != 1:
        what = "Meddelandet ska gälla en enda person. Skicka ett meddelande per person."
        draft.find("patient-not-one", consultation.origin("patients"), _AT, what, blocking=True)
        return draft.built()
    visibility.find_missing_blocks(draft, consultation.sender_unit, consultation.origin("sender_unit"))
    parties = _parties(draft, consultation)
    request, priority = "", ""
    if consultation.kind is MessageKind.REQUEST:
        priority = _PRIORITY[consultation.urgency] if consultation.urgency else ""
        _find_missing_urgency(draft, consultation)
        request = f"ServiceRequest/{draft.id_of('service-request')}"
        _find_missing_segments(draft, consultation)
    vitals = _observations(draft, consultation, parties, request)
    if request:
        _service_request(draft, consultation, parties, deadline, vitals)
        _task(draft, consultation, parties, deadline, request)
    communication(draft, consultation, parties, request, priority)
    targets = [target for target in draft.resources if target.partition("/")[0] not in SHARED_TYPES]
    provenance(draft, _word(draft, consultation, parties), targets)
    return draft.built(request, parties.patient)


def _draft(message: Consultation, made_by: MadeBy, *, has_traces: bool) -> Draft:
    unit = message.sender_unit
    owner = unit.hsa_id.value if unit.hsa_id else ""
    has_protection = is_protected(message)
    blocks = visibility.has_both_blocks(unit)
    return Draft(
        made_by=made_by,
        owner=owner.upper() or made_by.source,
        key=message.message_id,
        labels=visibility.labels(hidden=False, protected=has_protection, blocks=blocks),
        is_protected=has_protection,
        is_hidden=not blocks,
        numbers=frozenset(numbers_in(unit.phone)),
        has_traces=has_traces,
        source_uri=systems.source_uri(made_by.source, owner),
    )


def _parties(draft: Draft, message: Consultation) -> Parties:
    answered = message.receiver_unit.hsa_id
    return Parties(
        patient=patient(draft, message.patients[0]),
        sender=practitioner_role(draft, message.sender, role="sender", unit=message.sender_unit),
        sender_unit=care_unit(draft, message.sender_unit),
        receiver=care_unit(draft, message.receiver_unit),
        system=systems.own_namespace(draft.owner),
        answered_system=systems.own_namespace(hsa_key(answered)) if answered else "",
    )


def _observations(draft: Draft, message: Consultation, parties: Parties, request: str) -> list[str]:
    turns: Counter[str] = Counter()
    made = []
    for vital in message.vitals:
        turns[vital.kind] += 1
        made.append(observation(draft, vital, turns[vital.kind], parties, request))
    return made


def _service_request(
    draft: Draft, message: Consultation, parties: Parties, deadline: Moment | None, vitals: list[str]
) -> None:
    created = draft.said(message, "created_at")
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": draft.id_of("service-request"),
        "meta": draft.meta(profiles.CONSULTATION),
        "text": told(*map(draft.masked, _request_sentences(message, deadline))),
        **draft.extensions(_urgency(draft, message), _consent(message)),
        "identifier": filled(identifier(parties.system, draft.said(message, "message_id"))),
        "status": "active",
        "intent": "order",
        "category": [concept(coding(systems.SNOMED, systems.CONSULTATION_SNOMED))],
        "priority": _PRIORITY[message.urgency] if message.urgency else "",
        "code": concept(coding(systems.SNOMED, systems.CONSULTATION_SNOMED), text="Konsultation"),
        "orderDetail": filled(_contact_form(message)),
        "subject": reference(parties.patient),
        "occurrencePeriod": element(start=created, end=deadline.value if deadline else ""),
        "authoredOn": created,
        "requester": reference(parties.sender or parties.sender_unit),
        "performer": filled(reference(parties.receiver)),
        "reasonCode": filled(concept(text=draft.said(message, "question"))),
        "supportingInfo": [reference(vital) for vital in vitals],
    }
    draft.add("fhir.service_request", pruned(resource))


def _task(
    draft: Draft, message: Consultation, parties: Parties, deadline: Moment | None, request: str
) -> None:
    created = draft.said(message, "created_at")
    period = element(start=created, end=deadline.value if deadline else "")
    urgency = URGENCY_NAMES[message.urgency] if message.urgency else "utan angiven svarstid"
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": draft.id_of("task"),
        "meta": draft.meta(profiles.CONSULTATION_TASK),
        "text": told(f"Begäran om konsultation, {urgency}. Status: skickad."),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#task")),
        "basedOn": [reference(request)],
        "status": "requested",
        "businessStatus": concept(coding(systems.REQUEST_STATUS, "1", "skickad")),
        "intent": "order",
        "priority": _PRIORITY[message.urgency] if message.urgency else "",
        "code": concept(coding(systems.TASK_CODE, "fulfill")),
        "focus": reference(request),
        "for": reference(parties.patient),
        "authoredOn": created,
        "requester": reference(parties.sender_unit or parties.sender),
        "owner": reference(parties.receiver),
        "restriction": element(period=period),
    }
    draft.add("fhir.task", pruned(resource))


def _request_sentences(message: Consultation, deadline: Moment | None) -> list[str]:
    lines = [f"Konsultation: {message.question or 'frågeställningen saknas.'}"]
    if message.urgency:
        until = f" (senast {spoken(deadline)})" if deadline else ""
        lines.append(f"Svar önskas {URGENCY_NAMES[message.urgency]}{until}.")
    if message.contact_wanted:
        lines.append(f"Önskad kontakt: {_CONTACT_FORMS[message.contact_wanted][0]}.")
    lines += [f"{sentence(vital)}" for vital in message.vitals]
    return lines


def spoken(moment: Moment) -> str:
    """A time as a reader is told it: date and time of day as they were written."""
    return moment.value[:16].replace("T", " kl. ").replace(":", ".")


def _urgency(draft: Draft, message: Consultation) -> Json:
    if message.urgency is None:
        return {}
    code = draft.said(message, "urgency")
    level = coding(systems.URGENCY_CODES, code, URGENCY_NAMES[message.urgency])
    return extension(systems.URGENCY, valueCoding=level)


def _consent(message: Consultation) -> Json:
    if message.has_consent is None:
        return {}
    return {"url": systems.CONSENT, "valueBoolean": message.has_consent}


def _contact_form(message: Consultation) -> Json:
    if message.contact_wanted is None:
        return {}
    name, snomed = _CONTACT_FORMS[message.contact_wanted]
    ours = coding(systems.CONTACT_FORM, message.contact_wanted.value, name)
    return concept(ours, coding(systems.SNOMED, snomed)) if snomed else concept(ours)


def _find_missing_urgency(draft: Draft, message: Consultation) -> None:
    """A request without its level is not taken in: nobody may guess how soon (agr-urg-2)."""
    if message.urgency is None:
        what = "Svarstidsnivån saknas. Skicka meddelandet med nytt id och ange inom vilken tid svar behövs."
        draft.find("required-missing", message.origin("urgency"), _AT, what, blocking=True)


def _find_missing_segments(draft: Draft, message: Consultation) -> None:
    for _, name, title in SEGMENTS:
        if message.sbar is None or not getattr(message.sbar, name):
            what = f"SBAR: {title} saknas i meddelandet. Skicka en komplettering med {title.lower()}."
            draft.find("sbar-missing", message.origin("sbar"), _AT, what)


def _word(draft: Draft, message: Consultation, parties: Parties) -> Word:
    created = draft.said(message, "created_at")
    return Word(
        version="",
        recorded=created,
        occurred=created,
        care_giver=care_giver(draft, message.sender_unit.care_giver),
        unit=parties.sender_unit,
        writer=parties.sender,
        activity="reply" if message.in_reply_to else "new",
    )
