"""The way back: FHIR resources to the consultation message that they were made from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from adapter.domain.consultation import (
    Booking,
    BookingStatus,
    Consultation,
    ContactForm,
    MessageKind,
    RequestId,
    Sbar,
    Urgency,
    VitalKind,
    VitalSign,
)
from adapter.domain.people import CareUnit, Professional
from adapter.domain.when import Moment
from adapter.errors import OverensError
from adapter.fhir import systems
from adapter.fhir.communication import kind_of
from adapter.fhir.element import Json
from adapter.fhir.index import Given, Index, codes_of, extension_of, first
from adapter.fhir.observation import DIASTOLIC, SYSTOLIC
from adapter.fhir.passages import SEGMENTS
from adapter.fhir.people_of import care_unit, person, professional
from adapter.fhir.words_of import errands_in, missing_in, words_of
from adapter.frozen import replace

_FIELDS: Final = {code: name for code, name, _ in SEGMENTS}
_TIMES: Final = {
    "booked": BookingStatus.BOOKED,
    "cancelled": BookingStatus.CANCELLED,
    "noshow": BookingStatus.NO_SHOW,
}


class NoConsultation(OverensError):
    """There is no Communication among the resources: no consultation can be told of."""


def consultation_of(given: Given) -> Consultation:
    """The message of a Bundle (or a list) that holds one; raises ``NoConsultation`` when none is there."""
    index = Index(given)
    told = next(index.of_type("Communication"), None)
    if told is None:
        raise NoConsultation("no Communication among the resources")
    request = first(index.of_type("ServiceRequest"))
    kind = kind_of(told) or MessageKind.REQUEST
    asked = first(index.of_type("Task")) if kind is MessageKind.REQUEST else {}
    unit, sender = _sender(index, told, asked)
    booking = _booking(index, unit) if kind is MessageKind.ANSWER else None
    words = words_of(told, kind)
    physician = professional(index, first(told.get("about", ())))
    consent = extension_of(told, systems.CONSENT)
    patient = index.get(told.get("subject"))
    return Consultation(
        message_id=first(told.get("identifier", ())).get("value", ""),
        kind=MessageKind.BOOKED if booking else kind,
        created_at=Moment(told.get("sent", "")),
        patients=(person(patient),) if patient else (),
        in_reply_to=_answered(index, told),
        request_ids=tuple(_request_ids(request)),
        sender_unit=unit,
        sender=sender,
        receiver_unit=care_unit(index, index.get(first(told.get("recipient", ())))) or CareUnit(),
        has_consent=consent.get("valueBoolean"),
        question=told.get("topic", {}).get("text", ""),
        urgency=_urgency(request),
        contact_wanted=_contact_wanted(request),
        sbar=_sbar(told),
        vitals=tuple(_vitals(index)),
        answer=words["answer"],
        reason=words["reason"],
        missing=missing_in(words),
        booking=replace(booking, instruction=booking.instruction or words["instruction"])
        if booking
        else None,
        text=words["text"],
        **errands_in(words, replace(physician, unit=None) if physician else None),
    )


def _answered(index: Index, told: Json) -> str:
    """The id of the message that is answered: said, or that of the one that is pointed at."""
    answered = first(told.get("inResponseTo", ()))
    named = answered.get("identifier") or first(index.get(answered).get("identifier", ()))
    value: str = named.get("value", "")
    return value


def _booking(index: Index, unit: CareUnit) -> Booking | None:
    """The time of an answer, with whoever it is with; of the message's own unit unless another is said."""
    time = first(index.of_type("Appointment"))
    status = _TIMES.get(time.get("status", ""))
    if status is None:
        return None
    code = next(iter(codes_of(time.get("appointmentType", {}), systems.CONTACT_FORM)), "")
    holders = (professional(index, each.get("actor")) for each in time.get("participant", ()))
    holder = next((holder for holder in holders if holder), None)
    return Booking(
        status=status,
        start=Moment(time["start"]) if "start" in time else None,
        end=Moment(time["end"]) if "end" in time else None,
        contact_form=ContactForm(code) if code else None,
        holder=replace(holder, unit=None if holder.unit == unit else holder.unit) if holder else None,
        instruction=time.get("patientInstruction", ""),
    )


