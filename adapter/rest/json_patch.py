"""JSON Patch (RFC 6902) with JSON Pointer (RFC 6901), bounded in what it may make of a resource."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from adapter.rest.outcome import Problem
from adapter.validation.json_reader import JsonFault, read_json

Json = dict[str, Any]
MOST_OPERATIONS: Final = 200
MOST_COPIED: Final = 100_000  # values that copies may add: each can double what is there
_INDEX = re.compile(r"0|[1-9]\d{0,8}")
_NAMES: Final = frozenset({"add", "remove", "replace", "move", "copy", "test"})


@dataclass(frozen=True, slots=True)
class Patch:
    """The operations, read and found to be such."""

    operations: tuple[Json, ...]

    def applied(self, resource: Json) -> Json:
        """The resource after all of them; the one given is not changed. Problem 422 when one cannot be."""
        holder: Any = {"": copy.deepcopy(resource)}
        left = MOST_COPIED
        for number, operation in enumerate(self.operations):
            try:
                left -= _carry_out(holder, operation)
            except (_Unfit, RecursionError):
                raise _problem(
                    422, number, "går inte att utföra på resursen. Läs den igen och rätta den."
                ) from None
            if left < 0:
                raise _problem(422, number, "gör resursen för stor. Dela upp ändringen.")
        made: Any = holder[""]
        if not isinstance(made, dict) or any(
            made.get(name) != resource[name] for name in ("resourceType", "id")
        ):
            what = "Patchen ändrar resursens typ eller id, som är serverns. Ta bort den delen."
            raise Problem(422, "business-rule", what)
        return made


class _Unfit(Exception):
    """The operation does not fit what is there."""


def read_patch(raw: bytes) -> Patch:
    """A JSON Patch document. Problem 400 when it is none, or has too many operations."""
    try:
        tree, _ = read_json(raw)
    except JsonFault:
        raise Problem(400, "structure", "Patchen är inte JSON. Rätta den och skicka igen.") from None
    if not isinstance(tree, list) or len(tree) > MOST_OPERATIONS:
        what = f"En patch är en lista med högst {MOST_OPERATIONS} operationer (RFC 6902). Rätta den."
        raise Problem(400, "structure", what)
    for number, operation in enumerate(tree):
        if not _is_sound(operation):
            raise _problem(400, number, "är ingen operation enligt RFC 6902. Rätta op, path, from och value.")
    return Patch(tuple(tree))


def _is_sound(operation: Any) -> bool:
    if not isinstance(operation, dict) or str(operation.get("op")) not in _NAMES:
        return False
    op = operation["op"]
    pointers = [operation.get("path"), *([operation.get("from")] if op in {"move", "copy"} else [])]
    has_value = "value" in operation or op in {"remove", "move", "copy"}
    return has_value and all(isinstance(p, str) and (not p or p[0] == "/") for p in pointers)


def _problem(status: int, number: int, what: str) -> Problem:
    return Problem(status, "invalid" if status == 400 else "processing", f"Operation {number + 1} {what}")  # noqa: PLR2004  Bad Request


def _carry_out(holder: Any, operation: Json) -> int:
    """Carry out one operation; returns how many values it copied."""
    path = _tokens(operation["path"])
    if (kind := operation["op"]) in {"move", "copy"}:
        start = _tokens(operation["from"])
        value = _found(holder, start)
        if kind == "move":
            if path[: len(start)] == start and path != start:
                raise _Unfit
            _removed(holder, start)
        elif (size := _size(value)) > MOST_COPIED:
            return size
        _put(holder, path, copy.deepcopy(value))
        return _size(value) if kind == "copy" else 0
    _PLAIN[kind](holder, path, operation.get("value"))
    return 0


def _test(holder: Any, path: list[str], value: Any) -> None:
    if not _equal(_found(holder, path), value):
        raise _Unfit


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _replace(holder: Any, path: list[str], value: Any) -> None:
    parent, last = _found(holder, path[:-1]), path[-1]
    _found(holder, path)
    parent[int(last) if isinstance(parent, list) else last] = copy.deepcopy(value)


def _put(holder: Any, path: list[str], value: Any) -> None:
    parent, last = _found(holder, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        at = len(parent) if last == "-" else _index(last)
        if at > len(parent):
            raise _Unfit
        parent.insert(at, value)
    else:
        raise _Unfit


def _add(holder: Any, path: list[str], value: Any) -> None:
    _put(holder, path, copy.deepcopy(value))


def _removed(holder: Any, path: list[str], _: Any = None) -> None:
    parent, last = _found(holder, path[:-1]), path[-1]
    _found(holder, path)
    if len(path) == 1:
        raise _Unfit  # the whole resource
    del parent[int(last) if isinstance(parent, list) else last]


_PLAIN: Final[dict[str, Callable[[Any, list[str], Any], None]]] = {
    "add": _add,
    "remove": _removed,
    "replace": _replace,
    "test": _test,
}


def _found(value: Any, path: list[str]) -> Any:
    for token in path:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and (at := _index(token)) < len(value):
            value = value[at]
        else:
            raise _Unfit
    return value


def _index(token: str) -> int:
    if not _INDEX.fullmatch(token):
        raise _Unfit
    return int(token)


def _tokens(pointer: str) -> list[str]:
    """``/a~1b/0`` below the holder of the whole: ``["", "a/b", "0"]``."""
    if re.search(r"~(?![01])", pointer):
        raise _Unfit
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")]


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1
