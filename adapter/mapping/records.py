"""A record of the domain, compiled: made out of a node by its fields, and put back under one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.findings import Finding
from adapter.mapping.reading import TOLD
from adapter.mapping.shapes import is_traced, slots

if TYPE_CHECKING:
    from adapter.mapping.fields import Field, Reader
    from adapter.mapping.plan import Make, Put
    from adapter.mapping.reading import Reading
    from adapter.wire.node import Node

_Step: TypeAlias = "tuple[str, Reader, str | None, Callable[[str], str]]"
MOST_SHAPES = 256  # sets of children, of those it knows, that a record remembers what to read of
INCOMPLETE = "Raden saknar {field} och kan inte tas med; be avsändaren fylla i den."


class Origins(Mapping[str, str]):
    """The places of a record's fields; a place is spelt out when somebody asks for it."""

    __slots__ = ("_places",)

    def __init__(self, places: dict[str, Node]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> str:
        return self._places[name].where

    def get(self, name: str, default: Any = None) -> Any:
        """As every mapping's, without an exception for what is not there."""
        place = self._places.get(name)
        return default if place is None else place.where

    def at(self, node: Node) -> Origins:
        """The same places of a record that stands at another node."""
        return Origins({**self._places, "": node})

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return repr(dict(self))


def origins_at(origins: Mapping[str, str], node: Node) -> Mapping[str, str]:
    """The places of a record's fields, when the record itself is said to stand at another node. For hooks."""
    return origins.at(node) if isinstance(origins, Origins) else {**origins, "": node.where}


def maker(record: type, fields: tuple[Field, ...], at: str) -> Make:
    """The closure that makes a record of a node, or None when the node says nothing of it.

    A record that lacks what it must have is not made; what was read for it counts as unread again.
    """
    readers = tuple(field for field in fields if not field.is_const)
    steps_of = lru_cache(maxsize=MOST_SHAPES)(partial(_steps, readers))
    known = frozenset().union(*(field.begins | (field.starts or set()) for field in readers))
    consts = tuple((field.name, field.read) for field in fields if field.is_const)
    needed = tuple(slot.name for slot in slots(record).values() if slot.is_needed)
    needs = frozenset(needed)
    traced = is_traced(record)

    def make(node: Node, reading: Reading) -> Any:
        taken, voided = reading.taken, reading.voided
        start, told = len(taken), len(reading.findings)
        values: dict[str, Any] = {}
        places = {"": node}
        there = {c.name: c for c in reversed(node.children) if c.name in known}  # first of a name
        for name, look, child, text_of in steps_of(tuple(there)):
            if child is not None:
                place = there[child]
                if place.text and not place.text.isspace() and place not in voided:
                    taken.append(place)
                    values[name], places[name] = text_of(place.text), place
                    continue
            found = look(node, reading)
            if found is not None:
                values[name], places[name] = found
        if not values:
            return None
        for name, read in consts:
            values[name], _ = read(node, reading) or (None, None)
        if not needs <= values.keys():
            _give_up(next(name for name in needed if name not in values), node, reading, (start, told), at)
            return None
        if traced:
            values["origins"] = Origins(places)
        return record(**values)

    return make


def _steps(readers: tuple[Field, ...], names: tuple[str, ...]) -> tuple[_Step, ...]:
    """What there is to read under a node with children of these names: name, reader, child, its text."""
    return tuple(
        (
            field.name,
            field.among(names) if field.among else field.read,
            field.child if field.child in names else None,
            field.text_of,
        )
        for field in readers
        if field.starts is None or not field.starts.isdisjoint(names)
    )


def _give_up(name: str, node: Node, reading: Reading, since: tuple[int, int], at: str) -> None:
    """Say that a record could not be made, unless what was told since it was begun says why."""
    start, told = since
    if len(reading.taken) > start and not any(finding.code in TOLD for finding in reading.findings[told:]):
        del reading.taken[start:]
        what = INCOMPLETE.format(field=name)
        reading.findings.append(Finding("record-incomplete", node.where, at, what))


def putter(fields: tuple[Field, ...]) -> Put:
    """The closure that writes a record's fields under a node; what is empty is not written."""
    writers = tuple((field.name, field.write) for field in fields)

    def put(value: Any, node: Node) -> None:
        for name, write in writers:
            item = getattr(value, name)
            if item is not None and item not in ("", ()):
                write(item, node)

    return put
