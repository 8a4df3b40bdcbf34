"""Dates and times that keep their precision: a date's precision is never invented.

Senders' times are written with Stockholm's offset (canonical-models §1, "Times"). A local time that
occurs twice means its first occurrence, with a finding; one that does not exist is refused.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from adapter.domain.reading import NOWHERE, Place, Read
from adapter.frozen import dataclass

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_AT = "domain.when"
_STANDARD = timezone(timedelta(hours=1))
_FIRST_YEAR_OF_STANDARD_TIME = 1900  # before it the zone has odd seconds, which no format can write
_FIRST_STANDARD_TIME = str(_FIRST_YEAR_OF_STANDARD_TIME)

_OFFSETS: dict[timedelta | None, str] = {  # all that the zone has had since then
    timedelta(hours=1): "+01:00",
    timedelta(hours=2): "+02:00",
}
_WHOLE = len("20260312101400")

_YEAR = "(?:1[89]|[2-9][0-9])[0-9]{2}"  # an earlier year is a system's word for "no date"
_DATE = re.compile(_YEAR + r"(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_MOMENT = re.compile(
    _YEAR + r"(?:-[0-9]{2}(?:-[0-9]{2}"
    r"(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))?)?)?"
)
_CLOCK = r"(?P<rest>[.,][0-9]{1,9})?)?)?\s?(?P<zone>Z|z|[+-][0-9]{2}:?(?:[0-9]{2})?)?"
_COMPACT = re.compile(  # RIV TA, ISO 21090: YYYYMMDDhhmmss
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})"
    r"(?:(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})" + _CLOCK + r")?)?)?"
)
_DASHED = re.compile(  # ISO 8601; a space for T and dots for colons are taken too
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2})(?:[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})" + _CLOCK + r")?)?)?"
)
_UNREADABLE = "Tiden går inte att läsa. Skriv den som ÅÅÅÅ-MM-DD eller ÅÅÅÅMMDDttmmss."
_IMPOSSIBLE = "Datumet eller klockslaget finns inte. Rätta det och skicka igen."
_MISSING_HOUR = "Klockslaget finns inte det dygnet, då sommartiden börjar. Rätta det och skicka igen."
_DOUBLED = (
    "Klockslaget inträffar två gånger det dygnet, då sommartiden slutar; det första har valts. "
    "Skicka tiden med tidszon om det andra menades."
)
_NO_MINUTES = "Klockslaget saknar minuter, så bara datumet har använts. Skicka tiden med minuter."


def _check_date(text: str) -> None:
    """Raise ValueError when a date as precise as it was said is not in the calendar."""
    year, month, day = text[:4], text[5:7] or "01", text[8:10] or "01"
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(_IMPOSSIBLE) from None


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as it was said: ``2026``, ``2026-03`` or ``2026-03-12``.

    Raises ValueError when it is written otherwise or is not in the calendar.
    """

    value: str

    def __post_init__(self) -> None:
        if not _DATE.fullmatch(self.value):
            raise ValueError(_UNREADABLE)
        _check_date(self.value)

    @property
    def is_whole(self) -> bool:
        """Whether year, month and day are said."""
        return len(self.value) == len("2026-03-12")

    def first_day(self) -> date:
        """The earliest day that it can mean."""
        return date.fromisoformat((self.value + "-01-01")[:10])

    def last_day(self) -> date:
        """The latest day that it can mean."""
        if self.is_whole:
            return self.first_day()
        year, month = int(self.value[:4]), int(self.value[5:] or 12)
        return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as precise as it was said.

    ``2026``, ``2026-03``, ``2026-03-12`` or ``2026-03-12T10:14:00+01:00`` (seconds and offset
    always there once there is a time of day). Raises ValueError when it is written otherwise or
    cannot be.
    """

    value: str

    def __post_init__(self) -> None:
        if not _MOMENT.fullmatch(self.value):
            raise ValueError(_UNREADABLE)
        if len(self.value) <= len("2026-03-12"):
            _check_date(self.value)
            return
        try:
            datetime.fromisoformat(self.value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(_IMPOSSIBLE) from None

    @property
    def has_time(self) -> bool:
        """Whether a time of day is said."""
        return "T" in self.value

    @property
    def day(self) -> PartialDate:
        """The date part, as precise as it was said."""
        return PartialDate(self.value[:10])

    def instant(self) -> datetime | None:
        """The aware datetime, or None when no time of day is said."""
        return datetime.fromisoformat(self.value) if self.has_time else None

    def earliest(self) -> datetime:
        """The first instant that it can mean, in UTC; for ordering."""
        instant = self.instant()
        if instant is None:
            first = self.day.first_day()
            instant = datetime(first.year, first.month, first.day, tzinfo=_zone(first.year))
        return instant.astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of the month a number of months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _zone(year: int) -> ZoneInfo | timezone:
    return STOCKHOLM if year >= _FIRST_YEAR_OF_STANDARD_TIME else _STANDARD


def written(instant: datetime) -> Moment:
    """An aware datetime as a moment with Stockholm's offset; fractions only when there are any."""
    return _of(instant.astimezone(_zone(instant.year)).isoformat())


