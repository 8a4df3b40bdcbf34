"""What a folder of mapping files comes to once it is compiled, and what the source says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, TypeAlias

from adapter.domain.guidance import PhoneSchedule
from adapter.domain.keywords import Vocabulary
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.mapping.paths import Find, Names, Places
from adapter.mapping.reading import Reading
from adapter.wire.node import Node

Make: TypeAlias = Callable[[Node, Reading], Any]  # a record read at a node, or None
Put: TypeAlias = Callable[[Any, Node], None]  # a record written under a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A function for what the ten words cannot say, and its inverse where it has one.

    ``read(nodes, reading)`` gets the nodes at ``from``, else the record's own node; it marks what it reads
    and gives the field's value or None. With nothing at ``from`` it may not be called at all.
    ``write(value, node, puts)`` puts a value under the node at ``from``, else under the record's own;
    ``puts`` has the way back of every record that the folder defines.
    """

    read: Callable[[list[Node], Reading], Any]
    write: Callable[[Any, Node, Mapping[str, Put]], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One record that messages of the source hold, where it repeats, and how it goes back."""

    record: type
    find: Find
    make: Make
    path: Names
    put: Put


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A source's mapping, compiled. ``version`` is the hash of its files and goes into Provenance."""

    source: str
    version: str
    about: About
    roots: tuple[Root, ...]
    definitions: Mapping[str, Make]
    tables: Mapping[str, Mapping[str, str]]
    checks: tuple[tuple[str, Hook], ...] = ()  # (line in source.yaml, hook): run on the whole message first
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What ``source.yaml`` says.

    ``recognised_by`` holds alternatives; each is a list of paths that must all be in the message.
    ``may_be_empty`` says that an empty list is an answer too: nothing was found.
    ``strict`` makes what is unread blocking, ``refuse_unusable`` what cannot be converted.
    ``is_internal``: nobody but the program itself sends such messages.
    """

    title: str
    formats: tuple[str, ...]
    owner: str
    version: str
    recognised_by: tuple[tuple[str, ...], ...] = ()
    namespaces: tuple[str, ...] = ()
    ignored: Places = field(default_factory=lambda: Places(()))
    outside_version: tuple[Names, ...] = ()  # may change without a new version
    lists: frozenset[str] = frozenset()  # names that are lists on the way back, also when alone
    may_be_empty: bool = False
    strict: bool = False
    refuse_unusable: bool = False
    example: str = ""
    phones: PhoneSchedule | None = None
    is_internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What became of every leaf of a message: ``mapped + ignored + unread = leaves``, always."""

    leaves: int
    mapped: int
    ignored: int
    unread: int
    ignored_places: tuple[str, ...] = ()
    unread_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What one message said, and what was wrong with how it said it.

    ``contents`` stands beside ``records``: a hash of everything that was read for each, so that the same
    identity with other content is seen.
    """

    records: tuple[Any, ...]
    contents: tuple[str, ...]
    findings: tuple[Finding, ...]
    loss: Loss
