"""What the other side of a consultation is told when its Task or its time is written by hand, through REST.

Whoever answers in FHIR need not write a message as well: a Task that is completed with words is an answer, an
Appointment is a booked time, and every other step is told in our own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.domain.consultation import BookingStatus, Consultation, MessageKind
from adapter.domain.thread import TaskStatus
from adapter.frozen import dataclass, replace
from adapter.telling import Notice, notices, sent_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.domain.when import Moment
    from adapter.fhir import Standing
    from adapter.policy import Policy
    from adapter.ports import Letter

Json = dict[str, Any]
_STEPS = {
    TaskStatus.RECEIVED: "mottagen",
    TaskStatus.ACCEPTED: "bedömd, och mottagaren tar hand om den",
    TaskStatus.IN_PROGRESS: "påbörjad",
    TaskStatus.ON_HOLD: "pausad: mottagaren behöver en komplettering",
    TaskStatus.REJECTED: "avböjd",
    TaskStatus.CANCELLED: "avbruten",
    TaskStatus.FAILED: "avslutad utan svar",
    TaskStatus.COMPLETED: "besvarad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One resource written by hand: what it was (empty: new) and is, when, and in which patient's lane."""

    cause: str
    before: Json
    after: Json
    at: Moment
    lane: int


def letters_by_hand(written: Written, standing: Standing, policy: Policy) -> tuple[Letter, ...]:
    """The letters to the other side; ``standing`` is the thread with the new resource in it."""
    if written.after["resourceType"] == "Appointment":
        return _of_time(written, standing, policy)
    status = TaskStatus(written.after["status"])
    words = "\n".join(_words(written.after))
    if status.value == written.before.get("status") and words == "\n".join(_words(written.before)):
        return ()
    if status is TaskStatus.COMPLETED and words:
        return _to_requester(written, standing, policy, kind=MessageKind.ANSWER, answer=words)
    if status not in _STEPS:
        return ()
    said = f"Begäran är nu {_STEPS[status]}." + (f" {words}" if words else "")
    notice = Notice(written.cause, said, written.at, written.lane)
    is_withdrawn = status is TaskStatus.CANCELLED
    return notices(notice, standing, (True, is_withdrawn), policy)


def _of_time(written: Written, standing: Standing, policy: Policy) -> tuple[Letter, ...]:
    booking = standing.thread.booking
    shown = ("status", "start", "end", "patientInstruction", "appointmentType", "participant")
    if booking is None or all(written.before.get(name) == written.after.get(name) for name in shown):
        return ()
    if written.before.get("status") == "booked" and booking.status is BookingStatus.BOOKED:
        booking = replace(booking, status=BookingStatus.REBOOKED)
    return _to_requester(written, standing, policy, kind=MessageKind.BOOKED, booking=booking)


def _to_requester(written: Written, standing: Standing, policy: Policy, **said: Any) -> tuple[Letter, ...]:
    """A message as though the unit that was asked had written it."""
    message = Consultation(
        message_id="",
        created_at=written.at,
        patients=standing.patients,
        in_reply_to=standing.thread.request_id,
        sender_unit=standing.owner,
        receiver_unit=standing.requester,
        **said,
    )
    return sent_to(message, written.cause, written.lane, standing, policy)


def _words(task: Json) -> Iterator[str]:
    """What a Task says in words: its outcome, the reason of its status, its notes."""
    for output in task.get("output", ()):
        yield from filter(None, (output.get("valueString"), output.get("valueMarkdown")))
    if reason := task.get("statusReason", {}).get("text"):
        yield reason
    for note in task.get("note", ()):
        yield from filter(None, (note.get("text"),))
