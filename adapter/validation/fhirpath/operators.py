"""The operators of FHIRPath.

https://hl7.org/fhirpath/N1/#operations
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.temporal import Temporal, parse_temporal
from adapter.validation.fhirpath.values import (
    CALENDAR,
    Node,
    Quantity,
    comparable,
    equal,
    equivalent,
    is_number,
    key,
    plain,
)

Items = list[Any]
Compiled = Callable[[Env, Items], Items]
WORDS = {
    "a": "year",
    "mo": "month",
    "wk": "week",
    "d": "day",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "ms": "millisecond",
}


def truth3(items: Items) -> bool | None:
    """A collection as true, false or empty; one thing that is no boolean is true."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError("one value was expected where there are several")
    value = items[0]
    if value is True or value is False:
        return bool(value)
    value = plain(value)
    return value if isinstance(value, bool) else True


def _and(first: Compiled, second: Compiled) -> Compiled:
    def both(env: Env, focus: Items) -> Items:
        a = truth3(first(env, focus))
        if a is False:
            return [False]
        b = truth3(second(env, focus))
        return [False] if b is False else [True] if a and b else []

    return both


def _or(first: Compiled, second: Compiled) -> Compiled:
    def either(env: Env, focus: Items) -> Items:
        a = truth3(first(env, focus))
        if a:
            return [True]
        b = truth3(second(env, focus))
        return [True] if b else [] if a is None or b is None else [False]

    return either


def _xor(first: Compiled, second: Compiled) -> Compiled:
    def one(env: Env, focus: Items) -> Items:
        a, b = truth3(first(env, focus)), truth3(second(env, focus))
        return [] if a is None or b is None else [a is not b]

    return one


def _implies(first: Compiled, second: Compiled) -> Compiled:
    def follows(env: Env, focus: Items) -> Items:
        a = truth3(first(env, focus))
        if a is False:
            return [True]
        b = truth3(second(env, focus))
        if b:
            return [True]
        return [] if a is None or b is None else [False]

    return follows


def _equals(a: Items, b: Items) -> Items:
    if not a or not b:
        return []
    if len(a) != len(b):
        return [False]
    open_question = False
    for one, two in zip(a, b, strict=True):
        same = equal(one, two)
        if same is False:
            return [False]
        open_question = open_question or same is None
    return [] if open_question else [True]


def _not_equals(a: Items, b: Items) -> Items:
    return [not v for v in _equals(a, b)]


def _equivalent(a: Items, b: Items) -> Items:
    if len(a) != len(b):
        return [False]
    rest = list(b)
    for one in a:
        found = next((i for i, two in enumerate(rest) if equivalent(one, two)), None)
        if found is None:
            return [False]
        del rest[found]
    return [True]


def _not_equivalent(a: Items, b: Items) -> Items:
    return [not v for v in _equivalent(a, b)]


def single(items: Items) -> Any:
    """The one value of a collection, None when it is empty. Raises FhirPathError when there are more."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError("one value was expected where there are several")
    return plain(items[0])


def order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1 of two values; None when they cannot be told apart. Raises FhirPathError for unlike types."""  # noqa: E501 see the line
    if is_number(a) and is_number(b):
        return -1 if a < b else int(a > b)
    if type(a) is Temporal or type(b) is Temporal:
        one = parse_temporal(a) if type(a) is str else a
        two = parse_temporal(b) if type(b) is str else b
        if type(one) is Temporal and type(two) is Temporal:
            return one.compare(two)
    elif type(a) is str and type(b) is str:
        return -1 if a < b else int(a > b)
    elif type(a) is Quantity and type(b) is Quantity:
        pair = comparable(a, b)
        return None if pair is None else (-1 if pair[0] < pair[1] else int(pair[0] > pair[1]))
    raise FhirPathError(f"cannot compare {type(a).__name__} with {type(b).__name__}")


def _compare(test: Callable[[int], bool]) -> Callable[[Items, Items], Items]:
    def compare(a: Items, b: Items) -> Items:
        one, two = single(a), single(b)
        if one is None or two is None:
            return []
        found = order(one, two)
        return [] if found is None else [test(found)]

    return compare


