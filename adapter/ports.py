"""What the flow needs from the world, as protocols: a store and a clock.

The shell gives real ones, tests give their twins; the core never sees either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from adapter.errors import OverensError
from adapter.frozen import dataclass
from adapter.letters import OURSELVES as OURSELVES  # noqa: PLC0414  re-exported: a port like the others
from adapter.letters import UNWRITTEN as UNWRITTEN  # noqa: PLC0414
from adapter.letters import Letter as Letter  # noqa: PLC0414
from adapter.letters import Outbox as Outbox  # noqa: PLC0414
from adapter.letters import Sender as Sender  # noqa: PLC0414

Json = dict[str, Any]


class State(StrEnum):
    """How a message ended. Nothing ends silently."""

    DONE = "done"  # every effect of it is kept
    PARTLY = "partly"  # some notes of it are kept, the others parked
    PARKED = "parked"  # readable, but a blocking finding stands in the way
    REFUSED = "refused"  # same id with other content, or never a message (akut)
    UNREADABLE = "unreadable"  # the bytes are no message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sender is told. Stored, and given again when the same bytes come again."""

    status: int
    body: bytes
    media_type: str = "application/fhir+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One resource to keep. ``meta.versionId`` and ``meta.lastUpdated`` are the store's to write.

    A write that changes nothing makes no new version. ``order`` is the source's own version time
    (ISO 8601 in UTC): a put with an earlier order than the current version takes its place in history
    and never becomes current; the empty order always becomes current. ``expects`` is the version that the
    writer believes to be current when the arrival begins (0: there is none); ``Stale`` when it is not.
    """

    resource: Json
    lane: int
    is_shared: bool = False  # Patient, Organization …: merged, so that silence never clears what another said
    order: str = ""
    expects: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message and everything that is to be done about it, in one transaction."""

    id: str  # UUIDv5 of sender, message id and content: the key of the inbox row and of Location
    sender: str
    message_id: str
    sha256: str
    source: str
    raw: bytes
    lane: int
    received_at: datetime
    state: State
    findings: tuple[Json, ...] = ()  # for the operator and the sender; values included
    puts: tuple[Put, ...] = ()
    letters: tuple[Letter, ...] = ()
    note_keys: tuple[tuple[str, str], ...] = ()  # (note id + version, content hash) of each effect
    is_letter: bool = True  # its id stands for its bytes, and no other message may have it
    audit: Json = field(default_factory=dict)  # AuditEvent
    answer: Answer
    mapping_version: str = ""
    replays: str = ""  # id of the message whose bytes are taken in anew; its ids are its own to use


@dataclass(frozen=True, slots=True)
class Ready:
    """An arrival made ready for the store beforehand, maybe in another process. Only the store reads it."""

    data: bytes


