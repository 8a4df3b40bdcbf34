"""Who may do what in a thread, and what it comes to (canonical-models §2.2, §2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapter.domain.acts import RULES, STEPS, Act
from adapter.domain.consultation import Booking, BookingStatus, Consultation, MessageKind, Urgency
from adapter.domain.dialogue import Stepped, act_of, forwarded, step
from adapter.domain.identity import HsaId
from adapter.domain.people import CareUnit
from adapter.domain.refusal import Refusal, refuse
from adapter.domain.thread import (
    ENDED,
    NATIONAL,
    REQUEST_STATUS_NAMES,
    Actor,
    ClockState,
    Margins,
    RequestStatus,
    TaskStatus,
    Thread,
    alarms,
    clock_state,
    opened,
)
from adapter.domain.when import Moment, written

ASKING, ASKED, OTHER = "SE2120001249-HSV01", "SE2321000115-VC07", "SE2321000115-VC08"
NINE, TEN, ELEVEN, NOON = (Moment(f"2026-11-02T{hour}:00:00+01:00") for hour in ("09", "10", "11", "12"))
TIME = Booking(status=BookingStatus.BOOKED, start=Moment("2026-11-03T10:00:00+01:00"))
S = TaskStatus


def message(kind: MessageKind, unit: str = ASKED, *, at: Moment = TEN, booking: Booking | None = None):
    """A message of the thread, from a unit to the other."""
    receiver = ASKING if unit == ASKED else ASKED
    return Consultation(
        message_id=f"{kind.value}-{at.value}",
        kind=kind,
        created_at=at,
        patients=(),
        sender_unit=CareUnit(hsa_id=HsaId(value=unit)),
        receiver_unit=CareUnit(hsa_id=HsaId(value=receiver)),
        urgency=Urgency.WITHIN_72_HOURS if kind is MessageKind.REQUEST else None,
        booking=booking,
    )


def thread(status: TaskStatus | None = S.REQUESTED, booking: Booking | None = None) -> Thread:
    """A thread that began at nine and stands somewhere."""
    begun = opened(message(MessageKind.REQUEST, ASKING, at=NINE), Moment("2026-11-05T09:00:00+01:00"))
    national = NATIONAL.get(status or S.REQUESTED, RequestStatus.SENT)
    return replace(begun, status=status, national=national, booking=booking, booked_at=booking and NINE)


TABLE = {  # §2.2, written out: who may take each step
    "owner": "requested→received requested→accepted requested→rejected received→accepted received→rejected "
    "accepted→in-progress accepted→rejected in-progress→completed in-progress→failed ready→completed "
    "ready→failed requested→cancelled received→cancelled accepted→cancelled in-progress→on-hold "
    "on-hold→in-progress received→on-hold on-hold→received",
    "requester": "requested→cancelled received→cancelled accepted→cancelled in-progress→on-hold "
    "on-hold→in-progress on-hold→received",
}


@pytest.mark.parametrize(("old", "new"), list(product(TaskStatus, TaskStatus)))
def test_a_task_is_moved_by_whoever_may_and_by_nobody_else(old: TaskStatus, new: TaskStatus) -> None:
    """
    The whole table: wrong actor is forbidden, a step that is not there is refused, to stay is no step.
    """
    steps = {name: set(rows.split()) for name, rows in TABLE.items()}
    exists = any(f"{old.value}→{new.value}" in rows for rows in steps.values())
    for actor in (Actor.OWNER, Actor.REQUESTER):
        found = refuse(old, new, actor)
        if old is new or f"{old.value}→{new.value}" in steps[actor.value]:
            assert found is None
        else:
            assert found is not None
            assert found.is_forbidden == exists
            assert found.what.endswith(".")
    outside = refuse(old, new, Actor.OUTSIDER)
    assert outside is not None
    assert outside.is_forbidden


def test_a_refusal_says_which_side_may() -> None:
    """
    Every step that one side alone may take is the owner's.
    """
    assert set(STEPS.values()) == {
        frozenset({Actor.OWNER}),
        frozenset({Actor.OWNER, Actor.REQUESTER}),
    }
    found = refuse(S.REQUESTED, S.ACCEPTED, Actor.REQUESTER)
    assert found is not None
    assert "mottagande enheten" in found.what


@pytest.mark.parametrize(("act", "actor"), [(a, w) for a in Act for w in sorted(RULES[a].who)])
def test_what_an_act_implies_is_only_steps_that_its_actor_may_take(act: Act, actor: Actor) -> None:
    """
    Each path of each act is made of steps of the table.
    """
    for start, path in RULES[act].paths.items():
        for old, new in pairwise((start, *path)):
            assert refuse(old, new, actor) is None, (act, old, new)


@pytest.mark.parametrize(("act", "status", "actor"), list(product(Act, [None, *TaskStatus], Actor)))
def test_every_act_in_every_state_is_taken_or_refused(
    act: Act, status: TaskStatus | None, actor: Actor
) -> None:
    """
    Total: nothing falls through; who may not is told so, and every refusal says what to do.
    """
    for booking in (None, TIME):
        came = step(thread(status, booking), act, actor, TEN, TIME)
        if actor not in RULES[act].who:
            assert isinstance(came, Refusal)
            assert came.is_forbidden
        elif status is None:
            assert came == Stepped(thread=thread(status, booking), act=act)
        elif status not in RULES[act].paths or (RULES[act].needs_time and booking is None):
            assert isinstance(came, Refusal)
            assert (came.is_forbidden, came.what[-1]) == (False, ".")
        else:
            assert isinstance(came, Stepped)
            assert [taken.status for taken in came.steps] == [
                *RULES[act].paths[status],
                *([S.COMPLETED] if act is Act.ANSWER_RECEIVED else []),
            ]


@pytest.mark.parametrize(
    ("start", "kind", "unit", "ends", "codes"),
    [
        (S.REQUESTED, MessageKind.BOOKED, ASKED, S.ACCEPTED, "4"),
        (S.RECEIVED, MessageKind.BOOKED, ASKED, S.ACCEPTED, "4"),
        (S.REQUESTED, MessageKind.ANSWER, ASKED, S.COMPLETED, "4 4 6"),
        (S.ACCEPTED, MessageKind.ANSWER, ASKED, S.COMPLETED, "4 6"),
        (S.ON_HOLD, MessageKind.ANSWER, ASKED, S.COMPLETED, "4 6"),
        (S.COMPLETED, MessageKind.ANSWER, ASKED, S.COMPLETED, ""),
        (S.REQUESTED, MessageKind.COMPLETION, ASKED, S.ON_HOLD, "2 5"),
        (S.ACCEPTED, MessageKind.COMPLETION, ASKED, S.ON_HOLD, "4 5"),
        (S.ON_HOLD, MessageKind.COMPLETION, ASKING, S.RECEIVED, "2"),
        (S.ON_HOLD, MessageKind.ANSWER, ASKING, S.RECEIVED, "2"),
        (S.ON_HOLD, MessageKind.REQUEST, ASKING, S.RECEIVED, "2"),
        (S.ACCEPTED, MessageKind.REQUEST, ASKING, S.ACCEPTED, ""),
        (S.REQUESTED, MessageKind.WITHDRAWAL, ASKING, S.CANCELLED, "1"),
        (S.ON_HOLD, MessageKind.WITHDRAWAL, ASKING, S.CANCELLED, "2 2"),
        (S.RECEIVED, MessageKind.WITHDRAWAL, ASKED, S.REJECTED, "2"),
        (S.RECEIVED, MessageKind.REQUEST, ASKED, S.CANCELLED, "3"),
        (S.ON_HOLD, MessageKind.REQUEST, ASKED, S.CANCELLED, "2 3"),
        (S.CANCELLED, MessageKind.ADMINISTRATIVE, ASKED, S.CANCELLED, ""),
    ],
)
def test_a_message_takes_the_task_through_its_steps(
    start: TaskStatus, kind: MessageKind, unit: str, ends: TaskStatus, codes: str
) -> None:
    """
    BokadTid to accepted (4), Svar through in-progress to completed (6), and so on, step by step.
    """
    sent = message(kind, unit, booking=TIME if kind is MessageKind.BOOKED else None)
    before = thread(start)
    came = step(before, act_of(sent, before), before.actor(unit), sent.created_at, sent.booking)
    assert isinstance(came, Stepped)
    assert came.thread.status is ends
    assert [taken.national.value for taken in came.steps] == codes.split()


@pytest.mark.parametrize(
    ("start", "kind", "unit"),
    [
        (S.REQUESTED, MessageKind.ANSWER, ASKING),
        (S.REQUESTED, MessageKind.BOOKED, ASKING),
        (S.REQUESTED, MessageKind.ANSWER, OTHER),
        (S.REQUESTED, MessageKind.COMPLETION, OTHER),
        (S.REQUESTED, MessageKind.WITHDRAWAL, OTHER),
        (S.REQUESTED, MessageKind.REQUEST, OTHER),
        (S.REQUESTED, MessageKind.ADMINISTRATIVE, OTHER),
        (None, MessageKind.ADMINISTRATIVE, OTHER),
    ],
)
def test_whoever_is_not_the_one_is_forbidden(start: TaskStatus | None, kind: MessageKind, unit: str) -> None:
    """
    The asking unit does not answer itself, and a third unit has no word in the thread.
    """
    sent, before = message(kind, unit), thread(start)
    came = step(before, act_of(sent, before), before.actor(unit), TEN)
    assert isinstance(came, Refusal)
    assert came.is_forbidden


@pytest.mark.parametrize("status", sorted(ENDED - {S.COMPLETED}))
def test_what_is_over_is_answered_no_more(status: TaskStatus) -> None:
    """
    Refused, with the way on: a new consultation.
    """
    for act in (Act.ANSWER, Act.BOOK, Act.ASK, Act.FORWARD, Act.DECLINE):
        came = step(thread(status), act, Actor.OWNER, TEN, TIME)
        assert isinstance(came, Refusal)
        assert "ny konsultation" in came.what
    early = step(thread(S.REQUESTED), Act.ANSWER_RECEIVED, Actor.REQUESTER, TEN)
    assert isinstance(early, Refusal)
    assert "Ring" in early.what


def test_a_time_is_booked_moved_called_off_and_missed() -> None:
    """
    The time follows the acts; the Task stays where it is once it is assessed.
    """
    booked = step(thread(), Act.BOOK, Actor.OWNER, TEN, TIME)
    assert isinstance(booked, Stepped)
    assert booked.thread.has_time
    later = replace(TIME, status=BookingStatus.REBOOKED, start=Moment("2026-11-04T10:00:00+01:00"))
    moved = step(booked.thread, Act.REBOOK, Actor.OWNER, ELEVEN, later)
    assert isinstance(moved, Stepped)
    assert (moved.thread.booking, moved.steps) == (later, ())
    assert act_of(message(MessageKind.WITHDRAWAL, ASKED), moved.thread) is Act.CANCEL_TIME
    off = step(moved.thread, Act.CANCEL_TIME, Actor.REQUESTER, NOON)
    assert isinstance(off, Stepped)
    assert off.thread.booking == replace(later, status=BookingStatus.CANCELLED)
    assert (off.thread.status, off.thread.has_time) == (S.ACCEPTED, False)
    missed = step(moved.thread, Act.NO_SHOW, Actor.OWNER, NOON)
    assert isinstance(missed, Stepped)
    assert missed.thread.booking == replace(later, status=BookingStatus.NO_SHOW)
    assert isinstance(step(off.thread, Act.NO_SHOW, Actor.OWNER, NOON), Refusal)


def test_a_booking_without_a_time_is_still_a_booking() -> None:
    """
    A message that says that a time is booked and not which one moves the Task and makes no time.
    """
    sent, before = message(MessageKind.BOOKED), thread()
    came = step(before, act_of(sent, before), Actor.OWNER, TEN)
    assert isinstance(came, Stepped)
    assert (came.act, came.thread.status, came.thread.booking) == (Act.BOOK, S.ACCEPTED, None)


@pytest.mark.parametrize(
    ("act", "actor"),
    [(Act.WITHDRAW, Actor.REQUESTER), (Act.DECLINE, Actor.OWNER), (Act.FORWARD, Actor.OWNER)],
)
def test_the_time_goes_with_the_request(act: Act, actor: Actor) -> None:
    """
    Whoever withdraws, declines or sends on calls the booked time off as well; one called off stays so.
    """
    came = step(thread(S.ACCEPTED, TIME), act, actor, TEN)
    assert isinstance(came, Stepped)
    assert came.thread.booking == replace(TIME, status=BookingStatus.CANCELLED)
    missed = replace(TIME, status=BookingStatus.NO_SHOW)
    again = step(thread(S.ACCEPTED, missed), act, actor, TEN)
    assert isinstance(again, Stepped)
    assert again.thread.booking == missed


def test_an_answered_request_has_only_its_time_to_call_off() -> None:
    """
    After the answer both sides may call the time off; there is nothing left to withdraw.
    """
    sent = message(MessageKind.WITHDRAWAL, ASKING)
    answered = thread(S.COMPLETED, TIME)
    assert act_of(sent, answered) is Act.CANCEL_TIME
    assert act_of(sent, thread(S.COMPLETED)) is Act.WITHDRAW
    assert isinstance(step(thread(S.COMPLETED), Act.WITHDRAW, Actor.REQUESTER, TEN), Refusal)


def test_words_that_were_overtaken_are_read_and_move_nothing() -> None:
    """
    An answer from before the withdrawal is taken in; one from after it is refused.
    """
    withdrawn = step(thread(), Act.WITHDRAW, Actor.REQUESTER, ELEVEN)
    assert isinstance(withdrawn, Stepped)
    late = step(withdrawn.thread, Act.ANSWER, Actor.OWNER, TEN)
    assert late == Stepped(thread=withdrawn.thread, act=Act.ANSWER, is_overtaken=True)
    assert isinstance(step(withdrawn.thread, Act.ANSWER, Actor.OWNER, NOON), Refusal)
    assert isinstance(step(withdrawn.thread, Act.BOOK, Actor.OWNER, TEN, TIME), Refusal)


def test_an_older_question_or_time_does_not_undo_a_newer_one() -> None:
    """
    A question from before the answer, and a time from before the present time, change nothing.
    """
    accepted = step(thread(), Act.BOOK, Actor.OWNER, ELEVEN, TIME)
    assert isinstance(accepted, Stepped)
    asked = step(accepted.thread, Act.ASK, Actor.OWNER, TEN)
    assert isinstance(asked, Stepped)
    assert asked.is_overtaken
    older = step(accepted.thread, Act.BOOK, Actor.OWNER, TEN, replace(TIME, instruction="gammal"))
    assert isinstance(older, Stepped)
    assert (older.is_overtaken, older.thread.booking) == (True, TIME)


def test_an_answer_that_comes_late_does_not_turn_the_clock_back() -> None:
    """
    It answers; the latest time at which something happened stands.
    """
    booked = step(thread(), Act.BOOK, Actor.OWNER, ELEVEN, TIME)
    assert isinstance(booked, Stepped)
    answered = step(booked.thread, Act.ANSWER, Actor.OWNER, TEN)
    assert isinstance(answered, Stepped)
    assert (answered.thread.status, answered.thread.moved_at) == (S.COMPLETED, ELEVEN)


def test_a_request_that_is_sent_on_begins_anew_with_another_unit() -> None:
    """
    Vidareskickad: the old Task is cancelled with code 3, the new one is requested; the clock goes on.
    """
    came = step(thread(S.ACCEPTED, TIME), Act.FORWARD, Actor.OWNER, TEN)
    assert isinstance(came, Stepped)
    assert [(taken.status, taken.national) for taken in came.steps] == [
        (S.CANCELLED, RequestStatus.FORWARDED)
    ]
    new = forwarded(came.thread, OTHER.lower(), TEN)
    assert (new.owner, new.status, new.national, new.booking) == (
        OTHER,
        S.REQUESTED,
        RequestStatus.SENT,
        None,
    )
    assert (new.deadline, new.requester) == (thread().deadline, ASKING)
    assert new.actor(OTHER) is Actor.OWNER
    assert new.actor(ASKED) is Actor.OUTSIDER


def test_that_the_answer_was_read_is_the_last_of_the_seven() -> None:
    """
    6 besvarad becomes 7 svar mottaget, once.
    """
    read = step(thread(S.COMPLETED), Act.ANSWER_RECEIVED, Actor.REQUESTER, TEN)
    assert isinstance(read, Stepped)
    assert read.thread.national is RequestStatus.ANSWER_RECEIVED
    again = step(read.thread, Act.ANSWER_RECEIVED, Actor.REQUESTER, ELEVEN)
    assert isinstance(again, Stepped)
    assert again.steps == ()
    assert set(REQUEST_STATUS_NAMES) == set(RequestStatus)


def test_messages_stand_in_the_order_in_which_they_were_written() -> None:
    """
    Whenever they came.
    """
    begun = opened(message(MessageKind.REQUEST, ASKING, at=ELEVEN), None)
    older = opened(message(MessageKind.REQUEST, ASKING, at=NINE), None).messages
    assert [each.at for each in replace(begun, messages=begun.messages + older).in_order] == [NINE, ELEVEN]


def test_a_unit_without_an_id_is_nobody() -> None:
    """
    An empty id is equal to no other empty id.
    """
    sent = replace(message(MessageKind.REQUEST, ASKING), sender_unit=CareUnit(), receiver_unit=CareUnit())
    assert opened(sent, None).actor("") is Actor.OUTSIDER


DUE = Moment("2026-11-05T09:00:00+01:00").earliest()


@pytest.mark.parametrize(
    ("urgency", "margin"),
    [
        (Urgency.WITHIN_1_DAY, timedelta(hours=4)),
        (Urgency.WITHIN_72_HOURS, timedelta(hours=12)),
        (Urgency.WITHIN_1_WEEK, timedelta(hours=24)),
        (None, timedelta(hours=4)),
    ],
)
def test_the_clock_warns_a_margin_before_the_deadline(urgency: Urgency | None, margin: timedelta) -> None:
    """
    In time until the margin, soon until the deadline, late from it on.
    """
    running = replace(thread(), urgency=urgency)
    at = alarms(running, Margins())
    assert at is not None
    assert (at.due_soon, at.overdue) == (DUE - margin, DUE)
    second = timedelta(seconds=1)
    states = [
        clock_state(running, now, Margins())
        for now in (DUE - margin - second, DUE - margin, DUE - second, DUE)
    ]
    assert states == [ClockState.RUNNING, ClockState.DUE_SOON, ClockState.DUE_SOON, ClockState.OVERDUE]


@pytest.mark.parametrize(
    "still",
    [
        replace(thread(), deadline=None),
        replace(thread(), deadline=Moment("2026-11-05")),
        thread(S.COMPLETED),
        thread(S.CANCELLED),
        thread(None),
        thread(S.ACCEPTED, TIME),
    ],
)
def test_the_clock_stands_still_where_nobody_waits(still: Thread) -> None:
    """
    No deadline, answered, withdrawn, nothing asked, or a time booked: nothing is late.
    """
    assert clock_state(still, DUE, Margins()) is ClockState.NONE


@pytest.mark.parametrize(
    ("stands", "who"),
    [
        (thread(), Actor.OWNER),
        (thread(S.ACCEPTED), Actor.OWNER),
        (thread(S.ON_HOLD), Actor.REQUESTER),
        (thread(S.COMPLETED), None),
        (thread(S.ACCEPTED, TIME), None),
    ],
)
def test_it_is_known_who_is_waited_for(stands: Thread, who: Actor | None) -> None:
    """
    Whoever has the request; whoever asked, when more was asked for; nobody when it is done or booked.
    """
    assert stands.waited_for is who


class Conversation(RuleBasedStateMachine):
    """Anybody does anything, in any order and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = thread()
        self.was_over = False

    @rule(
        act=st.sampled_from(Act),
        actor=st.sampled_from(Actor),
        minutes=st.integers(min_value=0, max_value=600),
    )
    def somebody_acts(self, act: Act, actor: Actor, minutes: int) -> None:
        """One act; what it comes to holds to the table."""
        at = written(datetime.fromisoformat(NINE.value) + timedelta(minutes=minutes))
        before = self.thread
        came = step(before, act, actor, at, TIME)
        if isinstance(came, Refusal):
            return
        walk = [before.status, *(taken.status for taken in came.steps)]
        for old, new in pairwise(walk):
            assert old is not None
            assert refuse(old, new, actor) is None
        assert came.thread.status is walk[-1]
        if came.is_overtaken:
            assert came.thread == before
        assert actor is not Actor.OUTSIDER
        assert before.status not in ENDED or came.thread.status is before.status
        self.thread = came.thread
        if act is Act.FORWARD:
            self.thread = forwarded(self.thread, OTHER, at)

    @invariant()
    def the_code_goes_with_the_status(self) -> None:
        """An open thread has the national code of its status; 6 and 7 share one."""
        assert self.thread.status is not None
        national = NATIONAL.get(self.thread.status, self.thread.national)
        read = (S.COMPLETED, RequestStatus.ANSWER_RECEIVED)
        assert self.thread.national is national or (self.thread.status, self.thread.national) == read

    @invariant()
    def a_time_belongs_to_a_request_that_was_assessed(self) -> None:
        """No booked time stands in a thread that nobody has taken on, or that is over unanswered."""
        if self.thread.has_time:
            assert self.thread.status in {S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD, S.COMPLETED, S.RECEIVED}


Conversation.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestConversation = Conversation.TestCase
