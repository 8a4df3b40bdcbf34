"""Invariants that hold so plainly that FHIRPath need not be asked: the costly ones of what we make.

Each function looks at the object itself and answers True only when the invariant holds; False says nothing.
It belongs to the text of an expression, told by its hash: when a definition changes its invariant, FHIRPath
judges it as ever until the function has been read again. What is no date, code or list at all is for the
tests of structure to refuse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

Json = dict[str, Any]
Sure = Callable[[Json], bool]

_DAY, _SECONDS, _MOMENT = (len(t) for t in ("2026-03-01", "2026-03-01T10:00:00", "2026-03-01T10:00:00+01:00"))
_MARKS = (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (22, ":")  # in the form of a moment
_SOURCES = "https://overens.example/fhir/source/"
_MALGRUPP = "https://overens.example/fhir/StructureDefinition/malgrupp"
_OWN = frozenset({"patient", "anhorig"})
_PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
_SAMORDNINGSNUMMER = "http://electronichealth.se/identifier/samordningsnummer"
_A_YEAR = 10_000  # between two days written as numbers
_COORDINATION = 60  # is added to the day of a samordningsnummer
_DIGITS = len("191212121212")


def _period_is_forward(period: Json) -> bool:
    start, end = period.get("start"), period.get("end")
    if start is None or end is None:
        return period.keys().isdisjoint({"_start", "_end"})
    is_known = (_is_day(start) and _is_day(end)) or (_is_moment(start) and _is_moment(end, start[_SECONDS:]))
    return bool(is_known and start <= end)


def _is_moment(text: Any, zone: str = "") -> bool:
    """Whole seconds and an offset, the one asked for if any."""
    if type(text) is not str or len(text) != _MOMENT or not text.endswith(zone):
        return False
    try:
        return datetime.fromisoformat(text) is not None and all(text[at] == mark for at, mark in _MARKS)
    except ValueError:
        return False


def _has_no_parts(observation: Json) -> bool:
    """What is said twice is said in a component."""
    return "component" not in observation


def _is_not_before(task: Json) -> bool:
    if "lastModified" in task:
        return bool(task["lastModified"] == task.get("authoredOn"))
    return "_lastModified" not in task


def _represents_nobody(participant: Json) -> bool:
    return participant.keys().isdisjoint({"onBehalfOf", "_onBehalfOf"})


def _is_named(organization: Json) -> bool:
    return type(organization.get("name")) is str


def _is_said_to_the_patient(holder: Json) -> bool:
    """Every number says that it is for the patient or a relative, so none has to be out of sight."""
    return all(any(map(_is_own, way.get("extension", ()))) for way in holder.get("telecom", ()))


def _is_own(extension: Json) -> bool:
    return extension.get("url") == _MALGRUPP and extension.get("valueCode") in _OWN


def _is_at_most_a_year(plan: Json) -> bool:
    period = plan.get("period", {})
    start, end = period.get("start"), period.get("end")
    is_source_read = type(plan.get("meta", {}).get("source", "")) is str  # which the invariant asks first
    return bool(
        is_source_read and _is_day(start) and _is_day(end) and _number(end) - _number(start) <= _A_YEAR
    )


def _is_read(plan: Json) -> bool:
    """What was read in a source need not have what it does not say."""
    source = plan["meta"]["source"]
    return type(source) is str and source.startswith(_SOURCES)


def _number(day: str) -> int:
    return int(day[:4] + day[5:7] + day[8:])


def _is_identity(identifier: Json) -> bool:
    """A personnummer or samordningsnummer with its date and check digit right."""
    number, system = identifier.get("value"), identifier.get("system")
    if type(number) is not str or len(number) != _DIGITS or not (number.isascii() and number.isdigit()):
        return False
    day = int(number[6:8]) - (_COORDINATION if system == _SAMORDNINGSNUMMER else 0)
    if system not in {_PERSONNUMMER, _SAMORDNINGSNUMMER} or number[:2] not in {"18", "19", "20"}:
        return False
    return _is_day(f"{number[:4]}-{number[4:6]}-{day:02}") and _check_sum(number[2:]) % 10 == 0


def _check_sum(digits: str) -> int:
    odd = sum(int("0246813579"[int(digit)]) for digit in digits[::2])
    return odd + sum(map(int, digits[1::2]))


def _is_day(text: Any) -> bool:
    if type(text) is not str or len(text) != _DAY or text[4] != "-" or text[7] != "-":
        return False
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False


KNOWN: dict[str, tuple[str, Sure]] = {
    "agr-id-1": ("5bc18e18054a0ffd", _is_identity),
    "agr-plan-1": ("2918039d416358b4", _is_read),
    "agr-plan-1b": ("469200f7a990e2e8", _is_at_most_a_year),
    "agr-tel-1": ("c7c085e3d3b68a82", _is_said_to_the_patient),
    "ctm-1": ("089a88ddb9d17da7", _represents_nobody),
    "inv-1": ("247d62eedff3754b", _is_not_before),
    "obs-7": ("f3b320179cbde028", _has_no_parts),
    "org-1": ("68d7ff46a28f08ab", _is_named),
    "per-1": ("1e893b258e0dec2d", _period_is_forward),
}  # the invariant's key: the hash of its expression, and what is sure of it


def sure_of(key: str, expression: str) -> Sure | None:
    """What is sure of an invariant of this text, if anything."""
    if key not in KNOWN:
        return None
    mark, sure = KNOWN[key]
    return _careful(sure) if mark == hash_of(expression) else None


def hash_of(expression: str) -> str:
    """By which a text is known again."""
    return hashlib.sha256(expression.encode()).hexdigest()[:16]


def _careful(sure: Sure) -> Sure:
    """Of what has not even its structure right nothing is sure."""

    def careful(value: Any) -> bool:
        try:
            return type(value) is dict and sure(value)
        except (AttributeError, KeyError, TypeError, ValueError):
            return False

    return careful
