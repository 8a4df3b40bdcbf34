"""Where a change can be made in a resource, and two forms that most changes have."""

# ruff: noqa: D103 -- small predicates, named by what they ask

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Dice = random.Random
Change = Callable[[Dice, Json], "str | None"]
Found = tuple[Any, Any, str]  # a container, the key or index in it, the dotted path
TYPES = ("Patient", "CarePlan", "Task", "Organization", "Observation", "Basic", "Practitioner", "Group")


def places(value: Any, path: str = "") -> Iterator[Found]:
    """Every value of a tree with what holds it, but the type of a resource."""
    if isinstance(value, dict):
        for key in [k for k in value if k != "resourceType"]:
            yield value, key, f"{path}.{key}"
            yield from places(value[key], f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value, index, f"{path}[{index}]"
            yield from places(item, f"{path}[{index}]")


def pick(dice: Dice, resource: Json, wanted: Callable[[Any, Any, Any], bool]) -> Found | None:
    """One place of those whose holder, key and value are wanted."""
    found = [f for f in places(resource) if wanted(f[0], f[1], f[0][f[1]])]
    return dice.choice(found) if found else None


def objects(dice: Dice, resource: Json, wanted: Callable[[Json], bool] = bool) -> tuple[Json, str] | None:
    """One object of those wanted, the resource itself among them."""
    found = [(resource, "")] + [(h[k], p) for h, k, p in places(resource) if isinstance(h[k], dict)]
    fit = [f for f in found if wanted(f[0])]
    return dice.choice(fit) if fit else None


def replacing(
    wanted: Callable[[Any, Any, Any], bool], values: Callable[[Dice, Any, Any], Any], name: str
) -> Change:
    """A change that puts another value at a wanted place."""

    def change(dice: Dice, resource: Json) -> str | None:
        found = pick(dice, resource, wanted)
        if found is None:
            return None
        holder, key, where = found
        holder[key] = values(dice, key, holder[key])
        return where

    change.__name__ = name
    return change


def adding(wanted: Callable[[Json], bool], values: Callable[[Dice, Json], Json], name: str) -> Change:
    """A change that lays more properties on a wanted object."""

    def change(dice: Dice, resource: Json) -> str | None:
        found = objects(dice, resource, wanted)
        if found is None:
            return None
        found[0].update(values(dice, found[0]))
        return found[1]

    change.__name__ = name
    return change


def is_text(_holder: Any, key: Any, value: Any) -> bool:
    return isinstance(value, str) and key != "div"


def is_date(_holder: Any, _key: Any, value: Any) -> bool:
    return isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-" and len(value) >= 7


def named(*names: str) -> Callable[[Any, Any, Any], bool]:
    return lambda _holder, key, value: key in names and isinstance(value, str)
