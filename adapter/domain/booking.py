"""Booked times in words: "Återbesök 2026-04-14 kl 10.00 hos dr Lind"."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from adapter.domain.agreement_parts import NextStep
from adapter.domain.dates import SaidDate, dates_in
from adapter.domain.lines import LONGEST_LINE
from adapter.domain.names import somebody_in
from adapter.domain.people import Professional
from adapter.domain.reading import NOWHERE, Place, Read
from adapter.domain.when import Moment, PartialDate, local_moment
from adapter.findings import Finding

_AT = "domain.booking"
_HOUR = r"([0-9]{1,2})(?:[.:]([0-9]{2}))?"
_TO = rf"(?:\s?(?:[-–—]|till)\s?(?:kl(?:ockan|\.)?\s?)?{_HOUR})?(?![0-9])"
_CLOCK = re.compile(rf"\bkl(?:ockan|\.)?\s?{_HOUR}{_TO}", re.IGNORECASE)
_BARE_CLOCK = re.compile(rf"[,T]?\s*([0-9]{{1,2}})[.:]([0-9]{{2}}){_TO}(?![.:]?[0-9])")
_CLOCK_IN_ONE = re.compile(  # "kl 1000", "kl 0830-0900"
    r"(\bkl(?:ockan|\.)?\s?)([0-9]{2})([0-9]{2})(?:(\s?[-–—]\s?)([0-9]{2})([0-9]{2}))?(?![0-9]|\s?(?:mg|g|µg|ml|ie|e)\b)",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"[\s,(]{1,2}([0-9]{1,3})\s?min(?:uter|\.)?(?!\w)(?!\s(?:före|innan|efter|i förväg|tidigare))",
    re.IGNORECASE,
)
_LIMITS = frozenset(
    [
        *(
            "senast",
            "senaste",
            "före",
            "innan",
            "efter",
            "tidigast",
            "från",
            "from",
            "fr.o.m",
            "till",
            "t.o.m",
            "tom",
        ),
        *("omkring", "runt", "ca", "cirka", "sedan", "född", "f", "o.m", "och med", "o m", "o. m"),
    ]
)
_MAYBE = ("prel", "ev", "eventuell")  # beginnings of words
_BETWEEN = frozenset({"den", "på", "tid"})
_WEEKDAYS = frozenset({"mån", "tis", "ons", "tor", "fre", "lör", "sön"})
_SIGNS = str.maketrans(",.:;()-–—", "         ")
_CALLED_OFF = re.compile(
    r"avbok|inställ|ombok|utebl|flyttad|återbud|mellan kl|\A\s*(?:ej|inte|inget|ingen)\b"
)
_DAY = r"(mån|tis|ons|tors|fre|lör|sön)dag(?:en)?"
_DAY_BEFORE = re.compile(rf"\b{_DAY}[\s,.(]*(?:den\s)?\Z")
_DAY_AFTER = re.compile(rf"[\s,.(]{{0,3}}{_DAY}\b")
_DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
_LIMIT_LENGTH = 32  # how far before a date a limit is looked for
_HAS_DATE = re.compile(r"[0-9]")
_UNREAD = (
    "Tiden går inte säkert att läsa och har sparats som text. "
    "Skriv en enda tid på raden, med år: ”2026-04-14 kl 10.00–10.30”."
)
_PAST = "Datumet ligger före anteckningens datum och har sparats som text. Kontrollera datumet."
_LAST_HOUR, _LAST_MINUTE = 23, 59


def read_next_step(text: str, noted_on: Moment | None = None, place: Place = NOWHERE) -> Read[NextStep]:
    """Read one line of planning: start, end and whom, when they are surely said.

    One date with its year, and at most one time of day, make a start; a span or a length of minutes
    right after it makes an end. A date alone keeps its precision. Several dates, a week, a date
    without its year, a limit ("senast"), a weekday that is another, a time called off or one before the note
    stay as text with ``booking-unread``.
    """
    origins = {"": place.where}
    if len(text) > LONGEST_LINE:
        return Read(
            NextStep(text=text, origins=origins), (place.finding("booking-unread", _AT, _UNREAD, text),)
        )
    if not _HAS_DATE.search(text):
        return Read(NextStep(text=text, holder=_holder(text), origins=origins))
    plain = _CLOCK_IN_ONE.sub(_clock_parted, unicodedata.normalize("NFC", text))
    days = dates_in(plain)
    if not days:
        return Read(NextStep(text=text, holder=_holder(text), origins=origins))
    try:
        start, end, findings = _booked(plain, days, place)
    except ValueError:
        return Read(
            NextStep(text=text, origins=origins), (place.finding("booking-unread", _AT, _UNREAD, text),)
        )
    if noted_on and _is_before(start.value, noted_on.value):
        return Read(
            NextStep(text=text, origins=origins), (place.finding("booking-unread", _AT, _PAST, text),)
        )
    return Read(NextStep(text=text, start=start, end=end, holder=_holder(text), origins=origins), findings)


def next_step_written(
    words: str,
    start: Moment | None = None,
    end: Moment | None = None,
    holder: Professional | None = None,
    *,
    noted_on: Moment | None = None,
) -> NextStep:
    """A step in words that are read back to the same time and person: ``words`` is what it is about."""
    parts = [words.strip() or "Besök"]
    if start:
        parts.append(_time_written(start, end))
    if holder:
        parts.append(f"hos {holder.title.partition(',')[0]} {holder.name}".replace("  ", " "))
    return read_next_step(" ".join(parts), noted_on).value


def _time_written(start: Moment, end: Moment | None) -> str:
    if not start.has_time:
        return start.value
    until = f"–{end.value[11:16]}" if end and end.value[:10] == start.value[:10] else ""
    return f"{start.value[:10]} kl {start.value[11:16]}{until}"


def _holder(text: str) -> Professional | None:
    return somebody_in(unicodedata.normalize("NFC", text)) if "hos " in text or "med " in text else None


def _clock_parted(found: re.Match[str]) -> str:
    label, hour, minute, to, last_hour, last_minute = found.groups()
    return f"{label}{hour}.{minute}" + (f"{to}{last_hour}.{last_minute}" if to else "")


def _is_before(day: str, other: str) -> bool:
    """Whether a day is surely before another, as far as both are said."""
    said = min(len(day), len(other), len("2026-03-12"))
    return day[:said] < other[:said]


_Booked = tuple[Moment, Moment | None, tuple[Finding, ...]]


def _booked(text: str, days: list[SaidDate], place: Place) -> _Booked:
    """Start and end; ValueError when they are not surely said."""
    said = days[0]
    small = text.lower()
    if len(days) > 1 or said.value is None or _CALLED_OFF.search(small):
        raise ValueError(_UNREAD)
    if _is_limited(small[max(said.start - _LIMIT_LENGTH, 0) : said.start]):
        raise ValueError(_UNREAD)
    if "dag" in small and _is_another_weekday(said, small):
        raise ValueError(_UNREAD)
    clocks = list(_CLOCK.finditer(text)) if "kl" in small else []
    if len(clocks) > 1:
        raise ValueError(_UNREAD)
    clock = clocks[0] if clocks else _BARE_CLOCK.match(text, said.end)
    if clock is None:
        return Moment(said.value.value), None, ()
    if not _is_beside(said, clock, small):
        raise ValueError(_UNREAD)
    return _at_clock(said.value, clock, _LENGTH.match(text, clock.end()), place)


def _is_beside(said: SaidDate, clock: re.Match[str], text: str) -> bool:
    """Whether a time of day stands by its date: "kl 8, start 2026-04-14" may be the time of a dose."""
    between = text[said.end : clock.start()] or text[clock.end() : said.start]
    return all(word in _BETWEEN or word[:3] in _WEEKDAYS for word in between.translate(_SIGNS).split())


def _is_another_weekday(said: SaidDate, text: str) -> bool:
    """Whether the weekday beside a date is not the date's own: one of the two is wrong."""
    beside = _DAY_BEFORE.search(text[max(said.start - _LIMIT_LENGTH, 0) : said.start])
    beside = beside or _DAY_AFTER.match(text, said.end)
    if beside is None or said.value is None or not said.value.is_whole:
        return False
    return _DAYS[date.fromisoformat(said.value.value).weekday()] != beside[1]


