"""Paths of a mapping, compiled: from a dotted path to a function that finds its nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from adapter.wire.node import Node, steps

Find: TypeAlias = Callable[[Node], list[Node]]
Names: TypeAlias = tuple[str, ...]


def names(path: str) -> Names:
    """The names of a dotted path; ``.`` has none."""
    return () if path == "." else tuple(steps(path))


def finder(parts: Names) -> Find:
    """What ``Node.all`` does, with the path already taken apart."""
    if not parts:
        return lambda node: [node]
    if len(parts) == 1:
        only = parts[0]
        return lambda node: [child for child in node.children if child.name == only]
    first, rest = parts[0], finder(parts[1:])

    def find(node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.children:
            if child.name == first:
                found += rest(child)
        return found

    return find


def first_of(finds: tuple[Find, ...]) -> Find:
    """The nodes of the first path that has any with something in them."""

    def find(node: Node) -> list[Node]:
        for one in finds:
            found = [there for there in one(node) if _says_something(there)]
            if found:
                return found
        return []

    return find


def _says_something(node: Node) -> bool:
    return any(True for _ in node.leaves())


def matches(pattern: Names, place: Names) -> bool:
    """Whether a place lies at or under a pattern; ``*`` stands for one name, ``**`` for any number."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(matches(pattern[1:], place[start:]) for start in range(len(place) + 1))
    if not place:
        return False
    return pattern[0] in ("*", place[0]) and matches(pattern[1:], place[1:])
