"""Whatever a message can say becomes FHIR that our own profiles take: no fault of ours stops a sender."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from adapter.fhir import consultation_resources, note_resources
from adapter.output_check import OutputCheck
from adapter.own_faults import own_faults
from adapter.profiles import own_validator
from tests.fhir.test_round_trip import AGREEMENTS, NO_FIXTURE_CHECK, TEXT, VITALS, some

check = OutputCheck(own_validator)


def faults(built):
    """What R4 and our profiles say against what was built."""
    found = own_faults(built.resources, check)
    return [(target, issue.rule, issue.expression, issue.what) for target, issue in found]


@NO_FIXTURE_CHECK
@given(said=AGREEMENTS, words=TEXT)
def test_every_agreement_is_taken_by_our_profiles(said, words, note, made_by):
    """
    Odd texts, odd times, keywords in keywords: each resource is right by R4 and by the profile it claims.
    """
    author = replace(note.author, name=words, title=words, hsa_id=None)
    unit = replace(note.unit, name=words, phone=words, email=words, address=words)
    odd = replace(note, title=words, type_name=words, author=author, unit=unit, inactive_reason=words)
    assert faults(note_resources(odd, said, made_by)) == []


@NO_FIXTURE_CHECK
@given(words=TEXT, vitals=some(VITALS))
def test_every_consultation_is_taken_by_our_profiles(words, vitals, consultation, deadline, made_by):
    """
    The same for what a municipality sends.
    """
    sbar = replace(consultation.sbar, situation=words, background=words)
    unit = replace(consultation.sender_unit, name=words, phone=words)
    odd = replace(consultation, question=words, sbar=sbar, sender_unit=unit, vitals=vitals)
    assert faults(consultation_resources(odd, deadline, made_by)) == []


@pytest.mark.parametrize(
    "lacking",
    [
        {"author": None},
        {"signer": None},
        {"unit": None},
        {"noted_at": None},
        {"signed_at": None},
        {"is_active": False, "inactive_reason": "Ersatt"},
        {"is_active": False},
        {"source_system": None, "note_id_root": ""},
        {"keywords": ()},
        {"title": "", "type_name": "", "type_code": ""},
        {"author": None, "signer": None, "unit": None, "noted_at": None, "signed_at": None},
    ],
    ids=" ".join,
)
def test_what_a_note_lacks_stops_nothing(lacking, note, agreement, made_by):
    """
    A note is taken for what it says; what is missing is told and never refused by our own profiles.
    """
    assert faults(note_resources(replace(note, **lacking), agreement, made_by)) == []
