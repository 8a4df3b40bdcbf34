"""The primitive types of R4: JSON kind, format, range and length.

https://hl7.org/fhir/R4/datatypes.html#primitive

A checker takes a value that is there and returns "" or the name of the rule that it breaks.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal

Check = Callable[[object], str]
ABSOLUTE = ("http:", "https:", "urn:")  # how an address of a system, or a series of numbers begins
MAX_STRING = 1024 * 1024
INT_MAX = 2**31 - 1
_YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATE = re.compile(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_DATE_TIME = re.compile(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T{_CLOCK}{_ZONE})?)?)?")
_INSTANT = re.compile(rf"{_YEAR}-{_DAY}T{_CLOCK}{_ZONE}")
# Whole seconds, as HL7's validator has it.
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)")
_CODE = re.compile(r"[^\s]+( [^\s]+)*")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
# No blank space of ASCII in it, and none of Unicode around it: the second is HL7's validator's.
_BLANK = r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_URI = re.compile(rf"(?!{_BLANK})[^\t-\r ]+(?<!{_BLANK})")
# Roots of three arcs name no system of anybody's (1.3 apart), so HL7's validator refuses them.
_OID = re.compile(r"urn:oid:(?=1\.3|.{4,}\.[^.]*$)[0-2](\.(0|[1-9][0-9]*))+")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CANONICAL_TAIL = re.compile(r"(\|[^#]*)?(#.*)?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BASE64 = re.compile(r"[0-9A-Za-z+/=]+")
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_TEXT_URI = re.compile(r"(oid|uuid):", re.IGNORECASE)


def of_some_text(check: Callable[[str], str]) -> Check:
    """A check of a text: another kind of value, and an empty text, are told before it is asked."""

    def whole_check(value: object) -> str:
        if type(value) is not str:
            return "json-type"
        return check(value) if value else "value-empty"

    whole_check.__doc__ = check.__doc__
    return whole_check


@of_some_text
def text(value: str) -> str:
    """``string`` and ``markdown``: some text, at most a megabyte."""
    if len(value) > MAX_STRING:
        return "too-long"
    if value.isprintable() and value[0] != " " and value[-1] != " ":
        return ""
    return odd_text(value)


def odd_text(value: str) -> str:
    """What R4 says a text should not be; told as warnings."""
    if not value.strip():
        return "text-blank"
    if _CONTROL.search(value):
        return "text-control"
    return "text-space" if value[0] in " \n\r\t" or value[-1] in " \n\r\t" else ""


def markdown(value: object) -> str:
    """Markdown may begin and end with space."""
    rule = text(value)
    return "" if rule == "text-space" else rule


def boolean(value: object) -> str:
    """JSON true or false."""
    if value is True or value is False:
        return ""
    return "format" if isinstance(value, str) and value not in {"true", "false"} else "json-type"


def whole(minimum: int) -> Check:
    """An integer in a range of 32 bits."""

    def check(value: object) -> str:
        if type(value) is int:
            return "" if minimum <= value <= INT_MAX else "range"
        return "format" if isinstance(value, (Decimal, float, str)) else "json-type"

    return check


def decimal(value: object) -> str:
    """A JSON number."""
    if type(value) in (int, Decimal, float):
        return ""
    return "format" if isinstance(value, str) and not DECIMAL.fullmatch(value) else "json-type"


def matching(pattern: re.Pattern[str]) -> Check:
    """A string of one form."""
    match = pattern.fullmatch

    @of_some_text
    def check(value: str) -> str:
        return "" if match(value) else "format"

    return check


def dated(pattern: re.Pattern[str]) -> Check:
    """A date, or a date and time, that is in the calendar."""
    match = pattern.fullmatch

    @of_some_text
    def check(value: str) -> str:
        if not match(value):
            return "date-zone" if match(value + "Z") else "format"
        if len(value) >= 10 and int(value[8:10]) > 28:  # noqa: PLR2004 no month is shorter
            return (
                "" if int(value[8:10]) <= monthrange(int(value[:4]), int(value[5:7]))[1] else "date-calendar"
            )
        return ""

    return check


@of_some_text
def uri(value: str) -> str:
    """No spaces; an OID or UUID in its own form."""
    if not _URI.fullmatch(value):
        return "format"
    if value.startswith("urn:oid:"):
        return "" if _OID.fullmatch(value) else "uri-oid"
    if value.startswith("urn:uuid:"):
        return "" if _UUID.fullmatch(value) else "uri-uuid"
    return "uri-prefix" if _TEXT_URI.match(value) else ""


def canonical(value: object) -> str:
    """A URI that may name a version and a fragment."""
    if type(value) is str and value.startswith("urn:"):
        return uri(_CANONICAL_TAIL.sub("", value))
    return uri(value)


@of_some_text
def code(value: str) -> str:
    """A token without leading, trailing or doubled spaces."""
    return "" if value.isalnum() or _CODE.fullmatch(value) else "code-space"


@of_some_text
def base64_binary(value: str) -> str:
    """Base64: characters of its alphabet, in fours; R4 allows white space between them."""
    if is_dense_base64(value):
        return ""
    packed = "".join(value.split())
    return "" if len(packed) % 4 == 0 and _BASE64.fullmatch(packed) else "format"


def is_dense_base64(value: str) -> bool:
    """Base64 without any white space, as it nearly always is."""
    try:
        a2b_base64(value, strict_mode=True)
    except ValueError:
        return False
    return True


CHECKS: dict[str, Check] = {
    "boolean": boolean,
    "integer": whole(-(2**31)),
    "unsignedInt": whole(0),
    "positiveInt": whole(1),
    "decimal": decimal,
    "string": text,
    "markdown": markdown,
    "code": code,
    "id": matching(ID),
    "uri": uri,
    "url": uri,
    "canonical": canonical,
    "oid": matching(_OID),
    "uuid": matching(_UUID),
    "date": dated(_DATE),
    "dateTime": dated(_DATE_TIME),
    "instant": dated(_INSTANT),
    "time": matching(_TIME),
    "base64Binary": base64_binary,
    "xhtml": text,
}
WARNINGS = frozenset({"text-blank", "text-control", "text-space"})
