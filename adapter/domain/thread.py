"""A consultation as it stands: who asks whom, how far it has come, until when, and which time is booked.

A thread is what all its messages have come to together (canonical-models §2.2, §2.3). It is a value: each
step makes another (``dialogue``). What is written of it as FHIR, and the other way, is not known here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from adapter.domain.consultation import Booking, BookingStatus, Consultation, MessageKind, Urgency
from adapter.domain.when import Moment
from adapter.frozen import dataclass


class TaskStatus(StrEnum):
    """How far the Task of a consultation has come; the words are those of FHIR R4 (TaskStatus)."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    READY = "ready"  # of a sub-task only
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    ENTERED_IN_ERROR = "entered-in-error"


class RequestStatus(StrEnum):
    """KV Status framställan (OID 1.2.752.129.2.2.2.43): how far a request has come, nationally."""

    SENT = "1"
    RECEIVED = "2"
    FORWARDED = "3"
    ASSESSED = "4"
    COMPLETION_ASKED = "5"
    ANSWERED = "6"
    ANSWER_RECEIVED = "7"


REQUEST_STATUS_NAMES = {
    RequestStatus.SENT: "skickad",
    RequestStatus.RECEIVED: "mottagen",
    RequestStatus.FORWARDED: "vidareskickad",
    RequestStatus.ASSESSED: "bedömd",
    RequestStatus.COMPLETION_ASKED: "komplettering begärd",
    RequestStatus.ANSWERED: "besvarad",
    RequestStatus.ANSWER_RECEIVED: "svar mottaget",
}
NATIONAL = {
    TaskStatus.REQUESTED: RequestStatus.SENT,
    TaskStatus.RECEIVED: RequestStatus.RECEIVED,
    TaskStatus.ACCEPTED: RequestStatus.ASSESSED,
    TaskStatus.IN_PROGRESS: RequestStatus.ASSESSED,
    TaskStatus.ON_HOLD: RequestStatus.COMPLETION_ASKED,
    TaskStatus.COMPLETED: RequestStatus.ANSWERED,
}  # a Task that was rejected, cancelled or failed keeps the code that it had
ENDED = frozenset(
    {
        TaskStatus.REJECTED,
        TaskStatus.COMPLETED,
        TaskStatus.CANCELLED,
        TaskStatus.FAILED,
        TaskStatus.ENTERED_IN_ERROR,
    }
)


class Actor(StrEnum):
    """Who acts, as seen from the Task: the unit that has it, the unit that asks, or somebody else."""

    OWNER = "owner"
    REQUESTER = "requester"
    OUTSIDER = "outsider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the Task: where it came to, and the national code that goes with it."""

    status: TaskStatus
    national: RequestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a thread: enough to sort the messages and to know whose they are."""

    message_id: str
    kind: MessageKind
    unit: str  # HSA-id of the unit that sent it
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread; HSA-ids of units are in capitals. ``status`` None: nothing was asked, nothing is stepped."""

    request_id: str  # the id of the message that began it
    requester: str
    owner: str
    status: TaskStatus | None = TaskStatus.REQUESTED
    national: RequestStatus = RequestStatus.SENT
    urgency: Urgency | None = None
    created_at: Moment
    deadline: Moment | None = None
    review: Moment | None = None  # when to look again at what has no deadline
    moved_at: Moment | None = None  # when the message was written that took it to where it stands
    booking: Booking | None = None  # the time as it stands, also when it has been called off
    booked_at: Moment | None = None  # when the message was written that says so
    messages: tuple[Said, ...] = ()

    def actor(self, unit: str) -> Actor:
        """Who a unit (HSA-id) is in the thread; one that asks itself acts as the one that has the Task."""
        unit = unit.strip().upper()
        if unit and unit == self.owner:
            return Actor.OWNER
        return Actor.REQUESTER if unit and unit == self.requester else Actor.OUTSIDER

    @property
    def is_open(self) -> bool:
        """Somebody still waits for an answer."""
        return self.status is not None and self.status not in ENDED

    @property
    def has_time(self) -> bool:
        """A booked time stands."""
        return self.booking is not None and self.booking.status in (
            BookingStatus.BOOKED,
            BookingStatus.REBOOKED,
        )

    @property
    def waited_for(self) -> Actor | None:
        """Who is to do something now: whoever asked, when more was asked for; None when nobody is.

        The clock runs on meanwhile.
        """
        if not self.is_open or self.has_time:
            return None
        return Actor.REQUESTER if self.status is TaskStatus.ON_HOLD else Actor.OWNER

    @property
    def in_order(self) -> tuple[Said, ...]:
        """The messages by the time they were written, whenever they came."""
        return tuple(sorted(self.messages, key=lambda said: (said.at.earliest(), said.message_id)))


def opened(request: Consultation, deadline: Moment | None, review: Moment | None = None) -> Thread:
    """The thread that a request begins."""
    unit = hsa_of(request, of_receiver=False)
    return Thread(
        request_id=request.message_id,
        requester=unit,
        owner=hsa_of(request, of_receiver=True),
        urgency=request.urgency,
        created_at=request.created_at,
        deadline=deadline,
        review=review,
        moved_at=request.created_at,
        messages=(said(request),),
    )


def said(message: Consultation) -> Said:
    """A message as its thread remembers it."""
    return Said(
        message_id=message.message_id,
        kind=message.kind,
        unit=hsa_of(message, of_receiver=False),
        at=message.created_at,
    )


def hsa_of(message: Consultation, *, of_receiver: bool) -> str:
    """HSA-id of the unit that sends or receives, in capitals; empty when the message does not say."""
    unit = message.receiver_unit if of_receiver else message.sender_unit
    return unit.hsa_id.value.upper() if unit.hsa_id else ""


class ClockState(StrEnum):
    """What the clock of a thread says."""

    NONE = "utan klocka"  # no deadline, or nobody waits any more
    RUNNING = "i tid"
    DUE_SOON = "snart"
    OVERDUE = "försenad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """How long before the deadline both sides are reminded, for each level that has one."""

    one_day: timedelta = timedelta(hours=4)
    three_days: timedelta = timedelta(hours=12)
    one_week: timedelta = timedelta(hours=24)

    def of(self, urgency: Urgency | None) -> timedelta:
        """The margin of a level; that of the shortest where no level is known."""
        if urgency is Urgency.WITHIN_1_WEEK:
            return self.one_week
        return self.three_days if urgency is Urgency.WITHIN_72_HOURS else self.one_day


@dataclass(frozen=True, slots=True)
class Alarms:
    """When to remind of a thread: before its deadline, and at it."""

    due_soon: datetime
    overdue: datetime


def alarms(thread: Thread, margins: Margins) -> Alarms | None:
    """When both sides are to be reminded; None for a thread without a deadline."""
    end = thread.deadline.instant() if thread.deadline else None
    if end is None:
        return None
    return Alarms(end - margins.of(thread.urgency), end)


def clock_state(thread: Thread, now: datetime, margins: Margins) -> ClockState:
    """What the clock says at a moment (aware). It runs while somebody waits for an answer or a time."""
    at = alarms(thread, margins)
    if at is None or not thread.is_open or thread.has_time:
        return ClockState.NONE
    if now >= at.overdue:
        return ClockState.OVERDUE
    return ClockState.DUE_SOON if now >= at.due_soon else ClockState.RUNNING
