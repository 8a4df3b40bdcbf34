"""What a message makes of its thread (canonical-models §2.2, §2.3): pure and total.

``step`` takes any act of anybody in any state and gives either what the thread becomes, with every step of
its Task on the way, or a refusal with its reason and what to do (``refusal``). What may be done is a table
(``acts``).
"""

from __future__ import annotations

from adapter.domain.acts import RULES, Act
from adapter.domain.consultation import Booking, BookingStatus, Consultation, MessageKind
from adapter.domain.refusal import Refusal, forbidden, no_time, not_now
from adapter.domain.thread import NATIONAL, Actor, RequestStatus, Step, TaskStatus, Thread, said
from adapter.domain.when import Moment
from adapter.frozen import dataclass, replace

_WORDS_ABOUT_CARE = frozenset({Act.ANSWER, Act.ASK, Act.COMPLETE, Act.CHANGE})  # read even when overtaken
_ABOUT_A_TIME = frozenset({Act.BOOK, Act.REBOOK, Act.CANCEL_TIME, Act.NO_SHOW})
_TIMES = {
    Act.BOOK: BookingStatus.BOOKED,
    Act.REBOOK: BookingStatus.REBOOKED,
    Act.CANCEL_TIME: BookingStatus.CANCELLED,
    Act.NO_SHOW: BookingStatus.NO_SHOW,
    Act.DECLINE: BookingStatus.CANCELLED,
    Act.WITHDRAW: BookingStatus.CANCELLED,
    Act.FORWARD: BookingStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a thread became: all steps of its Task on the way, in their order.

    ``is_overtaken``: the act was written before what has already happened; its words count, and it moves
    nothing.
    """

    thread: Thread
    act: Act
    steps: tuple[Step, ...] = ()
    is_overtaken: bool = False


def act_of(message: Consultation, thread: Thread) -> Act:
    """What a message does in its thread; whose word it is decides what some kinds mean."""
    actor = thread.actor(said(message).unit)
    if message.kind is MessageKind.ANSWER:
        is_what_was_asked = actor is Actor.REQUESTER and thread.status is TaskStatus.ON_HOLD
        return Act.COMPLETE if is_what_was_asked else Act.ANSWER
    if message.kind is MessageKind.BOOKED:
        return _BOOKINGS[message.booking.status] if message.booking else Act.BOOK
    if message.kind is MessageKind.COMPLETION:
        return Act.COMPLETE if actor is Actor.REQUESTER else Act.ASK
    if message.kind is MessageKind.REQUEST:
        return Act.CHANGE if actor is Actor.REQUESTER else Act.FORWARD
    if message.kind is MessageKind.WITHDRAWAL:
        return _calling_off(thread, actor)
    return Act.TELL


_BOOKINGS = {
    BookingStatus.BOOKED: Act.BOOK,
    BookingStatus.REBOOKED: Act.REBOOK,
    BookingStatus.CANCELLED: Act.CANCEL_TIME,
    BookingStatus.NO_SHOW: Act.NO_SHOW,
}


def _calling_off(thread: Thread, actor: Actor) -> Act:
    """Whoever asked withdraws; whoever has it calls its time off, or declines where there is none.

    Once it is answered there is only the time to call off, for both.
    """
    if thread.has_time and (actor is Actor.OWNER or thread.status is TaskStatus.COMPLETED):
        return Act.CANCEL_TIME
    return Act.WITHDRAW if actor is Actor.REQUESTER else Act.DECLINE


def step(
    thread: Thread, act: Act, actor: Actor, at: Moment, booking: Booking | None = None
) -> Stepped | Refusal:
    """What an act of somebody, written at a moment, makes of a thread; total over all that there can be."""
    rule = RULES[act]
    if actor not in rule.who:
        return forbidden(act, actor)
    if thread.status is None:
        return Stepped(thread=thread, act=act)
    path = rule.paths.get(thread.status)
    if _is_overtaken(thread, act, at, is_possible=path is not None):
        return Stepped(thread=thread, act=act, is_overtaken=True)
    if path is None:
        return not_now(act, thread.status)
    if rule.needs_time and not thread.has_time:
        return no_time(act)
    return _taken(thread, act, path, at, booking)


def _is_overtaken(thread: Thread, act: Act, at: Moment, *, is_possible: bool) -> bool:
    """Written before what has happened since, and of no more use than to be read.

    Words about care are read in any case; a time or a question from before the present one changes nothing.
    """
    if act in _ABOUT_A_TIME:
        return is_possible and _is_before(at, thread.booked_at)
    if act is Act.ASK or (act in _WORDS_ABOUT_CARE and not is_possible):
        return _is_before(at, thread.moved_at)
    return False


def _taken(
    thread: Thread, act: Act, path: tuple[TaskStatus, ...], at: Moment, booking: Booking | None
) -> Stepped:
    steps = _steps(thread, act, path)
    after = thread
    if steps:
        moved_at = thread.moved_at if thread.moved_at and _is_before(at, thread.moved_at) else at
        after = replace(after, status=steps[-1].status, national=steps[-1].national, moved_at=moved_at)
    time = _time_after(thread, act, booking)
    if time is not thread.booking:
        after = replace(after, booking=time, booked_at=at)
    return Stepped(thread=after, act=act, steps=steps)


def _steps(thread: Thread, act: Act, path: tuple[TaskStatus, ...]) -> tuple[Step, ...]:
    national, steps = thread.national, []
    for status in path:
        national = NATIONAL.get(status, national)
        steps.append(Step(status=status, national=national))
    if act is Act.FORWARD:
        steps[-1] = replace(steps[-1], national=RequestStatus.FORWARDED)
    if act is Act.ANSWER_RECEIVED and national is not RequestStatus.ANSWER_RECEIVED:
        steps.append(Step(status=TaskStatus.COMPLETED, national=RequestStatus.ANSWER_RECEIVED))
    return tuple(steps)


def _time_after(thread: Thread, act: Act, booking: Booking | None) -> Booking | None:
    """The time as it stands after an act: the new one, or the old one called off."""
    status = _TIMES.get(act)
    if status is None:
        return thread.booking
    if act in (Act.BOOK, Act.REBOOK):
        return booking or thread.booking
    if thread.booking is None or not thread.has_time:
        return thread.booking
    return replace(thread.booking, status=status)


def _is_before(at: Moment, other: Moment | None) -> bool:
    return other is not None and at.earliest() < other.earliest()


def forwarded(thread: Thread, to_unit: str, at: Moment) -> Thread:
    """The thread as its new owner has it: the same question, clock and requester, a Task from the start."""
    return replace(
        thread,
        owner=to_unit.strip().upper(),
        status=TaskStatus.REQUESTED,
        national=RequestStatus.SENT,
        moved_at=at,
        booking=None,
        booked_at=None,
    )
