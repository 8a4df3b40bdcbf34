"""Contacts in words: the three fixed contacts, and the ways a patient can reach care."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from adapter.domain.agreement_parts import FixedContact, FixedContactCode
from adapter.domain.audience import audience, unsure
from adapter.domain.hours import SaidHours, hours_in
from adapter.domain.lines import LONGEST_LINE
from adapter.domain.names import professional
from adapter.domain.people import Audience, ContactKind, ContactWay, Hours, Professional
from adapter.domain.phone import Way, ways_in
from adapter.domain.reading import NOWHERE, Place, Read
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.recalled import recalled

_AT = "domain.contact"
_OVERALL = re.compile(
    r"[\s,;(-]{0,3}(?:(?:har|med)\s+)?(?:det\s+)?övergripande\s+samordning\w*\)?", re.IGNORECASE
)
_OVERALL_LETTERS = "vergripande"
_VACANT = re.compile(  # no capitals after the first word: there may be a name
    r"(?:(?:[Ee]j|[Ii]nte|[Ää]nnu (?:inte|ej)|[Ii]ngen|[Uu]tses|[Ss]aknas|[Vv]akant|[Oo]kän[dt])"
    r"\b[a-zåäö ,]*\.?|[-–—]+)"
)
_SIGNS = " \u00a0,;:.(-"
_LABELS = frozenset(
    [
        *(
            "tel",
            "tele",
            "telefon",
            "telefonnummer",
            "telefontid",
            "tfn",
            "mobil",
            "mobilnummer",
            "direktnummer",
        ),
        *(
            "växel",
            "e-post",
            "epost",
            "mejl",
            "mail",
            "nås",
            "säkrast",
            "kontaktas",
            "ring",
            "via",
            "på",
            "och",
        ),
        *("eller", "sms", "webb", "webbplats", "öppet", "kl"),
    ]
)
_MARKED = re.compile(r"\b(?:endast|enbart|bara|för|får|ej|inte|internt)\b[^,;]*$", re.IGNORECASE)
_MARK = re.compile("endast|enbart|bara|för|får|ej|nte")  # one quick look first
_UNREAD = (
    "Raden går inte säkert att dela i namn, titel och nummer och har sparats som text. "
    "Skriv den som ”Eva Svensson, sjuksköterska, 010-000 00 00”."
)
_VACANT_SAID = "Kontakten är inte utsedd. Skriv vem det är när det är bestämt."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What a line about staff says, wherever it stands."""

    plain: str
    audience: Audience
    is_sure: bool
    ways: tuple[Way, ...]
    hours: tuple[SaidHours, ...]
    said_hours: tuple[Hours, ...]


# Lines about staff and units are the same in note after note, so what they say is kept for the next one.
@recalled(1024)
def _line(text: str) -> _Line:
    plain = unicodedata.normalize("NFC", text)
    said_audience, is_sure = audience(plain)
    ways = tuple(ways_in(plain)) if len(plain) <= LONGEST_LINE else ()
    hours = _hours(plain, ways)
    return _Line(
        plain=plain,
        audience=said_audience,
        is_sure=is_sure,
        ways=ways,
        hours=hours,
        said_hours=tuple(said.hours for said in hours),
    )


def line_audience(text: str) -> Audience:
    """Who may see the numbers of a line about staff."""
    return _line(text).audience


@recalled(1024)
def _holder(text: str) -> Professional | None:
    """Whoever a line about a fixed contact names for sure."""
    line = _line(text)
    if len(line.plain) > LONGEST_LINE:
        return None
    return professional(_rest(line.plain, line.ways, line.hours))


def read_contact_ways(text: str, place: Place = NOWHERE) -> Read[tuple[ContactWay, ...]]:
    """Read one line of contact ways: one record for each number or address, else one without value.

    All have the whole line as their text, its opening hours and its audience.
    """
    line = _line(text)
    findings = () if line.is_sure else (unsure(text, place),)
    found = line.ways or (Way(ContactKind.OTHER, "", 0, 0),)
    return Read(tuple([_way(text, way, line, place) for way in found]), findings)


