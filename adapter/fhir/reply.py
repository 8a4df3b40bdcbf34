"""Every message of the dialogue but the first: what it says, and what it makes of its thread.

Outside a thread (none is known, or the store is not at hand) it makes its own resources alone.
"""

from __future__ import annotations

from typing import Final

from adapter.domain.acts import Act
from adapter.domain.consultation import BookingStatus, Consultation, MessageKind
from adapter.domain.dialogue import Stepped
from adapter.domain.when import Moment
from adapter.fhir.appointment import booked_time, called_off
from adapter.fhir.communication import communication
from adapter.fhir.consultation import PRIORITY, request_resources
from adapter.fhir.draft import Built, Draft, MadeBy
from adapter.fhir.element import Json, reference
from adapter.fhir.message import built, draft_of, is_about_one, observations, parties_of
from adapter.fhir.parties import Parties
from adapter.fhir.sip import invitation
from adapter.fhir.task_steps import changed_request, sent_on_task, task_versions, unserved, with_clock
from adapter.fhir.thread_of import Standing
from adapter.frozen import dataclass

_BOOKS: Final = frozenset({Act.BOOK, Act.REBOOK})
_CHANGES: Final = frozenset({Act.COMPLETE, Act.CHANGE})
_ACTIVITY: Final = {Act.FORWARD: "forward", Act.CHANGE: "correct", Act.REBOOK: "correct"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in its thread, what it does there, and the times that it brings, if any."""

    standing: Standing
    stepped: Stepped
    deadline: Moment | None = None
    review: Moment | None = None  # when to look again, where there is no deadline


def consultation_resources(  # noqa: PLR0913  a message, its times and its place
    message: Consultation,
    deadline: Moment | None,
    made_by: MadeBy,
    *,
    place: Place | None = None,
    review: Moment | None = None,
    trace: bool = False,
) -> Built:
    """Everything that one message makes; ``deadline`` is the end of the time that its urgency gives.

    ``review`` is when to look again at a request without one.
    """
    if message.kind is MessageKind.REQUEST and place is None:
        return request_resources(message, deadline, made_by, review=review, trace=trace)
    draft = draft_of(message, made_by, has_traces=trace)
    if not is_about_one(draft, message):
        return draft.built()
    parties = parties_of(draft, message)
    if place is None or not place.standing.task:
        return _alone(draft, message, parties, place)
    return _in_thread(draft, message, parties, place)


def _alone(draft: Draft, message: Consultation, parties: Parties, place: Place | None) -> Built:
    observations(draft, message, parties, "")
    answered = place.standing.answered if place else ""
    said = communication(draft, message, parties, "", "", answered)
    invitation(draft, message, parties)
    if message.booking and message.booking.status in (BookingStatus.BOOKED, BookingStatus.REBOOKED):
        booked_time(draft, message, parties, {})
    return built(draft, message, parties, "reply" if message.in_reply_to else "new", said, parties.patient)


def _in_thread(draft: Draft, message: Consultation, parties: Parties, place: Place) -> Built:
    standing, act = place.standing, place.stepped.act
    request = f"ServiceRequest/{standing.request['id']}"
    vitals = observations(draft, message, parties, request)
    priority = PRIORITY[message.urgency] if message.urgency and message.kind is MessageKind.REQUEST else ""
    said = communication(draft, message, parties, request, priority, standing.answered)
    if not place.stepped.is_overtaken:
        outputs = [said] if act is Act.ANSWER else []
        outputs += _time(draft, message, parties, place)
        _move(draft, message, place, outputs)
        if act is Act.FORWARD:
            _send_on(draft, message, parties, standing)
        elif act is Act.WITHDRAW:
            draft.add("fhir.request", {**unserved(standing.request), "status": "revoked"})
        elif act in _CHANGES:
            changed = changed_request(draft, message, standing, vitals, place.deadline)
            if changed != unserved(standing.request):
                draft.add("fhir.request", changed)
    return built(draft, message, parties, _ACTIVITY.get(act, "reply"), said, parties.patient)


def _time(draft: Draft, message: Consultation, parties: Parties, place: Place) -> list[str]:
    """The time that the message books, or the one that it calls off; ``Type/id`` of a new one."""
    standing, stepped = place.standing, place.stepped
    if stepped.act in _BOOKS:
        before = standing.time if standing.thread.has_time else None
        booked = booked_time(draft, message, parties, standing.request, before)
        if before and booked and not booked.endswith(before["id"]):
            _call_off(draft, message, before, BookingStatus.CANCELLED)
        return [booked]
    after = stepped.thread.booking
    if after and after is not standing.thread.booking:
        _call_off(draft, message, standing.time, after.status)
    return []


def _call_off(draft: Draft, message: Consultation, time: Json, status: BookingStatus) -> None:
    draft.add("fhir.appointment", called_off(unserved(time), message, status))


def _move(draft: Draft, message: Consultation, place: Place, outputs: list[str]) -> None:
    """The Task through its steps; all but the last go to history at once."""
    reason = message.reason or (message.question if place.stepped.act is Act.ASK else "")
    if place.stepped.act is Act.FORWARD:
        reason = reason or f"Vidareskickad till {message.receiver_unit.name or 'en annan enhet'}."
    versions = task_versions(place.standing, place.stepped.steps, message.created_at, reason, outputs)
    if place.stepped.act in _CHANGES and message.urgency:
        last = versions.pop() if versions else unserved(place.standing.task)
        versions.append(with_clock(last, message, place.deadline, place.review))
    draft.earlier += versions[:-1]
    for last in versions[-1:]:
        draft.add("fhir.task", last)


def _send_on(draft: Draft, message: Consultation, parties: Parties, standing: Standing) -> None:
    draft.add("fhir.task", sent_on_task(draft, message, parties, standing))
    performers = {"performer": [reference(parties.receiver)]}
    draft.add("fhir.request", {**unserved(standing.request), **performers})
