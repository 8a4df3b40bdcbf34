"""Dates as ranges: a date of any precision is the time from its first to its last millisecond.

https://hl7.org/fhir/R4/search.html#date. Dates and times without zone are Europe/Stockholm.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

NEVER = -(2**53)  # the low end of a period without start; fits JSON and every database
FOREVER = 2**53  # the high end of a period without end

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


@lru_cache(maxsize=16384)
def date_range(text: str) -> tuple[int, int]:
    """``2026-02`` → its first and last millisecond, in milliseconds UTC since 1970.

    Raises ValueError when the text is no FHIR date, dateTime or instant.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"not a FHIR date: {text!r}")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    start = datetime(  # noqa: DTZ001 - the zone comes below, as stated or Stockholm
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
    )
    if fraction:
        low = to_milliseconds(_zoned(start, zone)) + int(fraction[:3].ljust(3, "0"))
        return low, low
    return to_milliseconds(_zoned(start, zone)), _last(start, match)


def date_bounds(text: str) -> tuple[str, str]:
    """The same range as ISO 8601 in UTC, as a search criterion carries it. Raises ValueError."""
    low, high = date_range(text)
    return to_iso(low), to_iso(min(high, _LAST))


def _last(start: datetime, match: re.Match[str]) -> int:
    try:
        return to_milliseconds(_zoned(_end(start, match), match[8])) - 1
    except (ValueError, OverflowError):  # 9999-12-31, as some write "for ever"
        return FOREVER


def _end(start: datetime, match: re.Match[str]) -> datetime:
    """The first moment after the stated precision, in the same local time."""
    _, month, day, hour, _, second, _, _ = match.groups()
    if second:
        return start + timedelta(seconds=1)
    if hour:
        return start + timedelta(minutes=1)
    if day:
        return start + timedelta(days=1)
    if month:
        return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start.replace(year=start.year + 1)


def _zoned(moment: datetime, zone: str | None) -> datetime:
    if zone is None:
        return moment.replace(tzinfo=_STOCKHOLM)
    if zone == "Z":
        return moment.replace(tzinfo=UTC)
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    try:
        return (moment - offset if zone[0] == "+" else moment + offset).replace(tzinfo=UTC)
    except OverflowError as problem:  # the first hours of year 1
        raise ValueError("before all time") from problem


def to_milliseconds(moment: datetime) -> int:
    """An aware time as milliseconds UTC since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


@lru_cache(maxsize=1024)  # the versions of one message share their time
def from_milliseconds(milliseconds: int) -> datetime:
    """The aware UTC time of a count of milliseconds."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


@lru_cache(maxsize=1024)  # as above
def to_iso(milliseconds: int) -> str:
    """``2026-02-01T09:14:00.000Z``, the form of ``meta.lastUpdated``."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def in_range(prefix: str, low: Any, high: Any, first: Any, last: Any) -> bool:
    """A range of the resource (low, high) against one that is asked for, by FHIR's prefixes."""
    return bool(
        {
            "eq": first <= low and high <= last,
            "ne": not (first <= low and high <= last),
            "gt": high > last,
            "ge": high >= first,
            "lt": low < first,
            "le": low <= last,
            "sa": low > last,
            "eb": high < first,
            "ap": low <= last and high >= first,
        }[prefix]
    )