def union(a: Items, b: Items) -> Items:
    """Both without doubles."""
    seen: dict[Any, Any] = {}
    for item in (*a, *b):
        seen.setdefault(key(item), item)
    return list(seen.values())


def contains(a: Items, b: Items) -> Items:
    """Whether a collection holds an item."""
    if not b:
        return []
    if len(b) > 1:
        raise FhirPathError("one value was expected where there are several")
    return [any(equal(i, b[0]) is True for i in a)]


def _in(a: Items, b: Items) -> Items:
    return contains(b, a)


def _concatenate(a: Items, b: Items) -> Items:
    one, two = single(a), single(b)
    return [("" if one is None else _text(one)) + ("" if two is None else _text(two))]


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is Temporal:
        return value.text
    raise FhirPathError("& joins strings only")


def _arithmetic(symbol: str, work: Callable[[Any, Any], Any]) -> Callable[[Items, Items], Items]:
    def calculate(a: Items, b: Items) -> Items:
        one, two = single(a), single(b)
        if one is None or two is None:
            return []
        try:
            found = work(one, two)
        except (InvalidOperation, OverflowError):
            return []
        except TypeError:
            raise FhirPathError(f"cannot use {symbol} on these types") from None
        return [] if found is None else [found]

    return calculate


def _plus(a: Any, b: Any) -> Any:
    if type(a) is Temporal and type(b) is Quantity:
        return a.add(b.value, WORDS.get(b.unit, b.unit))
    if type(a) is Quantity and type(b) is Quantity:
        return Quantity(a.value + b.value, a.unit) if a.unit == b.unit else None
    if (type(a) is str) != (type(b) is str):
        raise TypeError
    return a + b


def _minus(a: Any, b: Any) -> Any:
    if type(a) is Temporal and type(b) is Quantity:
        return a.add(-b.value, WORDS.get(b.unit, b.unit))
    if type(a) is Quantity and type(b) is Quantity:
        return Quantity(a.value - b.value, a.unit) if a.unit == b.unit else None
    return a - b


def _times(a: Any, b: Any) -> Any:
    if type(a) is Quantity or type(b) is Quantity:
        amount, unit = (a, b) if type(a) is Quantity else (b, a)
        return Quantity(amount.value * (unit.value if type(unit) is Quantity else unit), amount.unit)
    if not (is_number(a) and is_number(b)):
        raise TypeError
    return a * b


def _divide(a: Any, b: Any) -> Any:
    if type(a) is Quantity:
        if type(b) is Quantity:
            pair = comparable(a, b)
            return Quantity(pair[0] / pair[1], "1") if pair and pair[1] else None
        return Quantity(a.value / Decimal(b), a.unit) if b else None
    return Decimal(a) / Decimal(b) if b else None


def _div(a: Any, b: Any) -> Any:
    return int(Decimal(a) / Decimal(b)) if b else None


def _mod(a: Any, b: Any) -> Any:
    if not b:
        return None
    found = Decimal(a) % Decimal(b)
    return int(found) if type(a) is int and type(b) is int else found


def negate(items: Items) -> Items:
    """Unary minus."""
    value = single(items)
    if value is None:
        return []
    if type(value) is Quantity:
        return [Quantity(-value.value, value.unit)]
    if not is_number(value):
        raise FhirPathError("- needs a number")
    return [-value]


LAZY: dict[str, Callable[[Compiled, Compiled], Compiled]] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
}
EAGER: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equals,
    "!=": _not_equals,
    "~": _equivalent,
    "!~": _not_equivalent,
    "<": _compare(lambda o: o < 0),
    ">": _compare(lambda o: o > 0),
    "<=": _compare(lambda o: o <= 0),
    ">=": _compare(lambda o: o >= 0),
    "|": union,
    "in": _in,
    "contains": contains,
    "&": _concatenate,
    "+": _arithmetic("+", _plus),
    "-": _arithmetic("-", _minus),
    "*": _arithmetic("*", _times),
    "/": _arithmetic("/", _divide),
    "div": _arithmetic("div", _div),
    "mod": _arithmetic("mod", _mod),
}
__all__ = ["CALENDAR", "EAGER", "LAZY", "Node", "negate", "order", "single", "truth3", "union"]
