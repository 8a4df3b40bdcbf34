"""A search criterion held against a resource itself: what no row answers.

https://hl7.org/fhir/R4/search.html#modifiers and #ptypes. Modifiers of every parameter, and every value of
those that have no rows (``search_unindexed``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from adapter.fhir.search_dates import date_range, in_range
from adapter.fhir.search_index import Parameter, folded, target, token, values_of
from adapter.fhir.search_unindexed import UNINDEXED, UNIVERSAL
from adapter.frozen import dataclass

Json = dict[str, Any]
_PATH: Final = re.compile(r"([^(]+)(?:\((\w+)=(\w+)\))?")
_ADDRESS: Final = ("text", "city", "district", "state", "postalCode", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """One criterion with its values as alternatives; ``modifier`` as FHIR writes it, empty without one.

    Values by kind: token ``(system | None, code)``, date and quantity ``(prefix, …)``, composite a tuple of
    the components' values, else texts; those of ``missing`` are booleans, of ``text`` texts.
    """

    parameter: Parameter
    modifier: str = ""
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a composite, read below the element of the whole."""

    name: str
    kind: str
    path: str


def _read(text: str) -> Mapping[str, Parameter]:
    found = {}
    for line in text.strip().splitlines():
        name, kind, path, *targets = line.split()
        found[name] = Parameter(name=name, kind=kind, path=path, targets=tuple(targets), rows="")
    return MappingProxyType(found)


UNINDEXED_PARAMETERS: Final[Mapping[str, Mapping[str, Parameter]]] = MappingProxyType(
    {type_: _read(text) for type_, text in UNINDEXED.items()}
)
_UNIVERSAL: Final = _read(UNIVERSAL)


def unindexed(type_: str, name: str) -> Parameter | None:
    """A parameter that has no rows."""
    return UNINDEXED_PARAMETERS.get(type_, {}).get(name) or _UNIVERSAL.get(name)


@lru_cache(maxsize=256)
def components(parameter: Parameter) -> tuple[Component, ...]:
    """The parts of a composite: they stand where others have their targets."""
    parts = (text.split(":", 2) for text in parameter.targets)
    return tuple(Component(name=name, kind=kind, path=path) for name, kind, path in parts)


def passes(sieve: Sieve, resource: Json) -> bool:
    """Whether a resource meets the criterion."""
    found = elements(resource, sieve.parameter.path)
    if sieve.modifier == "missing":
        return (not found) in sieve.values
    if sieve.modifier == "not":
        return not any(_meets(sieve, "", value, found) for value in sieve.values)
    return any(_meets(sieve, sieve.modifier, value, found) for value in sieve.values)


def _meets(sieve: Sieve, modifier: str, value: Any, found: list[Any]) -> bool:
    kind = sieve.parameter.kind
    if kind == "composite":
        parts = list(zip(components(sieve.parameter), value, strict=True))
        return any(all(_is_one(c, element, asked) for c, asked in parts) for element in found)
    return any(_TESTS[kind](element, modifier, value) for element in found)


def _is_one(component: Component, element: Json, asked: Any) -> bool:
    inside = elements(element, component.path)
    return any(_TESTS[component.kind](each, "", asked) for each in inside)


def elements(resource: Json, paths: str) -> list[Any]:
    """Every element at a path or one of several, lists laid flat."""
    return [element for path in paths.split("|") for element in _at(resource, path)]


def _at(resource: Json, path: str) -> Iterator[Any]:
    found: list[Any] = [resource]
    for step in path.split(".") if path != "." else ():
        match = _PATH.fullmatch(step)
        assert match is not None  # noqa: S101  our own tables
        name, key, wanted = match.groups()
        inner = [each[name] for each in found if isinstance(each, dict) and name in each]
        found = [leaf for value in inner for leaf in (value if isinstance(value, list) else [value])]
        if key:
            found = [leaf for leaf in found if isinstance(leaf, dict) and leaf.get(key) == wanted]
    return iter(found)


def _token(element: Any, modifier: str, value: Any) -> bool:
    if modifier == "text":
        return any(folded(text).startswith(folded(value)) for text in _words(element))
    if modifier == "of-type":
        return _is_of_type(element, *value)
    system, code = value
    known = values_of("token", element)
    return any(code in {"", found} and system in {None, at} for at, found in known)


