"""What our builders emit follows the profiles that it is made by, judged by our own validator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from adapter.fhir import collection, profiles
from adapter.pipeline import Source, decide
from adapter.profiles import own_validator
from adapter.validation import Validator

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(
    path
    for path in FIXTURES.glob("*/*")
    if path.suffix in {".json", ".xml"} and ".expected." not in path.name
)


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Core, HL7 Sweden's definitions and ours, compiled once."""
    return own_validator()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_a_bundle_of_a_fixture_has_no_error_when_it_claims_its_profiles(
    case: Path, sources: Mapping[str, Source], validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Structure, slices, bindings and invariants of the claimed profiles hold.
    """
    monkeypatch.setattr(profiles, "ARE_CLAIMED", True)
    made = decide(case.read_bytes(), sources[case.parent.name]).resources
    issues = validator.validate(orjson.dumps(collection(made))) if made else ()
    assert not [(issue.expression, issue.rule, issue.what_en) for issue in issues if issue.is_error]
