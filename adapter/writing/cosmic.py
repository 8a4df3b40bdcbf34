"""A message of the dialogue as COSMIC's own FHIR API takes it: resources that are created one by one.

Cambio's public guide (fhir.cambio.se, version 1.0.0) has no Communication and no transaction. A request
becomes a ServiceRequest (ServiceRequestReferral), what is said after it a Task (TaskReferral), each with its
words in a contained Composition (CompositionReferralClinicalInformation); a booked time also an Appointment
(AppointmentBookingSe, AppointmentRebookingSe). The body is a Bundle of what is to be created, in order, with
the condition under which each is there already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson

from adapter.domain.consultation import BookingStatus, MessageKind
from adapter.fhir import systems
from adapter.fhir.appointment import form_of
from adapter.fhir.element import coding, concept, element, filled, identifier
from adapter.fhir.narrative import told
from adapter.fhir.observation import sentence
from adapter.fhir.organization import hsa_key
from adapter.fhir.passages import passages
from adapter.writing.outgoing import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.domain.people import CareUnit
    from adapter.writing.outgoing import Outgoing

Json = dict[str, Any]
MEDIA_TYPE: Final = "application/fhir+json"
_AT: Final = "writing.cosmic"
_PROFILES: Final = "https://fhir.cambio.se/StructureDefinition/"
_REFERRAL_NOTE: Final = "721927009"
_KINDS: Final = {
    MessageKind.REQUEST: "Konsultation",
    MessageKind.ANSWER: "Svar på konsultation",
    MessageKind.BOOKED: "Bokad tid",
    MessageKind.COMPLETION: "Komplettering",
    MessageKind.WITHDRAWAL: "Avbokning",
    MessageKind.ADMINISTRATIVE: "Besked",
}
_STATUS: Final = {
    MessageKind.ANSWER: "completed",
    MessageKind.BOOKED: "accepted",
    MessageKind.COMPLETION: "on-hold",
    MessageKind.WITHDRAWAL: "cancelled",
    MessageKind.ADMINISTRATIVE: "in-progress",  # where no Task tells how far it has come
}
_TIMES: Final = {
    BookingStatus.BOOKED: "AppointmentBookingSe",
    BookingStatus.REBOOKED: "AppointmentRebookingSe",
}


def cosmic_message(letter: Outgoing) -> bytes:
    """The Bundle; raises ``Unwritable`` for a kind of message that COSMIC's API has no resource for."""
    message = letter.message
    if message.kind not in _KINDS or len(message.patients) != 1 or not message.patients[0].ids:
        what = (
            "COSMIC:s gränssnitt tar bara emot konsultationer, svar, bokade tider, kompletteringar, "
            "avbokningar och besked om en person. Meddelandet är inte skickat; ring mottagaren."
        )
        raise unwritable(message.origin("kind"), _AT, what, message.kind.value)
    made = [_request(letter)] if message.kind is MessageKind.REQUEST else [_task(letter), *_time(letter)]
    bundle = element(resourceType="Bundle", type="transaction", entry=[_entry(each) for each in made])
    return orjson.dumps(bundle)


def _entry(resource: Json) -> Json:
    own = resource["identifier"][0]
    condition = f"identifier={quote(own['system'], safe='')}%7C{quote(own['value'], safe='')}"
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": condition}
    return {"resource": resource, "request": request}


def _request(letter: Outgoing) -> Json:
    message = letter.message
    made = {each["resourceType"]: each for each in letter.resources}.get("ServiceRequest", {})
    return element(
        resourceType="ServiceRequest",
        meta=_profile("ServiceRequestReferral"),
        contained=[_composition(letter)],
        extension=made.get("extension"),
        identifier=[_own(letter)],
        status="active",
        intent="order",
        priority=made.get("priority", ""),
        code=made.get("code"),
        subject=_patient(letter),
        occurrencePeriod=made.get("occurrencePeriod"),
        authoredOn=message.created_at.value,
        requester=_unit(message.sender_unit),
        performer=filled(_unit(message.receiver_unit)),
        reasonCode=filled(concept(text=message.question)),
        supportingInfo=[{"reference": "#ord"}],
    )