def _sender(index: Index, told: Json, task: Json) -> tuple[CareUnit, Professional | None]:
    """The unit, and the person without the unit that is the message's own."""
    somebody = professional(index, told.get("sender"))
    own = index.get(task.get("requester")) or index.get(told.get("sender"))
    unit = care_unit(index, own if own.get("resourceType") == "Organization" else {})
    if somebody is None:
        return unit or CareUnit(), None
    unit = unit or somebody.unit or CareUnit()
    workplace = None if somebody.unit == unit else somebody.unit
    alone = Professional(
        hsa_id=somebody.hsa_id,
        name=somebody.name,
        title=somebody.title,
        role_code=somebody.role_code,
        role_name=somebody.role_name,
        unit=workplace,
    )
    return unit, alone


def names_of(request: Json) -> tuple[RequestId, ...]:
    """What whoever asked calls a request (ServiceRequest): its own names, else its message id."""
    own = request.get("identifier", ())[:1]
    return tuple(_request_ids(request)) or tuple(RequestId(value=each.get("value", "")) for each in own)


def _request_ids(request: Json) -> Iterator[RequestId]:
    """The names of a request besides its message id, which stands first."""
    rooted = systems.own_namespace("rot/")
    for named in request.get("identifier", ())[1:]:
        system = named.get("system", "")
        assigner = system.removeprefix("urn:oid:") if system.startswith("urn:oid:") else ""
        if system.startswith(rooted):
            assigner = system.removeprefix(rooted)
        yield RequestId(value=named.get("value", ""), assigner=assigner)


def _urgency(request: Json) -> Urgency | None:
    code = extension_of(request, systems.URGENCY).get("valueCoding", {}).get("code", "")
    return Urgency(code) if code else None


def _contact_wanted(request: Json) -> ContactForm | None:
    code = next(iter(codes_of(request.get("orderDetail", ()), systems.CONTACT_FORM)), "")
    return ContactForm(code) if code else None


def _sbar(told: Json) -> Sbar | None:
    segments: dict[str, str] = {}
    for payload in told.get("payload", ()):
        mark = extension_of(extension_of(payload, systems.SEGMENT), "segment")
        name = _FIELDS.get(mark.get("valueCoding", {}).get("code", ""))
        if name:
            segments[name] = payload.get("contentString", "")
    if not segments:
        return None
    return Sbar(
        situation=segments.get("situation", ""),
        background=segments.get("background", ""),
        assessment=segments.get("assessment", ""),
        recommendation=segments.get("recommendation", ""),
    )


def _vitals(index: Index) -> Iterator[VitalSign]:
    for observation in index.of_type("Observation"):
        kind = next(iter(codes_of(observation.get("code", {}), systems.VITAL)), "")
        if kind:
            yield _vital(VitalKind(kind), observation)


def _vital(kind: VitalKind, observation: Json) -> VitalSign:
    parts = {
        code: _decimal(component)
        for component in observation.get("component", ())
        for code in codes_of(component.get("code", {}), systems.LOINC)
    }
    when = observation.get("effectiveDateTime", "")
    return VitalSign(
        kind=kind,
        value=_decimal(observation),
        systolic=parts.get(SYSTOLIC),
        diastolic=parts.get(DIASTOLIC),
        code=next(iter(codes_of(observation.get("valueCodeableConcept", {}), systems.ACVPU)), ""),
        not_taken=observation.get("dataAbsentReason", {}).get("text", ""),
        measured_at=Moment(when) if when else None,
    )


def _decimal(holder: Json) -> Decimal | None:
    value = holder.get("valueQuantity", {}).get("value")
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value))
