"""Paths of a mapping, compiled: from a dotted path to a function that finds its nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
        return _child_finder(parts[0])
    if len(parts) == 2:  # noqa: PLR2004 - a child's child
        return _grandchild_finder(*parts)
    first, rest = parts[0], finder(parts[1:])

    def find(node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.children:
            if child.name == first:
                found += rest(child)
        return found

    return find


def _child_finder(name: str) -> Find:
    def find(node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.children:  # a comprehension would cost as much again: most nodes have few children
            if child.name == name:
                found.append(child)  # noqa: PERF401
        return found

    return find


def _grandchild_finder(first: str, second: str) -> Find:
    def find(node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.children:
            if child.name == first:
                for below in child.children:
                    if below.name == second:
                        found.append(below)  # noqa: PERF401 - as above
        return found

    return find


def path(text: str) -> Find:
    """The finder of a dotted path, for hooks: they make each once, at the top of their file."""
    return finder(names(text))


def first_of(finds: tuple[Find, ...]) -> Find:
    """The nodes of the first path that has any with something in them; of a lone path all."""
    if len(finds) == 1:
        return finds[0]

    def find(node: Node) -> list[Node]:
        for one in finds:
            there = one(node)
            if there and (found := [each for each in there if _says_something(each)]):
                return found
        return []

    return find


def _says_something(node: Node) -> bool:
    if node.text and not node.text.isspace():
        return True
    return any(map(_says_something, node.children))


class Places:
    """Patterns of places: names, ``*`` for one name, ``**`` first for any number of names before.

    A place matches when it lies at or under a pattern.
    """

    __slots__ = ("_anywhere", "_from_root")

    def __init__(self, patterns: Iterable[Names]) -> None:
        self._from_root: _Tree = {}
        self._anywhere: _Tree = {}
        for pattern in patterns:
            if pattern[:1] == ("**",) and len(pattern) > 1:
                _plant(self._anywhere, pattern[1:])
            else:
                _plant(self._from_root, pattern)

    def has(self, place: Names) -> bool:
        """Whether any of the patterns takes the place."""
        if self._from_root and _is_in(self._from_root, place, 0):
            return True
        anywhere = self._anywhere
        if not anywhere:
            return False
        for start, name in enumerate(place):
            if (name in anywhere or "*" in anywhere) and _is_in(anywhere, place, start):
                return True
        return False


_Tree: TypeAlias = "dict[str | None, _Tree]"  # by the names of patterns; None where one ends


def _plant(tree: _Tree, pattern: Names) -> None:
    for name in pattern:
        tree = tree.setdefault(name, {})
    tree[None] = {}


def _is_in(tree: _Tree, place: Names, at: int) -> bool:
    if None in tree:
        return True
    if at == len(place):
        return False
    below = tree.get(place[at])
    if below is not None and _is_in(below, place, at + 1):
        return True
    below = tree.get("*")
    return below is not None and _is_in(below, place, at + 1)
