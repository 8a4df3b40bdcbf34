"""Skyddade personuppgifter: what may not leave in any output, taken out of everything that was said.

No telephone number or address that could give a place away: neither as a contact way nor within a text
(canonical-models §1, Protected identity). The raw message keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, TypeVar

from adapter.domain.agreement_parts import FixedContact
from adapter.domain.consultation import Consultation
from adapter.domain.lines import LONGEST_LINE
from adapter.domain.note import Note
from adapter.domain.origin import Traced
from adapter.domain.people import CareUnit, ContactKind, ContactWay
from adapter.domain.phone import national, ways_in
from adapter.domain.staff_numbers import numbers_in, plain_figures, without_numbers
from adapter.frozen import replace

T = TypeVar("T")

_WORDS = frozenset(  # the fields that hold running text
    {"text", "title", "question", "answer", "reason", "instruction", "not_taken", "inactive_reason"}
    | {"situation", "background", "assessment", "recommendation"}
    | {"purpose", "place", "tasks", "task", "follow_up", "dosage", "performer", "description"}
    | {"consequence", "action", "missing", "count"}
    | {"name", "role_name", "type_name", "units", "ranges"}
)
_NATIONAL = frozenset({"112", "1177", "11313"})  # the same everywhere: they give no place away
_PLACES = frozenset({ContactKind.PHONE, ContactKind.SMS, ContactKind.EMAIL})
_OVERLAP = 100
_TEN = re.compile(r"(?<!\w)0[1-9][0-9]{8}(?!\w)")  # a mobile number or a personnummer: neither may leave
_FEWEST = 5  # figures of a number to call, a local one too: fewer may be a dose or a reading


def is_protected(said: Note | Consultation) -> bool:
    """Skyddad identitet, said of the note or of its patient."""
    of_note = isinstance(said, Note) and said.visibility.is_protected
    return of_note or any(person.is_protected for person in said.patients)


def protected(said: T) -> T:
    """The same records (or a tuple of them) without numbers, e-mail addresses and the units' places."""
    numbers = frozenset(_numbers(said))
    shown: T = _without(said, numbers, is_words=False)
    return shown


def _numbers(value: Any, *, is_words: bool = False) -> Iterator[str]:
    """Everything that surely is a number or an address: national digits, or the address in small letters."""
    if isinstance(value, str):
        if is_words:
            yield from places_in(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _numbers(item, is_words=is_words)
    elif isinstance(value, Traced):
        if isinstance(value, ContactWay) and value.kind in _PLACES:
            yield from _key(value.kind, value.value)
        if isinstance(value, CareUnit):
            yield from filter(_is_to_call, numbers_in(plain_figures(value.phone)))
            yield from _key(ContactKind.EMAIL, value.email)
        for each in fields(value):
            yield from _numbers(getattr(value, each.name), is_words=each.name in _WORDS)


def places_in(text: str) -> Iterator[str]:
    """What surely is a number or an e-mail address in a text: national digits, or small letters."""
    for start in range(0, len(text), LONGEST_LINE - _OVERLAP):
        for way in ways_in(plain_figures(text[start : start + LONGEST_LINE])):
            if way.kind in _PLACES:
                yield from _key(way.kind, way.value)
    yield from _TEN.findall(plain_figures(text))


def _key(kind: ContactKind, value: str) -> Iterator[str]:
    key = value.casefold() if kind is ContactKind.EMAIL else national(value)
    if key and key not in _NATIONAL:
        yield key


def _is_to_call(number: str) -> bool:
    return "@" in number or (len(number) >= _FEWEST and number not in _NATIONAL)


def _without(value: Any, numbers: frozenset[str], *, is_words: bool) -> Any:
    if isinstance(value, str):
        return without_numbers(value, numbers) if is_words else value
    if isinstance(value, tuple):
        return tuple(_without(item, numbers, is_words=is_words) for item in value)
    if not isinstance(value, Traced):
        return value
    changed = {
        each.name: _without(getattr(value, each.name), numbers, is_words=each.name in _WORDS)
        for each in fields(value)
    }
    if isinstance(value, ContactWay) and value.kind in _PLACES and any(_key(value.kind, value.value)):
        changed |= {"kind": ContactKind.OTHER, "value": ""}
    if isinstance(value, FixedContact):
        changed["ways"] = tuple(way for way in changed["ways"] if way.value)
    if isinstance(value, CareUnit):
        changed |= dict.fromkeys(("phone", "email", "address", "location"), "")
    return replace(value, **changed)
