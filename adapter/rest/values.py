"""The values of search parameters: tokens, references, dates and strings, as the store's criteria hold them.

https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from adapter.fhir.search_dates import date_bounds
from adapter.fhir.search_index import folded, token
from adapter.ports import Criterion
from adapter.rest.outcome import Problem
from adapter.validation.core_tables import Core

if TYPE_CHECKING:
    from adapter.fhir.search_index import Parameter

_BETWEEN = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([\\,|$])")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DATE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)")
_TWELVE = re.compile(r"\d{8}[-+]?\d{4}")
MOST_ALTERNATIVES = 100


def invalid(name: str, what: str) -> Problem:
    """400, with the parameter's name and never its value."""
    return Problem(400, "invalid", f"Sökparametern {name}: {what}", where=name)


def alternatives(name: str, text: str) -> list[str]:
    """The values between commas; none may be empty, as an empty filter would be no filter."""
    found = [part.strip() for part in _BETWEEN.split(text)] if "," in text else [text.strip()]
    if not all(found):
        raise invalid(name, "ett värde saknas. Ange det, eller ta bort parametern.")
    if len(found) > MOST_ALTERNATIVES:
        raise invalid(name, f"högst {MOST_ALTERNATIVES} värden åt gången. Dela upp sökningen.")
    return found


def criterion(parameter: Parameter, text: str, base: str, *, only: str = "") -> Criterion:
    """One parameter of the index with its values. ``only`` is the type that ``subject:Patient=`` names."""
    name = parameter.name
    parts = alternatives(name, text)
    if parameter.kind == "token":
        values: tuple[object, ...] = tuple(token_of(name, part) for part in parts)
    elif parameter.kind == "reference":
        values = tuple(value for part in parts for value in references(parameter, part, base, only))
    elif parameter.kind == "date":
        values = tuple(date(name, part) for part in parts)
    else:
        values = tuple(folded(plain(part)) for part in parts)
    return Criterion(param=name, kind=parameter.kind, values=values)


def identifier(name: str, text: str) -> tuple[tuple[str | None, str], ...]:
    """Values of an ``identifier``: with the system as URI or ``urn:oid:``, or the bare number."""
    return tuple(_identity(name, part) for part in alternatives(name, text))


def ids(text: str) -> Criterion:
    """``_id``: what cannot be an id simply matches nothing."""
    found = tuple(part for part in alternatives("_id", text) if _ID.fullmatch(part))
    return Criterion(param="_id", kind="id", values=found or ("-",))


def date(name: str, text: str) -> tuple[str, str, str]:
    """``ge2026-02`` → prefix and the range of the stated precision, in UTC."""
    match = _DATE.fullmatch(text.replace(" ", "+"))  # a + that was not escaped in the URL came as a space
    try:
        low, high = date_bounds(match[2]) if match else ("", "")
    except (ValueError, OverflowError):
        match = None
    if match is None:
        raise invalid(name, "skriv datum som 2026, 2026-02, 2026-02-01 eller 2026-02-01T10:00:00+01:00.")
    return match[1] or "eq", low, high


def token_of(name: str, text: str) -> tuple[str | None, str]:
    """``code``, ``system|code`` or ``|code``."""
    system, mark, code = split(text)
    if not mark:
        return token(name, None, plain(text))
    if not code:
        raise invalid(name, "ange en kod efter |, som i system|kod.")
    return token(name, plain(system), plain(code))


def _identity(name: str, text: str) -> tuple[str | None, str]:
    system, code = token_of(name, text)
    if system is None and _TWELVE.fullmatch(code):
        code = code.replace("-", "").replace("+", "")
    return system, code


def split(text: str) -> tuple[str, str, str]:
    """At the first ``|`` that is not escaped."""
    if "\\" not in text:
        return text.partition("|")
    match = re.search(r"(?<!\\)\|", text)
    return (text[: match.start()], "|", text[match.end() :]) if match else (text, "", "")


def references(parameter: Parameter, text: str, base: str, only: str) -> list[str]:
    """``Type/id``, an absolute address of ours, or a bare id where the type can be known."""
    name, text = parameter.name, plain(text).removeprefix(f"{base}/")
    type_, slash, id_ = text.rpartition("/")
    targets = (only,) if only else parameter.targets
    if not slash:
        id_, types = text, targets
        if not types:
            raise invalid(name, "ange även typ, som i Patient/id.")
    else:
        types = (type_,)
    if targets and not set(types) <= set(targets):
        raise invalid(name, f"kan bara peka på {', '.join(targets)}.")
    if not _ID.fullmatch(id_) or not (targets or set(types) <= _resource_types()):
        raise invalid(name, "ange en referens som Patient/id på den här servern.")
    return [f"{t}/{id_}" for t in types]


@cache
def _resource_types() -> frozenset[str]:
    """Those of R4, also what is not served: others' resources may refer to it."""
    return Core().resource_types


def plain(text: str) -> str:
    """A value without the backslashes that keep ``,``, ``|`` and ``$`` from dividing it."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
