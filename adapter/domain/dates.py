"""Dates as people write them in Swedish running text: "2026-09-30", "30/9 2026", "30 september 2026"."""

from __future__ import annotations

import re

from adapter.domain.when import PartialDate
from adapter.frozen import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan",
            "februari feb",
            "mars mar",
            "april apr",
            "maj",
            "juni jun",
            "juli jul",
            "augusti aug",
            "september sept sep",
            "oktober okt",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(_MONTHS)
_SAID = (
    r"(?<!\w)(?=[0-9jfmasondv])(?:"  # one quick look first: a figure, a month's or a week's first letter
    r"(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])|[0-9]{4}-[0-9]{2}(?![0-9]|-[0-9]))"
    r"|(?<!-)(?P<compact>(?:19|20)[0-9]{6})(?![0-9]|[-+][0-9])"
    r"|(?:(?P<other>[0-9]{1,2})\s?(?:[-–/]|och|eller)\s?)?(?P<day>[0-9]{1,2})(?::?e|:a|\.)?\s?"
    rf"(?P<month>{_MONTH})\b\.?(?:\s(?P<year>[0-9]{{4}})(?![0-9]))?"
    rf"|(?P<only_month>{_MONTH})\.?\s(?P<its_year>[0-9]{{4}})(?![0-9])"
    r"|(?<!/)(?P<slash_day>[0-9]{1,2})/(?P<slash_month>[0-9]{1,2})(?![0-9/]|\s?(?:tabl|kaps|dos|dl|l\b|liter))"
    r"(?:(?:\s?-\s?|\s)(?P<slash_year>[0-9]{4}|[0-9]{2}(?!\s?[0-9.:]))(?![0-9]))?"
    r"|[0-9]{1,4}(?P<sign>[.-])[0-9]{1,2}(?P=sign)[0-9]{2,4}(?![0-9])|[0-9]{6}(?=,?\s?kl\b)"
    r"|(?:v\.?|vecka|veckorna)\s?(?P<week>[0-9]{1,2})\b"
)
_DATE = re.compile(_SAID + ")")
_DATE_OR_YEAR = re.compile(_SAID + r"|(?P<bare>(?:19|20)[0-9]{2})(?![0-9]))")
_NAMES = ("iso", "compact", "other", "day", "month", "year", "only_month", "its_year")
_CENTURY_SAID = 4


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date in a text, from ``start`` to ``end``; ``value`` is None when it is not surely one day."""

    start: int
    end: int
    value: PartialDate | None


def dates_in(text: str, *, with_years: bool = False) -> list[SaidDate]:
    """Every date said in a text, in order; a year alone counts only when asked for.

    Without a value: a week, a date without a year or with two figures of it, two days in one
    ("14-16 april 2026"), one that is written otherwise ("14.4.2026"), and a date that is not in the calendar.
    """
    pattern = _DATE_OR_YEAR if with_years else _DATE
    small = text.lower()
    if len(small) != len(text):  # İ: places would not agree
        small = text
    return [SaidDate(found.start(), found.end(), _value(found)) for found in pattern.finditer(small)]


def _value(found: re.Match[str]) -> PartialDate | None:
    parts = _parts(found) or _year(found)
    try:
        return PartialDate("-".join(parts)) if parts else None
    except ValueError:
        return None


def _parts(found: re.Match[str]) -> tuple[str, ...]:
    """Year, month and day of a match as figures; empty when one of them is not said."""
    iso, compact, other, day, month, year, only_month, its_year = found.group(*_NAMES)
    if iso:
        return (iso,)
    if compact:
        return (compact[:4], compact[4:6], compact[6:])
    if only_month:
        return (its_year, f"{_MONTHS[only_month]:02}")
    if year and not other:
        return (year, f"{_MONTHS[month]:02}", day.zfill(2))
    return _slashed(found)


def _year(found: re.Match[str]) -> tuple[str, ...]:
    """A year alone, where one counts."""
    return (found[0],) if found.re is _DATE_OR_YEAR and found["bare"] else ()


def _slashed(found: re.Match[str]) -> tuple[str, ...]:
    """Day, month and year of a date with a slash; a year of two figures is not said."""
    day, month, year = found.group("slash_day", "slash_month", "slash_year")
    if len(year or "") != _CENTURY_SAID:
        return ()
    return (year, month.zfill(2), day.zfill(2))
