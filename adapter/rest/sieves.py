"""Modifiers and parameters without rows: from the text of a request to a sieve.

https://hl7.org/fhir/R4/search.html#modifiers, #quantity, #composite, #uri
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from adapter.fhir.search_index import parameter, token
from adapter.fhir.sieve import Sieve, components, date_value, quantity_range, unindexed
from adapter.rest.values import alternatives, date, identifier, invalid, plain, references, split, token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.fhir.search_index import Parameter

MODIFIERS: Final = {
    "token": frozenset({"missing", "not", "text", "of-type"}),
    "string": frozenset({"missing", "exact", "contains"}),
    "reference": frozenset({"missing", "identifier"}),
    "date": frozenset({"missing"}),
    "quantity": frozenset({"missing"}),
    "uri": frozenset({"missing", "below", "above"}),
    "canonical": frozenset({"missing", "below", "above"}),
    "composite": frozenset({"missing"}),
}
_NUMBER = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(-?\d.*)")
_DOLLAR = re.compile(r"(?<!\\)\$")


def wanted_sieve(type_: str, name: str, modifier: str, text: str, base: str) -> Sieve | None:
    """The sieve of a parameter with a modifier, or of one without rows; None when rows answer it.

    Problem 400 for a modifier that the parameter has not, whatever Prefer says (search.html#modifiers).
    """
    known = parameter(type_, name)
    asked = known or unindexed(type_, name)
    if asked is None or (known and not modifier and not _is_system_alone(known, text)):
        return None
    if modifier and modifier not in MODIFIERS[asked.kind]:
        may = ", ".join(f":{each}" for each in sorted(MODIFIERS[asked.kind]))
        raise invalid(name, f"tillägget finns inte här. De som går: {may}.")
    return Sieve(parameter=asked, modifier=modifier, values=_values(asked, modifier, text, base))


def _is_system_alone(known: Parameter, text: str) -> bool:
    """``system|``: any code of a system, which no row tells by itself."""
    return known.kind == "token" and any(part.rstrip().endswith("|") for part in text.split(","))


def _values(asked: Parameter, modifier: str, text: str, base: str) -> tuple[Any, ...]:
    name = asked.name
    if modifier == "missing":
        if text not in {"true", "false"}:
            raise invalid(name, ":missing ska vara true eller false.")
        return (text == "true",)
    if asked.kind == "reference" and modifier == "identifier":
        return identifier(name, text)
    parts = alternatives(name, text)
    if modifier == "text":
        return tuple(plain(part) for part in parts)
    if modifier == "of-type":
        return tuple(_of_type(name, part) for part in parts)
    if asked.kind == "composite":
        return tuple(_composite(asked, part, base) for part in parts)
    read = _READERS[asked.kind]
    return tuple(value for part in parts for value in read(asked, part, base))


def _composite(asked: Parameter, text: str, base: str) -> tuple[Any, ...]:
    parts, wanted = _DOLLAR.split(text), components(asked)
    if len(parts) != len(wanted) or not all(parts):
        raise invalid(asked.name, f"ange {len(wanted)} värden med $ emellan.")
    found: list[Any] = []
    for component, part in zip(wanted, parts, strict=True):
        values = _READERS[component.kind](asked, part, base)
        found.append(values[0])
    return tuple(found)


def _of_type(name: str, text: str) -> tuple[str, str, str]:
    parts = re.split(r"(?<!\\)\|", text)
    if len(parts) != 3 or not parts[1] or not parts[2]:  # noqa: PLR2004  system|code|value
        raise invalid(name, "skriv :of-type som system|kod|värde.")
    system, code, value = map(plain, parts)
    return system, code, value


def _token(asked: Parameter, text: str, _: str) -> list[Any]:
    system, mark, code = split(text)
    if mark and not code:
        if not system:
            raise invalid(asked.name, "ange ett system eller en kod.")
        return [(token(asked.name, plain(system), "x")[0], "")]
    return [token_of(asked.name, text)]


def _quantity(asked: Parameter, text: str, _: str) -> list[Any]:
    number, *unit = re.split(r"(?<!\\)\|", text)
    match = _NUMBER.fullmatch(number)
    prefix = (match and match[1]) or "eq"
    try:
        low, high = quantity_range(match[2] if match else "", prefix)
    except ValueError:
        raise invalid(
            asked.name, "skriv ett tal, som 5.4 eller gt5.4|http://unitsofmeasure.org|mg."
        ) from None
    system, code = [*map(plain, unit), "", ""][:2]
    return [(prefix, low, high, system, code)]


def _references(asked: Parameter, text: str, base: str) -> list[Any]:
    if asked.kind == "composite" or not asked.targets:
        return [plain(text).removeprefix(f"{base}/")]
    return list(references(asked, text, base, ""))


_READERS: Final[dict[str, Callable[[Parameter, str, str], list[Any]]]] = {
    "token": _token,
    "string": lambda _, text, __: [plain(text)],
    "uri": lambda _, text, __: [plain(text)],
    "canonical": lambda _, text, __: [plain(text)],
    "reference": _references,
    "date": lambda asked, text, _: [date_value(*date(asked.name, text))],
    "quantity": _quantity,
}
