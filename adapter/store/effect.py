"""What one arrival does to the resources, worked out before anything is written: the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from adapter.store.content import Content, Pack, repacked
from adapter.store.keeping import Change, Endings, Version, Weighing, first_version, next_version
from adapter.store.preparing import Key, Wanted

Next = Callable[[Version | None], int]  # the next sequence number, later than that of a version


class Old(NamedTuple):
    """What tells one version in history from another with another content."""

    type: str
    id: str
    order: str
    digest: bytes


class Effect:
    """Puts carried out one by one on what is current; what comes of it lies here to be written at once.

    ``current`` are the versions of all that is put, with their bytes where ``unread`` asked for them;
    ``in_history`` the versions there that ``late`` asked for.
    """

    def __init__(self, puts: Sequence[Wanted], weighing: Weighing, current: dict[Key, Version]) -> None:
        self.puts = puts
        self.current = current
        self.endings = Endings(puts)
        self.in_history: dict[Old, int] = {}
        self.fresh: dict[Key, Version] = {}  # new current versions
        self.retired: list[Version] = []  # versions that were current and go to history
        self.old: list[Version] = []  # versions that never are current once this is written
        self.raised: dict[int, Version] = {}  # kept before, learnt of a later number or order
        self._weighing = weighing

    def unread(self) -> list[Version]:
        """Current versions whose bytes are needed before the puts are carried out."""
        return [
            self.current[new.key] for new in self.puts if self._weighing.needs(new, self.current.get(new.key))
        ]

    def late(self) -> list[Old]:
        """Puts that are older than what is current: they may be in history already."""
        last: dict[Key, str] = {key: version.order for key, version in self.current.items()}
        found = []
        for new in self.puts:
            key, order = new.key, new.order
            if order >= last.get(key, ""):
                last[key] = order
            elif order and not new.is_shared:
                found.append(_old(new))
        return found

    def unknown(self) -> list[str]:
        """Ids of ended parts whose current version is to be looked up."""
        return [id_ for type_, id_ in self.endings.parts if (type_, id_) not in self.current]

    def learn(self, known: Mapping[Key, Version]) -> None:
        """What was looked up; what this arrival made already counts more."""
        self.current.update((key, version) for key, version in known.items() if key not in self.current)

    def parts(self) -> list[Version]:
        """The ended parts, whose bytes are needed."""
        return [self.current[key] for key in self.endings.parts if key in self.current]

    def carry_out(self, puts: Iterable[Wanted], number: Next) -> list[str]:
        """Decide about puts in their order; returns what each came to, ``CarePlan/<id>/_history/2``."""
        put = self._put
        return [new.made(put(new, number)) for new in puts]

    def packs(self, own: Pack) -> list[tuple[int, Pack]]:
        """The packs to write first, each with its lane; ``own`` is that of the message.

        A pack holds what is in one lane, so that a patient's words lie in the patient's lane alone.
        """
        lanes: dict[int, list[Content]] = {}
        for version in (*self.old, *self.fresh.values()):
            if not version.content.pack.number:
                lanes.setdefault(version.lane, []).append(version.content)
        return [(lane, pack) for lane, contents in lanes.items() for pack in repacked(contents, own)]

    def _put(self, new: Wanted, number: Next) -> int:
        key = new.key
        current = self.current.get(key)
        if current is None:  # most of what a message brings
            first = first_version(new, number(None))
            self.current[key] = self.fresh[key] = first
            return first.version
        change, content = self._weighing.weigh(new, current)
        self.endings.weighed(new, change, current)
        if change is Change.CURRENT:
            self._leave(new.key, current)
            made = next_version(new, content, current, number(current))
            self.current[new.key] = self.fresh[new.key] = made
            return made.version
        if change is Change.LATE:
            return self._late(new, current, number)
        if new.order > current.order and not new.is_shared:
            current.order = new.order
            self.raised[current.seq] = current
        return current.version

    def _leave(self, key: Key, current: Version) -> None:
        """The version that is no longer current goes to history, from the table or straight from here."""
        if key in self.fresh:
            self.old.append(self.fresh.pop(key))
        else:
            self.retired.append(current)
        self.in_history[Old(*key, current.order, current.content.digest)] = current.version

    def _late(self, new: Wanted, current: Version, number: Next) -> int:
        known = self.in_history.get(_old(new))
        if known is not None:
            return known
        made = next_version(new, new.content, current, number(current))
        made.order = new.order
        current.latest = self.in_history[_old(new)] = made.version
        self.old.append(made)
        if new.key not in self.fresh:
            self.raised[current.seq] = current
        return made.version


def _old(new: Wanted) -> Old:
    return Old(new.type, new.id, new.order, new.content.digest)