def _is_of_type(element: Any, system: str, code: str, text: str) -> bool:
    if not isinstance(element, dict) or element.get("value") != text:
        return False
    kinds = values_of("token", element.get("type", {}))
    return any(system in {"", at} and code == found for at, found in kinds)


def _words(element: Any) -> list[str]:
    if not isinstance(element, dict):
        return []
    said = [element.get("text"), element.get("display")]
    said += [coding.get("display") for coding in element.get("coding", ())]
    said += _words(element.get("type")) if "type" in element else []
    return [text for text in said if isinstance(text, str)]


def _string(element: Any, modifier: str, value: str) -> bool:
    texts = _texts(element)
    if modifier == "exact":
        return value in texts
    if modifier == "contains":
        return any(folded(value) in folded(text) for text in texts)
    return any(folded(text).startswith(folded(value)) for text in texts)


def _texts(element: Any) -> list[str]:
    if isinstance(element, str):
        return [element]
    if not isinstance(element, dict):
        return []
    said = [*element.get("line", ()), *(element.get(name) for name in _ADDRESS)]
    said += [element.get("family"), *element.get("given", ())]
    return [text for text in said if isinstance(text, str)]


def _reference(element: Any, modifier: str, value: Any) -> bool:
    if modifier == "identifier":
        held = element.get("identifier") if isinstance(element, dict) else None
        return held is not None and _token(held, "", value)
    return bool((element if isinstance(element, str) else target(element, ())) == value)


def _uri(element: Any, modifier: str, value: str) -> bool:
    if not isinstance(element, str):
        return False
    if modifier == "below":
        return element == value or element.startswith(value.rstrip("/") + "/")
    if modifier == "above":
        return value == element or value.startswith(element.rstrip("/") + "/")
    return element == value


def _canonical(element: Any, modifier: str, value: str) -> bool:
    """A uri that may have a version; who asks for none means any."""
    whole = element.partition("|")[0] if isinstance(element, str) and "|" not in value else element
    return _uri(whole, modifier, value)


def _date(element: Any, _: str, value: tuple[str, int, int]) -> bool:
    return any(in_range(value[0], low, high, value[1], value[2]) for low, high in values_of("date", element))


def _quantity(element: Any, _: str, value: tuple[str, Decimal, Decimal, str, str]) -> bool:
    """``prefix, low, high, system, code``; the code may be the unit as it is written."""
    prefix, first, last, system, code = value
    if not isinstance(element, dict) or "value" not in element:
        return False
    if code and code not in {element.get("code"), element.get("unit")}:
        return False
    if system and system != element.get("system"):
        return False
    try:
        number = Decimal(str(element["value"]))
    except InvalidOperation:
        return False
    if prefix in {"eq", "ne"}:  # up to the next number of that precision, which is another
        return (first <= number < last) is (prefix == "eq")
    return in_range(prefix, number, number, first, last)


_TESTS: Final[Mapping[str, Callable[[Any, str, Any], bool]]] = {
    "token": _token,
    "string": _string,
    "reference": _reference,
    "uri": _uri,
    "canonical": _canonical,
    "date": _date,
    "quantity": _quantity,
}


def quantity_range(number: str, prefix: str) -> tuple[Decimal, Decimal]:
    """``5.4`` is 5.35 up to 5.45 where equality is asked for, about a tenth around it for ``ap``.

    Raises ValueError when it is no number. https://hl7.org/fhir/R4/search.html#quantity
    """
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise ValueError(number) from None
    if not value.is_finite() or abs(value.adjusted()) > 100:  # noqa: PLR2004  no measure is so large
        raise ValueError(number)
    if prefix == "ap":
        return value - abs(value) / 10, value + abs(value) / 10
    if prefix not in {"eq", "ne"}:
        return value, value
    half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
    return value - half, value + half


def token_value(param: str, system: str | None, code: str) -> tuple[str | None, str]:
    """A token as a sieve compares it."""
    return token(param, system, code)


def date_value(prefix: str, low: str, high: str) -> tuple[str, int, int]:
    """A date as a sieve compares it: its range in milliseconds UTC."""
    return prefix, date_range(low)[0], date_range(high)[1]
