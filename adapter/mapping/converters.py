"""The named converters of the mapping language (``as:``): from a text in a message to a value, and back.

A converter gives the value, or a domain ``Read`` (value and findings), or raises ValueError with a
Swedish sentence when the text cannot surely be read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.domain.identity import HsaId, PersonId, person_id, read_hsa_id
from adapter.domain.reading import Read
from adapter.domain.when import Moment, PartialDate, moment, partial_date
from adapter.frozen import dataclass

_BOOLEAN = "Värdet är varken true eller false; rätta det i avsändande system."
_NUMBER = "Värdet är inget tal; skriv det med siffror och decimalpunkt, till exempel 37.1."
_NOT_WHOLE = "Värdet är inget helt tal; skriv det med siffror, till exempel 4."
_TOO_LONG = "Talet är för stort, för litet eller för långt; skriv det med högst 15 siffror."
_MOST_DIGITS = 15  # what goes through JSON unchanged
_WORDS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """One way to read a text, its inverse, the type it makes and the JSON kind it goes back as."""

    doc: str = ""
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    makes: type
    kind: str = "string"


def _code(text: str) -> str:
    return " ".join(text.split())


def _boolean(text: str) -> bool:
    try:
        return _WORDS[text.strip().lower()]
    except KeyError:
        raise ValueError(_BOOLEAN) from None


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(_NUMBER) from None
    if not number.is_finite() or "_" in text:
        raise ValueError(_NUMBER)
    if len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(_TOO_LONG)
    return number


def _count(text: str) -> str:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise ValueError(_NOT_WHOLE)
    return digits.lstrip("0") or "0"


def _timestamp(value: Moment) -> str:
    """ISO 21090 TS in Stockholm's time; the offset stands there only when the time alone would mislead."""
    text = value.value
    if not value.has_time:
        return text.replace("-", "")
    instant = datetime.fromisoformat(text)
    local = f"{instant:%Y%m%d%H%M%S}"
    if instant.microsecond:
        local += f".{instant.microsecond:06}"
    try:
        alone = moment(local).value
    except ValueError:
        alone = None
    return local if alone == value else f"{local}{instant:%z}"


def _is_a_time(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True


CONVERTERS = {
    "text": Converter(doc="the text, without space around it", read=str.strip, write=str, makes=str),
    "verbatim": Converter(doc="the text as it stands", read=str, write=str, makes=str),
    "code": Converter(doc="a code: the text with single spaces within it", read=_code, write=str, makes=str),
    "boolean": Converter(
        doc="true or false (1, 0)",
        read=_boolean,
        write=lambda value: "true" if value else "false",
        makes=bool,
        kind="boolean",
    ),
    "is-a-time": Converter(
        doc="true when a time that can be read stands there; has no way back",
        read=_is_a_time,
        write=lambda _value: "",
        makes=bool,
    ),
    "decimal": Converter(
        doc="a number with all its digits", read=_decimal, write=str, makes=Decimal, kind="number"
    ),
    "count": Converter(
        doc="a whole number, kept as its digits", read=_count, write=str, makes=str, kind="number"
    ),
    "date": Converter(
        doc="a date as precise as it is said: YYYY, YYYYMM, YYYYMMDD, or with hyphens",
        read=partial_date,
        write=lambda value: str(value.value),
        makes=PartialDate,
    ),
    "moment": Converter(
        doc="a time, ISO 8601 or YYYYMMDDhhmmss; goes back as ISO 8601",
        read=moment,
        write=lambda value: str(value.value),
        makes=Moment,
    ),
    "timestamp": Converter(
        doc="a time, ISO 8601 or YYYYMMDDhhmmss; goes back as YYYYMMDDhhmmss",
        read=moment,
        write=_timestamp,
        makes=Moment,
    ),
    "person-id": Converter(
        doc="an identity number without an OID beside it",
        read=person_id,
        write=lambda value: str(value.value),
        makes=PersonId,
    ),
    "hsa-id": Converter(
        doc="an HSA-id; one that breaks the rule is kept and marked",
        read=read_hsa_id,
        write=lambda value: str(value.value),
        makes=HsaId,
    ),
}

__all__ = ["CONVERTERS", "Converter", "Read"]
