"""The whole core, from bytes to FHIR, over every fixture of every source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapter.answers import finding_json
from adapter.fhir import agreement_of
from adapter.pipeline import Source, decide

ROOT = Path(__file__).parent.parent
CASES = sorted(
    path
    for path in (ROOT / "fixtures").glob("*/*")
    if path.suffix in {".hl7", ".json", ".xml"} and ".expected." not in path.name
)
IDS = [f"{case.parent.name}/{case.name}" for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_message_becomes_what_lies_beside_it(
    case: Path, sources: Mapping[str, Source], golden: Callable[[Path, Any], None]
) -> None:
    """
    The whole core gives the expected file: state, loss, findings and resources.
    """
    decision = decide(case.read_bytes(), sources[case.parent.name])
    loss = decision.loss
    golden(
        case,
        {
            "state": decision.state.value,
            "messageId": decision.message_id,
            "loss": loss
            and {
                "leaves": loss.leaves,
                "mapped": loss.mapped,
                "ignored": loss.ignored,
                "unread": loss.unread,
            },
            "findings": [finding_json(finding) for finding in decision.findings],
            "resources": list(decision.resources),
        },
    )


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_leaf_of_a_message_is_accounted_for(case: Path, sources: Mapping[str, Source]) -> None:
    """
    Mapped, ignored and unread leaves are together all leaves (agr-loss-1).
    """
    loss = decide(case.read_bytes(), sources[case.parent.name]).loss
    if loss is not None:
        assert loss.mapped + loss.ignored + loss.unread == loss.leaves


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_fhir_leaf_knows_its_origin(case: Path, sources: Mapping[str, Source]) -> None:
    """
    The source map has one row for each leaf of each resource: a place in the message, or the rule.
    """
    decision = decide(case.read_bytes(), sources[case.parent.name], trace=True)
    traced = Counter(trace.element for trace in decision.traces)
    for resource in decision.resources:
        for path in _leaves(resource, f"{resource['resourceType']}/{resource['id']}"):
            assert traced[path] >= 1, path
    assert all(trace.where or trace.rule for trace in decision.traces)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_tracing_changes_nothing_else(case: Path, sources: Mapping[str, Source]) -> None:
    """
    The same bytes give the same decision, with or without the source map.
    """
    source = sources[case.parent.name]
    plain, traced = decide(case.read_bytes(), source), decide(case.read_bytes(), source, trace=True)
    assert plain.resources == traced.resources
    assert plain.findings == traced.findings


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_agreement_comes_back_from_fhir_as_it_went_in(case: Path, sources: Mapping[str, Source]) -> None:
    """
    FHIR back to the domain gives the same agreement: get(put(x)) = x on everything mapped.
    """
    decision = decide(case.read_bytes(), sources[case.parent.name])
    sent = [effect.agreement for effect in decision.kept if effect.agreement]
    assert [agreement for _, agreement in agreement_of(decision.resources)] == sent


def _leaves(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _leaves(part, f"{path}.{name}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in _leaves(part, f"{path}[{index}]")]
    return [path]
