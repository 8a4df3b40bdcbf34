"""Who may see what: NOPATIENT, embargo, protected identity, missing blocks (canonical-models §1, §9)."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

import orjson
import pytest

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.people import CareGiver
from adapter.domain.protected import protected
from adapter.domain.when import Moment
from adapter.fhir import SHARED_TYPES, consultation_resources, note_resources, systems

NORMAL = "Klass 3: Patientdata (normalnivå)"
SECRET = "Klass 4: Skyddad"


def codes(resource):
    """The codes of a resource's security labels."""
    return {label["code"] for label in resource.get("meta", {}).get("security", ())}


def own(built):
    """The resources that belong to the note alone: not shared, not of the staff that a shared id names."""
    return [r for r in built.resources if r["resourceType"] not in SHARED_TYPES]


def test_an_open_note_has_no_labels(note, agreement, made_by):
    """
    Signed, normal secrecy, both blocks: nothing hides it; only the note with a staff number is staff's.
    """
    note = replace(note, visibility=replace(note.visibility, secrecy_levels=(NORMAL,)))
    built = note_resources(note, agreement, made_by)
    labelled = {r["resourceType"]: codes(r) for r in built.resources if codes(r)}
    assert labelled == {"DocumentReference": {systems.STAFF_ONLY}}


@pytest.mark.parametrize(
    ("of_note", "of_visibility"),
    [
        ({"signed_at": None}, {"is_signed": False}),
        ({}, {"is_approved_for_patient": False}),
        ({}, {"secrecy_levels": (NORMAL, SECRET)}),
        ({}, {"secrecy_levels": ("Klass 4: över normalnivå",)}),
        ({"keywords": (Keyword(title="Ö", children=(Keyword(title="X", secrecy_levels=(SECRET,)),)),)}, {}),
    ],
    ids=[
        "unsigned",
        "not approved",
        "secrecy above normal",
        "over normal",
        "a keyword's secrecy above normal",
    ],
)
def test_what_is_not_for_the_patient_is_labelled(note, agreement, made_by, of_note, of_visibility):
    """
    NOPATIENT on every resource of the note: approvedForPatient=false, unsigned, or secrecy above normal.
    """
    note = replace(note, **of_note, visibility=replace(note.visibility, **of_visibility))
    built = note_resources(note, agreement, made_by)
    assert all("NOPATIENT" in codes(resource) for resource in own(built))


def test_shared_resources_do_not_take_a_notes_labels(note, agreement, made_by, of_type):
    """
    One hidden note may not hide the person, the unit or the staff from everybody.
    """
    note = replace(note, visibility=replace(note.visibility, is_approved_for_patient=False))
    built = note_resources(note, agreement, made_by)
    assert not any(codes(r) for r in (*of_type(built, "Patient"), *of_type(built, "Organization")))


def test_radrum_stands_on_every_resource_of_the_note(note, agreement, made_by):
    """
    Extension embargo: hidden from the patient until then, wherever it is read.
    """
    until = Moment("2026-03-26T00:00:00+01:00")
    note = replace(note, visibility=replace(note.visibility, embargo_until=until))
    for resource in own(note_resources(note, agreement, made_by)):
        assert {"url": systems.EMBARGO, "valueDateTime": until.value} in resource["extension"]


def test_a_protected_identity_is_labelled_and_gives_no_place_away(note, agreement, made_by, of_type):
    """
    Sekretessmarkering everywhere; address, phone and location of the unit are in no output.
    """
    (person,) = note.patients
    note = replace(note, patients=(replace(person, is_protected=True),))
    built = note_resources(note, agreement, made_by)
    assert all("sekretessmarkering" in codes(resource) for resource in own(built))
    assert "sekretessmarkering" in codes(of_type(built, "Patient")[0])
    text = orjson.dumps(built.resources).decode()
    assert not any(said in text for said in ("Storgatan", "387 31", "010-222 22 22", "hc@region.example"))
    assert of_type(built, "CarePlan")[0]["title"] == "Överenskommelse"


def test_a_protected_person_gets_no_number_in_any_output(note, agreement, made_by, of_type):
    """
    Contact ways, the numbers of contacts and those within a text are gone, from the note itself too.
    """
    (person,) = note.patients
    line = "Ring dottern på 0485-123 45 eller dotter@mail.example, 1177 nattetid"
    free = (Keyword(title="Socialt", values=(KeywordValue(text=line),)),)
    note = replace(note, patients=(replace(person, is_protected=True),), keywords=note.keywords + free)
    agreement = replace(agreement, unknown=agreement.unknown + free)
    built = note_resources(*protected((note, agreement)), made_by)
    (document,) = of_type(built, "DocumentReference")
    verbatim = b64decode(document["content"][0]["attachment"]["data"]).decode()
    said = orjson.dumps(built.resources).decode() + verbatim
    numbers = ("010-000 00 00", "010-111 11 11", "0485-123 45", "dotter@mail.example")
    assert not any(number in said for number in numbers)
    assert "Daglig promenad" in verbatim
    assert "1177 nattetid" in verbatim
    assert "Eva Svensson" in said
    assert not any(
        "value" in point for team in of_type(built, "CareTeam") for point in team.get("telecom", ())
    )


@pytest.mark.parametrize("what", ["unit", "care_giver", "hsa_id"])
def test_without_both_blocks_it_fails_closed(note, agreement, made_by, unit, what):
    """
    agr-prov-1: unit or vårdgivare not known by HSA-id: not for the patient, not outside the own unit.
    """
    missing = {
        "unit": None,
        "care_giver": replace(unit, care_giver=None),
        "hsa_id": replace(unit, care_giver=CareGiver(name="Region Kalmar län")),
    }
    built = note_resources(replace(note, unit=missing[what]), agreement, made_by)
    assert all({"NOPATIENT", systems.OWN_UNIT_ONLY} <= codes(resource) for resource in own(built))
    assert [f.code for f in built.findings] == ["prov-agent-missing"]


def test_a_consultation_of_a_protected_person_gives_no_number_to_call(consultation, deadline, made_by):
    """
    Protected identity holds in the municipal dialogue too.
    """
    (person,) = consultation.patients
    sbar = replace(consultation.sbar, situation="Nås på 0340-880 00 eller hos maken, 0340-123 45.")
    message = replace(consultation, patients=(replace(person, is_protected=True),), sbar=sbar)
    built = consultation_resources(protected(message), deadline, made_by)
    assert not any(number in orjson.dumps(built.resources) for number in (b"0340-880 00", b"0340-123 45"))
    assert "hos maken" in orjson.dumps(built.resources).decode()
    assert all("sekretessmarkering" in codes(resource) for resource in own(built))
