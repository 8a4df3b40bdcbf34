"""Our verdicts against those of HL7's validator, for some thousands of small probes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.validation import Validator
from adapter.validation.core_tables import Core
from adapter.validation.packages import Package

sys.path.insert(0, str(Path(__file__).parent))
from recorded import definitions, files, recorded

CORE = Core()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("file", files(), ids=lambda f: f.stem)
def test_a_recorded_probe_has_the_verdict_of_hl7s_validator(file: Path) -> None:
    """
    A probe has an error when HL7's validator found one, but for those with a reason written beside them.
    """
    validator = Validator([Package(file.stem, tuple(definitions(file)))], core=CORE, now=NOW)
    probes = list(recorded(file))
    assert len(probes) > 100, "the file has lost its probes"
    other = []
    for probe in probes:
        found = validator.validate(probe.text.encode(), [probe.profile] if probe.profile else [])
        errors = [i.rule for i in found if i.is_error]
        if bool(errors) is not probe.is_faulty:
            other.append((probe.name, errors))
    assert not other


@pytest.mark.parametrize("file", files(), ids=lambda f: f.stem)
def test_few_probes_have_a_reason_to_differ(file: Path) -> None:
    """We differ from HL7's validator only where a reason is given, and seldom."""
    reasons = [p for p in recorded(file) if p.reason]
    assert all(len(p.reason) > 10 for p in reasons)
    assert len(reasons) < 0.1 * len(list(recorded(file)))
