"""Överenskommelsens giltighet: the words people use, and the dates that can surely be read in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

from adapter.domain.agreement_parts import Validity
from adapter.domain.dates import dates_in
from adapter.domain.lines import LONGEST_LINE
from adapter.domain.reading import NOWHERE, Place, Read
from adapter.domain.when import Moment, PartialDate, months_after
from adapter.findings import Finding

_AT = "domain.validity"
_DAY = "¤"  # stands for a date in the skeleton of a sentence
_FROM = r"(?:fr\.? ?o\.? ?m\.?|från och med|från|med start|startar|start):?"
_TO = r"(?:t\.? ?o\.? ?m\.?|till och med|längst till|till|slutar|slut):?"
_OPEN = r"(?:gäller )?tills ?vidare"
_COUNTS = {
    word: count
    for count, word in enumerate(
        ("ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"), start=1
    )
} | {"en": 1, "arton": 18}
_LENGTH = (
    rf"(?:i |under )?(?P<count>[1-9][0-9]{{0,2}}|{'|'.join(_COUNTS)}) ?"
    r"(?P<unit>halvår|halvt år|år|månader|månad|mån\.?|veckor|vecka|v\.?|dagar|dygn)(?: framåt)?"
)
_MONTHS = {"å": 12, "h": 6, "m": 1}  # by a unit's first letter: år, halvår, månad
_REVIEW = (  # says nothing of the dates
    r"(?:[,;.]? (?:och )?(?:uppdateras|revideras|omprövas|förnyas|utvärderas|följs upp|ses över)"
    r"(?: (?:årligen|varje år|en gång per år|regelbundet|vid behov|därefter))?)?"
)
_DAY_SAID = r"[0-9]{1,2}(?:/[0-9]{1,2}|(?::?e|:a|\.)? ?[a-zå]{3,9}\.?)"
_YEAR_ONCE = re.compile(  # "1 januari – 31 december 2026", "1/1-31/12 2026"
    rf"(?<![\w/-])({_DAY_SAID})( ?(?:[-–—]|{_TO}) ?(?:den )?{_DAY_SAID} ([0-9]{{4}}))(?![0-9])"
)
_WORD_OR_SLASH = re.compile(r"[a-zå/]")  # one of which stands in every day said so
_COMPACT_RANGE = re.compile(r"(?<![0-9])([0-9]{8}) ?-{1,2} ?([0-9]{8})(?![0-9])")
_LEAD = r"(?:överenskommelsen )?(?:gäller|giltig|giltighet|giltighetstid)?:? ?"
_TODAY = r"(?: från (?:idag|i dag|dagens datum|anteckningens datum|nu))?"
_SENTENCES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(_LEAD + sentence + _REVIEW + r" ?[.!]?")
    for name, sentence in {
        "range": rf"(?:{_FROM} )?{_DAY} ?,? ?(?:-{{1,2}}|[–—/]|{_TO}) ?{_DAY}",
        "end": rf"{_TO} ?{_DAY}",
        "start": rf"{_FROM} {_DAY}(?:,? (?:och )?(?P<open>{_OPEN}))?",
        "since": rf"{_DAY} ?[-–—,]? ?{_OPEN}",
        "open": rf"{_OPEN}(?:,? {_FROM} {_DAY})?",
        "length": rf"{_LENGTH}{_TODAY}",
        "start-length": rf"{_FROM} {_DAY},? (?:och )?{_LENGTH}",
        "length-start": rf"{_LENGTH},? {_FROM} {_DAY}",
        "period": _DAY,
    }.items()
}
_UNREAD = (
    "Giltighetstiden går inte säkert att läsa och har sparats som text. "
    "Skriv den som ”2026-01-01 – 2026-12-31” eller ”t.o.m. 2026-12-31”."
)
_START_ASSUMED = (
    "Startdatum saknas; anteckningens datum gäller. Skriv ”fr.o.m.” och ett datum om det ska vara ett annat."
)
_END_COUNTED = (
    "Slutdatumet är räknat från anteckningens datum. Skriv ut slutdatumet om det ska vara ett annat."
)
_ENDED = "Slutdatumet ligger före anteckningens datum. Kontrollera giltighetstiden."


def read_validity(text: str, noted_on: Moment | None = None, place: Place = NOWHERE) -> Read[Validity]:
    """Read what is said about how long an agreement is valid.

    "ett år" counts from the note's date and ends the day before the same date; when only an end is
    said, the start is the note's date (both with the finding ``rule-applied``). What cannot surely be
    read stays as text with ``validity-unread``.
    """
    origins = {"": place.where}
    span = _span(text, noted_on.day if noted_on else None)
    if span is None:
        return Read(
            Validity(text=text, origins=origins), (place.finding("validity-unread", _AT, _UNREAD, text),)
        )
    start, end, is_open, said = span
    findings: tuple[Finding, ...] = ()
    if said:
        code = "validity-unread" if said is _ENDED else "rule-applied"
        findings = (place.finding(code, _AT, said, text),)
    validity = Validity(
        text=text,
        start=start,
        end=end,
        is_open_ended=is_open,
        is_counted=said in {_START_ASSUMED, _END_COUNTED},
        origins=origins,
    )
    return Read(validity, findings)


def validity_written(
    start: PartialDate | None,
    end: PartialDate | None,
    *,
    is_open_ended: bool = False,
    noted_on: Moment | None = None,
) -> Validity:
    """The validity in words that are read back to the same dates; ValueError when nothing is said."""
    if start and end:
        words = f"{start.value} – {end.value}"
    elif end:
        words = f"t.o.m. {end.value}"
    elif start:
        words = f"fr.o.m. {start.value}" + " tills vidare" * is_open_ended
    elif is_open_ended:
        words = "tills vidare"
    else:
        raise ValueError("Giltighetstiden är tom. Ange ett datum eller ”tills vidare”.")
    return read_validity(words, noted_on).value


_Span = tuple[PartialDate | None, PartialDate | None, bool, str]  # start, end, open-ended, what to say


def _span(text: str, noted: PartialDate | None) -> _Span | None:
    if len(text) > LONGEST_LINE:
        return None
    plain = unicodedata.normalize("NFC", text).casefold().replace(_DAY, "?")
    if _WORD_OR_SLASH.search(plain):
        plain = _YEAR_ONCE.sub(r"\1 \3\2", plain)
    if _COMPACT_RANGE.search(plain):
        plain = _COMPACT_RANGE.sub(r"\1 – \2", plain)
    skeleton, days = _skeleton(plain)
    if None in days:
        return None
    known = [day for day in days if day]
    for name, sentence in _SENTENCES.items():
        found = sentence.fullmatch(skeleton)
        if found:
            return _meaning(name, found, known, noted)
    return None


def _skeleton(text: str) -> tuple[str, list[PartialDate | None]]:
    """The sentence with a mark for each date, and the dates in order."""
    parts: list[str] = []
    days: list[PartialDate | None] = []
    at = 0
    for said in dates_in(text, with_years=True):
        parts += (text[at : said.start], _DAY)
        days.append(said.value)
        at = said.end
    parts.append(text[at:])
    return " ".join("".join(parts).replace(f"den {_DAY}", _DAY).split()), days


def _meaning(
    name: str, found: re.Match[str], days: list[PartialDate], noted: PartialDate | None
) -> _Span | None:
    match name:
        case "range":
            return _between(days[0], days[1])
        case "end":
            return _until(days[0], noted)
        case "start" | "open" | "since":
            return (days[0] if days else None), None, name != "start" or bool(found["open"]), ""
        case "length":
            return _for_length(found, noted, _END_COUNTED)
        case "period":
            return None if days[0].is_whole else (days[0], days[0], False, "")
        case _:
            return _for_length(found, days[0], "")


def _between(start: PartialDate, end: PartialDate) -> _Span | None:
    return None if start.first_day() > end.last_day() else (start, end, False, "")


def _until(end: PartialDate, noted: PartialDate | None) -> _Span:
    if noted is None:
        return None, end, False, ""
    if noted.first_day() > end.last_day():
        return None, end, False, _ENDED
    return noted, end, False, _START_ASSUMED


def _for_length(found: re.Match[str], start: PartialDate | None, said: str) -> _Span | None:
    """A length from a whole date; the last day is the one before the same date again."""
    if start is None or not start.is_whole:
        return None
    count = _COUNTS.get(found["count"]) or int(found["count"])
    try:
        end = _last_day(start.first_day(), count, found["unit"])
    except (ValueError, OverflowError):
        return None
    return start, PartialDate(end.isoformat()), False, said


def _last_day(start: date, count: int, unit: str) -> date:
    if unit[0] in _MONTHS:
        again = months_after(start, count * _MONTHS[unit[0]])
        return again - timedelta(days=1) if again.day == start.day else again
    return start + timedelta(days=count * (7 if unit[0] == "v" else 1) - 1)
