"""The way back for a thread: its resources, as they are kept, to where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final

from adapter.domain.consultation import (
    Booking,
    BookingStatus,
    Consultation,
    ContactForm,
    MessageKind,
    Urgency,
)
from adapter.domain.people import CareUnit, Person
from adapter.domain.thread import Actor, RequestStatus, Said, TaskStatus, Thread, hsa_of
from adapter.domain.when import Moment
from adapter.fhir import systems
from adapter.fhir.communication import kind_of
from adapter.fhir.consultation import REVIEW
from adapter.fhir.element import Json, identifier
from adapter.fhir.index import Index, codes_of, extension_of, first, name_of
from adapter.fhir.narrative import told
from adapter.fhir.people_of import care_unit, person, professional
from adapter.fhir.profiles import CONSULTATION_TASK
from adapter.fhir.visibility import NOPATIENT_LABEL, OWN_UNIT_LABEL
from adapter.frozen import dataclass

AWAITED: Final = "preparation"  # the status of a Communication that has not come and that others answer
NEVER: Final = (
    "not-done"  # of one that nobody waits for any more: the question came under another name, or never
)
_TIMES: Final = {
    "booked": BookingStatus.BOOKED,
    "active": BookingStatus.BOOKED,
    "noshow": BookingStatus.NO_SHOW,
    "cancelled": BookingStatus.CANCELLED,
    "revoked": BookingStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A thread with the resources that say so; what there is none of is an empty dict."""

    thread: Thread
    answered: str = ""  # ``Communication/<id>`` of the message that is answered
    request: Json = field(default_factory=dict)
    task: Json = field(default_factory=dict)
    time: Json = field(default_factory=dict)  # Appointment, or ServiceRequest of a time without an end
    requester: CareUnit = CareUnit()
    owner: CareUnit = CareUnit()
    patients: tuple[Person, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)  # of all these, ``Type/<id>``


def standing_of(resources: Sequence[Json], message: Consultation) -> Standing | None:
    """The thread that a message belongs to by ``in_reply_to``; None when none of the resources is its.

    Ids of two senders may be alike: then it is the thread that the sender has a part in.
    """
    index = Index(resources)
    found = [_standing(index, each, message.in_reply_to) for each in _begun(index, message.in_reply_to)]
    unit = hsa_of(message, of_receiver=False)
    own = (each for each in found if each.thread.actor(unit) is not Actor.OUTSIDER)
    return next(own, found[0] if found else None)


def standing_of_task(resources: Sequence[Json], task: str) -> Standing | None:
    """The thread of a Task (``Task/<id>``)."""
    index = Index(resources)
    found = index.get({"reference": task})
    request = index.get(found.get("focus"))
    return _standing(index, request, "") if request else None


def _begun(index: Index, key: str) -> list[Json]:
    """The requests that an id leads to; a message that asked for nothing is a thread of its own."""
    named = [
        each for each in index.of_type("Communication", "ServiceRequest", "Appointment") if _is(each, key)
    ]
    begun: dict[str, Json] = {}
    for each in named:
        based_on = [index.get(reference) for reference in each.get("basedOn", ())]
        for request in (each, *based_on):
            if request.get("resourceType") == "ServiceRequest" and request["intent"] == "order":
                begun[name_of(request)] = request
    return list(begun.values()) or [each for each in named if each["resourceType"] == "Communication"]


def _is(resource: Json, key: str) -> bool:
    return not is_mark(resource) and any(each.get("value") == key for each in resource.get("identifier", ()))


def _standing(index: Index, begun: Json, key: str) -> Standing:
    said = tuple(index.of_type("Communication"))
    answered = next((name_of(each) for each in said if _is(each, key)), "")
    if begun["resourceType"] == "Communication":
        return _without_request(index, begun, answered)
    tasks = [each for each in index.of_type("Task") if _is_of(each, begun) and _is_main(each)]
    task = _latest(tasks)
    requester, owner = (_unit(index, task.get(name)) for name in ("requester", "owner"))
    time = _current_time(index, begun)
    thread = Thread(
        request_id=first(begun.get("identifier", ())).get("value", ""),
        requester=_hsa(requester),
        owner=_hsa(owner),
        status=TaskStatus(task["status"]) if task else None,
        national=RequestStatus(next(iter(_national(task)), RequestStatus.SENT)),
        urgency=_urgency(begun),
        created_at=Moment(begun["authoredOn"]),
        deadline=_moment(task.get("restriction", {}).get("period", {}).get("end")),
        review=_review(task),
        moved_at=_moment(task.get("lastModified") or task.get("authoredOn")),
        booking=_booking(index, time),
        booked_at=_moment(time.get("created") or time.get("authoredOn")),
        messages=tuple(_said(index, each) for each in said if _is_of(each, begun)),
    )
    return Standing(
        thread=thread,
        answered=answered,
        request=begun,
        task=task,
        time=time,
        requester=requester,
        owner=owner,
        patients=_patients(index, begun),
        versions={
            name_of(each): int(each["meta"].get("versionId", 0)) for each in (begun, task, time) if each
        },
    )