class Outcome(StrEnum):
    """What the store did with an arrival."""

    NEW = "new"
    SAME = "same"  # same sender, id and bytes: the stored answer again, no effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The store's word after the commit is on disk."""

    outcome: Outcome
    answer: Answer
    id: str  # of the inbox row to point Location at
    made: tuple[str, ...] = ()  # what a new one made, "CarePlan/<id>/_history/2" for each put in its order
    posted: tuple[str, ...] = ()  # ids of the letters that are new


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message as the inbox has it."""

    id: str
    sender: str
    message_id: str
    source: str
    state: State
    received_at: datetime
    sha256: str
    raw: bytes
    findings: tuple[Json, ...]
    made: tuple[str, ...]  # "CarePlan/<id>/_history/2" …
    answer: Answer
    mapping_version: str = ""
    replays: str = ""  # id of the message that was taken in anew
    taken_as: str = ""  # id under which this one was taken in anew, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """Which messages of the inbox: empty means any. The newest come first, replays stand with no query.

    ``is_open``: those that are not closed and that no replay has brought to a good end.
    """

    states: tuple[State, ...] = ()
    source: str = ""
    ids: tuple[str, ...] = ()
    is_open: bool = False
    after: tuple[str, str] = ("", "")  # received_at and id of the last one of the page before
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of a resource, as served: ``body`` is the JSON with its meta."""

    type: str
    id: str
    version: int
    last_updated: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One search parameter; its values are alternatives (OR), criteria are joined (AND).

    ``kind`` and the form of ``values``: ``token`` (``(system | None, code)``; system None = any, "" = none),
    ``reference`` (``Type/id``), ``date`` (``(prefix, low, high)`` in ISO UTC), ``id`` (plain ids),
    ``string`` (folded), ``identifier-of`` (token on the identifier of what ``param`` refers to:
    ``patient.identifier``).
    """

    param: str
    kind: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """``_include=CarePlan:care-team``: follow one reference parameter of what matched (or was included)."""

    type: str
    param: str
    target: str = ""  # only this type
    iterate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search, already understood: type, criteria, includes, order, page."""

    type: str
    criteria: tuple[Criterion, ...] = ()
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()  # (param, descending); default: newest lastUpdated first
    count: int = 50
    after: str = ""  # opaque page mark from the page before
    with_total: bool = False
    is_bare: bool = False  # which ones, not what they say: bodies are empty, and nothing is included


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The answer to a query."""

    matches: Sequence[Row]
    included: Sequence[Row] = ()
    next: str = ""  # mark of the next page, empty on the last
    total: int | None = None


Own = Mapping[str, Sequence[str]]  # ids of resources by type


class StoreUnavailable(OverensError):
    """The store cannot keep it now (disk full, database away): nothing was done; the sender tries again."""


class Contested(OverensError):
    """Ids of the arrival are held by other content: nothing was done; it is to come again without them.

    ``keys`` are those of notes, or the message's own id. They stay contested: nobody lets go of an id.
    """

    def __init__(self, keys: frozenset[str]) -> None:
        super().__init__("held by other content")
        self.keys = keys


class Stale(OverensError):
    """Resources are not at the version that the arrival expects: nothing was done; read them and try anew.

    ``keys`` names them, ``Task/<id>``.
    """

    def __init__(self, keys: frozenset[str]) -> None:
        super().__init__("not at the version expected")
        self.keys = keys


class Store(Protocol):
    """Where everything is kept. One transaction an arrival; answers leave after the commit is on disk."""

    @property
    def outbox(self) -> Outbox:
        """The letters that arrivals brought."""
        ...

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Carry out one arrival; returns after the commit is on disk.

        Raises Contested when an id in it came before with other content, Stale when a put expects another
        version than the current one, StoreUnavailable when it cannot be kept now; nothing is kept then.
        """
        ...

    async def log(self, events: Sequence[Json]) -> None:
        """Keep AuditEvents, each with its ``id``, and link them; returns after the commit is on disk.

        Raises StoreUnavailable when they cannot be kept now: what they tell of must then not happen.
        """
        ...

    async def unlinked(self) -> Sequence[str]:
        """Where (``writer/number``) the audit log is not as it was written; none when it is whole."""
        ...

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox, by the id in its Location."""
        ...

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version of a resource."""
        ...

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version of a resource."""
        ...

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """All versions of a resource: the current one, then the newest by the source's own order first."""
        ...

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """One page of every version of some types, by when they were kept, the newest first.

        ``since`` in milliseconds UTC; ``of`` keeps it to these resources; ``after`` is the mark of the page
        before. Raises ValueError when it is not one of ours.
        """
        ...

    async def search(self, query: Query) -> Page:
        """One page of what a query finds."""
        ...

    async def ready(self) -> None:
        """Do a real write; raise StoreUnavailable when it fails."""
        ...

    async def close(self) -> None:
        """Let go of everything; what was kept stays kept."""
        ...


class Desk(Store, Protocol):
    """A store as those who run the system use it."""

    async def messages(self, query: MessageQuery) -> Sequence[MessageRow]:
        """Messages of the inbox for an operator to look at."""
        ...

    async def dismiss(self, ids: Sequence[str]) -> None:
        """Messages are dealt with: they are open no longer, and stay as they are."""
        ...


class Clock(Protocol):
    """The time of day, given from outside so that tests can choose it."""

    def now(self) -> datetime:
        """The present moment, aware."""
        ...
