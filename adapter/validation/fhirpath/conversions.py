"""Conversions between the system types.

https://hl7.org/fhirpath/N1/#conversion
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.validation.fhirpath.evaluate import Env
from adapter.validation.fhirpath.operators import single
from adapter.validation.fhirpath.temporal import Temporal, parse_temporal
from adapter.validation.fhirpath.values import Quantity, is_number, to_decimal

Items = list[Any]
Convert = Callable[[Any], Any]
TRUE, FALSE = (
    frozenset({"true", "t", "yes", "y", "1", "1.0"}),
    frozenset({"false", "f", "no", "n", "0", "0.0"}),
)
_INTEGER = re.compile(r"[+-]?\d+")
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-z]+))?")
DATE_LENGTH = 10
MAX_INTEGER = 2**31 - 1
INTEGER_LENGTH = 30  # longer texts are not read as numbers at all


def to_boolean(value: Any) -> Any:
    """``toBoolean``."""
    if isinstance(value, bool):
        return value
    if is_number(value):
        return {0: False, 1: True}.get(int(value)) if value in (0, 1) else None
    if isinstance(value, str):
        word = value.lower()
        return True if word in TRUE else False if word in FALSE else None
    return None


def to_integer(value: Any) -> Any:
    """``toInteger``; a text with a number past 32 bits is none (FHIRPath: Integer)."""
    if isinstance(value, bool):
        return int(value)
    if type(value) is int:
        return value
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        return None
    number = int(value) if len(value) <= INTEGER_LENGTH else MAX_INTEGER + 1
    return number if -MAX_INTEGER - 1 <= number <= MAX_INTEGER else None


def to_decimal_value(value: Any) -> Any:
    """``toDecimal``."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if is_number(value):
        return Decimal(value)
    return to_decimal(value) if isinstance(value, str) else None


def to_string(value: Any) -> Any:  # noqa: PLR0911 one branch a kind
    """``toString``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if type(value) is int:
        return str(value)
    if isinstance(value, Temporal):
        return value.text
    if isinstance(value, Quantity):
        unit = (
            value.unit
            if value.unit.isalpha() and value.unit.endswith(("s", "r", "h", "k", "y", "e", "d"))
            else ""
        )
        from adapter.validation.fhirpath.values import CALENDAR  # noqa: PLC0415 rare

        return f"{value.value:f} " + (value.unit if unit in CALENDAR else f"'{value.unit}'")
    return None


def to_date(value: Any) -> Any:
    """``toDate``."""
    if isinstance(value, Temporal) and value.kind != "Time":
        return parse_temporal(value.text[:DATE_LENGTH], "Date")
    return (
        parse_temporal(value[:DATE_LENGTH], "Date")
        if isinstance(value, str) and "T" not in value[:5]
        else None
    )


def to_date_time(value: Any) -> Any:
    """``toDateTime``."""
    text = value.text if isinstance(value, Temporal) and value.kind != "Time" else value
    return parse_temporal(text, "DateTime") if isinstance(text, str) else None


def to_time(value: Any) -> Any:
    """``toTime``."""
    if isinstance(value, Temporal) and value.kind == "Time":
        return value
    return parse_temporal(value, "Time") if isinstance(value, str) else None


def to_quantity(value: Any) -> Any:
    """``toQuantity``."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, bool):
        return Quantity(Decimal(int(value)), "1")
    if is_number(value):
        return Quantity(Decimal(value), "1")
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    return Quantity(Decimal(match[1]), match[2] or match[3] or "1") if match else None


def _to(convert: Convert) -> Any:
    def function(_env: Env, focus: Items, *_unit: Items) -> Items:
        value = single(focus)
        found = None if value is None else convert(value)
        return [] if found is None else [found]

    return function


def _converts(convert: Convert) -> Any:
    def function(_env: Env, focus: Items, *_unit: Items) -> Items:
        value = single(focus)
        return [] if value is None else [convert(value) is not None]

    return function


CONVERSIONS: dict[str, Any] = {}
for _name, _convert in {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal_value,
    "String": to_string,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
    "Quantity": to_quantity,
}.items():
    CONVERSIONS["to" + _name] = (_to(_convert), 0, 1)
    CONVERSIONS["convertsTo" + _name] = (_converts(_convert), 0, 1)
