"""Where a message of the dialogue belongs: its thread, what it does there, or what it has to wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from adapter.domain.consultation import MessageKind, deadline, review
from adapter.domain.dialogue import act_of, step
from adapter.domain.refusal import Refusal
from adapter.domain.thread import hsa_of
from adapter.fhir import Place, Standing, communication_id, standing_of, waiting_in
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.known import THREAD

if TYPE_CHECKING:
    from adapter.domain.consultation import Consultation
    from adapter.known import Json, Known
    from adapter.policy import Policy

AT = "placing"
UNKNOWN_THREAD = (
    "Meddelandet svarar på ett meddelande som inte har kommit hit. Det är sparat och tas in av sig självt "
    "när det andra kommer. Kontrollera InReplyTo om det borde ha kommit; ring mottagaren om det är bråttom."
)
OVERTAKEN = (
    "Meddelandet skrevs innan det som redan har hänt i tråden. Det är sparat och läses där, men ändrar inte "
    "hur långt begäran har kommit. Skicka ett nytt meddelande om det fortfarande gäller."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What is known of a message's place. With ``needs`` nothing else of it counts."""

    own: str = ""  # ``Communication/<id>`` that it becomes
    place: Place | None = None
    findings: tuple[Finding, ...] = ()
    needs: frozenset[str] = frozenset()
    awaits: Mapping[str, Json | None] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()  # inbox ids of messages that have waited for this one
    expects: Mapping[str, int] = field(default_factory=dict)

    @property
    def standing(self) -> Standing | None:
        """The thread as it was before."""
        return self.place.standing if self.place else None


def placed(message: Consultation, source: str, known: Known | None, policy: Policy) -> Placed:
    """The place of a message; without a store at hand (``known`` is None) it has none and stands alone."""
    if known is None:
        return Placed()
    own = communication_id(hsa_of(message, of_receiver=False) or source, message.message_id)
    expects = {own: known.version(own)}
    names = own_names(message, source)
    if unread := names - known.resources.keys() - {own}:
        return Placed(needs=unread)
    waiting = tuple(dict.fromkeys(w for name in sorted(names) for w in waiting_in(known.resources.get(name))))
    alone = Placed(own=own, waiting=waiting, expects=expects)
    return _replied(alone, message, source, known, policy) if message.in_reply_to else alone


def _replied(alone: Placed, message: Consultation, source: str, known: Known, policy: Policy) -> Placed:
    """The place of a message that answers another."""
    key = f"{THREAD}{message.in_reply_to}"
    if key not in known.threads:
        return Placed(needs=frozenset({key}))
    standing = standing_of(known.threads[key], message)
    if standing is None:
        return _unknown(message, source, known)
    came = step(
        standing.thread,
        act_of(message, standing.thread),
        standing.thread.actor(hsa_of(message, of_receiver=False)),
        message.created_at,
        message.booking,
    )
    if isinstance(came, Refusal):
        return Placed(findings=(_refused(message, came),))
    until = deadline(message.urgency, message.created_at, policy.one_day) if message.urgency else None
    again = review(message.urgency, message.created_at, policy.review_days)
    findings = (_overtaken(message),) if came.is_overtaken else ()
    return Placed(
        own=alone.own,
        place=Place(standing, came, until, again),
        findings=findings,
        waiting=alone.waiting,
        expects={**standing.versions, **alone.expects},
    )


def own_names(message: Consultation, source: str) -> frozenset[str]:
    """``Communication/<id>`` that others may have answered: by its id, by what else its request is called."""
    unit = hsa_of(message, of_receiver=False) or source
    others = () if message.in_reply_to else (name.value for name in message.request_ids)
    return frozenset(communication_id(unit, name) for name in (message.message_id, *others))


def _unknown(message: Consultation, source: str, known: Known) -> Placed:
    """The answered message may be the other side's or the sender's own: it is waited for under both names."""
    awaited = awaited_names(message, source)
    where = message.origin("in_reply_to")
    finding = Finding("thread-unknown", where, AT, UNKNOWN_THREAD, message.in_reply_to, blocking=True)
    return Placed(findings=(finding,), awaits={name: known.resources.get(name) for name in awaited})


def awaited_names(message: Consultation, source: str) -> frozenset[str]:
    """What the answered message may be called here, ``Communication/<id>``."""
    units = (hsa_of(message, of_receiver=True), hsa_of(message, of_receiver=False))
    return frozenset(communication_id(unit or source, message.in_reply_to) for unit in units)


def _refused(message: Consultation, refusal: Refusal) -> Finding:
    code = "not-your-step" if refusal.is_forbidden else "step-refused"
    return Finding(code, message.origin("in_reply_to"), AT, refusal.what, blocking=True)


def _overtaken(message: Consultation) -> Finding:
    return Finding("overtaken", message.origin("created_at"), AT, OVERTAKEN)


def begins(message: Consultation, found: Placed) -> bool:
    """Whether the message begins a thread of its own with a clock that runs."""
    return message.kind is MessageKind.REQUEST and found.place is None
