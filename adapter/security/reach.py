"""What of several rows belongs together, and which of them a scope's query lets through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from adapter.fhir.search_index import entries, references, token
from adapter.security.compartment import named_in

if TYPE_CHECKING:
    from adapter.ports import Query, Row
    from adapter.security.scopes import Scope


def fits(scope: Scope, body: bytes) -> bool:
    """Whether a resource answers to the query of a scope: each of its parameters a token that it has."""
    if not scope.query:
        return True
    rows = {(row.param, *row.value) for row in entries(orjson.loads(body)) if row.kind == "token"}
    return all(_has_token(rows, name, value) for name, value in scope.query)


def _has_token(rows: set[tuple[Any, ...]], name: str, value: str) -> bool:
    system, bar, code = value.rpartition("|")
    if bar:
        return (name, *token(name, system, code)) in rows
    return any(row[0] == name and row[2] == code for row in rows)


VEILED = frozenset({"Appointment", "Patient"})  # where a parameter leads by what the veil takes


def is_found_by(query: Query, row: Row) -> bool:
    """Whether a row answers to the references asked for as it is seen, not only as it is kept."""
    asked = [each for each in query.criteria if each.kind == "reference"] if row.type in VEILED else []
    resource = orjson.loads(row.body) if asked else {}
    return all(set(each.values) & set(references(resource, each.param)) for each in asked)


def connected(matches: Sequence[Row], included: Sequence[Row]) -> list[Row]:
    """Those of the included that a match leads to, or that lead to one, step by step over what is kept."""
    left = {f"{row.type}/{row.id}": row for row in included}
    refers = {name: named_in(orjson.loads(row.body)) for name, row in left.items()}
    kept: dict[str, Row] = {}
    reached = {f"{row.type}/{row.id}" for row in matches}
    led_to = set().union(*(named_in(orjson.loads(row.body)) for row in matches))
    while found := [name for name in left if name in led_to or refers[name] & reached]:
        for name in found:
            kept[name] = left.pop(name)
            reached.add(name)
            led_to |= refers[name]
    return list(kept.values())
