"""Fixed values and patterns.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

IDS = frozenset({"id"})  # an element may be named to be linked to, whatever it holds


def same(wanted: Any, value: Any) -> bool:
    """Whether a value is exactly the fixed one: nothing missing, nothing more."""
    if isinstance(wanted, dict):
        return (
            isinstance(value, dict)
            and wanted.keys() - IDS == value.keys() - IDS
            and all(same(v, value[k]) for k, v in wanted.items() if k not in IDS)
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and len(wanted) == len(value) and all(map(same, wanted, value))
    return same_primitive(wanted, value)


def matches(wanted: Any, value: Any) -> bool:
    """Whether a value holds at least the pattern: each wanted item of a list matches some item."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(k in value and matches(v, value[k]) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(matches(w, v) for v in value) for w in wanted)
    return same_primitive(wanted, value)


def pattern_test(wanted: Any) -> Callable[[Any], bool]:
    """``matches`` of one pattern, made ready."""
    if isinstance(wanted, dict):
        parts = [(k, pattern_test(v)) for k, v in wanted.items()]
        return lambda value: isinstance(value, dict) and _has_all(parts, value)
    if isinstance(wanted, list):
        tests = [pattern_test(w) for w in wanted]
        return lambda value: isinstance(value, list) and _finds_all(tests, value)
    if type(wanted) is str:
        return lambda value: type(value) is str and value == wanted
    return lambda value: same_primitive(wanted, value)


def _has_all(parts: list[tuple[str, Callable[[Any], bool]]], value: dict[str, Any]) -> bool:
    for key, test in parts:  # noqa: SIM110 a generator costs more than the tests
        if key not in value or not test(value[key]):
            return False
    return True


def _finds_all(tests: list[Callable[[Any], bool]], items: list[Any]) -> bool:
    for test in tests:
        for item in items:
            if test(item):
                break
        else:
            return False
    return True


def same_primitive(wanted: Any, value: Any) -> bool:
    """Two primitives: booleans are no numbers, 1.0 is not 1.00 (precision is part of a decimal)."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, (int, float, Decimal)) and isinstance(value, (int, float, Decimal)):
        return str(wanted) == str(value)
    return type(wanted) is type(value) and bool(wanted == value)


def of(defn: dict[str, Any], prefix: str) -> Any:
    """The value of ``fixed[x]``, ``pattern[x]``, ``minValue[x]`` … of an element; None when there is none."""
    for key, value in defn.items():
        if key.startswith(prefix) and len(key) > len(prefix) and key[len(prefix)].isupper():
            return value
    return None
