"""What becomes of the parts that the next version of a plan no longer mentions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.fhir import note_resources
from adapter.fhir.succession import dropped, retired


@pytest.fixture
def gone(note, agreement, made_by, of_type):
    """The resources that an emptied agreement drops, by type."""
    before = note_resources(note, agreement, made_by)
    emptied = replace(agreement, patient_part=(), care_part=(), next_steps=(), contacts=(), contact_ways=())
    after = note_resources(note, emptied, made_by)
    (plan,), (newer,) = of_type(before, "CarePlan"), of_type(after, "CarePlan")
    by_name = {f"{r['resourceType']}/{r['id']}": r for r in before.resources}
    return [by_name[name] for name in dropped(plan, newer)]


def test_every_part_that_is_gone_is_dropped(gone):
    """
    Activities, fixed contacts and contact ways; the roster stays, as it is computed anew.
    """
    assert [part["resourceType"] for part in gone] == [
        "CareTeam",
        "CareTeam",
        "Task",
        "Task",
        "ServiceRequest",
        "Appointment",
        "ServiceRequest",
        "ServiceRequest",
        "HealthcareService",
    ]


def test_each_part_ends_in_its_own_way(gone):
    """
    Cancelled, revoked, inactive: in FHIR's word for each kind, with the reason where there is a place.
    """
    ends = {part["resourceType"]: retired(part) for part in gone}
    assert ends["Task"]["status"] == "cancelled"
    assert ends["Task"]["statusReason"]["text"] == "Står inte längre i överenskommelsen."
    assert ends["ServiceRequest"]["status"] == "revoked"
    assert ends["Appointment"]["status"] == "cancelled"
    assert ends["Appointment"]["cancelationReason"]["text"] == "Står inte längre i överenskommelsen."
    assert ends["CareTeam"]["status"] == "inactive"
    assert ends["HealthcareService"]["active"] is False


def test_what_has_ended_is_not_ended_again(gone):
    """
    A Task that the patient has ticked stays completed; ending twice changes nothing.
    """
    for part in gone:
        assert retired(retired(part)) is None
    assert retired({"resourceType": "Task", "status": "completed"}) is None
    assert retired({"resourceType": "Patient"}) is None


def test_only_plans_drop_parts(gone):
    """
    Another resource has no parts of this kind.
    """
    assert dropped(gone[0], gone[0]) == ()
