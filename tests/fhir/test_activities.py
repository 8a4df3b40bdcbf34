"""Task, ServiceRequest, Appointment and HealthcareService: an agreement's lines (canonical-models §3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.domain.agreement import NextStep, Responsibility
from adapter.domain.people import Audience, ContactKind, ContactWay
from adapter.domain.when import Moment
from adapter.fhir import note_resources, systems
from adapter.fhir.succession import dropped


def ids(built, *types):
    """The ids of the resources of some types."""
    return {each["id"] for each in built.resources if each["resourceType"] in types}


def test_the_patients_part_is_a_task_that_the_patient_owns(note, agreement, made_by, of_type):
    """
    agr-task-1: owner Patient, intent order, routine, with code, for, requester, authoredOn and description.
    """
    task = of_type(note_resources(note, agreement, made_by), "Task")[0]
    assert task["owner"] == task["for"]
    assert task["owner"]["reference"].startswith("Patient/")
    assert (task["status"], task["intent"], task["priority"]) == ("requested", "order", "routine")
    assert task["description"] == "Daglig promenad"
    assert {"code", "requester", "authoredOn"} <= set(task)


def test_cares_part_is_a_request_that_the_unit_performs(note, agreement, made_by, of_type):
    """
    ServiceRequest with intent plan, the line as code.text, performer the unit.
    """
    request = of_type(note_resources(note, agreement, made_by), "ServiceRequest")[0]
    assert (request["status"], request["intent"]) == ("active", "plan")
    assert request["code"] == {"text": "Uppföljning av blodtryck"}
    assert request["performer"][0]["reference"].startswith("Organization/")


def test_a_booked_time_needs_start_and_end(note, agreement, made_by, of_type):
    """
    app-2, app-3: both said, an Appointment with the patient; a start alone, a ServiceRequest.
    """
    built = note_resources(note, agreement, made_by)
    (appointment,) = of_type(built, "Appointment")
    assert (appointment["start"], appointment["end"]) == (
        "2026-04-20T10:00:00+02:00",
        "2026-04-20T10:30:00+02:00",
    )
    actors = [each["actor"]["reference"].partition("/")[0] for each in appointment["participant"]]
    assert actors == ["Patient", "PractitionerRole"]
    steps = [
        each
        for each in of_type(built, "ServiceRequest")
        if each["code"]["text"] != "Uppföljning av blodtryck"
    ]
    assert [step.get("occurrenceDateTime") for step in steps] == ["2026-04-14T10:00:00+02:00", None]


def test_dates_without_a_time_of_day_are_no_appointment(note, agreement, made_by, of_type):
    """
    An instant is never invented: whole days become an occurrencePeriod.
    """
    step = NextStep(text="Rehab vecka 20", start=Moment("2026-05-11"), end=Moment("2026-05-15"))
    built = note_resources(note, replace(agreement, next_steps=(step,), care_part=()), made_by)
    assert of_type(built, "Appointment") == []
    (request,) = of_type(built, "ServiceRequest")
    assert request["occurrencePeriod"] == {"start": "2026-05-11", "end": "2026-05-15"}


def test_a_contact_way_has_number_hours_and_audience(note, agreement, made_by, of_type):
    """
    HealthcareService with telecom (malgrupp patient) and availableTime, provided by the unit.
    """
    (service,) = of_type(note_resources(note, agreement, made_by), "HealthcareService")
    (point,) = service["telecom"]
    assert (point["value"], point["extension"][0]["valueCode"]) == ("010-000 00 00", "patient")
    assert service["availableTime"][0]["availableEndTime"] == "17:00:00"
    assert service["providedBy"]["reference"].startswith("Organization/")


def test_a_contact_way_for_staff_is_labelled_and_not_told(note, agreement, made_by, of_type):
    """
    agr-tel-1: it is kept, but with a label, and neither its words nor its number are in a narrative.
    """
    way = ContactWay(
        text="Direktnummer 010-999 99 99 för kommunens sjuksköterskor",
        kind=ContactKind.PHONE,
        value="010-999 99 99",
        audience=Audience.MUNICIPAL_LICENSED,
    )
    built = note_resources(note, replace(agreement, contact_ways=(way,)), made_by)
    (service,) = of_type(built, "HealthcareService")
    assert systems.STAFF_ONLY in [label["code"] for label in service["meta"]["security"]]
    assert not any("Direktnummer" in each["text"]["div"] for each in built.resources)


@pytest.mark.parametrize("status", ["draft", "revoked", "entered-in-error"])
def test_parts_follow_the_plan_that_is_not_in_force(note, agreement, made_by, status):
    """
    Nothing of an unsigned, replaced or nullified note is requested, active or booked.
    """
    changes = {
        "draft": {"signed_at": None, "visibility": replace(note.visibility, is_signed=False)},
        "revoked": {"is_active": False, "inactive_reason": "Ersatt"},
        "entered-in-error": {"is_active": False},
    }
    built = note_resources(replace(note, **changes[status]), agreement, made_by)
    states = {
        each["status"]
        for each in built.resources
        if each["resourceType"] in {"Task", "ServiceRequest", "Appointment", "CareTeam"}
    }
    assert states.isdisjoint({"active", "requested", "booked"})


def test_an_unchanged_line_keeps_its_id_wherever_it_stands(note, agreement, made_by):
    """
    A line put in above another makes no new version of the other.
    """
    first = note_resources(note, agreement, made_by)
    lines = (Responsibility(text="Ny rad överst"), *agreement.patient_part)
    second = note_resources(note, replace(agreement, patient_part=lines), made_by)
    assert ids(first, "Task") < ids(second, "Task")


def test_spaces_and_case_do_not_make_another_line(note, agreement, made_by):
    """
    The key of a line is its words; the text itself stays verbatim.
    """
    one, other = (
        note_resources(note, replace(agreement, care_part=(Responsibility(text=text),)), made_by)
        for text in ("Uppföljning av blodtryck", "uppföljning  av BLODTRYCK ")
    )
    assert ids(one, "ServiceRequest") == ids(other, "ServiceRequest")


def test_a_line_written_twice_is_two(note, agreement, made_by, of_type):
    """
    Nothing is dropped: the second of the same words has an id of its own.
    """
    twice = (Responsibility(text="Promenad"), Responsibility(text="Promenad"))
    built = note_resources(note, replace(agreement, patient_part=twice), made_by)
    assert len(of_type(built, "Task")) == 2


def test_a_line_that_is_gone_is_seen_to_be_gone(note, agreement, made_by, of_type):
    """
    Its reference has left the plan, which is how the store knows to end it.
    """
    before = note_resources(note, agreement, made_by)
    after = note_resources(note, replace(agreement, patient_part=agreement.patient_part[:1]), made_by)
    (plan,), (newer,) = of_type(before, "CarePlan"), of_type(after, "CarePlan")
    gone = dropped(plan, newer)
    assert gone == (f"Task/{(ids(before, 'Task') - ids(after, 'Task')).pop()}",)


def test_a_later_version_of_a_note_is_the_same_resources(note, agreement, made_by):
    """
    Ids come from the note's id, not its version; only the Provenance is one for each version.
    """
    later = replace(note, version_at=Moment("2026-04-01T08:00:00+02:00"))
    first, second = note_resources(note, agreement, made_by), note_resources(later, agreement, made_by)
    every = {each["resourceType"] for each in first.resources} - {"Provenance"}
    assert ids(first, *every) == ids(second, *every)
    assert ids(first, "Provenance") != ids(second, "Provenance")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(lines=st.lists(st.text(alphabet="abc ÅÄÖ", min_size=1).filter(str.strip), max_size=6))
def test_the_same_note_twice_is_the_same_resources(lines, note, agreement, made_by):
    """
    Idempotence: nothing depends on anything but the note.
    """
    said = replace(agreement, care_part=tuple(Responsibility(text=line) for line in lines))
    assert note_resources(note, said, made_by) == note_resources(note, said, made_by)
    made = [each for each in note_resources(note, said, made_by).resources if "performer" in each]
    assert len(made) >= len(lines)


def test_another_note_shares_only_what_is_shared(note, agreement, made_by):
    """
    Two notes of one patient share Patient, Organization and staff with HSA-id; nothing else.
    """
    other = replace(note, note_id="SE2321000016-Test:Note:4712")
    first, second = note_resources(note, agreement, made_by), note_resources(other, agreement, made_by)
    same = {f"{r['resourceType']}/{r['id']}" for r in first.resources} & {
        f"{r['resourceType']}/{r['id']}" for r in second.resources
    }
    assert {target.partition("/")[0] for target in same} == {
        "Patient",
        "Organization",
        "Practitioner",
        "PractitionerRole",
    }
    assert len(same) == 5


def test_a_time_never_runs_backwards(note, agreement, made_by, of_type):
    """
    agr-appt-1: an end before its start is told, and left out; the words stay.
    """
    step = NextStep(
        text="Återbesök 10.00-09.00",
        start=Moment("2026-04-14T10:00:00+02:00"),
        end=Moment("2026-04-14T09:00:00+02:00"),
    )
    built = note_resources(note, replace(agreement, next_steps=(step,), care_part=()), made_by)
    (request,) = of_type(built, "ServiceRequest")
    assert request["occurrenceDateTime"] == "2026-04-14T10:00:00+02:00"
    assert [f.code for f in built.findings] == ["booking-unread"]
