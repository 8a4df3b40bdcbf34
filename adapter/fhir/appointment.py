"""Appointment (https://hl7.org/fhir/R4/appointment.html): the time that answers a consultation.

R4 wants both start and end of a booked time (app-3). A time without an end is a ServiceRequest with its
occurrence instead, so that it is seen and nothing is invented.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.domain.consultation import Booking, BookingStatus, Consultation, ContactForm
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import (
    Json,
    coding,
    concept,
    filled,
    identifier,
    is_instant,
    pruned,
    reference,
)
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.times import CONTACT_FORMS, TIME_WORDS, time_in_words, when

_STATUS: Final = {
    BookingStatus.BOOKED: "booked",
    BookingStatus.REBOOKED: "booked",
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.NO_SHOW: "noshow",
}
_AT: Final = "fhir.appointment"
_NO_REASON: Final = "Avbokad utan angivet skäl."


def form_of(form: ContactForm | None) -> Json:
    """A contact form as a concept, or nothing."""
    if form is None:
        return {}
    name, snomed = CONTACT_FORMS[form]
    ours = coding(systems.CONTACT_FORM, form.value, name)
    return concept(ours, coding(systems.SNOMED, snomed)) if snomed else concept(ours)


def booked_time(
    draft: Draft, message: Consultation, parties: Parties, request: Json, before: Json | None = None
) -> str:
    """The time that a message books, as ``Type/id``; ``before`` is the time that it moves.

    Empty when the message does not say when.
    """
    booking = message.booking
    if booking is None or booking.start is None:
        what = "Meddelandet säger att en tid är bokad men inte när. Skicka tiden med nytt id."
        draft.find("booking-unread", message.origin("booking"), _AT, what)
        return ""
    start, end = draft.said(booking, "start"), draft.said(booking, "end")
    if booking.end and booking.end.earliest() <= booking.start.earliest():
        what = "Tiden slutar innan den börjar; bara starten har tagits med. Skicka rätt tid med nytt id."
        draft.find("booking-unread", booking.origin("end"), _AT, what)
        end = ""
    if not (is_instant(start) and is_instant(end)):
        return draft.add("fhir.service_request", _without_end(draft, message, booking, parties, request))
    return draft.add("fhir.appointment", _appointment(draft, message, parties, request, before or {}))


def _appointment(draft: Draft, message: Consultation, parties: Parties, request: Json, before: Json) -> Json:
    booking = message.booking
    assert booking  # noqa: S101  the caller has looked
    is_moved = before.get("resourceType") == "Appointment"
    holder = practitioner_role(draft, booking.holder, role="holder", unit=message.sender_unit)
    asking = request.get("requester", {}).get("reference", "")
    nurse = asking if asking.startswith("PractitionerRole/") and asking != holder else ""
    actors = ((parties.patient, "accepted"), (holder or parties.sender, "accepted"), (nurse, "needs-action"))
    status = _STATUS[booking.status]
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": before["id"] if is_moved else draft.id_of("appointment"),
        "meta": draft.meta(profiles.BOOKED_TIME),
        "text": told(draft.masked(time_in_words(booking))),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#tid")),
        "status": status,
        "cancelationReason": concept(text=message.reason or _NO_REASON) if status == "cancelled" else {},
        "appointmentType": form_of(booking.contact_form),
        "start": draft.said(booking, "start"),
        "end": draft.said(booking, "end"),
        "created": draft.said(message, "created_at"),
        "patientInstruction": draft.shown(booking, "instruction"),
        "basedOn": [reference(f"ServiceRequest/{request['id']}")] if request else [],
        "participant": [{"actor": reference(actor), "status": answer} for actor, answer in actors if actor],
    }
    return pruned(resource)


def _without_end(
    draft: Draft, message: Consultation, booking: Booking, parties: Parties, request: Json
) -> Json:
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": draft.id_of("time"),
        "meta": draft.meta(profiles.NEXT_STEP),
        "text": told(draft.masked(time_in_words(booking))),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#tid")),
        "basedOn": [reference(f"ServiceRequest/{request['id']}")] if request else [],
        "status": "active" if _STATUS[booking.status] == "booked" else "revoked",
        "intent": "plan",
        "category": [
            {"coding": [coding(systems.KEYWORDS, systems.NEXT_STEP, "Fortsatt planering")]},
        ],
        "code": {"text": TIME_WORDS[booking.status]},
        "orderDetail": filled(form_of(booking.contact_form)),
        "subject": reference(parties.patient),
        "occurrenceDateTime": draft.said(booking, "start"),
        "authoredOn": draft.said(message, "created_at"),
        "requester": reference(parties.sender or parties.sender_unit),
        "patientInstruction": draft.shown(booking, "instruction"),
    }
    return pruned(resource)


def called_off(time: Json, message: Consultation, status: BookingStatus) -> Json:
    """The time as it stands after it was called off or missed, with why."""
    at = time.get("start") or time.get("occurrenceDateTime", "")
    is_appointment = time["resourceType"] == "Appointment"
    ended: Json = {}
    for name, part in time.items():
        if name != "cancelationReason":
            ended[name] = part
        if name == "status" and is_appointment and status is BookingStatus.CANCELLED:
            ended["cancelationReason"] = concept(text=message.reason or _NO_REASON)
    ended["text"] = told(f"{TIME_WORDS[status]} {when(at)}.")
    ended["status"] = _STATUS[status] if is_appointment else "revoked"
    return ended
