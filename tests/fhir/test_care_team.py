"""CareTeam: one for each fixed contact, and a roster (canonical-models §7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.domain.agreement import FixedContact, FixedContactCode
from adapter.fhir import note_resources, systems


@pytest.fixture
def teams(note, agreement, made_by, of_type):
    """The CareTeams by name."""
    return {team["name"]: team for team in of_type(note_resources(note, agreement, made_by), "CareTeam")}


def test_there_is_one_team_for_each_contact_and_a_roster(teams):
    """
    Inera-exact: one CareTeam per fixed contact; the computed roster beside them.
    """
    assert set(teams) == {"Fast vårdkontakt", "Fast läkarkontakt i primärvård", "Fasta kontakter"}


def test_a_contact_is_coded_and_has_exactly_one_participant(teams):
    """
    agr-team-1, agr-team-2: category, identifier, name, one PractitionerRole, role by KV Typ av fast kontakt.
    """
    team = teams["Fast vårdkontakt"]
    (participant,) = team["participant"]
    assert team["category"][0]["coding"][0]["code"] == "fast-kontakt"
    assert participant["role"][0]["coding"] == [
        {"system": systems.FIXED_CONTACT, "code": "1", "display": "fast vårdkontakt"}
    ]
    assert participant["member"]["reference"].startswith("PractitionerRole/")
    assert team["identifier"][0]["value"] == "SE2321000016-Test:Note:4711#fast-vardkontakt"
    assert team["period"] == {"start": "2026-03-12", "end": "2026-09-30"}


def test_the_unit_manages_only_the_contact_that_it_appoints(teams):
    """
    A fast läkarkontakt may be of another unit: it is not said, so it is not written.
    """
    assert "managingOrganization" in teams["Fast vårdkontakt"]
    assert "managingOrganization" not in teams["Fast läkarkontakt i primärvård"]


def test_every_number_says_who_may_see_it(teams):
    """
    agr-tel-1: unknown is internal; the hours stand on the number and on the role.
    """
    (point,) = teams["Fast vårdkontakt"]["telecom"]
    assert point["extension"][0] == {"url": systems.AUDIENCE, "valueCode": "internt"}
    assert point["extension"][1]["url"] == systems.HOURS


def test_hours_stand_where_r4_has_them(note, agreement, made_by, of_type):
    """
    PractitionerRole.availableTime, native R4.
    """
    roles = of_type(note_resources(note, agreement, made_by), "PractitionerRole")
    assert [role["availableTime"] for role in roles if "availableTime" in role] == [
        [{"daysOfWeek": ["mon", "wed"], "availableStartTime": "08:00:00", "availableEndTime": "09:30:00"}]
    ]


def test_a_line_that_names_nobody_for_sure_is_a_member_by_its_words(note, agreement, made_by, of_type):
    """
    Nothing is guessed: the words are the member's display, and the note has them whole.
    """
    contact = FixedContact(text="Lisa eller Kalle", code=FixedContactCode.PHYSICIAN)
    built = note_resources(note, replace(agreement, contacts=(contact,)), made_by)
    team = of_type(built, "CareTeam")[0]
    assert team["participant"][0]["member"] == {"display": "Lisa eller Kalle"}
    assert team["note"] == [{"text": "Lisa eller Kalle"}]


def test_the_roster_lists_holders_and_names_the_gaps(teams):
    """
    A role that a line says is vacant is a gap; so is one that nobody wrote of.
    """
    roster = teams["Fasta kontakter"]
    assert len(roster["participant"]) == 2
    assert roster["note"][0] == {"text": "Ingen fast omsorgskontakt är utsedd."}
    assert "Ingen fast omsorgskontakt är utsedd." in roster["text"]["div"]
    assert roster["category"][0]["coding"][0]["code"] == "fasta-kontakter"


def test_the_fixed_physician_is_the_patients_general_practitioner(note, agreement, made_by, of_type):
    """
    Code 2 also stands in Patient.generalPractitioner, when the note is open and in force.
    """
    (patient,) = of_type(note_resources(note, agreement, made_by), "Patient")
    assert patient["generalPractitioner"][0]["reference"].startswith("PractitionerRole/")
    unsigned = replace(note, signed_at=None, visibility=replace(note.visibility, is_signed=False))
    (patient,) = of_type(note_resources(unsigned, agreement, made_by), "Patient")
    assert "generalPractitioner" not in patient


def test_two_contacts_of_one_kind_are_two_teams(note, agreement, made_by, of_type):
    """
    A patient may have several fasta vårdkontakter; none overwrites the other.
    """
    two = tuple(FixedContact(text=text, code=FixedContactCode.CARE_CONTACT) for text in ("Eva", "Karin"))
    teams = of_type(note_resources(note, replace(agreement, contacts=two), made_by), "CareTeam")
    assert len({team["id"] for team in teams}) == 3