def read_fixed_contact(text: str, code: FixedContactCode, place: Place = NOWHERE) -> Read[FixedContact]:
    """Read one line about a fixed contact; ``contact-unread`` when it names nobody for sure.

    The words "övergripande samordningsansvar" make a fast vårdkontakt a coordinating one (code 4).
    """
    line = _line(text)
    plain = line.plain
    if (
        code is FixedContactCode.CARE_CONTACT
        and _OVERALL_LETTERS in plain.casefold()
        and _OVERALL.search(plain)
    ):
        code = FixedContactCode.COORDINATING_CONTACT
    origins = {"": place.where}
    if _VACANT.fullmatch(plain.capitalize() if plain.isupper() else plain):
        finding = place.finding("contact-unread", _AT, _VACANT_SAID, text)
        return Read(FixedContact(text=text, code=code, is_vacant=True, origins=origins), (finding,))
    holder, ways = _holder(text), line.ways
    findings: list[Finding] = [] if line.is_sure else [unsure(text, place)]
    if holder is None:
        findings.append(place.finding("contact-unread", _AT, _UNREAD, text))
        ways = ways if len(ways) == 1 else ()
    return Read(
        FixedContact(
            text=text,
            code=code,
            holder=holder,
            ways=tuple([_way(text, way, line, place) for way in ways]),
            origins=origins,
        ),
        tuple(findings),
    )


def fixed_contact_written(
    code: FixedContactCode, holder: Professional | None = None, ways: Sequence[ContactWay] = ()
) -> FixedContact:
    """A fixed contact in words that are read back: name, title, unit, numbers.

    The result is what its own words say: a name without a title cannot surely be read, so its
    ``holder`` is None while the name stands in the text.
    """
    unit = holder.unit.name if holder and holder.unit else ""
    who = [holder.name, holder.title, unit] if holder else ["Ej utsedd"] * (not ways)
    values = dict.fromkeys(way.value for way in ways if way.value)
    words = ", ".join(filter(None, [*who, *values]))
    return read_fixed_contact(words + _audience_written(ways), code).value


def contact_way_written(
    name: str, value: str, *, hours: Sequence[Hours] = (), audience: Audience = Audience.PATIENT
) -> ContactWay:
    """A contact way in words that are read back: "Hälsocentralen, 010-000 00 00, vardagar 08.00–16.30".

    The result is what its own words say, the first way in them.
    """
    parts = [name, value, *(_hours_written(said) for said in hours)]
    words = ", ".join(filter(None, parts)) + _AUDIENCE_WORDS[audience]
    return read_contact_ways(words).value[0]


_AUDIENCE_WORDS = {
    Audience.PATIENT: "",
    Audience.RELATIVE: " (för anhöriga)",
    Audience.MUNICIPAL_LICENSED: " (endast för kommunens sjuksköterskor)",
    Audience.INTERNAL: " (endast för personal)",
}
_DAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def _audience_written(ways: Sequence[ContactWay]) -> str:
    """The words for whom the ways are; several audiences on one line are not told apart, so internal."""
    audiences = {way.audience for way in ways}
    return _AUDIENCE_WORDS[audiences.pop() if len(audiences) == 1 else Audience.INTERNAL] if ways else ""


def _hours_written(hours: Hours) -> str:
    if not hours.opens:
        return "dygnet runt"
    days = (
        "vardagar"
        if hours.weekdays == (1, 2, 3, 4, 5)
        else ", ".join(_DAYS[day - 1] for day in hours.weekdays)
    )
    return f"{days} {hours.opens.replace(':', '.')}–{hours.closes.replace(':', '.')}"


def _way(text: str, way: Way, line: _Line, place: Place) -> ContactWay:
    return ContactWay(
        text=text,
        kind=way.kind,
        value=way.value,
        audience=line.audience,
        hours=line.said_hours,
        origins={"": place.where},
    )


def _hours(text: str, ways: tuple[Way, ...]) -> tuple[SaidHours, ...]:
    if len(text) > LONGEST_LINE:
        return ()
    for way in ways:
        text = text[: way.start] + "¤" * (way.end - way.start) + text[way.end :]
    return tuple(hours_in(text))


def _rest(text: str, ways: tuple[Way, ...], hours: tuple[SaidHours, ...]) -> str:
    """What is left of a line when numbers, addresses, hours and the words around them are taken out."""
    spans = [(way.start, way.end) for way in ways] + [(said.start, said.end) for said in hours]
    for start, end in sorted(spans, reverse=True):
        text = _without_labels(text[:start]) + ", " + text[end:].lstrip(" ).,;")
    small = text.casefold()
    if _OVERALL_LETTERS in small:
        text = _OVERALL.sub("", text)
    if _MARK.search(small):
        text = _MARKED.sub("", text)
    return _without_labels(text).strip(" ,.")


def _without_labels(text: str) -> str:
    """A text without "tel:", "e-post" and the like at its end."""
    while True:
        text = text.rstrip(_SIGNS)
        before, _, last = text.rpartition(" ")
        if last.lstrip(_SIGNS).casefold() not in _LABELS:
            return text
        text = before
