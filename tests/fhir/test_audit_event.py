"""AuditEvent: what is logged of an arrived message."""

from __future__ import annotations

import orjson
import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from adapter.fhir import message_audit_event
from adapter.ports import State


def event(state, patient="Patient/p"):
    """The event of a message that made a plan."""
    return message_audit_event(
        message_id="m-1",
        sender="SE2321000016-COSMIC1",
        source="se.cosmic.journal-notes",
        state=state,
        patient=patient,
        made=("Patient/p", "CarePlan/c"),
        recorded="2026-03-12T10:15:00+01:00",
    )


@pytest.mark.parametrize("state", [state.value for state in State])
def test_every_end_of_a_message_is_logged(state):
    """
    Done, partly, parked, refused, unreadable: each has an outcome, and is FHIR.
    """
    AuditEvent.model_validate_json(orjson.dumps(event(state)))


def test_it_says_who_sent_what_about_whom_and_what_it_made():
    """
    The sender by HSA-id, the message by our id, the patient and every resource by reference.
    """
    said = event("done")
    assert said["agent"][0]["who"]["identifier"]["value"] == "SE2321000016-COSMIC1"
    assert said["entity"][0]["what"]["identifier"]["value"] == "m-1"
    assert said["entity"][1]["role"]["code"] == "1"
    assert [entity["what"].get("reference") for entity in said["entity"]] == [None, "Patient/p", "CarePlan/c"]


def test_a_message_without_a_patient_is_logged_without_one():
    """
    Nothing is made up: no patient entity.
    """
    assert all("role" not in entity for entity in event("unreadable", patient="")["entity"])


def test_the_same_message_is_the_same_event():
    """
    Its id comes from the message's.
    """
    assert event("done") == event("done")
