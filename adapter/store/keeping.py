"""What keeping an arrival means, the same for every store: pure decisions over what is already kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from adapter.fhir.succession import dropped, retired
from adapter.ports import Answer, Arrival, Json, Put, State
from adapter.store.clockwork import updated
from adapter.store.content import Content, body, content_of, is_same, without_server_meta

Merge = Callable[[Json, Json], Json]
Key = tuple[str, str]  # type and id

REMEMBERED = 8192  # shared resources that were said again and brought nothing new


@dataclass(slots=True)
class Version:
    """One version of a resource as it lies in the store. ``latest`` is the highest version ever given."""

    type: str
    id: str
    lane: int
    seq: int
    version: int
    latest: int
    order: str
    digest: bytes
    body: bytes

    def values(self) -> tuple[Any, ...]:
        """The values of ``insert_resource``, in its order."""
        return (
            self.type,
            self.id,
            self.lane,
            self.seq,
            self.version,
            self.latest,
            self.order,
            self.digest,
            self.body,
        )


class Change(Enum):
    """What a put comes to."""

    NONE = auto()  # says what the current version says
    CURRENT = auto()  # becomes the current version
    LATE = auto()  # older than the current version: takes its place in history


class Wanted(NamedTuple):
    """One put made ready before its turn: dumped and hashed once."""

    type: str
    id: str
    put: Put
    content: Content
    order: str

    @property
    def key(self) -> Key:
        """Type and id."""
        return self.type, self.id

    def made(self, version: int) -> str:
        """``CarePlan/<id>/_history/2``."""
        return f"{self.type}/{self.id}/_history/{version}"


def next_version(new: Wanted, content: Content, current: Version | None, seq: int) -> Version:
    """The version that a put becomes; a resource stays in the lane where it was first put."""
    number = current.latest + 1 if current else 1
    return Version(
        type=new.type,
        id=new.id,
        lane=current.lane if current else new.put.lane,
        seq=seq,
        version=number,
        latest=number,
        order=max(new.order, current.order) if current else new.order,
        digest=content.digest,
        body=body(content, number, updated(seq)),
    )


def wanted(arrival: Arrival, *, conflict: bool = False) -> list[Wanted]:
    """The puts of an arrival, its AuditEvent last; the AuditEvent is all that a conflict leaves."""
    puts = [] if conflict else list(arrival.puts)
    if arrival.audit:
        puts.append(Put(resource={"id": arrival.id, **arrival.audit}, lane=arrival.lane))
    return [_wanted(put) for put in puts]


def _wanted(put: Put) -> Wanted:
    resource = put.resource
    content = content_of(resource)
    return Wanted(resource["resourceType"], resource["id"], put, content, order(put.order))


@lru_cache(maxsize=1024)  # the puts of one message share their order
def order(text: str) -> str:
    """A version time in a form whose alphabetical order is that of time: no zone, no idle zeros."""
    bare = text.removesuffix("Z").removesuffix("+00:00")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


class Weighing:
    """Weighs a put against the current version, and remembers what was said before in vain.

    Shared resources (organisations, people) come with nearly every message and seldom say anything new;
    merging them is skipped when the same was said since the current version.
    """

    def __init__(self, merge: Merge) -> None:
        self._merge = merge
        self._in_vain: OrderedDict[tuple[int, bytes], None] = OrderedDict()

    def weigh(self, new: Wanted, current: Version | None) -> tuple[Change, Content]:
        """What a put comes to, and with which content."""
        if current is None:
            return Change.CURRENT, new.content
        if new.put.is_shared:
            return self._weigh_shared(new, current)
        if is_same(new.content, current.digest, current.body):
            return Change.NONE, new.content
        return Change.LATE if new.order and new.order < current.order else Change.CURRENT, new.content

    def _weigh_shared(self, new: Wanted, current: Version) -> tuple[Change, Content]:
        said = (current.seq, new.content.digest)
        if new.content.digest == current.digest or said in self._in_vain:
            return Change.NONE, new.content
        content = content_of(self._merged(new, current))
        if not is_same(content, current.digest, current.body):
            return Change.CURRENT, content
        self._in_vain[said] = None
        if len(self._in_vain) > REMEMBERED:
            self._in_vain.popitem(last=False)
        return Change.NONE, content

    def _merged(self, new: Wanted, current: Version) -> Json:
        """The later one's word counts where both say something."""
        known = without_server_meta(orjson.loads(current.body))
        if new.order and new.order < current.order:
            return self._merge(new.content.resource, known)
        return self._merge(known, new.content.resource)


class Endings:
    """The parts that an arrival ends: an older version of a plan mentions them, the newer one does not.

    Gathered while the puts are carried out, then put like the others. A version that comes late ends only
    what it alone mentions, so that the order in which versions arrive makes no difference.
    """

    def __init__(self, puts: Iterable[Wanted]) -> None:
        self._said = {new.key: new.order for new in puts}
        self._dropped: dict[Key, str] = {}  # and the order of the version that dropped it

    def weighed(self, new: Wanted, change: Change, current: Version | None) -> None:
        """Look at a put that was weighed against the current version."""
        if new.type != "CarePlan" or current is None or change is Change.NONE:
            return
        known = orjson.loads(current.body)
        if change is Change.LATE:
            gone, at = dropped(new.content.resource, known), current.order
        else:
            gone, at = dropped(known, new.content.resource), new.order
        for reference in gone:
            type_, _, id_ = reference.partition("/")
            self._dropped[type_, id_] = at

    def unknown(self, current: Mapping[Key, Version]) -> list[Key]:
        """Parts whose current version must be looked up first."""
        return sorted(key for key in self._dropped if key not in current)

    def puts(self, current: Mapping[Key, Version]) -> list[Wanted]:
        """What the dropped parts become; nothing for those that ended before or were said again later."""
        found = [(current[key], at) for key, at in self._dropped.items() if key in current]
        ended = [
            Put(resource=end, lane=part.lane, order=at)
            for part, at in found
            if not self._stays(part, at) and (end := retired(orjson.loads(part.body)))
        ]
        return [_wanted(put) for put in ended]

    def _stays(self, part: Version, at: str) -> bool:
        """Whether the part was said again: later, or at the same time in this very arrival."""
        said = self._said.get((part.type, part.id))
        return bool(at and part.order > at) or (said is not None and (not said or said >= at))


def is_conflict(arrival: Arrival, first_id: str | None, known_notes: Mapping[str, Iterable[str]]) -> bool:
    """Whether the message id, or one of the notes, was seen before with other content.

    Notes are fetched again and again, in other envelopes and with what may be shown changed: for them
    the content counts and not the bytes.
    """
    if arrival.is_letter and first_id is not None and first_id != arrival.id:
        return True
    said: dict[str, str] = {}
    return any(
        said.setdefault(key, content) != content
        or any(known != content for known in known_notes.get(key, ()))
        for key, content in arrival.note_keys
    )


def state_and_answer(arrival: Arrival, *, conflict: bool) -> tuple[State, Answer]:
    """How the message ended and what its sender is told."""
    if conflict:
        return State.REFUSED, arrival.conflict_answer
    return arrival.state, arrival.answer
