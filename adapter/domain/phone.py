"""Ways to reach care in running text: Swedish phone numbers, e-mail, web addresses, 1177.

A date, a dose or a personnummer never becomes a phone number: when in doubt, no number is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter

from adapter.domain.identity import luhn
from adapter.domain.people import ContactKind
from adapter.frozen import dataclass

_SIGNS = str.maketrans("\t\u2002\u2003\u2007\u2008\u200a\u205f‐‑‒—−", "       -----")  # sign for sign
_SIGN = re.compile("[\t\u2002\u2003\u2007\u2008\u200a\u205f‐‑‒—−]")
_GAP = "[ \u00a0\u2009\u202f]"
_UNITS = r"mg|g|µg|ml|cl|dl|l|kg|st|ie|e|mmol|tabl\w*|h|tim\w*|min\w*|dag\w*|vecko\w*|gång\w*|år|%"
_UNIT = rf"(?!{_GAP}?(?:{_UNITS})(?!\w))"
_END = rf"(?![0-9]|[.:,/–-][0-9]|\w){_UNIT}"
_SUBSCRIBER = rf"[0-9]{{2,8}}(?:(?:-[0-9]{{2,4}}){{1,3}}{_END}|(?:{_GAP}[0-9]{{2,4}}{_END}){{1,4}}|{_END})"
_PHONE = re.compile(
    r"(?<![\w+])(?<![0-9][-–.,:/])(?:"
    rf"(?P<abroad>(?:\+|00)46{_GAP}?-?(?:\(0\))?{_GAP}?-?[1-9][0-9]{{0,2}}(?:[-/]|{_GAP})?{_SUBSCRIBER})"
    rf"|(?P<area>\(0[1-9][0-9]{{0,2}}\)|0[1-9][0-9]{{0,2}})(?:{_GAP}?[-–/]{_GAP}?|{_GAP}){_SUBSCRIBER}"
    rf"|(?P<compact>0[1-9][0-9]{{6,8}}){_END}"
    rf"|(?P<foreign>\+(?!46)[1-9][0-9]{{0,2}}(?:[ -]?[0-9]{{2,4}}){{2,5}}){_END})"
)
_BESIDE = re.compile(  # a number with another right after it: "0485-880 00/0485-881 11"
    rf"(?<![\w+])((?:\+46{_GAP}?(?:\(0\){_GAP}?)?|0)[1-9][0-9]{{0,2}}(?:{_GAP}|[-–/])?[0-9](?:[0-9-]|{_GAP}){{3,9}}[0-9])"
    r"[/,;](?=(?:\+46|0)[1-9])"
)
_TWO = re.compile(r"[0-9][/,;][0+]")  # one quick look first
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    r"https?://[^\s<>\"]+|(?<![\w@.-])(?:www\.)?[a-zåäö0-9-]+(?:\.[a-zåäö0-9-]+)*\.(?:se|nu|com|org|net|eu)(?![\w.-]*\w)(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?<![\w.+/-])(?:1177|112|11313)(?![\w/-]|[.,:](?!s\b)[\w])")
_NOT_1177 = re.compile(
    r"(?:\b(?:rum|sal|lgh|lägenhet|artikel|dnr|plan|vikt)|kod(?:en)?|box|gatan|vägen|(?:diarie|journal)nr)[.:]?\s?\Z",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\s?(?:kr|kronor|kcal|kj|steg|mg|g|gram|kg|ml|m|meter)\b", re.IGNORECASE)
_CALL = re.compile(
    r"(?:\b(?:tel|telefon|telefonnummer|tfn|ring|ringa|ringer|mobil|larma|nummer)\b)[.:]*\s*(?:på|till|nr)?\s*$",
    re.IGNORECASE,
)
_ON_THE_WEB = re.compile(
    r"logga|inlogg|e-?tjänst|webb|digital|chatt|\bapp(?:en)?\b|inkorg|meddelande|journal"
)
_TEXT_MESSAGE = re.compile(r"\bsms(?::?a)?[.:]*\s*(?:till|på|nr)?\s*$", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:tel|telefon|telefonnummer|tfn|mobil|mobiltelefon|mobilnummer)\b[.:]*\s*$", re.IGNORECASE
)
_HOUR = "(?:[01][0-9]|2[0-3])[0-5][0-9]"
_HOURS_LIKE = re.compile(rf"{_HOUR}{_GAP}?[-–/]{_GAP}?{_HOUR}")  # "0800-1000"
_DATE_LIKE = re.compile(r"[0-9]{2}[ -/–][0-9]{2}[ -/–](?:19|20)[0-9]{2}")
_DIGIT = re.compile(r"[0-9]")
_NOT_DIGITS = re.compile(r"[^0-9]")
_ALL_BUT_LAST = re.compile(rf"(.*){_GAP}[0-9]+\Z")
_CUE = 32  # how far before a number its cue ("tel", "sms till") is looked for
_SHORTEST, _LONGEST = 8, 10  # digits of a national number with its first 0
_MONTHS, _DAYS, _COORDINATION = 12, 31, 60


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody, from ``start`` to ``end`` in a text."""

    kind: ContactKind
    value: str  # as it stands in the text
    start: int
    end: int


