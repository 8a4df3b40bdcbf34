"""Dates, times and their precision.

https://hl7.org/fhirpath/N1/#datetime-comparison
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from adapter.recalled import recalled

_FORM = re.compile(
    r"(?:(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?)?(?:(T)(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?)?)?(Z|[+-]\d{2}:\d{2})?"
)
_TIME = re.compile(r"T?(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?")
UNITS = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5, "week": 2, "millisecond": 5}
FEBRUARY_MAX, SECONDS = 28, 5


class Temporal:
    """A date, date and time, or time: as many parts as were given, and the zone in minutes or None."""

    __slots__ = ("kind", "parts", "text", "zone")

    def __init__(self, kind: str, parts: tuple[int | Decimal, ...], zone: int | None, text: str) -> None:
        self.kind, self.parts, self.zone, self.text = kind, parts, zone, text

    @property
    def precision(self) -> int:
        """How many parts were given."""
        return len(self.parts)

    def compare(self, other: Temporal) -> int | None:
        """-1, 0 or 1; None when the precision does not tell."""
        if (self.kind == "Time") != (other.kind == "Time"):
            return None
        a, b = self._normal(other), other._normal(self)
        if a is None or b is None:
            return None
        for one, two in zip(a, b, strict=False):
            if one != two:
                return -1 if one < two else 1
        return 0 if len(a) == len(b) else None

    def _normal(self, other: Temporal) -> tuple[int | Decimal, ...] | None:
        """The parts, in UTC when both have a zone."""
        if self.kind == "Time" or self.precision < 4 or other.precision < 4:  # noqa: PLR2004 no time of day
            return self.parts
        if (self.zone is None) != (other.zone is None):
            return None
        if not self.zone:
            return self.parts
        try:
            moment = self._moment() - timedelta(minutes=self.zone)
        except (ValueError, OverflowError):  # no moment of the calendar: year 0, 30 February, hour 24
            return None
        parts: tuple[int | Decimal, ...] = (moment.year, moment.month, moment.day, moment.hour, moment.minute)
        return (
            (*parts[: self.precision], *self.parts[5:])
            if self.precision > SECONDS
            else parts[: self.precision]
        )

    def _moment(self) -> datetime:
        whole = [int(p) for p in self.parts[:5]] + [0] * (5 - len(self.parts[:5]))
        return datetime(*whole, tzinfo=UTC)  # type: ignore[misc, arg-type]  # five integers

    def add(self, amount: Decimal, unit: str) -> Temporal | None:
        """The moment so many calendar units later; None when it leaves the calendar."""
        unit = unit.removesuffix("s")
        if unit not in UNITS or (self.kind == "Time" and UNITS[unit] < 3):  # noqa: PLR2004 no days in a time
            return None
        if self.kind == "Time":
            return self._add_time(amount, unit)
        try:
            return self._add_date(amount, unit)
        except (ValueError, OverflowError):
            return None

    def _add_time(self, amount: Decimal, unit: str) -> Temporal:
        scale: dict[str, Decimal | int] = {
            "hour": 3600,
            "minute": 60,
            "second": 1,
            "millisecond": Decimal("0.001"),
        }
        numbers = [*self.parts, 0, 0][:3]
        total = (numbers[0] * 3600 + numbers[1] * 60 + numbers[2] + amount * scale[unit]) % 86400
        parts = (int(total // 3600), int(total % 3600 // 60), total % 60)[: self.precision]
        return Temporal("Time", parts, None, _write_time(parts))

    def _add_date(self, amount: Decimal, unit: str) -> Temporal:
        year, month, day = (*(int(p) for p in self.parts[:3]), 1, 1)[:3]
        count = int(amount)
        if unit in ("year", "month"):
            months = year * 12 + month - 1 + count * (12 if unit == "year" else 1)
            year, month = divmod(months, 12)
            month += 1
            day = min(day, monthrange(year, month)[1])
            return self._with((year, month, day, *self.parts[3:])[: self.precision])
        if self.precision < 3:  # noqa: PLR2004 a partial date: whole months and years only
            days = count * (7 if unit == "week" else 1)
            months = {"week": days // 30, "day": count // 30}.get(unit, 0)
            return self._add_date(
                Decimal(months if self.precision == 2 else months // 12),  # noqa: PLR2004 see the line
                "month" if self.precision == 2 else "year",  # noqa: PLR2004 see the line
            )
        scale: dict[str, Decimal | int] = {
            "week": 604800,
            "day": 86400,
            "hour": 3600,
            "minute": 60,
            "second": 1,
            "millisecond": Decimal("0.001"),
        }
        if self.precision == 3:  # noqa: PLR2004 a whole day
            moment = self._moment() + timedelta(days=int(amount * scale[unit] // 86400))
            return self._with((moment.year, moment.month, moment.day))
        second = Decimal(self.parts[5]) if self.precision > SECONDS else Decimal(0)
        total = second + amount * scale[unit]
        minutes, second = divmod(total, 60)
        moment = self._moment() + timedelta(minutes=int(minutes))
        parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, second)
        return self._with(parts[: self.precision])

    def _with(self, parts: tuple[int | Decimal, ...]) -> Temporal:
        return Temporal(self.kind, parts, self.zone, _write(parts, self.zone))


def _write_time(parts: tuple[int | Decimal, ...]) -> str:
    return ":".join(f"{int(p):02}" if i < 2 or p == int(p) else f"{p:06.3f}" for i, p in enumerate(parts))  # noqa: PLR2004 see the line


def _write(parts: tuple[int | Decimal, ...], zone: int | None) -> str:
    text = f"{int(parts[0]):04}" + "".join(f"-{int(p):02}" for p in parts[1:3])
    if len(parts) > 3:  # noqa: PLR2004 a time of day too
        text += "T" + _write_time(parts[3:])
        if zone is not None:
            text += (
                "Z" if zone == 0 else f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
            )
    return text


@recalled(2048)  # the same days come again and again
def parse_temporal(text: str, kind: str = "") -> Temporal | None:
    """A date, date and time, or time as FHIR and FHIRPath write them; None when it is none."""
    if kind == "Time" or (not kind and text.startswith("T")):
        return _parse_time(text)
    if len(text) == len("2026-03-01") and (day := _day(text)) is not None:
        return Temporal(kind or "Date", (day.year, day.month, day.day), None, text)
    match = _FORM.fullmatch(text)
    if not match or not match[1]:
        return None
    numbers: list[int | Decimal] = [
        int(g) for g in (match[1], match[2], match[3], match[5], match[6]) if g is not None
    ]
    if match[7]:
        numbers.append(Decimal(f"{match[7]}.{match[8] or 0}"))
    if (match[2] and not 1 <= int(match[2]) <= 12) or (match[3] and not _day_exists(match)):  # noqa: PLR2004 months
        return None
    return Temporal(kind or ("DateTime" if match[4] else "Date"), tuple(numbers), _zone(match[9]), text)


def _day(text: str) -> date | None:
    """A whole day as it is nearly always written."""
    if text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_exists(match: re.Match[str]) -> bool:
    day, year = int(match[3]), int(match[1])
    return 1 <= day <= (FEBRUARY_MAX if year == 0 else monthrange(year, int(match[2]))[1])


def _parse_time(text: str) -> Temporal | None:
    match = _TIME.fullmatch(text)
    if not match or int(match[1]) > 23:  # noqa: PLR2004 hours
        return None
    numbers: list[int | Decimal] = [int(g) for g in (match[1], match[2]) if g is not None]
    if match[3]:
        numbers.append(Decimal(f"{match[3]}.{match[4] or 0}"))
    return Temporal("Time", tuple(numbers), None, text)


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def of_moment(moment: datetime) -> Temporal:
    """A moment as a date and time."""
    moment = moment.astimezone(timezone.utc) if moment.tzinfo else moment  # noqa: UP017 both are right
    found = parse_temporal(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert found is not None  # noqa: S101 written just above
    return found
