"""Math.

https://hl7.org/fhirpath/N1/#math
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.operators import single
from adapter.validation.fhirpath.temporal import Temporal, of_moment
from adapter.validation.fhirpath.values import Quantity, is_number

Items = list[Any]
LIMIT = 400  # digits of a power; beyond it the answer is empty


def _numeric(work: Callable[..., Any]) -> Any:
    def function(_env: Env, focus: Items, *arguments: Items) -> Items:
        value, others = single(focus), [single(a) for a in arguments]
        if value is None or None in others:
            return []
        if type(value) is Quantity:
            found = work(value.value, *others)
            return [] if found is None else [Quantity(Decimal(found), value.unit)]
        if not is_number(value):
            raise FhirPathError("a number was expected")
        try:
            found = work(value, *others)
        except (ValueError, ArithmeticError, InvalidOperation):
            return []
        return [] if found is None else [found]

    return function


def _power(base: Any, exponent: Any) -> Any:
    if abs(float(exponent)) * max(1.0, math.log10(abs(float(base)) + 1)) > LIMIT:
        return None
    if type(base) is int and type(exponent) is int and exponent >= 0:
        return base**exponent
    found = float(base) ** float(exponent)
    return None if isinstance(found, complex) else Decimal(repr(found))


def _round(value: Any, digits: Any = 0) -> Any:
    found = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return int(found) if not digits and type(value) is int else found


def _float(work: Callable[..., float]) -> Callable[..., Decimal]:
    return lambda *values: Decimal(repr(work(*(float(v) for v in values))))


def _log(value: float, base: float) -> float:
    return math.log(value, base)


def _boundary(direction: int) -> Any:
    """``lowBoundary`` and ``highBoundary`` of decimals, dates and times."""

    def function(_env: Env, focus: Items, *precision: Items) -> Items:
        value = single(focus)
        if value is None:
            return []
        if isinstance(value, Temporal):
            return [_time_boundary(value, direction)]
        if not is_number(value):
            return []
        exponent = Decimal(value).as_tuple().exponent
        half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
        digits = single(precision[0]) if precision and precision[0] else 8
        return [(Decimal(value) + direction * half).quantize(Decimal(1).scaleb(-digits))]

    return function


def _time_boundary(value: Temporal, direction: int) -> Temporal:
    low, high = (0, 1, 1, 0, 0, Decimal(0)), (9999, 12, 28, 23, 59, Decimal("59.999"))
    fill = low if direction < 0 else high
    size = 3 if value.kind == "Date" else 6
    parts = (*value.parts, *fill[len(value.parts) : size])
    return Temporal(value.kind, parts, value.zone, value.text)


def _precision(_env: Env, focus: Items) -> Items:
    value = single(focus)
    if value is None:
        return []
    if isinstance(value, Temporal):
        return [{1: 4, 2: 6, 3: 8, 4: 10, 5: 12, 6: 17}[value.precision]]
    exponent = Decimal(value).as_tuple().exponent
    return [max(0, -exponent) if isinstance(exponent, int) else 0]


def _now(env: Env, _focus: Items) -> Items:
    moment = env.run.engine.now()
    return [] if moment is None else [of_moment(moment)]


def _today(env: Env, _focus: Items) -> Items:
    found = _now(env, _focus)
    return [Temporal("Date", found[0].parts[:3], None, found[0].text[:10])] if found else []


def _time_of_day(env: Env, _focus: Items) -> Items:
    found = _now(env, _focus)
    return [Temporal("Time", found[0].parts[3:], None, found[0].text[11:19])] if found else []


MATH: dict[str, Any] = {
    "abs": (_numeric(abs), 0, 0),
    "ceiling": (_numeric(math.ceil), 0, 0),
    "floor": (_numeric(math.floor), 0, 0),
    "truncate": (_numeric(int), 0, 0),
    "round": (_numeric(_round), 0, 1),
    "exp": (_numeric(_float(math.exp)), 0, 0),
    "ln": (_numeric(_float(math.log)), 0, 0),
    "log": (_numeric(_float(_log)), 1, 1),
    "power": (_numeric(_power), 1, 1),
    "sqrt": (_numeric(_float(math.sqrt)), 0, 0),
    "lowBoundary": (_boundary(-1), 0, 1),
    "highBoundary": (_boundary(1), 0, 1),
    "precision": (_precision, 0, 0),
    "now": (_now, 0, 0),
    "today": (_today, 0, 0),
    "timeOfDay": (_time_of_day, 0, 0),
}
