"""A subscription as it stands, and what one transaction does about it.

Its state is what became of its handshake, unless a later letter of it was given up or its owner ended it.
After an error it is asked for again: a new round with a handshake of its own, and the numbers go on. Events
have numbers in the meantime too. Each notification of events has its AuditEvent in the transaction of its
letter, so that none can leave without.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass as mutable
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapter.decision import REFERENCE_LANE
from adapter.fhir.access_event import Access
from adapter.fhir.export_event import export_event
from adapter.fhir.notification import (
    EVENT_NOTIFICATION,
    HANDSHAKE,
    HEARTBEAT,
    Failure,
    Notification,
    Told,
)
from adapter.fhir.subscription import asked
from adapter.fhir.written import Writer
from adapter.frozen import dataclass, replace
from adapter.letters import LetterQuery, LetterState
from adapter.ports import Put, Stale
from adapter.subscribing import as_said, heartbeat, keeping, kept, once_more, one_transaction, told
from adapter.waiting import letter_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.fhir.subscription import Asked
    from adapter.letters import Letter, LetterRow
    from adapter.ports import Store

Json = dict[str, Any]
ANSWERS = frozenset({"letter-refused", "letter-conflict", "letter-not-supported"})  # codes of troubles
_PUSHED = frozenset({HANDSHAKE, HEARTBEAT, EVENT_NOTIFICATION})
_EXPORTS = uuid.UUID("f0a1f5c2-8c59-5d6e-9b1b-6a50f3f9a7d4")  # namespace of AuditEvents of notifications


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A subscription: as it was asked for, what is kept of it, and how it stands."""

    resource: Json
    state: Json
    version: int = 0  # of the state
    status: str = "requested"  # then ``active`` or ``error``; ``off`` when it is ended, or its end has passed
    since: datetime | None = None  # from when changes are its events; None: not yet
    failure: Failure | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.resource["id"])

    @property
    def wish(self) -> Asked:
        """What it asks for."""
        return asked(self.resource)

    def is_over(self, now: datetime) -> bool:
        """Whether the end that it asked for has passed."""
        end = self.wish.end
        return end is not None and end <= now

    @property
    def round(self) -> int:
        """How many times it was asked for."""
        return int(self.state.get("round", 1))

    @property
    def handshake(self) -> str:
        """The id of the letter that opens this round."""
        return letter_id(self.id, HANDSHAKE, *once_more(self.round))

    def keeping(self, **changes: Any) -> Put:
        """Keep its state with changes, when nobody has changed it since it was read."""
        return keeping({**self.state, **changes}, self.version, self.id, "state")

    def says(self, kind: str, events: Sequence[Told] = ()) -> Notification:
        """A notification of it, or an answer about it. One that is pushed names no topic when it is empty."""
        wish = self.wish
        is_event = kind == EVENT_NOTIFICATION
        return Notification(
            kind=kind,
            base=self.state["base"],
            subscription=self.id,
            topic="" if kind in _PUSHED and wish.content == "empty" else wish.topic,
            status="active" if is_event else self.status,
            count=events[-1].number if is_event else self.state["count"],
            events=tuple(events),
            failure=self.failure,
        )


async def subscribed(store: Store, id_: str, now: datetime) -> Subscribed | None:
    """The subscription with an id as it stands at a moment; None when there is none."""
    row = await store.read("Subscription", id_)
    state, version = await kept(store, id_, "state")
    if row is None or not state:
        return None
    found = Subscribed(resource=as_said(row), state=state, version=version)
    if state["is_off"] or found.is_over(now):
        return replace(found, status="off")
    letters = await store.outbox.letters(LetterQuery(ids=(found.handshake,)))
    status, since, failure = _stands(state, letters[0] if letters else None)
    return replace(found, status=status, since=since, failure=failure)


def _stands(state: Json, handshake: LetterRow | None) -> tuple[str, datetime | None, Failure | None]:
    since = datetime.fromisoformat(state["since"]) if state.get("since") else None
    if state.get("failure"):
        return "error", since, Failure(**state["failure"])
    if handshake is not None and handshake.state is LetterState.WAITING:
        return "requested", since, None
    if handshake is not None and handshake.state is LetterState.DELIVERED:
        return "active", since or handshake.settled_at, None
    return "error", since, _of_handshake(handshake)


def _of_handshake(row: LetterRow | None) -> Failure:
    at = row.settled_at.isoformat() if row and row.settled_at else ""
    if row is None or row.trouble is None:
        return Failure(text="Handskakningen togs bort av driften.", at=at)
    return Failure(text=row.trouble.cause, at=at, is_answer=row.trouble.code in ANSWERS)


@mutable(slots=True)
class Doing:
    """What one transaction does about subscriptions."""

    now: datetime
    puts: list[Put] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def tell(self, to: Subscribed, said: Notification, *cause: str, patients: Sequence[str] = ()) -> None:
        """Send a notification, and log that its events are told; ``patients`` are the ids of those they are
        about.

        A handshake or a sign of life tells nothing of anybody: who asked for it stands in the log already.
        """
        letter = told(to.state["receiver"], said, *once_more(to.round), *cause)
        self.letters.append(letter)
        if said.events:
            access = _access(to, letter, self.now, patients)
            event = export_event(access, said.kind, to.state["receiver"], letter.id)
            self.puts.append(Put(resource=event, lane=REFERENCE_LANE, expects=0))

    def open(self, to: Subscribed) -> None:
        """Begin a round: a handshake, and the reminder of the first sign of life."""
        self.tell(to, to.says(HANDSHAKE))
        if seconds := to.wish.heartbeat:
            self.letters.append(heartbeat(to.id, to.round, 1, self.now + timedelta(seconds=seconds)))

    async def is_kept(self, store: Store, id_: str = "") -> bool:
        """Keep it, once for each id; False when another came between."""
        arrival = one_transaction(id_ or str(uuid.uuid4()), self.now, self.puts, self.letters)
        try:
            await store.keep(arrival)
        except Stale:
            return False
        return True


def asked_again(to: Subscribed, now: datetime, **changes: Any) -> Doing:
    """A subscription in error is requested anew: its next round begins, and its numbers go on."""
    since = to.since.isoformat() if to.since else ""
    said = {"round": to.round + 1, "failure": None, "since": since, "asked": now.isoformat(), **changes}
    doing = Doing(now)
    doing.puts.append(to.keeping(**said))
    doing.open(replace(to, state={**to.state, **said}, status="requested", failure=None))
    return doing


def _access(to: Subscribed, letter: Letter, now: datetime, patients: Sequence[str]) -> Access:
    who = to.state["caller"]
    return Access(
        id=str(uuid.uuid5(_EXPORTS, letter.id)),
        recorded=now.isoformat(timespec="milliseconds"),
        interaction="operation",
        status=200,
        who=Writer(
            client=who["client"] or "demo",
            person=who["person"],
            unit=who["unit"],
            care_giver=who["care_giver"],
            purpose=who["purpose"],
            proxy=(who["user"], who.get("proxy", "")) if who.get("user") else None,
        ),
        what=f"Subscription/{to.id}",
        patients=patients,
    )
