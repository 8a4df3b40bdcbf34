"""A request for consultation as FHIR resources (canonical-models §4, §5).

It makes ServiceRequest + Task + Communication + Observations; what any other message of the thread makes is
told in ``reply``.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.domain.checklist import missing_vitals
from adapter.domain.consultation import Consultation, Urgency
from adapter.domain.when import Moment
from adapter.fhir import profiles, systems
from adapter.fhir.appointment import form_of
from adapter.fhir.communication import communication
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
    uri_of_root,
)
from adapter.fhir.message import built, draft_of, is_about_one, observations, parties_of
from adapter.fhir.narrative import told
from adapter.fhir.observation import MEASURES, sentence
from adapter.fhir.parties import Parties
from adapter.fhir.passages import SEGMENTS
from adapter.fhir.times import CONTACT_FORMS, spoken

_AT: Final = "fhir.consultation"
REVIEW: Final = "datum för översyn"
PRIORITY: Final = {
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


def request_resources(
    consultation: Consultation,
    deadline: Moment | None,
    made_by: MadeBy,
    *,
    review: Moment | None = None,
    trace: bool = False,
) -> Built:
    """Everything that a request makes; ``deadline`` is the end of the time that its urgency gives.

    ``review`` is when to look again at a request without one.
    """
    draft = draft_of(consultation, made_by, has_traces=trace)
    if not is_about_one(draft, consultation):
        return draft.built()
    parties = parties_of(draft, consultation)
    _find_missing_urgency(draft, consultation)
    request = f"ServiceRequest/{draft.id_of('service-request')}"
    _find_missing_segments(draft, consultation)
    _find_missing_vitals(draft, consultation)
    vitals = observations(draft, consultation, parties, request)
    _service_request(draft, consultation, parties, deadline, vitals)
    _task(draft, consultation, parties, (deadline, review), request)
    priority = PRIORITY[consultation.urgency] if consultation.urgency else ""
    communication(draft, consultation, parties, request, priority)
    return built(draft, consultation, parties, "new", request, parties.patient)


def _service_request(
    draft: Draft, message: Consultation, parties: Parties, deadline: Moment | None, vitals: list[str]
) -> None:
    created = draft.said(message, "created_at")
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": draft.id_of("service-request"),
        "meta": draft.meta(profiles.CONSULTATION),
        "text": told(*map(draft.masked, _request_sentences(message, deadline))),
        **draft.extensions(urgency_level(draft, message), _consent(message)),
        "identifier": _names(draft, message, parties),
        "status": "active",
        "intent": "order",
        "category": [concept(coding(systems.SNOMED, systems.CONSULTATION_SNOMED))],
        "priority": PRIORITY[message.urgency] if message.urgency else "",
        "code": concept(coding(systems.SNOMED, systems.CONSULTATION_SNOMED), text="Konsultation"),
        "orderDetail": filled(form_of(message.contact_wanted)),
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
    draft: Draft,
    message: Consultation,
    parties: Parties,
    times: tuple[Moment | None, Moment | None],
    request: str,
) -> None:
    deadline, review = times
    created = draft.said(message, "created_at")
    period = element(start=created, end=deadline.value if deadline else "")
    urgency = URGENCY_NAMES[message.urgency] if message.urgency else "utan angiven svarstid"
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": draft.id_of("task"),
        "meta": draft.meta(profiles.CONSULTATION_TASK),
        "text": told(f"Begäran om konsultation, {urgency}. Status: skickad.", *review_sentences(review)),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#task")),
        "basedOn": [reference(request)],
        "status": "requested",
        "businessStatus": concept(coding(systems.REQUEST_STATUS, "1", "skickad")),
        "intent": "order",
        "priority": PRIORITY[message.urgency] if message.urgency else "",
        "code": concept(coding(systems.TASK_CODE, "fulfill")),
        "focus": reference(request),
        "for": reference(parties.patient),
        "authoredOn": created,
        "requester": reference(parties.sender_unit or parties.sender),
        "owner": reference(parties.receiver),
        "restriction": element(period=period),
        "input": review_inputs(review),
    }
    draft.add("fhir.task", pruned(resource))


def review_inputs(review: Moment | None) -> list[Json]:
    """Task.input with the date of review: R4 has no element of its own for it."""
    return [{"type": {"text": REVIEW}, "valueDateTime": review.value}] if review else []


def review_sentences(review: Moment | None) -> list[str]:
    """The same for the reader."""
    return [f"Ses över {spoken(review)} om inget har hänt."] if review else []


def _names(draft: Draft, message: Consultation, parties: Parties) -> list[Json]:
    """The message's id, and in their order what else its sender calls the request."""
    own = identifier(parties.system, draft.said(message, "message_id"))
    others = [
        identifier(uri_of_root(name.assigner, draft.owner), draft.said(name, "value"))
        for name in message.request_ids
    ]
    return filled(own, *(each for each in others if each.get("value") != own.get("value")))


def _request_sentences(message: Consultation, deadline: Moment | None) -> list[str]:
    lines = [f"Konsultation: {message.question or 'frågeställningen saknas.'}"]
    if message.urgency:
        until = f" (senast {spoken(deadline)})" if deadline else ""
        lines.append(f"Svar önskas {URGENCY_NAMES[message.urgency]}{until}.")
    if message.contact_wanted:
        lines.append(f"Önskad kontakt: {CONTACT_FORMS[message.contact_wanted][0]}.")
    lines += [f"{sentence(vital)}" for vital in message.vitals]
    missing = ", ".join(MEASURES[kind].name.lower() for kind in missing_vitals(message))
    return [*lines, f"Saknas i checklistan: {missing}."] if missing else lines


def urgency_level(draft: Draft, message: Consultation) -> Json:
    """The extension that tells how soon an answer is wanted, as the sender chose it (agr-urg-2)."""
    if message.urgency is None:
        return {}
    code = draft.said(message, "urgency")
    level = coding(systems.URGENCY_CODES, code, URGENCY_NAMES[message.urgency])
    return extension(systems.URGENCY, valueCoding=level)


def _consent(message: Consultation) -> Json:
    if message.has_consent is None:
        return {}
    return {"url": systems.CONSENT, "valueBoolean": message.has_consent}


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


def _find_missing_vitals(draft: Draft, message: Consultation) -> None:
    missing = ", ".join(MEASURES[kind].name.lower() for kind in missing_vitals(message))
    if missing:
        what = (
            f"Vitalparametrar ur checklistan saknas: {missing}. Skicka dem i en komplettering, eller skriv "
            "varför de inte är tagna."
        )
        draft.find("vitals-missing", message.origin("vitals"), _AT, what)
