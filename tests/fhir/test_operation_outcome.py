"""OperationOutcome: one table from findings to issues."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from adapter.fhir import operation_outcome
from adapter.fhir.operation_outcome import ISSUE_TYPES
from adapter.findings import Finding

FINDING = Finding(
    "person-id-unusable",
    "Client.PersonId",
    "se.lifecare.message/person.yaml:7",
    "Kontrollsiffran stämmer inte. Kontrollera numret och skicka igen.",
    "191212121211",
    blocking=True,
    keyword="Överenskommelse > Giltighet",
    line=12,
    column=5,
)
# https://hl7.org/fhir/R4/valueset-issue-type.html
R4_ISSUE_TYPES = {
    *("invalid", "structure", "required", "value", "invariant", "security", "login", "unknown"),
    *("expired", "forbidden", "suppressed", "processing", "not-supported", "duplicate"),
    *("multiple-matches", "not-found", "deleted", "too-long", "code-invalid", "extension", "too-costly"),
    *("business-rule", "conflict", "transient", "lock-error", "no-store", "exception", "timeout"),
    *("incomplete", "throttled", "informational"),
}


def test_an_issue_says_what_where_and_by_which_rule():
    """
    Severity, code, the Swedish sentence with our own code, our file and line, the sender's place.
    """
    (issue,) = operation_outcome([FINDING])["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "value")
    assert issue["details"]["text"] == FINDING.what
    assert issue["details"]["coding"][0]["code"] == "person-id-unusable"
    assert issue["diagnostics"] == FINDING.at
    assert issue["location"] == [
        "Client.PersonId",
        "rad 12, kolumn 5",
        "sökord Överenskommelse > Giltighet",
    ]


def test_the_value_is_only_in_the_senders_own_answer():
    """
    Patient data stays out unless it is asked for.
    """
    assert "191212121211" not in str(operation_outcome([FINDING]))
    (issue,) = operation_outcome([FINDING], include_values=True)["issue"]
    assert issue["diagnostics"] == f"{FINDING.at} Värde: 191212121211"


@pytest.mark.parametrize(
    ("code", "blocking", "severity"),
    [("unread", False, "information"), ("sbar-missing", False, "warning"), ("unread", True, "error")],
)
def test_the_severity_is_the_findings(code, blocking, severity):
    """
    Blocking is an error, informative is information, all else a warning.
    """
    (issue,) = operation_outcome([Finding(code, "", "x", "Gör så.", blocking=blocking)])["issue"]
    assert issue["severity"] == severity


def test_every_issue_type_is_fhirs():
    """
    The table names only codes of issue-type; a finding that it lacks is processing.
    """
    assert set(ISSUE_TYPES.values()) <= R4_ISSUE_TYPES
    assert operation_outcome([Finding("never-seen", "", "x", "Gör så.")])["issue"][0]["code"] == "processing"


def test_nothing_to_say_is_said():
    """
    FHIR demands an issue: with no findings it says that all is well.
    """
    outcome = operation_outcome([])
    assert outcome["issue"][0]["severity"] == "information"
    OperationOutcome.model_validate(outcome)
