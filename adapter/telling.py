"""Who is told of what a message did, and when we remind ourselves of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from adapter.domain.acts import Act
from adapter.domain.consultation import Consultation, MessageKind, review
from adapter.domain.dialogue import Stepped
from adapter.domain.event import EventKind
from adapter.domain.protected import is_protected, protected
from adapter.domain.thread import Actor, alarms, hsa_of, opened
from adapter.fhir import MadeBy, Place, Standing, consultation_resources
from adapter.fhir.whereabouts import without_whereabouts
from adapter.findings import Finding
from adapter.frozen import dataclass, replace
from adapter.placing import begins
from adapter.ports import OURSELVES, UNWRITTEN, Letter
from adapter.waiting import letter_id, taken_up, to_ourselves
from adapter.writing import Outgoing, Unwritable, Written

if TYPE_CHECKING:
    from adapter.decision import Effect
    from adapter.domain.people import CareUnit
    from adapter.domain.when import Moment
    from adapter.placing import Placed
    from adapter.policy import Policy

AT = "telling"
NOTICE = "besked"  # kind of a letter that is our own word, not a sender's
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
    reminders = _reminders(effect, message, at, until, policy)
    return replace(effect, letters=(*found, *_sent_on(effect, message, at, policy), *own, *reminders))


def _sent_on(effect: Effect, message: Consultation, at: Placed, policy: Policy) -> tuple[Letter, ...]:
    """Whoever asked first is told where the question is now."""
    if at.place is None or at.place.stepped.act is not Act.FORWARD:
        return ()
    words = (
        f"Begäran har skickats vidare till {message.receiver_unit.name or 'en annan enhet'}, som svarar. "
        "Vänta på svaret därifrån, eller ring enheten."
    )
    notice = Notice(cause_of(message), words, message.created_at, effect.lane)
    return notices(notice, at.place.standing, (True, False), policy)


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
        is_owners=_is_owners(message, at),
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


def _is_owners(message: Consultation, at: Placed) -> bool | None:
    """Whether the unit that was asked speaks; None outside a thread."""
    if at.standing is None:
        return None
    return at.standing.thread.actor(hsa_of(message, of_receiver=False)) is Actor.OWNER


@dataclass(frozen=True, slots=True)
class Notice:
    """Our own word to those in a thread: what caused it, the words, when, and in which patient's lane."""

    cause: str
    words: str
    at: Moment
    lane: int


def notices(
    notice: Notice, standing: Standing, told: tuple[bool, bool], policy: Policy
) -> tuple[Letter, ...]:
    """The letters to the requester and to the owner of a thread, each as if from the other side."""
    units = ((standing.requester, standing.owner), (standing.owner, standing.requester))
    return tuple(
        letter
        for (unit, other), is_told in zip(units, told, strict=True)
        if is_told
        for letter in _notice(notice, standing, unit, other, policy)
    )


def _notice(
    notice: Notice, standing: Standing, unit: CareUnit, other: CareUnit, policy: Policy
) -> tuple[Letter, ...]:
    message = Consultation(
        message_id="",
        kind=MessageKind.ADMINISTRATIVE,
        created_at=notice.at,
        patients=standing.patients,
        in_reply_to=standing.thread.request_id,
        sender_unit=other,
        receiver_unit=unit,
        text=f"Automatiskt besked från Överens: {notice.words}",
    )
    return sent_to(message, notice.cause, notice.lane, standing, policy)


def sent_to(
    message: Consultation, cause: str, lane: int, standing: Standing, policy: Policy
) -> tuple[Letter, ...]:
    """The letter of a message that is our own to write: its id is made of its cause.

    None where nothing is to be sent. One that the receiver's format has no words for is given up as a dead
    letter, with the reason.
    """
    unit = message.receiver_unit
    route = policy.routes.to(unit.hsa_id)
    if route is None or route.format is None:
        return ()
    assert policy.writers  # noqa: S101  with routes come the writers
    kind = NOTICE if message.kind is MessageKind.ADMINISTRATIVE else message.kind.value
    own_id = letter_id(cause, route.receiver, kind, unit.hsa_id.key if unit.hsa_id else "")
    message = replace(protected(message) if is_protected(message) else message, message_id=own_id)
    resources = _told_of(message, standing)
    if is_protected(message):
        resources = tuple(without_whereabouts(each, {}, has_files=True) for each in resources)
    outgoing = Outgoing(
        letter_id=own_id,
        message=message,
        route=route,
        own=policy.routes.own,
        resources=resources,
        is_owners=None if kind == NOTICE else True,
    )
    try:
        written = policy.writers.written(outgoing)
    except Unwritable as problem:
        written = Written(media_type=UNWRITTEN, body=problem.finding.what.encode())
    return (
        Letter(
            id=own_id,
            receiver=route.receiver,
            lane=lane,
            kind=kind,
            media_type=written.media_type,
            body=written.body,
            thread=standing.task.get("id", ""),
        ),
    )


def _told_of(message: Consultation, standing: Standing) -> tuple[dict[str, Any], ...]:
    """The thread as it stands, and what our own message is in FHIR; it moves nothing."""
    stepped = Stepped(thread=standing.thread, act=Act.TELL)
    digest = hashlib.sha256((message.text or message.answer).encode()).hexdigest()
    made_by = MadeBy(source=OURSELVES, mapping_version="", sha256=digest)
    made = consultation_resources(message, None, made_by, place=Place(standing, stepped)).resources
    there = (each for each in (standing.request, standing.task, standing.time) if each)
    return tuple({f"{each['resourceType']}/{each['id']}": each for each in (*there, *made)}.values())


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
    again = review(message.urgency, message.created_at, policy.review_days)
    if at.place and not at.place.stepped.is_overtaken and (at.place.deadline or at.place.review):
        thread = replace(at.place.stepped.thread, urgency=message.urgency, deadline=at.place.deadline)
    elif at.place:
        again = None
    alarm = alarms(thread, policy.margins) if thread else None
    cause, task, unit = cause_of(message), task_of(effect, at), hsa_of(message, of_receiver=False)
    if again and thread:
        return (review_letter(cause, effect.lane, again, task, unit),)
    if thread is None or alarm is None or thread.deadline is None:
        return ()
    said = {"thread": task, "sender_unit": unit, "Deadline": thread.deadline.value}
    return (
        to_ourselves(EventKind.DUE_SOON, cause, effect.lane, at=alarm.due_soon, **said),
        to_ourselves(EventKind.OVERDUE, cause, effect.lane, at=alarm.overdue, **said),
    )


def review_letter(cause: str, lane: int, again: Moment, task: str, unit: str) -> Letter:
    """What we write to ourselves to have a request looked at again."""
    return to_ourselves(
        EventKind.REVIEW,
        cause,
        lane,
        at=again.instant(),
        thread=task,
        sender_unit=unit,
        Deadline=again.value,
    )


def never_asked(effect: Effect, cause: str, policy: Policy) -> Effect:
    """The effect of an answer whose question never came, with a word about it to whoever sent it."""
    message = effect.record
    if effect.is_parked or not isinstance(message, Consultation):
        return effect
    thread = opened(message, None)
    words = (
        "Frågan som meddelandet svarar på har aldrig kommit hit. Meddelandet har lämnats till mottagaren för "
        "sig självt. Ring mottagaren om något är oklart."
    )
    alone = Standing(
        thread=thread,
        requester=message.sender_unit,
        owner=message.receiver_unit,
        patients=message.patients,
    )
    notice = Notice(cause, words, message.created_at, effect.lane)
    return replace(effect, letters=(*effect.letters, *notices(notice, alone, (True, False), policy)))
