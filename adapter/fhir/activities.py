"""What an agreement's lines become: Task, ServiceRequest, Appointment, HealthcareService.

https://hl7.org/fhir/R4/task.html, servicerequest.html, appointment.html, healthcareservice.html;
canonical-models §3. A line keeps its id as long as its words stay the same (spaces and case aside), wherever
it stands in the list: an unchanged line makes no new version.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.domain.agreement import NextStep, Responsibility
from adapter.domain.origin import Traced
from adapter.domain.people import ContactWay
from adapter.fhir import profiles, systems
from adapter.fhir.available_time import available_times
from adapter.fhir.contact_point import FOR_THE_PATIENT, contact_point
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, element, is_instant, pruned, reference
from adapter.fhir.frame import Frame
from adapter.fhir.narrative import told
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.visibility import STAFF_LABEL

_TASK_STATUS: Final = {
    "draft": "draft",
    "active": "requested",
    "revoked": "cancelled",
    "entered-in-error": "entered-in-error",
}
_APPOINTMENT_STATUS: Final = {
    "draft": "proposed",
    "active": "booked",
    "revoked": "cancelled",
    "entered-in-error": "entered-in-error",
}

_BACKWARDS: Final = (
    "Sluttiden ligger före starttiden; bara starttiden har tagits med. "
    "Rätta raden och skicka anteckningen igen."
)

_REPLACED: Final[Json] = {"text": "Anteckningen har ersatts av en nyare."}


class LineKeys:
    """Gives each line of an agreement its key: its words, and a count when they stand there twice."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def of(self, role: str, text: str) -> tuple[str, str, str]:
        """The parts of an id for a line in a role."""
        words = " ".join(text.casefold().split())
        count = self._seen[role, words] = self._seen.get((role, words), 0) + 1
        return role, words, str(count)


def patient_task(draft: Draft, line: Responsibility, keys: LineKeys, frame: Frame) -> str:
    """One line under "Patienten ansvarar för": a Task that the patient owns and can tick."""
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": draft.id_of(*keys.of("patient", line.text)),
        "meta": draft.meta(profiles.PATIENT_PART),
        "text": told(f"Patienten ansvarar för: {draft.masked(line.text)}"),
        **draft.extensions(),
        "status": _TASK_STATUS[frame.status],
        **({"statusReason": dict(_REPLACED)} if frame.status == "revoked" else {}),
        "intent": "order",
        "priority": "routine",
        "code": _heading(systems.PATIENT_PART, "Patienten ansvarar för"),
        **draft.words("description", line),
        "for": reference(frame.subject),
        "authoredOn": frame.authored,
        "requester": reference(frame.author or frame.unit),
        "owner": reference(frame.subject),
    }
    return draft.add("fhir.task", pruned(resource))


def care_request(draft: Draft, line: Responsibility, keys: LineKeys, frame: Frame) -> str:
    """One line under "Vården ansvarar för": a ServiceRequest that the unit performs."""
    resource: dict[str, Any] = {
        **_service_request(draft, line, draft.id_of(*keys.of("care", line.text)), frame, profiles.CARE_PART),
        "text": told(f"Vården ansvarar för: {draft.masked(line.text)}"),
        "category": [_heading(systems.CARE_PART, "Vården ansvarar för")],
        "performer": [reference(frame.unit)] if frame.unit else [],
    }
    return draft.add("fhir.service_request", pruned(resource))


def next_step(draft: Draft, step: NextStep, keys: LineKeys, frame: Frame) -> str:
    """One line under "Fortsatt planering": an Appointment with start and end, else ServiceRequest (app-2)."""
    own_id = draft.id_of(*keys.of("next-step", step.text))
    holder = practitioner_role(draft, step.holder, role="next-step")
    start, end = draft.said(step, "start"), draft.said(step, "end")
    if start and end and _runs_backwards(step):
        end = ""
        draft.find("booking-unread", step.origin("end"), "fhir.activities", _BACKWARDS)
    if is_instant(start) and is_instant(end) and start != end:
        return draft.add("fhir.appointment", _appointment(draft, step, own_id, holder, frame))
    when: Json = {"occurrenceDateTime": start} if start else {}
    if end:
        when = {"occurrencePeriod": element(start=start, end=end)}
    resource: dict[str, Any] = {
        **_service_request(draft, step, own_id, frame, profiles.NEXT_STEP),
        "text": told(f"Fortsatt planering: {draft.masked(step.text)}"),
        "category": [_heading(systems.NEXT_STEP, "Fortsatt planering")],
        **when,
        **({"performer": [reference(holder)]} if holder else {}),
    }
    return draft.add("fhir.service_request", pruned(resource))


def _runs_backwards(step: NextStep) -> bool:
    return bool(step.start and step.end and step.start.earliest() > step.end.earliest())


def contact_service(draft: Draft, way: ContactWay, keys: LineKeys, frame: Frame) -> str:
    """One line under "Patienten kan kontakta vården via": a HealthcareService with number and hours."""
    own_id = draft.id_of(*keys.of("contact-way", way.text))
    is_open = way.audience in FOR_THE_PATIENT
    shown = draft.masked(way.text)
    resource: dict[str, Any] = {
        "resourceType": "HealthcareService",
        "id": own_id,
        "meta": draft.meta(profiles.CONTACT_SERVICE, *(() if is_open else (STAFF_LABEL,))),
        "text": told(
            f"Patienten kan kontakta vården via: {shown}" if is_open else "Kontaktväg för personal."
        ),
        **draft.extensions(),
        "active": frame.status == "active",
        "providedBy": reference(frame.unit),
        "name": "Patienten kan kontakta vården via",
        **draft.words("comment", way),
        "telecom": [contact_point(draft, way, way.text, has_hours=False)],
        **({"availableTime": available_times(way.hours)} if way.hours else {}),
    }
    return draft.add("fhir.healthcare_service", pruned(resource))


def _heading(code: str, words: str) -> Json:
    """The heading that a line stands under, as a concept."""
    return {"coding": [{"system": systems.KEYWORDS, "code": code, "display": words}]}


def _service_request(draft: Draft, line: Traced, own_id: str, frame: Frame, profile: str) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": own_id,
        "meta": draft.meta(profile),
        "text": None,  # filled in by the caller; here for the order of elements
        **draft.extensions(),
        "status": frame.status,
        "intent": "plan",
        "category": None,
        "code": draft.words("text", line),
        "subject": reference(frame.subject),
        "authoredOn": frame.authored,
        "requester": reference(frame.author),
    }


def _appointment(draft: Draft, step: NextStep, own_id: str, holder: str, frame: Frame) -> Json:
    status = _APPOINTMENT_STATUS[frame.status]
    answer = "accepted" if status == "booked" else "needs-action"
    actors = [frame.subject, holder] if holder else [frame.subject]
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": own_id,
        "meta": draft.meta(profiles.BOOKED_TIME),
        "text": told(f"Bokad tid: {draft.masked(step.text)}"),
        **draft.extensions(),
        "status": status,
        **({"cancelationReason": dict(_REPLACED)} if frame.status == "revoked" else {}),
        "serviceCategory": [_heading(systems.NEXT_STEP, "Fortsatt planering")],
        **draft.words("description", step),
        "start": draft.said(step, "start"),
        "end": draft.said(step, "end"),
        "participant": [{"actor": {"reference": actor}, "status": answer} for actor in actors],
    }
    return pruned(resource)
