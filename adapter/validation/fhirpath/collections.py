"""Existence, subsetting, combining, navigation.

https://hl7.org/fhirpath/N1/#existence
"""

from __future__ import annotations

from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.operators import single, union
from adapter.validation.fhirpath.values import Node, equal, key, plain

Items = list[Any]


def _empty(_env: Env, focus: Items) -> Items:
    return [not focus]


def _not(_env: Env, focus: Items) -> Items:
    value = single(focus)
    return [] if value is None else [value is False]


def _count(_env: Env, focus: Items) -> Items:
    return [len(focus)]


def _booleans(focus: Items) -> list[bool]:
    values = [plain(i) for i in focus]
    if not all(isinstance(v, bool) for v in values):
        raise FhirPathError("only booleans were expected")
    return values


def _distinct(_env: Env, focus: Items) -> Items:
    return union(focus, [])


def _is_distinct(_env: Env, focus: Items) -> Items:
    return [len({key(i) for i in focus}) == len(focus)]


def _subset_of(_env: Env, focus: Items, other: Items) -> Items:
    return [{key(i) for i in focus} <= {key(i) for i in other}]


def _superset_of(_env: Env, focus: Items, other: Items) -> Items:
    return [{key(i) for i in focus} >= {key(i) for i in other}]


def _single(_env: Env, focus: Items) -> Items:
    if len(focus) > 1:
        raise FhirPathError("single() of several items")
    return focus


def _number(items: Items) -> int:
    value = single(items)
    if not isinstance(value, int):
        raise FhirPathError("an integer was expected")
    return value


def _skip(_env: Env, focus: Items, count: Items) -> Items:
    return focus[max(0, _number(count)) :]


def _take(_env: Env, focus: Items, count: Items) -> Items:
    return focus[: max(0, _number(count))]


def _intersect(_env: Env, focus: Items, other: Items) -> Items:
    marks = {key(i) for i in other}
    return [i for i in union(focus, []) if key(i) in marks]


def _exclude(_env: Env, focus: Items, other: Items) -> Items:
    marks = {key(i) for i in other}
    return [i for i in focus if key(i) not in marks]


def _combine(_env: Env, focus: Items, other: Items, *_: Items) -> Items:
    return focus + other


def children_of(env: Env, item: Any) -> Items:
    """The elements just below one."""
    if type(item) is not Node:
        return []
    return list(env.run.engine.children(item))


def _children(env: Env, focus: Items) -> Items:
    found = [c for item in focus for c in children_of(env, item)]
    env.spend(len(found))
    return found


def _descendants(env: Env, focus: Items) -> Items:
    found: Items = []
    layer = focus
    while layer:
        layer = _children(env, layer)
        found.extend(layer)
    return found


def _repeat_all(env: Env, focus: Items) -> Items:
    return _descendants(env, focus)


def _equal_items(a: Items, b: Items) -> bool:
    return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))


COLLECTIONS: dict[str, Any] = {
    "empty": (_empty, 0, 0),
    "not": (_not, 0, 0),
    "count": (_count, 0, 0),
    "allTrue": (lambda _e, f: [all(_booleans(f))], 0, 0),
    "anyTrue": (lambda _e, f: [any(_booleans(f))], 0, 0),
    "allFalse": (lambda _e, f: [not any(_booleans(f))], 0, 0),
    "anyFalse": (lambda _e, f: [not all(_booleans(f))], 0, 0),
    "subsetOf": (_subset_of, 1, 1),
    "supersetOf": (_superset_of, 1, 1),
    "distinct": (_distinct, 0, 0),
    "isDistinct": (_is_distinct, 0, 0),
    "single": (_single, 0, 0),
    "first": (lambda _e, f: f[:1], 0, 0),
    "last": (lambda _e, f: f[-1:], 0, 0),
    "tail": (lambda _e, f: f[1:], 0, 0),
    "skip": (_skip, 1, 1),
    "take": (_take, 1, 1),
    "intersect": (_intersect, 1, 1),
    "exclude": (_exclude, 1, 1),
    "union": (lambda _e, f, o: union(f, o), 1, 1),
    "combine": (_combine, 1, 2),
    "children": (_children, 0, 0),
    "descendants": (_descendants, 0, 0),
}
