"""The way back: the same plan run backwards, from records to the tree that the source itself takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.errors import MappingError
from adapter.mapping.fields import grow
from adapter.wire.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapter.mapping.plan import Plan, Root


def write_message(plan: Plan, records: Iterable[Any]) -> Node:
    """A message of the source that says the records. The law: ``map(write(x)) = x`` for what is mapped.

    ``from`` writes its first path, a table the first row of a value, a converter its inverse, ``split``
    joins, a function its inverse when it has one. Raises MappingError for a record that the source has no
    words for.
    """
    roots = {root.record: root for root in plan.roots}
    is_list = any(root.path[:1] == ("item",) for root in plan.roots)
    message = Node("", "array" if is_list else "object")
    for record in records:
        root = roots.get(type(record))
        if root is None:
            raise MappingError(f"{plan.source}: there is no mapping of {type(record).__name__}")
        root.put(record, _place(message, root))
    _number(message, plan.about.lists)
    return message


def _place(message: Node, root: Root) -> Node:
    place = grow(message, root.path, repeated=True) if root.path else message
    if root.path[:1] == ("item",):
        message.children[0].index = 0
    return place


def _number(node: Node, lists: frozenset[str]) -> None:
    """Give what repeats its positions; a lone one keeps the index that says it is a list."""
    groups: dict[str, list[Node]] = {}
    for child in node.children:
        groups.setdefault(child.name, []).append(child)
        _number(child, lists)
    for name, group in groups.items():
        if len(group) > 1 or name in lists:
            for index, child in enumerate(group):
                child.index = index