def _task(letter: Outgoing) -> Json:
    message = letter.message
    made = {each["resourceType"]: each for each in letter.resources}.get("Task", {})
    asked = made.get("requester") and message.in_reply_to
    return element(
        resourceType="Task",
        meta=_profile("TaskReferral"),
        contained=[_composition(letter)],
        identifier=[_own(letter, "#task")],
        status=made.get("status") or _STATUS[message.kind],
        statusReason=concept(text=message.reason),
        intent="order",
        focus=element(type="ServiceRequest", identifier=_asked(letter))
        if message.in_reply_to or asked
        else {},
        **{"for": _patient(letter)},
        authoredOn=message.created_at.value,
        requester=_unit(message.sender_unit),
        owner=_unit(message.receiver_unit),
        output=[{"type": concept(text=_KINDS[message.kind]), "valueReference": {"reference": "#ord"}}],
    )


def _time(letter: Outgoing) -> Iterator[Json]:
    """A time that is booked; one that is called off is told by the Task alone."""
    message = letter.message
    booking = message.booking
    if booking is None or booking.status not in _TIMES or booking.start is None or booking.end is None:
        return
    patient = {"actor": _patient(letter), "status": "accepted"}
    unit = {"actor": _unit(message.sender_unit), "status": "accepted"}
    yield element(
        resourceType="Appointment",
        meta=_profile(_TIMES[booking.status]),
        identifier=[_own(letter, "#tid")],
        status="proposed",  # what Cambio's guide calls Open, New
        appointmentType=form_of(booking.contact_form),
        start=booking.start.value,
        end=booking.end.value,
        created=message.created_at.value,
        patientInstruction=booking.instruction,
        basedOn=[element(type="ServiceRequest", identifier=_asked(letter))],
        participant=[patient, unit],
    )


def _composition(letter: Outgoing) -> Json:
    """The words of the message, each under its title."""
    message = letter.message
    said = [("Frågeställning", message.question)] if message.question else []
    said += [(passage.title, passage.text) for passage in passages(message)]
    said += [("Mätvärde", sentence(vital)) for vital in message.vitals]
    return element(
        resourceType="Composition",
        id="ord",
        meta=_profile("CompositionReferralClinicalInformation"),
        status="final",
        type=concept(coding(systems.SNOMED, _REFERRAL_NOTE), text=_KINDS[message.kind]),
        category=[concept(coding(systems.SNOMED, _REFERRAL_NOTE))],
        subject=_patient(letter),
        date=message.created_at.value,
        author=[_author(letter)],
        title=_KINDS[message.kind],
        section=[{"title": title, "text": told(text)} for title, text in said],
    )


def _author(letter: Outgoing) -> Json:
    sender = letter.message.sender
    if sender is None or sender.hsa_id is None:
        return _unit(letter.message.sender_unit)
    hsa = identifier(systems.HSA, sender.hsa_id.value)
    return element(type="Practitioner", identifier=hsa, display=sender.name)


def _unit(unit: CareUnit) -> Json:
    hsa = identifier(systems.HSA, unit.hsa_id.value) if unit.hsa_id else {}
    return element(type="Organization", identifier=hsa, display=unit.name) if hsa or unit.name else {}


def _patient(letter: Outgoing) -> Json:
    """By number: the resource's id is ours."""
    patient = {each["resourceType"]: each for each in letter.resources}.get("Patient", {})
    own = patient.get("identifier") or [{"value": letter.message.patients[0].ids[0].value}]
    return {"type": "Patient", "identifier": own[0]}


def _own(letter: Outgoing, part: str = "") -> Json:
    unit = letter.message.sender_unit.hsa_id
    system = systems.own_namespace(hsa_key(unit)) if unit else systems.BASE
    return identifier(system, f"{letter.message.message_id}{part}")


def _asked(letter: Outgoing) -> Json:
    """The request by the id that its sender gave it."""
    requests = [each for each in letter.resources if each["resourceType"] == "ServiceRequest"]
    if requests and requests[0].get("identifier"):
        found: Json = requests[0]["identifier"][0]
        return found
    unit = letter.message.receiver_unit.hsa_id
    system = systems.own_namespace(hsa_key(unit)) if unit else systems.BASE
    return identifier(system, letter.message.in_reply_to)


def _profile(name: str) -> Json:
    return {"profile": [f"{_PROFILES}{name}/v1"]}
