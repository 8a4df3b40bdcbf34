"""Every probe gets the verdict that stands beside it: one fault each, and the valid twins."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from compare import definitions_of, ours, with_snapshots
from probes import Probe, probes

from adapter.validation import Package, Validator

PROBES = list(probes())
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module", params=["differential", "snapshot"])
def validator(request: pytest.FixtureRequest) -> Validator:  # noqa: D103 see the line
    definitions = definitions_of(PROBES)
    if request.param == "snapshot":
        definitions = with_snapshots(definitions)
    return Validator([Package("probes", tuple(definitions))], now=NOW)


@pytest.mark.parametrize("probe", PROBES, ids=lambda p: p.name)
def test_a_fault_is_found_and_its_valid_twin_is_clean(probe: Probe, validator: Validator) -> None:
    """
    A probe with a fault has an error, the others have none, with profiles as differential and as snapshot.
    """
    errors = [i for i in ours(probe, validator) if i.is_error]
    assert bool(errors) is probe.faulty, errors


def test_every_issue_is_told_in_both_tongues_and_ends_with_what_to_do(validator: Validator) -> None:
    """
    A sentence has no unfilled place, and the Swedish one is a sentence.
    """
    for probe in PROBES:
        for issue in ours(probe, validator):
            shows_content = issue.rule in (
                "fixed",
                "pattern",
                "code-unknown",
                "code-required",
                "xml-namespace",
            )
            assert shows_content or "{" not in issue.what_sv.replace("{…}", ""), issue
            assert issue.what_sv.endswith((".", "…")), issue
            assert issue.what_en
