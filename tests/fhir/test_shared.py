"""Shared resources: what a message does not say never clears what another said (canonical-models §1)."""

from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapter.domain.identity import HsaId, PersonId, PersonIdKind
from adapter.domain.people import Professional
from adapter.fhir import SHARED_TYPES, collection, is_shared, merged, note_resources, systems

LABEL = {"system": systems.SE_SECURITY, "code": "sekretessmarkering"}
WORDS = st.text(alphabet="abcåäö", min_size=1, max_size=4)
IDENTIFIERS = st.lists(st.fixed_dictionaries({"system": WORDS, "value": WORDS}), min_size=1, max_size=3)
PATIENTS = st.fixed_dictionaries(
    {"resourceType": st.just("Patient"), "id": st.just("p")},
    optional={
        "meta": st.fixed_dictionaries({"security": st.just([LABEL])}),
        "identifier": IDENTIFIERS,
        "name": st.lists(
            st.fixed_dictionaries(
                {}, optional={"family": WORDS, "given": st.lists(WORDS, min_size=1)}
            ).filter(bool),
            min_size=1,
            max_size=1,
        ),
        "generalPractitioner": st.lists(st.fixed_dictionaries({"reference": WORDS}), min_size=1, max_size=1),
    },
)
UNITS = st.fixed_dictionaries(
    {"resourceType": st.just("Organization"), "id": st.just("o")},
    optional={
        "name": WORDS,
        "identifier": IDENTIFIERS,
        "telecom": st.lists(
            st.fixed_dictionaries({"system": st.sampled_from(["phone", "email"]), "value": WORDS}),
            min_size=1,
            max_size=2,
            unique_by=lambda point: point["system"],
        ),
    },
)
PAIRS = st.one_of(st.tuples(PATIENTS, PATIENTS), st.tuples(UNITS, UNITS))


@given(PAIRS)
def test_merging_again_changes_nothing(pair):
    """
    The same message twice gives the same resource, and so no new version.
    """
    current, new = pair
    once = merged(current, new)
    assert merged(once, new) == once
    assert merged(once, once) == once


@given(PAIRS)
def test_merging_loses_nothing(pair):
    """
    Every element of both stays; every identifier and label; every kind of contact; parts of the name.
    """
    current, new = pair
    whole = merged(current, new)
    assert set(current) | set(new) <= set(whole)
    for each in (current, new):
        assert all(item in whole["identifier"] for item in each.get("identifier", ()))
        assert all(label in whole["meta"]["security"] for label in each.get("meta", {}).get("security", ()))
        said = {point["system"] for point in each.get("telecom", ())}
        assert said <= {point["system"] for point in whole.get("telecom", ())}
    if isinstance(current.get("name"), list) and isinstance(new.get("name"), list):
        assert set(current["name"][0]) <= set(whole["name"][0])


@given(PAIRS)
def test_what_is_new_counts_and_nothing_given_is_changed(pair):
    """
    The new message's word stands; the arguments are left as they were.
    """
    current, new = pair
    before = copy.deepcopy(pair)
    whole = merged(current, new)
    for name in set(new) - {"meta", "identifier", "name", "telecom"}:
        assert whole[name] == new[name]
    assert pair == before


def test_the_narrative_is_that_of_the_whole(note, made_by, of_type):
    """
    A message that knows the number and another that knows the name are told together.
    """
    (person,) = note.patients
    nameless = replace(note, patients=(replace(person, family_name="", given_names=()),))
    known = of_type(note_resources(note, None, made_by), "Patient")[0]
    new = of_type(note_resources(nameless, None, made_by), "Patient")[0]
    assert "Tolvan Tolvansson, 191212121212" in merged(known, new)["text"]["div"]
    assert merged(known, new) == known


def test_ids_of_shared_resources_come_from_the_identity_alone(note, made_by, unit):
    """
    Two sources, two notes: the same patient, unit and nurse. HSA-ids differ in nothing by their case.
    """
    elsewhere = replace(
        note,
        note_id="annan",
        source_system=HsaId(value="SE2120001249-LIFECARE"),
        unit=replace(unit, hsa_id=HsaId(value="se2321000016-a1b2")),
    )
    one = note_resources(note, None, made_by)
    other = note_resources(elsewhere, None, replace(made_by, source="se.lifecare.message"))
    ids = [{r["id"] for r in built.resources if r["resourceType"] in SHARED_TYPES} for built in (one, other)]
    assert ids[0] == ids[1]


def test_a_person_known_by_name_alone_is_of_that_note_only(note, agreement, made_by, of_type):
    """
    Two of the same name are never made one person.
    """
    other = replace(note, note_id="annan")
    found = [
        {
            p["id"]
            for p in of_type(note_resources(each, agreement, made_by), "Practitioner")
            if "identifier" not in p
        }
        for each in (note, other)
    ]
    assert found[0].isdisjoint(found[1])


def test_a_local_number_without_a_root_counts_within_its_source_only(note, made_by, of_type):
    """
    A reserve number is never taken for somebody else's.
    """
    local = (replace(note.patients[0], ids=(PersonId(kind=PersonIdKind.LOCAL, value="R-77"),)),)
    one = note_resources(replace(note, patients=local), None, made_by)
    other = note_resources(
        replace(note, patients=local, source_system=HsaId(value="SE2120001249-X")), None, made_by
    )
    assert of_type(one, "Patient")[0]["id"] != of_type(other, "Patient")[0]["id"]
    assert of_type(one, "Patient")[0]["identifier"] == [{"value": "R-77"}]


def test_a_collection_has_each_resource_once(note, agreement, made_by):
    """
    Several notes of one message in one Bundle.
    """
    built = note_resources(note, agreement, made_by)
    bundle = collection((*built.resources, *built.resources))
    assert len(bundle["entry"]) == len(built.resources)
    assert collection(()) == {"resourceType": "Bundle", "type": "collection"}


def test_what_belongs_to_one_note_is_not_shared_though_its_type_is(note, agreement, made_by, of_type):
    """
    Somebody known by name alone: a note that becomes open takes the label away again.
    """
    hidden = replace(note, visibility=replace(note.visibility, is_approved_for_patient=False))
    closed, opened = note_resources(hidden, agreement, made_by), note_resources(note, agreement, made_by)
    for before, after in zip(of_type(closed, "Practitioner"), of_type(opened, "Practitioner"), strict=True):
        assert is_shared(before) == ("identifier" in before)
        assert merged(before, after) == after


def test_nobody_is_made_of_a_title_alone(note, agreement, made_by, of_type):
    """
    "Distriktssköterska": a role without a person; a patient without a number is of that note only.
    """
    role = Professional(title="Distriktssköterska")
    (person,) = note.patients
    built = note_resources(
        replace(note, author=role, signer=None, patients=(replace(person, ids=()),)),
        replace(agreement, contacts=(), next_steps=()),
        made_by,
    )
    assert of_type(built, "Practitioner") == []
    (only,) = of_type(built, "PractitionerRole")
    assert only["code"] == [{"text": "Distriktssköterska"}]
    assert "identifier" not in of_type(built, "Patient")[0]
