"""What our builders make follows the profiles that it claims, judged by our own validator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapter.answers import answer
from adapter.fhir import collection, profiles
from adapter.pipeline import Source, arrival, decide
from adapter.profiles import own_validator
from adapter.validation import Validator

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(
    path
    for path in FIXTURES.glob("*/*")
    if path.suffix in {".hl7", ".json", ".xml"} and ".expected." not in path.name
)
each_fixture = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES]
)


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Core, HL7 Sweden's definitions and ours, compiled once."""
    return own_validator()


def errors(validator: Validator, resource: Any) -> list[tuple[str, str, str]]:
    """What is wrong with a resource, by its type and by what it claims.

    Raises TypeError where a value is not plain JSON.
    """
    issues = validator.validate(orjson.dumps(resource, option=orjson.OPT_PASSTHROUGH_SUBCLASS))
    return [(issue.expression, issue.rule, issue.what_en) for issue in issues if issue.is_error]


@each_fixture
def test_the_bundle_of_a_fixture_has_no_error(
    case: Path, sources: Mapping[str, Source], validator: Validator
) -> None:
    """
    Structure, slices, bindings and invariants of the claimed profiles hold, also across references.
    """
    made = decide(case.read_bytes(), sources[case.parent.name]).resources
    assert not made or not errors(validator, collection(made))


@each_fixture
def test_the_log_entry_of_a_fixture_has_no_error(
    case: Path, sources: Mapping[str, Source], validator: Validator
) -> None:
    """
    The AuditEvent of every arrival, taken in or not, claims its profile and follows it.
    """
    source = sources[case.parent.name]
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    raw = case.read_bytes()
    audit = arrival(raw, source, decide(raw, source), moment).audit
    assert audit["meta"]["profile"] == [profiles.AUDIT]
    assert not errors(validator, audit)


@each_fixture
def test_the_answer_to_a_fixture_has_no_error(
    case: Path, sources: Mapping[str, Source], validator: Validator
) -> None:
    """
    The OperationOutcome that the sender gets claims its profile and follows it, whatever was found.
    """
    source = sources[case.parent.name]
    raw = case.read_bytes()
    told = answer(decide(raw, source))  # as FHIR tells it, also of what HL7 v2 gets an ACK for
    outcome = orjson.loads(told.body)
    assert outcome["meta"]["profile"] == [profiles.OUTCOME]
    assert not errors(validator, outcome)


@pytest.mark.parametrize("name", ["se.lifecare.message", "se.cosmic.journal-notes"])
def test_the_answer_to_a_message_with_a_used_id_has_no_error(
    sources: Mapping[str, Source], validator: Validator, name: str
) -> None:
    """
    409 is told in the same form.
    """
    source = sources[name]
    raw = (FIXTURES / name / source.example).read_bytes()
    contested = frozenset(effect.key for effect in decide(raw, source).effects)
    told = answer(decide(raw, source, contested=contested))
    assert told.status == 409
    outcome = orjson.loads(told.body)
    assert outcome["meta"]["profile"] == [profiles.OUTCOME]
    assert not errors(validator, outcome)
