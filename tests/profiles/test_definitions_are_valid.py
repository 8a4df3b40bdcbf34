"""What is compiled from profiles/ is valid by our own validator, definitions and examples alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.profiles import own_validator
from adapter.validation import Validator

FILES = sorted((Path(__file__).resolve().parents[2] / "profiles/fsh-generated/resources").glob("*.json"))


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Core, HL7 Sweden's definitions and ours."""
    return own_validator()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_compiled_resource_has_no_error(file: Path, validator: Validator) -> None:
    """
    By its type, by the profile that it claims, and as a definition.
    """
    issues = validator.validate(file.read_bytes())
    assert not [(issue.expression, issue.rule, issue.what_en) for issue in issues if issue.is_error]
