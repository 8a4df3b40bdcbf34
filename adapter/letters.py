"""Letters on their way out: what they are, how they wait, who sends them, and what became of them.

Letters of one receiver and lane form a queue and leave in the order they were made. A letter that has a time
of its own (``not_before``) is a queue by itself. Who sends holds a lease on a queue: a fencing number that
nobody had before, and a time when it ends. Once another has taken the queue over, the first settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from adapter.frozen import dataclass

UNWRITTEN = "application/x-overens-unwritten"  # media type of a letter that its format has no words for
OURSELVES = "overens"  # letters to ourselves: reminders, and reports on what was not delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message on its way out, to one receiver: the same id and the same words at every try.

    ``body`` is written when the decision is made, so that what cannot be written parks the message at once;
    only the envelope (its id and time) is new each time. Letters of one receiver and lane leave in the order
    they were made. One with ``not_before`` waits for its time alone and holds up nobody.
    """

    id: str  # UUIDv5 of the message that caused it, the receiver and the kind
    receiver: str  # its name in the configuration; OURSELVES for what we are to be reminded of
    lane: int  # the patient's
    kind: str  # ``konsultation-svar`` and so on
    media_type: str
    body: bytes
    thread: str = ""  # id of the Task that it is about
    not_before: datetime | None = None
    sender_unit: str = ""  # HSA-id of who is told when it cannot be delivered


class LetterState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"  # to be sent, or sent again
    DELIVERED = "delivered"  # the receiver has it and said so
    DEAD = "dead"  # given up: refused, or its time ran out; its sender is told
    DISCARDED = "discarded"  # taken away by an operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a letter was not delivered: a stable code, and for the operator what happened and what to do.

    The sentences are Swedish and hold nothing of a letter's content.
    """

    code: str  # ``refused``, ``receiver-away``, ``receiver-unknown`` …
    cause: str
    remedy: str = ""


def unwritten(letter: Letter) -> Trouble | None:
    """Why a letter of our own could not be written: it is given up at once, where an operator sees it."""
    if letter.media_type != UNWRITTEN:
        return None
    remedy = "Ring mottagaren. Det som skulle ha sagts står i tråden (Task) hos oss."
    return Trouble(code="letter-unwritable", cause=letter.body.decode(), remedy=remedy)


# What a sender says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiver took responsibility; ``answer`` is its acknowledgement, kept as it came."""

    answer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Not now: away, busy, silent, not to be understood. ``after`` where the receiver said when."""

    trouble: Trouble
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The receiver will not have this letter, however often it comes; the next one may do better."""

    trouble: Trouble


Verdict = Delivered | TryAgain | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often a letter is tried.

    The n:th wait is a random part of ``base`` times 2 to the power of n - 1, at most ``cap`` (full jitter).
    One that ``is_even`` waits for ``base`` each time: so do peers that count resends, such as MedCom's.
    The letter is given up when ``window`` has passed since it was due, or after ``most`` tries (0: no limit).
    """

    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(minutes=15)
    window: timedelta = timedelta(hours=72)
    most: int = 0
    is_even: bool = False

    def wait(self, tries: int, chance: float) -> timedelta:
        """How long to wait after so many tries; ``chance`` is from 0 to 1."""
        if self.is_even:
            return self.base
        doublings = min(tries - 1, 40)  # beyond any cap, within what a timedelta holds
        return min(self.cap, self.base * (1 << doublings)) * chance


RESEND = Patience(base=timedelta(minutes=30), most=3, is_even=True)  # after 30 minutes, at most twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a receiver is served; None for what the settings say."""

    seconds: float = 30.0  # the longest that one try may take, with everything
    at_once: int | None = None  # how many queues at the same time; 1 for a peer with one connection
    patience: Patience | None = None


class Sender(Protocol):
    """The way to one receiver."""

    @property
    def manner(self) -> Manner:
        """How this receiver is served."""
        ...

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """Send a letter once, in a new envelope with this id (a UUID).

        May be cancelled when it takes too long. What it raises counts as TryAgain.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


# How letters wait ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter that waits in a queue."""

    letter: Letter
    message: str  # inbox id of the message that caused it
    since: datetime  # when it was first due: its patience counts from here
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to send the first letters of a queue until a time."""

    receiver: str
    lane: int
    queue: str  # empty, or the id of a letter that waits alone
    fence: int  # never given twice
    letters: tuple[Posted, ...]  # in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of one try; carried out only while the lease holds.

    ``until`` holds the lease longer; without it the queue is let go of. Without ``letter`` nothing more
    than that is done. ``report`` is posted in the same transaction.
    """

    lease: Lease
    letter: str = ""  # its id
    state: LetterState = LetterState.WAITING
    due_at: datetime | None = None  # when a waiting one is to be tried again
    envelope: str = ""
    trouble: Trouble | None = None
    answer: bytes = b""
    report: Letter | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter as the outbox has it."""

    letter: Letter
    message: str  # inbox id of the message that caused it
    state: LetterState
    made_at: datetime
    since: datetime
    due_at: datetime  # meaningful while it waits
    tries: int
    envelope: str  # id of the last one that was settled
    trouble: Trouble | None  # of the last try that failed
    answer: bytes
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterQuery:
    """Which letters: empty means any. The newest come first."""

    states: tuple[LetterState, ...] = ()
    receiver: str = ""
    code: str = ""  # of its trouble
    message: str = ""  # inbox id of what caused it
    ids: tuple[str, ...] = ()
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseQuery:
    """Which queues to take, how many at most, and how many letters of each."""

    receiver: str
    queues: int = 1
    letters: int = 1
    since: datetime | None = None  # only where the first letter was first due before this


class Outbox(Protocol):
    """The letters of a store. Each call is one transaction; each time is given by the caller.

    Every method raises StoreUnavailable when the store cannot be used now.
    """

    async def lease(self, wish: LeaseQuery, *, now: datetime, until: datetime) -> Sequence[Lease]:
        """Take queues that are due and that nobody holds, the longest due first."""
        ...

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> Sequence[bool]:
        """Carry out what became of tries; False where the lease was lost, and nothing was done."""
        ...

    async def earliest(self, receivers: Sequence[str]) -> Mapping[str, datetime]:
        """When something may next be leased, for each receiver that has letters waiting."""
        ...

    async def receivers(self) -> Sequence[str]:
        """Those for whom letters wait."""
        ...

    def watch(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after each commit of new letters by this process."""
        ...

    async def letters(self, query: LetterQuery) -> Sequence[LetterRow]:
        """Letters for an operator to look at."""
        ...

    async def retry(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Post letters again, whatever their state, with all their patience; their ids."""
        ...

    async def discard(self, query: LetterQuery, *, now: datetime) -> Sequence[str]:
        """Take away letters that wait or are dead; their ids."""
        ...