def ways_in(text: str) -> list[Way]:
    """Every way to reach somebody that can surely be told in a text, in order."""
    ways: list[Way] = []
    if "@" in text:
        ways += [Way(ContactKind.EMAIL, m[0], m.start(), m.end()) for m in _EMAIL.finditer(text)]
    if "." in text:
        ways += [way for way in _webs(text) if _is_free(way, ways)]
    if _DIGIT.search(text):
        ways += [way for way in (*_phones(text), *_shorts(text)) if _is_free(way, ways)]
    return sorted(ways, key=attrgetter("start")) if len(ways) > 1 else ways


def national(number: str) -> str:
    """The digits of a number as it is dialled in Sweden: ``+46 10 000`` and ``010-000`` are the same."""
    digits = _NOT_DIGITS.sub("", number.replace("(0)", ""))
    plain = number.lstrip(" (")
    if plain.startswith(("+46", "0046")):
        return "0" + digits.removeprefix("00").removeprefix("46")
    return digits


def _is_free(way: Way, taken: list[Way]) -> bool:
    return all(way.end <= other.start or other.end <= way.start for other in taken)


def _webs(text: str) -> Iterator[Way]:
    for found in _WEB.finditer(text):
        value = found[0].rstrip(".,;:!?)")
        yield Way(ContactKind.WEB, value, found.start(), found.start() + len(value))


def _phones(text: str) -> Iterator[Way]:
    at, plain = 0, text.translate(_SIGNS) if _SIGN.search(text) else text
    if _TWO.search(plain):
        plain = _BESIDE.sub(r"\1|", plain)
    while found := _PHONE.search(plain, at):
        value = found[0] if found["foreign"] else _fitting(found[0])
        start, at = found.span()
        before = plain[max(start - _CUE, 0) : start]
        if value and not _is_other(value, found["compact"], before):
            at = start + len(value)
            is_sms = "sms" in before.casefold() and _TEXT_MESSAGE.search(before)
            kind = ContactKind.SMS if is_sms else ContactKind.PHONE
            yield Way(kind, text[start:at], start, at)


def _fitting(value: str) -> str:
    """The number without the groups that make it too long; empty when no number is left."""
    length = len(national(value))
    while length > _LONGEST and (shorter := _ALL_BUT_LAST.match(value)):
        value = shorter[1]
        length = len(national(value))
    return value if _SHORTEST <= length <= _LONGEST else ""


def _is_other(value: str, compact: str | None, before: str) -> bool:
    """Whether it may be a date, a time or a personnummer instead."""
    if _DATE_LIKE.fullmatch(value) or _HOURS_LIKE.fullmatch(value):
        return True
    if not compact or len(compact) != _LONGEST or not _may_be_born(compact):
        return False
    return luhn(compact) or not _LABEL.search(before)


def _may_be_born(digits: str) -> bool:
    day = int(digits[4:6])
    return (
        1 <= int(digits[2:4]) <= _MONTHS
        and 1 <= (day - _COORDINATION if day > _COORDINATION else day) <= _DAYS
    )


def _shorts(text: str) -> Iterator[Way]:
    for found in _SHORT.finditer(text) if "11" in text else ():
        before = text[max(found.start() - _CUE, 0) : found.start()]
        is_called = _CALL.search(before)
        is_other = _NOT_1177.search(before) or _AMOUNT.match(text, found.end())
        if is_called or (found[0] == "1177" and not is_other):
            is_web = found[0] == "1177" and not is_called and _ON_THE_WEB.search(text.lower())
            kind = ContactKind.WEB if is_web else ContactKind.PHONE
            yield Way(kind, found[0], found.start(), found.end())
