"""What FHIRPath computes with: elements of a resource (``Node``) and the system types.

System booleans, integers, decimals and strings are Python's own; dates and quantities are here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.validation.fhirpath.temporal import Temporal, parse_temporal

Json = dict[str, Any]
STRINGS = frozenset(
    {"string", "code", "id", "uri", "url", "canonical", "oid", "uuid", "markdown", "base64Binary", "xhtml"}
)
TEMPORALS = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time"}
NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})
QUANTITIES = frozenset(
    {"Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "MoneyQuantity"}
)
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
CALENDAR = {
    "year": "a", "years": "a", "month": "mo", "months": "mo", "week": "wk", "weeks": "wk", "day": "d", "days": "d",  # noqa: E501 see the line
    "hour": "h", "hours": "h", "minute": "min", "minutes": "min", "second": "s", "seconds": "s",
    "millisecond": "ms", "milliseconds": "ms",
}  # fmt: skip


class Node:
    """An element of a resource: its JSON value, the object beside it (``_x``), and its type's name."""

    __slots__ = ("code", "sibling", "value")

    def __init__(self, value: Any, sibling: Any, code: str) -> None:
        self.value, self.sibling, self.code = value, sibling, code


class Quantity:
    """A number with a unit; calendar units are kept as words."""

    __slots__ = ("unit", "value")

    def __init__(self, value: Decimal, unit: str) -> None:
        self.value, self.unit = value, unit


def plain(item: Any) -> Any:
    """The system value of an item; None when a primitive has none; a complex element stays a Node."""
    if type(item) is not Node:
        return item
    value, code = item.value, item.code
    if type(value) is str:
        if code in TEMPORALS:
            return parse_temporal(value, TEMPORALS[code]) or value
        return value
    if type(value) is dict:
        return _quantity(value) if code in QUANTITIES else item
    return Decimal(repr(value)) if type(value) is float else value


def _quantity(value: Json) -> Any:
    number = value.get("value")
    if isinstance(number, bool) or not isinstance(number, (int, float, Decimal)):
        return None
    unit = value.get("code") if "code" in value else value.get("unit", "1")
    return Quantity(Decimal(str(number)), str(unit))


SCALE: dict[str, tuple[str, Decimal]] = {}
for _dimension, _units in {
    "g": "kg=1000 g=1 mg=0.001 ug=0.000001 ng=0.000000001 [lb_av]=453.59237 [oz_av]=28.349523125",
    "m": "km=1000 m=1 dm=0.1 cm=0.01 mm=0.001 um=0.000001 [in_i]=0.0254 [ft_i]=0.3048",
    "L": "L=1 l=1 dL=0.1 dl=0.1 cL=0.01 mL=0.001 ml=0.001 uL=0.000001",
    "s": "s=1 ms=0.001 min=60 h=3600 d=86400 wk=604800",
    "mo": "mo=1 a=12",
    "Pa": "Pa=1 kPa=1000 mm[Hg]=133.322",
    "1": "1=1 %=0.01",
}.items():
    for _pair in _units.split():
        _unit, _, _factor = _pair.rpartition("=")
        SCALE[_unit] = (_dimension, Decimal(_factor))


def comparable(first: Quantity, second: Quantity) -> tuple[Decimal, Decimal] | None:
    """Both numbers in one unit; None when the units cannot be compared."""
    one, two = CALENDAR.get(first.unit, first.unit), CALENDAR.get(second.unit, second.unit)
    if one == two:
        return first.value, second.value
    a, b = SCALE.get(one), SCALE.get(two)
    if a is None or b is None or a[0] != b[0]:
        return None
    return first.value * a[1], second.value * b[1]


def to_decimal(text: str) -> Decimal | None:
    """A text that is a decimal as FHIRPath writes it."""
    try:
        return Decimal(text) if _DECIMAL.fullmatch(text) else None
    except InvalidOperation:
        return None


def is_number(value: Any) -> bool:
    """Whether a system value is an integer or a decimal; booleans are none."""
    return type(value) in (int, Decimal)


def equal(first: Any, second: Any) -> bool | None:
    """``=`` of two items; None when precision leaves it open."""
    a, b = plain(first), plain(second)
    if a is None or b is None:
        return a is b and _beside(first) == _beside(second)
    if type(a) is Temporal or type(b) is Temporal:
        return _equal_temporal(a, b)
    if type(a) is Quantity and type(b) is Quantity:
        pair = comparable(a, b)
        return None if pair is None else pair[0] == pair[1]
    if is_number(a) and is_number(b):
        return bool(a == b)
    if type(a) is Node and type(b) is Node:
        return bool(a.value == b.value)
    return type(a) is type(b) and bool(a == b)


def _beside(item: Any) -> Any:
    return item.sibling if type(item) is Node else None


def _equal_temporal(a: Any, b: Any) -> bool | None:
    a = parse_temporal(a) if type(a) is str else a
    b = parse_temporal(b) if type(b) is str else b
    if type(a) is not Temporal or type(b) is not Temporal:
        return False
    order = a.compare(b)
    return None if order is None else order == 0


def equivalent(first: Any, second: Any) -> bool:
    """``~`` of two items."""
    a, b = plain(first), plain(second)
    if type(a) is str and type(b) is str:
        return " ".join(a.lower().split()) == " ".join(b.lower().split())
    if is_number(a) and is_number(b):
        digits = min(_digits(a), _digits(b))
        return round(Decimal(a), digits) == round(Decimal(b), digits)
    if type(a) is Temporal and type(b) is Temporal:
        return a.compare(b) == 0 and a.precision == b.precision
    if type(a) is Node and type(b) is Node:
        return _equivalent_json(a.value, b.value)
    return equal(first, second) is True


def _digits(number: Any) -> int:
    exponent = Decimal(number).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _equivalent_json(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        keys = (a.keys() | b.keys()) - {"id"}
        return all(_equivalent_json(a.get(k), b.get(k)) for k in keys)
    if isinstance(a, list) and isinstance(b, list):
        rest = list(b)
        for item in a:
            found = next((r for r in rest if _equivalent_json(item, r)), None)
            if found is None:
                return False
            rest.remove(found)
        return not rest
    if isinstance(a, str) and isinstance(b, str):
        return " ".join(a.lower().split()) == " ".join(b.lower().split())
    return bool(a == b)


def key(item: Any) -> Any:
    """A hashable that is the same for equal items, so that distinct needs no square of comparisons."""
    value = plain(item)
    if type(value) is Node:
        return ("node", _freeze(value.value))
    if value is None:
        return ("none", _freeze(_beside(item)))
    if type(value) is Temporal:
        return ("time", value.text)
    if type(value) is Quantity:
        return ("quantity", value.value, value.unit)
    if is_number(value):
        return ("number", Decimal(value))
    return (type(value).__name__, value)


def _freeze(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((k, _freeze(v)) for k, v in value.items()))
    if isinstance(value, list):
        return tuple(map(_freeze, value))
    return (type(value).__name__, str(value))
