"""The way back, part by part: who, where, and what other systems write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.domain.consultation import MessageKind
from adapter.domain.identity import HsaId, PersonId, PersonIdKind
from adapter.domain.note import Attachment, NoteText
from adapter.domain.people import CareUnit, Professional
from adapter.domain.when import Moment
from adapter.fhir import agreement_of, consultation_of, consultation_resources, note_resources


@pytest.fixture
def back(agreement, made_by):
    """A note through FHIR and back."""

    def through(note):
        ((found, _),) = agreement_of(note_resources(note, agreement, made_by).resources)
        return found

    return through


@pytest.mark.parametrize(
    "person_id",
    [
        PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212"),
        PersonId(kind=PersonIdKind.SAMORDNINGSNUMMER, value="196109732393"),
        PersonId(kind=PersonIdKind.NATIONAL_RESERVE, value="98240301AA06"),
        PersonId(kind=PersonIdKind.REGIONAL_RESERVE, value="991981000010", root="1.2.752.97.3.1.3"),
        PersonId(kind=PersonIdKind.LOCAL, value="R-77", root="1.2.752.999.1"),
        PersonId(kind=PersonIdKind.LOCAL, value="R-77"),
    ],
    ids=lambda each: f"{each.kind}-{each.root}",
)
def test_every_kind_of_number_comes_back(note, back, person_id):
    """
    agr-id-1: a reserve number is never taken for a personnummer.
    """
    (person,) = note.patients
    assert back(replace(note, patients=(replace(person, ids=(person_id,)),))).patients[0].ids == (person_id,)


@pytest.mark.parametrize("root", ["1.2.752.129.2.1.2.1", ""])
def test_the_notes_id_comes_back_with_its_root(note, back, root):
    """
    An id without an OID is the source system's own.
    """
    found = back(replace(note, note_id_root=root))
    assert (found.note_id, found.note_id_root) == (note.note_id, root)


def test_a_root_that_is_no_oid_gives_a_namespace_of_its_own(note, agreement, made_by, of_type):
    """
    A UUID is urn:uuid; anything else is kept apart under our own, never as a false OID.
    """
    for root, system in (
        ("6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11", "urn:uuid:6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"),
        ("Local Unit/OID", "https://overens.example/fhir/sid/rot/Local-Unit-OID"),
    ):
        built = note_resources(replace(note, note_id_root=root), agreement, made_by)
        assert of_type(built, "CarePlan")[0]["identifier"][0]["system"] == system


def test_a_note_that_came_as_text_comes_back_as_text(note, back):
    """
    DocBook or plain: the same words, the same kind.
    """
    text = NoteText(text="Överenskommelse:\n Promenad", media_type="text/plain")
    assert back(replace(note, keywords=(), text=text)).text == text


def test_a_document_that_is_not_text_is_not_read_as_one(note, back):
    """
    A PDF, or a link, is no keyword tree.
    """
    for sent in (
        Attachment(media_type="application/pdf", data="JVBERi0="),
        Attachment(media_type="application/pdf", reference="https://region.example/1.pdf"),
    ):
        found = back(replace(note, keywords=(), attachment=sent))
        assert (found.keywords, found.text) == ((), None)


def test_a_withdrawn_note_comes_back_withdrawn(note, back):
    """
    With its reason.
    """
    found = back(replace(note, is_active=False, inactive_reason="Fel patient"))
    assert (found.is_active, found.inactive_reason) == (False, "Fel patient")


def test_a_plan_alone_gives_what_it_says():
    """
    One resource without its neighbours: nothing is made up for what is not there.
    """
    plan = {
        "resourceType": "CarePlan",
        "id": "1",
        "contributor": [{"reference": "Organization/x"}],
        "careTeam": [{"reference": "CareTeam/x"}],
        "activity": [{"reference": {"reference": "MedicationRequest/x", "display": "Furosemid"}}, {}],
    }
    ((note, agreement),) = agreement_of(plan)
    assert (note.patients, note.unit, note.author) == ((), None, None)
    assert [line.text for line in agreement.care_part] == ["Furosemid"]
    assert agreement.validity is None


def test_a_booked_time_of_another_system_is_a_next_step():
    """
    Its words are written so that they read back: what, when, with whom.
    """
    bundle = [
        {
            "resourceType": "CarePlan",
            "id": "1",
            "activity": [
                {"reference": {"reference": "Appointment/a"}},
                {"detail": {"description": "Promenad", "performer": [{"reference": "Patient/p"}]}},
            ],
        },
        {
            "resourceType": "Appointment",
            "id": "a",
            "serviceType": [{"text": "Läkarbesök"}],
            "start": "2026-04-14T10:00:00+02:00",
            "end": "2026-04-14T10:30:00+02:00",
            "participant": [{"actor": {"reference": "Practitioner/l"}}],
        },
        {"resourceType": "Practitioner", "id": "l", "name": [{"text": "Lars Lind", "prefix": ["dr"]}]},
    ]
    ((_, agreement),) = agreement_of(bundle)
    (step,) = agreement.next_steps
    assert "Läkarbesök" in step.text
    assert (step.start, step.end) == (
        Moment("2026-04-14T10:00:00+02:00"),
        Moment("2026-04-14T10:30:00+02:00"),
    )
    assert [line.text for line in agreement.patient_part] == ["Promenad"]


def test_a_team_of_another_kind_is_no_fixed_contact():
    """
    Only a role by KV Typ av fast kontakt makes one.
    """
    bundle = [
        {"resourceType": "CarePlan", "id": "1", "careTeam": [{"reference": "CareTeam/t"}]},
        {"resourceType": "CareTeam", "id": "t", "participant": [{"role": [{"text": "dietist"}]}]},
    ]
    ((_, agreement),) = agreement_of(bundle)
    assert agreement.contacts == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": None},
        {"sender": Professional(name="Karin Ek", title="Sjuksköterska")},
        {
            "sender": Professional(
                hsa_id=HsaId(value="SE2120001249-P101"),
                name="Karin Ek",
                unit=CareUnit(name="Nattpatrullen"),
            )
        },
        {"urgency": None, "contact_wanted": None, "vitals": (), "question": ""},
    ],
    ids=["no person", "no HSA-id", "of another unit", "nothing chosen"],
)
def test_a_request_comes_back_whoever_sent_it(consultation, deadline, made_by, changes):
    """
    The unit is the message's, unless the person's own is another.
    """
    said = replace(consultation, **changes)
    assert consultation_of(consultation_resources(said, deadline, made_by).resources) == said


@pytest.mark.parametrize("kind", [MessageKind.ANSWER, MessageKind.COMPLETION, MessageKind.SELF_CARE])
def test_a_later_message_comes_back_with_what_it_answers(consultation, made_by, kind):
    """
    Its kind and the message that it answers.
    """
    said = replace(
        consultation,
        kind=kind,
        message_id="svar-1",
        in_reply_to=consultation.message_id,
        urgency=None,
        contact_wanted=None,
    )
    found = consultation_of(consultation_resources(said, None, made_by).resources)
    assert (found.kind, found.in_reply_to) == (kind, consultation.message_id)


@pytest.mark.parametrize("who", ["author", "signer"])
def test_two_words_of_one_person_in_a_note_are_joined(note, agreement, made_by, of_type, who):
    """
    One by id alone, the other by id and name: one Practitioner who has the name, traced whole.
    """
    nameless = replace(note.author, name="", title="")
    for trace in (False, True):
        built = note_resources(replace(note, **{who: nameless}), agreement, made_by, trace=trace)
        named = [p for p in of_type(built, "Practitioner") if "identifier" in p]
        assert [p["name"] for p in named] == [[{"text": "Eva Ek"}]]
        if trace:
            assert f"Practitioner/{named[0]['id']}.name[0].text" in {t.element for t in built.traces}


def test_an_odd_source_id_makes_a_sound_uri_and_comes_back(note, back, agreement, made_by, of_type):
    """
    HSA-ids in the wild break their own rules; a URI may not hold a space.
    """
    odd = replace(note, source_system=HsaId(value="CC 000å", is_sound=False), note_id_root="")
    (plan,) = of_type(note_resources(odd, agreement, made_by), "CarePlan")
    assert " " not in plan["meta"]["source"] + plan["identifier"][0]["system"]
    assert back(odd).source_system.value == "CC 000å"
