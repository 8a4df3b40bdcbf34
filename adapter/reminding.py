"""What an event of our own comes to: a note that both sides read on the Task, and a letter to each.

A reminder for a thread in which nobody waits any more, or whose deadline has been changed, does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.decision import Effect
from adapter.domain.acts import Act
from adapter.domain.consultation import review
from adapter.domain.dialogue import step
from adapter.domain.event import Event, EventKind
from adapter.domain.refusal import Refusal
from adapter.domain.thread import Actor, RequestStatus, TaskStatus
from adapter.fhir import Built, spoken, standing_of_task, task_versions, task_with_note
from adapter.findings import Finding
from adapter.frozen import dataclass, replace
from adapter.known import THREAD
from adapter.telling import NOTICE, Notice, notices, review_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapter.domain.when import Moment
    from adapter.fhir import Standing
    from adapter.known import Known
    from adapter.policy import Policy

AT = "reminding"
NOTHING_LEFT = (
    "Påminnelsen har ingen verkan: ingen väntar på svar, svarstiden har ändrats, eller tråden finns inte. "
    "Inget behöver göras."
)


@dataclass(frozen=True, slots=True)
class Reminding:
    """An event with its effect so far, what is known, and when it came (None: nobody says)."""

    event: Event
    effect: Effect
    known: Known | None
    policy: Policy
    now: datetime | None = None


def reminded(given: Reminding, built: Callable[[Effect, Callable[[bool], Built]], Effect]) -> Effect:
    """The effect of an event; with a thread that is not known yet it says what it ``needs``."""
    event, effect, known, policy = given.event, given.effect, given.known, given.policy
    key = f"{THREAD}{event.thread}"
    if known is None or not event.thread:
        return _nothing(effect, event)
    if key not in known.threads:
        return replace(effect, needs=frozenset({key}))
    standing = standing_of_task(known.threads[key], event.thread)
    at = _time_of(event, standing) if standing else None
    if standing is None or at is None or not is_wanted(event, standing) or _is_late(event, given.now):
        return _nothing(effect, event)
    if event.kind is EventKind.ANSWER_DELIVERED:
        return _received(event, effect, standing, at, built)
    words = _words(event, standing)
    again = (
        review(standing.thread.urgency, at, policy.review_days) if event.kind is EventKind.REVIEW else None
    )
    note = task_with_note(standing.task, standing.thread, words, at, again)
    known_event = replace(event, patients=standing.patients)
    effect = Effect(record=known_event, content=effect.content, findings=effect.findings)
    effect = built(effect, lambda _: Built(resources=(note,)))
    effect = replace(effect, expects=standing.versions)
    letters = notices(Notice(event.event_id, words, at, effect.lane), standing, _to(event, standing), policy)
    if again:
        next_one = review_letter(event.event_id, effect.lane, again, event.thread, event.sender_unit)
        letters = (*letters, next_one)
    return effect if effect.is_parked else replace(effect, letters=letters)


def _is_late(event: Event, now: datetime | None) -> bool:
    """The time is out already: the reminder at the deadline says so, and one letter is enough."""
    end = event.deadline.instant() if event.deadline else None
    return event.kind is EventKind.DUE_SOON and now is not None and end is not None and now >= end


def _received(
    event: Event,
    effect: Effect,
    standing: Standing,
    at: Moment,
    built: Callable[[Effect, Callable[[bool], Built]], Effect],
) -> Effect:
    """The Task says that the answer has come (canonical-models §2.3, code 7); nobody else has to be told."""
    came = step(standing.thread, Act.ANSWER_RECEIVED, Actor.REQUESTER, at, None)
    if isinstance(came, Refusal):
        return _nothing(effect, event)
    tasks = tuple(task_versions(standing, came.steps, at))
    effect = Effect(
        record=replace(event, patients=standing.patients), content=effect.content, findings=effect.findings
    )
    effect = built(effect, lambda _: Built(resources=tasks[-1:], earlier=tasks[:-1]))
    return replace(effect, expects=standing.versions)


def is_wanted(event: Event, standing: Standing) -> bool:
    """Whether there still is something to say."""
    thread = standing.thread
    if event.kind is EventKind.UNDELIVERED:
        return True
    if event.kind is EventKind.ANSWER_DELIVERED:
        return thread.status is TaskStatus.COMPLETED and thread.national is RequestStatus.ANSWERED
    until = thread.review if event.kind is EventKind.REVIEW else thread.deadline
    is_same = until is not None and event.deadline == until
    return is_same and thread.is_open and not thread.has_time


def _to(event: Event, standing: Standing) -> tuple[bool, bool]:
    """Who is told: the requester, the owner. Of a letter that was not delivered its sender, and only once."""
    if event.kind is not EventKind.UNDELIVERED:
        return True, True
    if event.letter_kind == NOTICE:
        return False, False
    unit = event.sender_unit.upper()
    return unit == standing.thread.requester, unit == standing.thread.owner


def _words(event: Event, standing: Standing) -> str:
    if event.kind is EventKind.UNDELIVERED:
        return f"Ett meddelande i tråden kunde inte levereras. {event.cause} {event.remedy}".strip()
    until = spoken(event.deadline) if event.deadline else ""
    who = _who(standing)
    if event.kind is EventKind.REVIEW:
        return (
            f"Begäran är långsiktig och ska ses över nu ({until}). {who} Svara, boka tid eller avsluta den, "
            "eller ring den andra enheten."
        )
    if event.kind is EventKind.OVERDUE:
        return (
            f"Svarstiden har gått ut (senast {until}) utan svar eller bokad tid. {who} Svara eller boka tid "
            "nu, eller ring den andra enheten."
        )
    return f"Svarstiden går snart ut (senast {until}). {who} Svara, boka tid eller ring den andra enheten."


def _who(standing: Standing) -> str:
    """Whom both sides wait for."""
    if standing.thread.waited_for is Actor.REQUESTER:
        name = standing.requester.name or "den som frågade"
        return f"Komplettering väntas från {name}; svarstiden löper under tiden."
    return f"Svar väntas från {standing.owner.name or 'den som har begäran'}."


def _time_of(event: Event, standing: Standing) -> Moment | None:
    """When it happened: what the event says, the deadline, or a margin before it."""
    return event.happened_at or event.deadline or standing.thread.deadline


def _nothing(effect: Effect, event: Event) -> Effect:
    finding = Finding("reminder-not-needed", event.origin("thread"), AT, NOTHING_LEFT)
    return replace(effect, findings=(*effect.findings, finding))
