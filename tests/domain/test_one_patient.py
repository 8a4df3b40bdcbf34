"""One patient a record: none or two stop it."""

from __future__ import annotations

import pytest

from adapter.domain.identity import PersonId, PersonIdKind
from adapter.domain.one_patient import not_one_patient
from adapter.domain.people import Person


def person(*numbers: str, kind: PersonIdKind = PersonIdKind.PERSONNUMMER) -> Person:
    """A person with identity numbers, and the place it stood at."""
    return Person(
        ids=tuple(PersonId(kind=kind, value=number, root="1.2") for number in numbers), origins={"": "p"}
    )


@pytest.mark.parametrize(
    ("patients", "code"),
    [
        ((), "patient-missing"),
        ((person(),), "patient-missing"),
        ((person("191212121212"),), ""),
        ((person("191212121212"), person("191212121212")), ""),
        ((person("191212121212"), person()), ""),
        ((person("191212121212"), person("195009072553")), "two-patients"),
        ((person("191212121212", "195009072553"),), "two-patients"),
        ((person("a", "b", kind=PersonIdKind.LOCAL),), ""),
        ((person("a", "b", kind=PersonIdKind.LOCAL), person("b", kind=PersonIdKind.LOCAL)), ""),
        ((person("a", kind=PersonIdKind.LOCAL), person("b", kind=PersonIdKind.LOCAL)), "two-patients"),
    ],
)
def test_a_note_is_about_exactly_one_person(patients: tuple[Person, ...], code: str) -> None:
    """
    No patient, or two, parks the note; one person may have several identities.
    """
    findings = not_one_patient(patients, "patient")
    assert [finding.code for finding in findings] == ([code] if code else [])
    assert all(finding.blocking for finding in findings)