def _of(value: str) -> Moment:
    """The moment of a datetime with an offset: there it is, so only its year is in question."""
    if value < _FIRST_STANDARD_TIME:
        return Moment(value)
    made = object.__new__(Moment)
    object.__setattr__(made, "value", value)
    return made


def partial_date(text: str) -> PartialDate:
    """Read ``YYYY``, ``YYYYMM``, ``YYYYMMDD`` or the same with hyphens; ValueError when it is none."""
    found = _match(text)
    if found["hour"]:
        raise ValueError(_UNREADABLE)
    return PartialDate("-".join(filter(None, found.group("year", "month", "day"))))


def moment(text: str, place: Place = NOWHERE) -> Read[Moment]:
    """Read a sender's time: ISO 21090 ``YYYYMMDDhhmmss`` or ISO 8601, as precise as it is.

    Without a zone it is Stockholm's time. Findings: ``time-doubled`` (first occurrence taken) and
    ``rule-applied`` (an hour without minutes: the date alone is kept). Raises ValueError, in Swedish,
    when it cannot be read, cannot be, or names an hour that the clock skipped.
    """
    value, told = _moment(text)
    return Read(value, (place.finding(*told),)) if told else Read(value)


_Told = tuple[str, str, str, str]  # a finding's code, at, what and value


@lru_cache(maxsize=16)  # the same time stands several times in a message: signed, attested, version
def _moment(text: str) -> tuple[Moment, _Told | None]:
    if len(text) == _WHOLE and text.isascii() and text.isdecimal():  # nearly always
        return _local(_datetime(f"{text[:8]}T{text[8:]}"))
    found = _match(text)
    if not found["minute"]:
        day = Moment("-".join(filter(None, found.group("year", "month", "day"))))
        return day, ("rule-applied", _AT, _NO_MINUTES, text) if found["hour"] else None
    said = _datetime(_iso(found))
    if said.tzinfo is None:
        return _local(said)
    try:
        return written(said), None
    except (ValueError, OverflowError):
        raise ValueError(_IMPOSSIBLE) from None


def _datetime(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_IMPOSSIBLE) from None


def local_moment(naive: datetime, place: Place = NOWHERE) -> Read[Moment]:
    """A local time in Stockholm as a moment; ValueError when the clock skipped it."""
    value, told = _local(naive)
    return Read(value, (place.finding(*told),)) if told else Read(value)


def _local(naive: datetime) -> tuple[Moment, _Told | None]:
    zone = _zone(naive.year)
    offset = zone.utcoffset(naive)
    local = _of(naive.isoformat() + _OFFSETS[offset])
    if offset == zone.utcoffset(naive.replace(fold=1)):
        return local, None
    if naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError(_MISSING_HOUR)
    return local, ("time-doubled", _AT, _DOUBLED, naive.isoformat(" ", "minutes"))


def _match(text: str) -> re.Match[str]:
    text = text.strip()
    found = _COMPACT.fullmatch(text) or _DASHED.fullmatch(text)
    if found is None:
        raise ValueError(_UNREADABLE)
    return found


def _iso(found: re.Match[str]) -> str:
    """The matched parts as ISO 8601 that the standard library reads; fractions to microseconds."""
    year, month, day, hour, minute = found.group("year", "month", "day", "hour", "minute")
    rest = (found["rest"] or "")[:7].replace(",", ".")
    rest = rest.ljust(7, "0") if rest else ""
    zone = (found["zone"] or "").replace(":", "").upper()
    return f"{year}-{month}-{day}T{hour}:{minute}:{found['second'] or '00'}{rest}{zone}"
