"""What a try comes to: delivered, again at a time, or dead with a report to whoever sent it. Pure."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.letters import (
    OURSELVES,
    Delivered,
    Letter,
    LetterState,
    Patience,
    Posted,
    Refused,
    Settlement,
    Trouble,
    TryAgain,
)
from adapter.subscribing import EVENT, NOTIFYING

if TYPE_CHECKING:
    from adapter.letters import Lease, Verdict

REPORT: Final = "ej-levererat"  # kind of the letter to ourselves that tells of a dead one
DELIVERED: Final = "svar-levererat"  # and of the one that tells of an answer that has come to who asked
ANSWER: Final = "svar"
GIVEN_UP: Final = "given-up"
_NAMESPACE = uuid.UUID("0b7c1b76-31a8-5d0e-8d0c-6d2f3f1c8c55")  # of envelopes and reports
_REMEDY = "Ring mottagaren om det är bråttom. När felet är avhjälpt: overens queue retry {id}"


def envelope_id(lease: Lease, posted: Posted) -> str:
    """The id of the envelope of one try: never the same again, since no lease is."""
    return str(uuid.uuid5(_NAMESPACE, f"{posted.letter.id}|{lease.fence}"))


def judged(  # noqa: PLR0913  the try, its time and its chance
    lease: Lease, posted: Posted, verdict: Verdict, *, now: datetime, patience: Patience, chance: float
) -> Settlement:
    """What becomes of a letter after a try; the lease is let go of."""
    id_, envelope = posted.letter.id, envelope_id(lease, posted)
    if isinstance(verdict, Delivered):
        return Settlement(
            lease=lease,
            letter=id_,
            state=LetterState.DELIVERED,
            envelope=envelope,
            answer=verdict.answer,
            report=_event(lease, posted.letter, DELIVERED, now) if posted.letter.kind == ANSWER else None,
        )
    if isinstance(verdict, Refused):
        return dead(lease, posted, verdict.trouble, now=now)
    tries, end = posted.tries + 1, posted.since + patience.window
    if now >= end or (patience.most and tries >= patience.most):
        return dead(lease, posted, _given_up(tries, now - posted.since, verdict), now=now)
    due_at = now + max(patience.wait(tries, chance), asked_for(verdict, patience))
    return Settlement(
        lease=lease, letter=id_, due_at=min(due_at, end), envelope=envelope, trouble=verdict.trouble
    )


def dead(lease: Lease, posted: Posted, trouble: Trouble, *, now: datetime) -> Settlement:
    """A letter is given up; who sent it is told, unless that was we."""
    letter = posted.letter
    remedy = trouble.remedy or _REMEDY.format(id=letter.id)
    trouble = Trouble(code=trouble.code, cause=trouble.cause, remedy=remedy)
    return Settlement(
        lease=lease,
        letter=letter.id,
        state=LetterState.DEAD,
        envelope=envelope_id(lease, posted),
        trouble=trouble,
        report=None if letter.receiver == OURSELVES else _event(lease, letter, REPORT, now, trouble),
    )


def asked_for(verdict: TryAgain, patience: Patience) -> timedelta:
    """How long the receiver wishes to be let alone, within reason."""
    return min(verdict.after or timedelta(0), patience.cap)


def _given_up(tries: int, passed: timedelta, verdict: TryAgain) -> Trouble:
    hours = passed // timedelta(hours=1)
    times = "ett försök" if tries == 1 else f"{tries} försök"
    cause = f"Brevet gavs upp efter {times} under {hours} timmar. Senast: {verdict.trouble.cause}"
    return Trouble(code=GIVEN_UP, cause=cause, remedy=verdict.trouble.remedy)


def _event(lease: Lease, letter: Letter, kind: str, now: datetime, trouble: Trouble | None = None) -> Letter:
    """The event as ``overens.event`` reads it; a letter that dies again is reported again.

    What became of a notification is told to whoever minds its subscription.
    """
    id_ = str(uuid.uuid5(_NAMESPACE, f"{letter.id}|{lease.fence}|{kind}"))
    event: dict[str, Any] = {
        "EventId": id_,
        "Event": kind,
        "Time": now.isoformat(),
        "Task": f"Task/{letter.thread}" if letter.thread else "",
        "Letter": letter.id,
        "Kind": letter.kind,
        "Receiver": letter.receiver,
        "SenderUnit": letter.sender_unit,
        "Code": trouble.code if trouble else "",
        "Cause": trouble.cause if trouble else "",
        "Remedy": trouble.remedy if trouble else "",
    }
    return Letter(
        id=id_,
        receiver=NOTIFYING if letter.kind == EVENT else OURSELVES,
        lane=letter.lane,
        kind=kind,
        media_type="application/json",
        body=orjson.dumps({name: said for name, said in event.items() if said}),
        thread=letter.thread,
    )
