"""Who is told of what a message did, and when we remind ourselves of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.consultation import Consultation
from adapter.domain.thread import alarms, hsa_of, opened
from adapter.findings import Finding
from adapter.frozen import replace
from adapter.placing import begins
from adapter.ports import Letter
from adapter.waiting import letter_id, taken_up, to_ourselves
from adapter.writing import Outgoing, Unwritable

if TYPE_CHECKING:
    from adapter.decision import Effect
    from adapter.domain.people import CareUnit
    from adapter.domain.when import Moment
    from adapter.placing import Placed
    from adapter.policy import Policy

AT = "telling"
DUE_SOON = "svarstid-snart-slut"
OVERDUE = "svarstid-slut"
RECEIVER_UNKNOWN = (
    "Ingen mottagare är inställd för den enhet som meddelandet gäller, så det har inte skickats vidare. "
    "Kontrollera enhetens HSA-id och skicka igen med nytt id, eller kontakta förvaltningen av Överens."
)


def letters(effect: Effect, at: Placed, until: Moment | None, policy: Policy) -> Effect:
    """The effect with everything that is to be sent because of it; parked when it cannot be written."""
    message = effect.record
    assert isinstance(message, Consultation)  # noqa: S101  nobody is told of a note
    found, finding = to_unit(effect, message, message.receiver_unit, at, policy)
    if finding:
        return replace(effect, findings=(*effect.findings, finding))
    cause = cause_of(message)
    own = taken_up(at.waiting, cause, effect.lane)
    return replace(effect, letters=(*found, *own, *_reminders(effect, message, at, until, policy)))


def cause_of(message: Consultation) -> str:
    """What names the message as the cause of a letter."""
    return f"{hsa_of(message, of_receiver=False)}|{message.message_id}"


def to_unit(
    effect: Effect, message: Consultation, unit: CareUnit, at: Placed, policy: Policy
) -> tuple[tuple[Letter, ...], Finding | None]:
    """The letter to a unit's system; none when nothing is to be sent there, a finding when it cannot be."""
    if policy.routes.is_empty:
        return (), None
    route = policy.routes.to(unit.hsa_id)
    if route is None:
        where = message.origin("receiver_unit")
        value = unit.hsa_id.value if unit.hsa_id else ""
        return (), Finding("receiver-unknown", where, AT, RECEIVER_UNKNOWN, value, blocking=True)
    if route.format is None:
        return (), None
    assert policy.writers  # noqa: S101  with routes come the writers
    own_id = letter_id(cause_of(message), route.receiver, message.kind.value)
    thread = at.standing.task if at.standing else {}
    more = (at.standing.request, thread) if at.standing and thread else ()
    made = {f"{each['resourceType']}/{each['id']}": each for each in (*more, *effect.resources)}
    outgoing = Outgoing(
        letter_id=own_id,
        message=message,
        route=route,
        own=policy.routes.own,
        resources=tuple(made.values()),
    )
    try:
        written = policy.writers.written(outgoing)
    except Unwritable as problem:
        return (), problem.finding
    letter = Letter(
        id=own_id,
        receiver=route.receiver,
        lane=effect.lane,
        kind=message.kind.value,
        media_type=written.media_type,
        body=written.body,
        thread=task_of(effect, at).partition("/")[2],
        sender_unit=hsa_of(message, of_receiver=False),
    )
    return (letter,), None


def task_of(effect: Effect, at: Placed) -> str:
    """``Task/<id>`` of the thread; empty when there is none."""
    made = [f"Task/{each['id']}" for each in effect.resources if each["resourceType"] == "Task"]
    if made:
        return made[-1]
    return f"Task/{at.standing.task['id']}" if at.standing and at.standing.task else ""


def _reminders(
    effect: Effect, message: Consultation, at: Placed, until: Moment | None, policy: Policy
) -> tuple[Letter, ...]:
    """Before the deadline and at it; a new level brings new ones, and the old ones find nothing to do."""
    thread = opened(message, until) if begins(message, at) else None
    if at.place and at.place.deadline and not at.place.stepped.is_overtaken:
        thread = replace(at.place.stepped.thread, urgency=message.urgency, deadline=at.place.deadline)
    alarm = alarms(thread, policy.margins) if thread else None
    if thread is None or alarm is None or thread.deadline is None:
        return ()
    said = {
        "thread": task_of(effect, at),
        "sender_unit": hsa_of(message, of_receiver=False),
        "Deadline": thread.deadline.value,
    }
    cause = cause_of(message)
    return (
        to_ourselves(DUE_SOON, cause, effect.lane, at=alarm.due_soon, **said),
        to_ourselves(OVERDUE, cause, effect.lane, at=alarm.overdue, **said),
    )