def _is_limited(before: str) -> bool:
    """Whether the words before a date make it a limit or a maybe: "senast", "t.o.m.", "prel."."""
    words = before.split()
    if words and words[-1] == "den":
        del words[-1]
    if not words:
        return False
    last, two = words[-1].rstrip(".:"), " ".join(words[-2:]).rstrip(".:")
    return last in _LIMITS or two in _LIMITS or last.startswith(_MAYBE)


def _at_clock(day: PartialDate, clock: re.Match[str], length: re.Match[str] | None, place: Place) -> _Booked:
    if not day.is_whole:
        raise ValueError(_UNREAD)
    starts = _naive(day, clock[1], clock[2])
    start = local_moment(starts, place)
    ends = _naive(day, clock[3], clock[4]) if clock[3] else None
    if ends is None and length and int(length[1]):
        ends = starts + timedelta(minutes=int(length[1]))
    if ends is None:
        return start.value, None, start.findings
    if ends <= starts:
        raise ValueError(_UNREAD)
    end = local_moment(ends, place)
    return start.value, end.value, start.findings + end.findings


def _naive(day: PartialDate, hour: str, minute: str | None) -> datetime:
    if int(hour) > _LAST_HOUR or int(minute or 0) > _LAST_MINUTE:
        raise ValueError(_UNREAD)
    return datetime.fromisoformat(f"{day.value}T{hour:0>2}:{minute or '00'}")
