"""Each invariant by our own validator: one file that keeps it, one that breaks it and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.profiles import own_validator
from adapter.validation import Issue, Validator

FOLDER = Path(__file__).resolve().parents[2] / "profiles" / "invariants"
KEYS = sorted({path.name.partition(".")[0] for path in FOLDER.glob("*.json")})


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Core, HL7 Sweden's definitions and ours."""
    return own_validator()


def weighty(validator: Validator, name: str) -> list[Issue]:
    """What is wrong with a file, and what breaks a rule of ours however it weighs."""
    issues = validator.validate((FOLDER / name).read_bytes())
    return [issue for issue in issues if issue.is_error or issue.rule.startswith("agr-")]


@pytest.mark.parametrize("key", KEYS)
def test_the_file_that_keeps_a_rule_has_no_fault(key: str, validator: Validator) -> None:
    """
    No error at all, and no rule of ours broken.
    """
    found = weighty(validator, f"{key}.pass.json")
    assert not [(issue.rule, issue.expression, issue.what_en) for issue in found]


@pytest.mark.parametrize("key", KEYS)
def test_the_file_that_breaks_a_rule_breaks_that_one(key: str, validator: Validator) -> None:
    """
    The rule is named, nothing else is wrong, and the sentence is the profile's own.
    """
    found = weighty(validator, f"{key}.fail.json")
    assert {issue.rule for issue in found} == {key}
    assert all(issue.what_sv.endswith(".") for issue in found)
