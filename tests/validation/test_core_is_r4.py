"""The tables hold R4 as it was published (4.0.1): nothing of later versions, nothing of other publishers."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.validation import Validator

Json = dict[str, Any]
VALIDATOR = Validator()
PATIENT: Json = {"resourceType": "Patient"}
STUDY: Json = {"resourceType": "ResearchStudy", "status": "active"}
VARIABLE: Json = {"resourceType": "EvidenceVariable", "status": "draft"}
ISSUE: Json = {"resourceType": "DetectedIssue"}


@pytest.mark.parametrize(
    ("element", "resource"),
    [
        ("author", PATIENT | {"meta": {"author": {"reference": "Practitioner/1"}}}),
        ("project", PATIENT | {"meta": {"project": "x"}}),
        ("account", PATIENT | {"meta": {"account": {"reference": "Organization/1"}}}),
        ("accounts", PATIENT | {"meta": {"accounts": [{"reference": "Organization/1"}]}}),
        ("compartment", PATIENT | {"meta": {"compartment": [{"reference": "Organization/1"}]}}),
        ("onBehalfOf", PATIENT | {"meta": {"onBehalfOf": {"reference": "Organization/1"}}}),
        ("offeredIn", {"resourceType": "HealthcareService", "offeredIn": [{"reference": "Location/1"}]}),
        ("url", {"resourceType": "Binary", "contentType": "text/plain", "url": "http://example.org"}),
        ("name", STUDY | {"name": "x"}),
        ("label", STUDY | {"label": [{"value": "x"}]}),
        ("recruitment", STUDY | {"recruitment": {"targetNumber": 1}}),
        (
            "linkId",
            VARIABLE | {"characteristic": [{"linkId": "x", "definitionCodeableConcept": {"text": "x"}}]},
        ),
        ("bodySite", {"resourceType": "DeviceDefinition", "bodySite": {"text": "x"}}),
        ("publisher", {"resourceType": "ObservationDefinition", "publisher": {"display": "x"}}),
    ],
)
def test_what_others_have_added_to_r4_is_unknown(element: str, resource: Json) -> None:
    """An element that R4 has not is refused, whoever else knows it."""
    found = [i for i in VALIDATOR.validate(resource) if i.rule in {"element-unknown", "element-version"}]
    assert [i.severity for i in found] == ["error"]
    assert f"”{element}”" in found[0].what_sv


@pytest.mark.parametrize(
    ("resource", "rules"),
    [
        (ISSUE | {"status": "final"}, []),
        (ISSUE | {"status": "mitigated"}, ["code-required"]),
        (VARIABLE | {"characteristic": [{"definitionCodeableConcept": {"text": "x"}}]}, []),
        (VARIABLE | {"characteristic": [{"description": "x"}]}, ["min"]),
    ],
)
def test_what_others_have_changed_in_r4_is_as_published(resource: Json, rules: list[str]) -> None:
    """Bindings and cardinalities are those of R4, not of what came after."""
    errors = [i.rule for i in VALIDATOR.validate(resource) if i.is_error]
    assert [r for r in errors if r != "dom-6"] == rules
