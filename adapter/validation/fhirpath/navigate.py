"""One step down: the children of a name, and how a property of the JSON becomes nodes.

https://hl7.org/fhirpath/N1/#path-selection
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.fhirpath.evaluate import Env
from adapter.validation.fhirpath.values import Node
from adapter.validation.model import Model, TypeInfo

Json = dict[str, Any]
Way = Callable[[list[Any], Json], None]
Keys = tuple[tuple[str, str, str], ...]  # of a choice: the JSON name, that beside it, the type


def child_step(name: str, model: Model) -> Callable[[Env, list[Any]], list[Any]]:
    """The step to the children of this name; how to take it is found once for each type."""
    ways: dict[str, Way] = {}

    def way_of(code: str) -> Way:
        info = model.type(code)
        made = _way(name, info)
        return made if info is None else ways.setdefault(code, made)

    def step(env: Env, focus: list[Any]) -> list[Any]:
        found: list[Any] = []
        for item in focus:
            if type(item) is not Node:
                continue
            value = item.value
            if type(value) is not dict:
                value = item.sibling
                if type(value) is not dict:
                    continue
            (ways.get(item.code) or way_of(item.code))(found, value)
        env.spent += len(focus)
        if env.spent > env.limit:
            env.spend(0)
        return found

    return step


def _way(name: str, info: TypeInfo | None) -> Way:
    """How to take a child out of an object of one type."""
    if info is None:
        return lambda found, value: _untyped(found, value.get(name))
    prop = info.names.get(name)
    if prop is None:
        return lambda _found, _value: None
    many, underscore = prop.many, "_" + name
    if prop.is_choice:
        keys = tuple((key, "_" + key, code) for key, code in prop.keys.items())
        return lambda found, value: _choice(found, value, keys, many=many)
    code = prop.types[0] if prop.types else ""
    if many:
        return lambda found, value: _many(found, value.get(name), value.get(underscore), code)
    return _single(name, underscore, code)


def _single(name: str, underscore: str, code: str) -> Way:
    def way(found: list[Any], value: Json) -> None:
        inner = value.get(name)
        if (inner is not None or name in value or underscore in value) and type(inner) is not list:
            found.append(_node(inner, value.get(underscore), code))

    return way


def _choice(found: list[Any], value: Json, keys: Keys, *, many: bool) -> None:
    for key, underscore, code in keys:
        if key in value or underscore in value:
            collect(found, value, key, code, many=many)
            return


def _untyped(found: list[Any], value: Any) -> None:
    if isinstance(value, list):
        found.extend(Node(v, None, "") if isinstance(v, dict) else v for v in value)
    elif value is not None:
        found.append(Node(value, None, "") if isinstance(value, dict) else value)


def collect(found: list[Any], value: Json, key: str, code: str, *, many: bool) -> None:
    """Add the nodes of a property that is there to what was found."""
    inner, beside = value.get(key), value.get("_" + key)
    if many:
        _many(found, inner, beside, code)
    elif type(inner) is not list:
        found.append(_node(inner, beside, code))


def _many(found: list[Any], inner: Any, beside: Any, code: str) -> None:
    inner = inner if type(inner) is list else []
    if beside is None:
        found.extend([_node(v, None, code) for v in inner if v is not None and type(v) is not list])
        return
    beside = beside if type(beside) is list else []
    for i in range(max(len(inner), len(beside))):
        v, b = (inner[i] if i < len(inner) else None), (beside[i] if i < len(beside) else None)
        if (v is not None or b is not None) and type(v) is not list:
            found.append(_node(v, b, code))


def _node(value: Any, beside: Any, code: str) -> Node:
    if type(value) is dict and "resourceType" in value and code in ("Resource", "DomainResource"):
        code = str(value["resourceType"])
    return Node(value, beside, code)
