"""What keeping an arrival means, the same for every store: pure decisions over what is already kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from adapter.fhir.succession import dropped, retired
from adapter.ports import Contested, Json, Put, Stale
from adapter.store.clockwork import updated
from adapter.store.content import Content, Pack, body, content_of, is_same
from adapter.store.preparing import Key, Message, Wanted, wanted

Merge = Callable[[Json, Json], Json]

REMEMBERED = 8192  # shared resources that were said again and brought nothing new


@dataclass(slots=True)
class Version:
    """One version of a resource. ``latest`` is the highest version ever given."""

    type: str
    id: str
    lane: int
    seq: int
    version: int
    latest: int
    order: str
    content: Content

    @property
    def body(self) -> bytes:
        """The JSON as served."""
        return body(self.content.data, self.version, updated(self.seq))

    def values(self) -> tuple[Any, ...]:
        """The values of a row of the current versions, in the order of ``current``."""
        c = self.content
        said = self.type, self.id, self.lane, self.seq, self.version, self.latest, self.order
        return *said, c.digest, c.pack.number, c.place, c.size

    def old_values(self) -> tuple[Any, ...]:
        """The values of a row in history."""
        c = self.content
        said = (self.seq, self.lane, self.type, self.id, self.version, self.order)
        return (*said, c.digest, c.pack.number, c.place, c.size)


def version_of(found: tuple[Any, ...]) -> Version:
    """A row of ``current``; its bytes are still to be fetched."""
    type_, id_, lane, seq, version, latest, order, digest, number, place, size = found
    content = Content(bytes(digest), Pack(number), place, size)
    return Version(type_, id_, lane, seq, version, latest, order, content)


class Change(Enum):
    """What a put comes to."""

    NONE = auto()  # says what the current version says
    CURRENT = auto()  # becomes the current version
    LATE = auto()  # older than the current version: takes its place in history


def first_version(new: Wanted, seq: int) -> Version:
    """What a put becomes when there is nothing yet."""
    type_, id_ = new.key
    return Version(type_, id_, new.lane, seq, 1, 1, new.order, new.content)


def next_version(new: Wanted, content: Content, current: Version, seq: int) -> Version:
    """The version that a put becomes; a resource stays in the lane where it was first put."""
    number, order = current.latest + 1, max(new.order, current.order)
    return Version(new.type, new.id, current.lane, seq, number, number, order, content)


class Weighing:
    """Weighs a put against the current version, and remembers what was said before in vain.

    Shared resources (organisations, people) come with nearly every message and seldom say anything new;
    merging them is skipped when the same was said since the current version.
    """

    def __init__(self, merge: Merge) -> None:
        self._merge = merge
        self._in_vain: OrderedDict[tuple[int, bytes], None] = OrderedDict()

    def needs(self, new: Wanted, current: Version | None) -> bool:
        """Whether the bytes of the current version must be there before the put is weighed."""
        if current is None or new.content.digest == current.content.digest:
            return False
        return not (new.is_shared and self.was_in_vain(current.seq, new.content.digest))

    def was_in_vain(self, seq: int, digest: bytes) -> bool:
        """Whether the same was said since that version, and brought nothing new."""
        said = seq, digest
        if said not in self._in_vain:
            return False
        self._in_vain.move_to_end(said)  # so that it is remembered until it is weighed
        return True

    def weigh(self, new: Wanted, current: Version) -> tuple[Change, Content]:
        """What a put comes to, and with which content."""
        if not self.needs(new, current):
            return Change.NONE, new.content
        if new.is_shared:
            return self._weigh_shared(new, current)
        if is_same(new.content, current.content):
            return Change.NONE, new.content
        return Change.LATE if new.order and new.order < current.order else Change.CURRENT, new.content

    def _weigh_shared(self, new: Wanted, current: Version) -> tuple[Change, Content]:
        content = content_of(self._merged(new, current))
        if not is_same(content, current.content):
            return Change.CURRENT, content
        self._in_vain[current.seq, new.content.digest] = None
        if len(self._in_vain) > REMEMBERED:
            self._in_vain.popitem(last=False)
        return Change.NONE, content

    def _merged(self, new: Wanted, current: Version) -> Json:
        """The later one's word counts where both say something."""
        known = current.content.resource
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

    def weighed(self, new: Wanted, change: Change, current: Version) -> None:
        """Look at a put that was weighed against the current version."""
        if new.type != "CarePlan" or change is Change.NONE:
            return
        known, said = current.content.resource, new.content.resource
        if change is Change.LATE:
            gone, at = dropped(said, known), current.order
        else:
            gone, at = dropped(known, said), new.order
        for reference in gone:
            type_, _, id_ = reference.partition("/")
            self._dropped[type_, id_] = at

    @property
    def parts(self) -> Iterable[Key]:
        """The parts whose current versions are needed now, with their bytes."""
        return self._dropped.keys()

    def puts(self, current: Mapping[Key, Version]) -> list[Wanted]:
        """What the dropped parts become; nothing for those that ended before or were said again later."""
        found = [(current[key], at) for key, at in self._dropped.items() if key in current]
        return [
            wanted(Put(resource=end, lane=part.lane, order=at))
            for part, at in found
            if not self._stays(part, at) and (end := retired(part.content.resource))
        ]

    def _stays(self, part: Version, at: str) -> bool:
        """Whether the part was said again: later, or at the same time in this very arrival."""
        said = self._said.get((part.type, part.id))
        return bool(at and part.order > at) or (said is not None and (not said or said >= at))


def refuse_contested(
    message: Message, first_id: str | None, known_notes: Mapping[str, Iterable[str]]
) -> None:
    """Raise Contested when the message id, or one of the notes, was seen before with other content.

    Notes are fetched again and again, in other envelopes and with what may be shown changed: for them
    the content counts and not the bytes.
    """
    if message.is_letter and first_id not in {None, message.id, message.replays}:
        raise Contested(frozenset({message.message_id}))
    contested = frozenset(
        key
        for key, content in message.note_keys
        if any(known != content for known in known_notes.get(key, ()))
    )
    if contested:
        raise Contested(contested)


def refuse_stale(puts: Iterable[Wanted], current: Mapping[Key, Version]) -> None:
    """Raise Stale when a put expects another version than the current one."""
    stale = frozenset(
        f"{new.type}/{new.id}"
        for new in puts
        if new.expects is not None and new.expects != (current[new.key].version if new.key in current else 0)
    )
    if stale:
        raise Stale(stale)
