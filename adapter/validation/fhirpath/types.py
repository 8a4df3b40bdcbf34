"""``is``, ``as`` and ``ofType``: FHIR's types and the system types.

https://hl7.org/fhirpath/N1/#types
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.validation.fhirpath.temporal import Temporal
from adapter.validation.fhirpath.values import NUMBERS, STRINGS, TEMPORALS, Node, Quantity
from adapter.validation.model import Model

SYSTEM = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity", "Any"})


def system_type(value: Any) -> str:
    """The name of a system value's type."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, Temporal):
        return value.kind
    names = {int: "Integer", Decimal: "Decimal", str: "String", Quantity: "Quantity"}
    return names.get(type(value), "Any")


def is_type(model: Model, item: Any, name: str) -> bool:
    """Whether an item is of a type; a name without namespace is FHIR's when FHIR has it."""
    namespace, _, bare = name.rpartition(".")
    if type(item) is not Node:
        return namespace in ("", "System") and (system_type(item) == bare or bare == "Any")
    if namespace == "System":
        return False
    if bare in SYSTEM and bare != "Quantity" and not namespace:
        return _as_system(item.code) == bare
    if item.code == bare:
        return True
    return model.is_a(item.code, bare)


def _as_system(code: str) -> str:
    if code == "boolean":
        return "Boolean"
    if code in STRINGS:
        return "String"
    if code in NUMBERS:
        return "Decimal" if code == "decimal" else "Integer"
    return TEMPORALS.get(code, "")
