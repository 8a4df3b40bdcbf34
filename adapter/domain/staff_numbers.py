"""Numbers that are not for the patient, and texts without them (canonical-models §9, agr-tel-1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from adapter.domain.agreement import Agreement
from adapter.domain.audience import audience
from adapter.domain.contact import line_audience
from adapter.domain.dates import dates_in
from adapter.domain.keywords import Keyword
from adapter.domain.lines import LONGEST_LINE
from adapter.domain.people import Audience, ContactKind
from adapter.domain.phone import national, ways_in
from adapter.recalled import recalled

HIDDEN = "(nummer visas inte)"
_FOR_PATIENT = frozenset({Audience.PATIENT, Audience.RELATIVE})
_NUMBER = re.compile(r"\(?\+?[0-9](?:[\s()/–.-]{0,3}[0-9]){3,15}")
_BEFORE = re.compile(r"(?:(?:\+|00)?46[\s().-]*(?:\(0\))?[\s().-]*|\(?0[\s().-]*)\Z")
_FIGURE = re.compile(r"\d")
_FEWEST = 3  # figures of a number: the shortest is 112
_GAP = 4  # characters that may stand between two digits of one number
_SHORT = 7  # a number as short as this must stand alone: its digits may be part of another
_PREFIX = 16
_OVERLAP = 100


def internal_numbers(agreement: Agreement) -> frozenset[str]:
    """The numbers (digits, as dialled in Sweden) and e-mail addresses that no patient may see.

    A number is internal when any line with it says so, or may say so; every text of the agreement is
    searched, also the keywords that are not known.
    """
    numbers: set[str] = set()
    staff = {contact.text for contact in agreement.contacts} | {way.text for way in agreement.contact_ways}
    for text in dict.fromkeys(_texts(agreement)):
        if text in staff:
            numbers |= _staff_line_numbers(text)
        elif _may_hold_one(text) and audience(text)[0] not in _FOR_PATIENT:
            numbers |= _all_numbers(text)
    for way in (*agreement.contact_ways, *(way for contact in agreement.contacts for way in contact.ways)):
        if way.audience not in _FOR_PATIENT and way.value:
            numbers.add(way.value.casefold() if way.kind is ContactKind.EMAIL else national(way.value))
    return frozenset(number for number in numbers if number)


def _may_hold_one(text: str) -> bool:
    """One quick look first: whether a text may hold a number or an address."""
    return "@" in text or len(_FIGURE.findall(text)) >= _FEWEST


@recalled(1024)  # lines about staff are the same in note after note
def _staff_line_numbers(text: str) -> frozenset[str]:
    """The numbers of a line about staff, unless they are for the patient."""
    return frozenset() if line_audience(text) in _FOR_PATIENT else _all_numbers(text)


@recalled(1024)  # a unit calls from the same number in message after message
def numbers_of_unit(phone: str) -> frozenset[str]:
    """Everything in a unit's telephone that may be a number to call."""
    return frozenset(numbers_in(phone))


def _all_numbers(text: str) -> frozenset[str]:
    plain = plain_figures(unicodedata.normalize("NFC", text))
    return frozenset(number for piece in _pieces(plain) for number in numbers_in(piece))


def without_numbers(text: str, numbers: Iterable[str]) -> str:
    """The text with every one of the numbers masked, however it is spaced or prefixed there."""
    for number in sorted(filter(None, numbers), key=len, reverse=True):
        text = _without_address(text, number) if "@" in number else _without_number(text, number)
    return text


def _texts(agreement: Agreement) -> list[str]:
    texts = [*agreement.text]
    if agreement.validity:
        texts.append(agreement.validity.text)
    parts = (
        agreement.patient_part,
        agreement.care_part,
        agreement.contacts,
        agreement.contact_ways,
        agreement.next_steps,
        agreement.joint_plans,
    )
    for part in parts:
        texts += [line.text for line in part]
    texts += _keyword_texts(agreement.unknown)
    return texts


def _keyword_texts(keywords: tuple[Keyword, ...]) -> Iterator[str]:
    """The lines of keywords; a title that says for whom speaks for all its lines."""
    for keyword in keywords:
        for value in keyword.values:
            yield from (f"{keyword.title}: {line}" for line in value.text.splitlines())
        yield from _keyword_texts(keyword.children)


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that are searched quickly, each overlapping the one before."""
    for start in range(0, max(len(text), 1), LONGEST_LINE - _OVERLAP):
        yield text[start : start + LONGEST_LINE]


def numbers_in(line: str) -> Iterator[str]:
    """Everything in a line that may be a number to call: more than what is surely one."""
    days = [day for day in dates_in(line) if day.value]
    for found in _NUMBER.finditer(line):
        if not any(day.start <= found.start() < day.end for day in days):
            yield national(found[0])
    for way in ways_in(line):
        if way.kind is not ContactKind.WEB:
            yield way.value.casefold() if way.kind is ContactKind.EMAIL else national(way.value)


def _without_address(text: str, address: str) -> str:
    return re.sub(re.escape(address), HIDDEN, text, flags=re.IGNORECASE)


def _without_number(text: str, number: str) -> str:
    core = number.removeprefix("0")
    if not core:
        return text
    plain = plain_figures(text)
    signs = [at for at, sign in enumerate(plain) if sign.isdecimal()]
    digits = "".join(plain[at] for at in signs)
    spans: list[tuple[int, int]] = []
    at = digits.find(core)
    while at >= 0:
        places = signs[at : at + len(core)]
        if _is_one(plain, places):
            spans.append((_start(plain, places[0]), places[-1] + 1))
        at = digits.find(core, at + 1)
    return _masked(text, spans)


def plain_figures(text: str) -> str:
    """The text, sign for sign, with every figure of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _is_one(text: str, places: list[int]) -> bool:
    """Whether digits stand together as one number."""
    for before, after in pairwise(places):
        between = text[before + 1 : after]
        if len(between) > _GAP or any(sign.isalpha() for sign in between):
            return False
    if len(places) >= _SHORT:
        return True
    around = text[max(places[0] - 1, 0) : places[0]] + text[places[-1] + 1 : places[-1] + 2]
    return not any(sign.isdecimal() and sign != "0" for sign in around)


def _start(text: str, first: int) -> int:
    """Where the number begins, with its 0 or +46."""
    low = max(first - _PREFIX, 0)
    found = _BEFORE.search(text[low:first])
    return low + found.start() if found else first


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + HIDDEN + text[end:]
    return text