def _without_request(index: Index, begun: Json, answered: str) -> Standing:
    sender = _sender(index, begun)
    receiver = _unit(index, first(begun.get("recipient", ())))
    thread = Thread(
        request_id=first(begun.get("identifier", ())).get("value", ""),
        requester=_hsa(sender),
        owner=_hsa(receiver),
        status=None,
        created_at=Moment(begun["sent"]),
        messages=(_said(index, begun),),
    )
    return Standing(
        thread=thread, answered=answered, requester=sender, owner=receiver, patients=_patients(index, begun)
    )


def _patients(index: Index, begun: Json) -> tuple[Person, ...]:
    patient = index.get(begun.get("subject"))
    return (person(patient),) if patient else ()


def _is_of(resource: Json, request: Json) -> bool:
    return any(each.get("reference") == name_of(request) for each in resource.get("basedOn", ()))


def _is_main(task: Json) -> bool:
    return CONSULTATION_TASK in task.get("meta", {}).get("profile", ())


def _latest(tasks: list[Json]) -> Json:
    """The one that no other continues: a request that was sent on has a Task for each that had it."""
    continued = {part.get("reference") for task in tasks for part in task.get("partOf", ())}
    return next((task for task in tasks if name_of(task) not in continued), {})


def _current_time(index: Index, request: Json) -> Json:
    """The time that stands, else the last that was called off or missed."""
    times = [
        each
        for each in index.of_type("Appointment", "ServiceRequest")
        if _is_of(each, request) and each.get("status") in _TIMES
    ]
    times.sort(key=lambda each: (_TIMES[each["status"]] is BookingStatus.BOOKED, _written(each)))
    return times[-1] if times else {}


def _written(time: Json) -> str:
    moment = _moment(time.get("created") or time.get("authoredOn"))
    return moment.earliest().isoformat() if moment else ""


def _booking(index: Index, time: Json) -> Booking | None:
    if not time:
        return None
    form = next(iter(codes_of(time.get("appointmentType", {}), systems.CONTACT_FORM)), "")
    actors = (part.get("actor") for part in time.get("participant", ()))
    holders = (professional(index, actor) for actor in actors)
    return Booking(
        status=_TIMES[time["status"]],
        start=_moment(time.get("start") or time.get("occurrenceDateTime")),
        end=_moment(time.get("end")),
        contact_form=ContactForm(form) if form else None,
        holder=next(filter(None, holders), None),
        instruction=time.get("patientInstruction", ""),
    )


def _national(task: Json) -> list[str]:
    return codes_of(task.get("businessStatus", {}), systems.REQUEST_STATUS)


def _review(task: Json) -> Moment | None:
    said = (each for each in task.get("input", ()) if each.get("type", {}).get("text") == REVIEW)
    return _moment(first(said).get("valueDateTime"))


def _urgency(request: Json) -> Urgency | None:
    code = extension_of(request, systems.URGENCY).get("valueCoding", {}).get("code", "")
    return Urgency(code) if code else None


def _moment(text: str | None) -> Moment | None:
    return Moment(text) if text else None


def _said(index: Index, told: Json) -> Said:
    return Said(
        message_id=first(told.get("identifier", ())).get("value", ""),
        kind=kind_of(told) or MessageKind.ADMINISTRATIVE,
        unit=_hsa(_sender(index, told)),
        at=Moment(told["sent"]),
    )


def _sender(index: Index, told: Json) -> CareUnit:
    person = professional(index, told.get("sender"))
    return (person.unit if person else None) or _unit(index, told.get("sender"))


def _unit(index: Index, reference: Json | None) -> CareUnit:
    found = index.get(reference)
    if found.get("resourceType") == "PractitionerRole":
        found = index.get(found.get("organization"))
    return care_unit(index, found) or CareUnit()


def _hsa(unit: CareUnit) -> str:
    return unit.hsa_id.value.upper() if unit.hsa_id else ""


def is_mark(resource: Json) -> bool:
    """Whether it only lies in the place of a message that has not come."""
    return resource.get("resourceType") == "Communication" and resource.get("status") in {AWAITED, NEVER}


def waiting_in(awaited: Json | None) -> tuple[str, ...]:
    """The inbox ids of the answers that wait for a message that has not come."""
    if not awaited or awaited.get("status") != AWAITED:
        return ()
    kept: Iterable[Json] = awaited.get("about", ())
    return tuple(each["identifier"]["value"] for each in kept)


def awaited_message(target: str, waiting: tuple[str, ...]) -> Json:
    """What lies in the place of a message that has not come, for those (by inbox id) that answer it.

    With nobody left who waits it says so.
    """
    words = (
        "Det här meddelandet har inte kommit än; ett svar på det har kommit och väntar."
        if waiting
        else "Det här meddelandet har inte kommit, och inget svar väntar på det längre."
    )
    made = {
        "resourceType": "Communication",
        "id": target.partition("/")[2],
        "meta": {"security": [NOPATIENT_LABEL.copy(), OWN_UNIT_LABEL.copy()]},
        "text": told(words),
        "status": AWAITED if waiting else NEVER,
    }
    about = [{"identifier": identifier(systems.INBOX, each)} for each in waiting]
    return {**made, "about": about} if about else made
