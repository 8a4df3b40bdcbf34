"""Functions whose arguments are evaluated for each item.

https://hl7.org/fhirpath/N1/#filtering-and-projection
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.operators import order, truth3
from adapter.validation.fhirpath.shortcuts import NO, YES
from adapter.validation.fhirpath.values import key, plain

Items = list[Any]
Compiled = Callable[[Env, Items], Items]
NO_TOTAL: Items = []


def _each(env: Env, focus: Items, criteria: Compiled) -> Items:
    """Every item for which the criteria hold."""
    this, index = env.this, env.index
    found: Items = []
    for i, item in enumerate(focus):
        env.this, env.index = item, i
        answer = criteria(env, [item])
        if answer is YES or (answer is not NO and answer and truth3(answer)):
            found.append(item)
    env.this, env.index = this, index
    env.spend(len(focus))
    return found


def where(criteria: Compiled) -> Compiled:
    """The items for which the criteria hold."""
    return lambda env, focus: _each(env, focus, criteria)


def exists(*criteria: Compiled) -> Compiled:
    """Whether there is an item (for which the criteria hold)."""
    if not criteria:
        return lambda _env, focus: YES if focus else NO
    return lambda env, focus: [bool(_each(env, focus, criteria[0]))]


def every(criteria: Compiled) -> Compiled:
    """``all``: whether the criteria hold for each item."""
    return lambda env, focus: [len(_each(env, focus, criteria)) == len(focus)]


def select(projection: Compiled) -> Compiled:
    """What the projection gives for each item, in one collection."""

    def project(env: Env, focus: Items) -> Items:
        this, index = env.this, env.index
        found: Items = []
        for i, item in enumerate(focus):
            env.this, env.index = item, i
            found.extend(projection(env, [item]))
        env.this, env.index = this, index
        env.spend(len(focus) + len(found))
        return found

    return project


def repeat(projection: Compiled) -> Compiled:
    """What the projection gives, again and again, each thing once."""

    def again(env: Env, focus: Items) -> Items:
        this = env.this
        seen: dict[Any, Any] = {}
        waiting = list(focus)
        while waiting:
            item = waiting.pop(0)
            env.this = item
            env.spend(5)
            for found in projection(env, [item]):
                mark = key(found)
                if mark not in seen:
                    seen[mark] = found
                    waiting.append(found)
        env.this = this
        return list(seen.values())

    return again


def aggregate(step: Compiled, *start: Compiled) -> Compiled:
    """One value of all items, with ``$total``."""

    def fold(env: Env, focus: Items) -> Items:
        this, total, index = env.this, env.total, env.index
        env.total = start[0](env, focus) if start else []
        for i, item in enumerate(focus):
            env.this, env.index = item, i
            env.total = step(env, [item])
        found = env.total
        env.this, env.total, env.index = this, total, index
        env.spend(len(focus))
        return found

    return fold


def iif(condition: Compiled, then: Compiled, *otherwise: Compiled) -> Compiled:
    """One branch or the other; only the one taken is evaluated."""

    def choose(env: Env, focus: Items) -> Items:
        if truth3(condition(env, focus)):
            return then(env, focus)
        return otherwise[0](env, focus) if otherwise else []

    return choose


def sort(*keys_of: Compiled) -> Compiled:
    """In order, by the keys if any are given."""

    def ordered(env: Env, focus: Items) -> Items:
        from functools import cmp_to_key  # noqa: PLC0415 hardly ever needed

        def compare(a: Any, b: Any) -> int:
            for of in keys_of or (lambda _env, items: items,):
                one, two = of(env, [a]), of(env, [b])
                found = order(plain(one[0]), plain(two[0])) if one and two else bool(one) - bool(two)
                if found:
                    return found
            return 0

        return sorted(focus, key=cmp_to_key(compare))

    return ordered


def trace(name: Compiled, *projection: Compiled) -> Compiled:
    """The input as it is; nothing is logged, as values are patients' data."""
    del name, projection
    return lambda _env, focus: focus


def define_variable(name: Compiled, *value: Compiled) -> Compiled:
    """``defineVariable``: a name for the rest of the expression."""

    def define(env: Env, focus: Items) -> Items:
        text = plain(name(env, focus)[0])
        env.variables = dict(env.variables or {})
        env.variables[str(text)] = value[0](env, focus) if value else focus
        return focus

    return define


def _sized(function: Any, least: int, most: int) -> Any:
    function.arguments = (least, most)
    return function


LAMBDAS: dict[str, Any] = {
    "where": _sized(where, 1, 1),
    "exists": _sized(exists, 0, 1),
    "all": _sized(every, 1, 1),
    "select": _sized(select, 1, 1),
    "repeat": _sized(repeat, 1, 1),
    "aggregate": _sized(aggregate, 1, 2),
    "iif": _sized(iif, 2, 3),
    "trace": _sized(trace, 1, 2),
    "sort": _sized(sort, 0, 5),
    "defineVariable": _sized(define_variable, 1, 2),
}
__all__ = ["LAMBDAS", "FhirPathError"]
