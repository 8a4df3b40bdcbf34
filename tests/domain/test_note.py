"""What a note is and who may see it; everything fails closed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapter.domain.identity import PersonId, PersonIdKind
from adapter.domain.keywords import Keyword
from adapter.domain.note import (
    Note,
    NoteStatus,
    Visibility,
    is_hidden_from_patient,
    is_normal_secrecy,
    is_under_embargo,
    status,
)
from adapter.domain.people import Person
from adapter.domain.when import Moment

SIGNED = Note(note_id="1", visibility=Visibility(is_signed=True))


def person(*numbers: str, kind: PersonIdKind = PersonIdKind.PERSONNUMMER) -> Person:
    """A person with identity numbers, and the place it stood at."""
    return Person(
        ids=tuple(PersonId(kind=kind, value=number, root="1.2") for number in numbers), origins={"": "p"}
    )


@pytest.mark.parametrize(
    ("is_signed", "is_active", "expected"),
    [
        (False, True, NoteStatus.DRAFT),
        (True, True, NoteStatus.ACTIVE),
        (True, False, NoteStatus.WITHDRAWN),
        (False, False, NoteStatus.WITHDRAWN),
    ],
)
def test_a_note_is_a_draft_active_or_withdrawn(
    is_signed: bool, is_active: bool, expected: NoteStatus
) -> None:
    """
    canonical-models §2.4.
    """
    note = replace(SIGNED, is_active=is_active, visibility=Visibility(is_signed=is_signed))
    assert status(note) is expected


@pytest.mark.parametrize(
    ("level", "is_normal"),
    [
        ("Klass 3: Patientdata (normalnivå)", True),
        ("KLASS 3: PATIENTDATA (NORMALNIVÅ)", True),
        ("Normal", True),
        ("Klass 4: Känslig patientdata", False),
        ("Över normalnivå", False),
        ("Ej normalnivå", False),
        ("Icke normal", False),
        ("Abnormal", False),
        ("", False),
        ("3", False),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_secrecy_level_is_normal_only_when_it_says_so(level: str, is_normal: bool, form: str) -> None:
    """
    A level that cannot be read is not normal.
    """
    assert is_normal_secrecy(unicodedata.normalize(form, level)) == is_normal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("visibility", "is_hidden"),
    [
        (Visibility(), True),
        (Visibility(is_signed=True), False),
        (Visibility(is_signed=True, is_approved_for_patient=True), False),
        (Visibility(is_signed=True, is_approved_for_patient=False), True),
        (Visibility(is_signed=False, is_approved_for_patient=True), True),
        (Visibility(is_signed=True, secrecy_levels=("Klass 3: Patientdata (normalnivå)",)), False),
        (Visibility(is_signed=True, secrecy_levels=("Klass 3: Patientdata (normalnivå)", "?")), True),
        (Visibility(is_signed=True, is_protected=True), False),
        (Visibility(is_signed=True, embargo_until=Moment("2999-01-01")), False),
    ],
)
def test_a_note_is_hidden_unless_everything_allows_it(visibility: Visibility, is_hidden: bool) -> None:
    """
    Unsigned, not approved, secret or unreadable hides; rådrum and protected identity are judged apart.
    """
    assert is_hidden_from_patient(replace(SIGNED, visibility=visibility)) is is_hidden


def test_a_secret_keyword_hides_its_note() -> None:
    """
    Any depth: a part cannot be shown apart from the note.
    """
    secret = Keyword(title="a", children=(Keyword(title="b", secrecy_levels=("Klass 4",)),))
    normal = Keyword(title="a", secrecy_levels=("normalnivå",))
    assert is_hidden_from_patient(replace(SIGNED, keywords=(normal, secret)))
    assert not is_hidden_from_patient(replace(SIGNED, keywords=(normal,)))


@pytest.mark.parametrize(
    ("until", "is_hidden"),
    [
        (None, False),
        (Moment("2026-03-12T12:00:01+01:00"), True),
        (Moment("2026-03-12T12:00:00+01:00"), False),
        (Moment("2026-03-12"), True),
        (Moment("2026-03-11"), False),
        (Moment("2026"), True),
    ],
)
def test_radrum_hides_until_its_time(until: Moment | None, is_hidden: bool) -> None:
    """
    A date ends with its day in Stockholm.
    """
    note = replace(SIGNED, visibility=Visibility(is_signed=True, embargo_until=until))
    assert is_under_embargo(note, datetime(2026, 3, 12, 11, tzinfo=UTC)) is is_hidden
