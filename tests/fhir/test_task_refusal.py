"""What stands in the way of a change of a consultation's Task by hand: canonical-models §2.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.domain.refusal import TASK_STATUS_NAMES
from adapter.fhir.task_refusal import task_refusal
from adapter.fhir.written import Writer

Json = dict[str, Any]
MADE = Path(__file__).parents[2] / "fixtures/se.lifecare.message/consultation-complete.json.expected.json"
OWNER = Writer(client="c", unit="SE2321000115-VC07")
REQUESTER = Writer(client="c", unit="se2120001249-hsv01")
OTHER = Writer(client="c", unit="SE2120001249-HSV99")
NOBODY = Writer(client="c")


def task(**changes: Any) -> Json:
    """The Task of a consultation, with changes."""

    def tasks(tree: Any) -> list[Json]:
        if isinstance(tree, dict) and tree.get("resourceType") == "Task":
            return [tree]
        inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
        return [found for each in inner for found in tasks(each)]

    return {**tasks(json.loads(MADE.read_bytes()))[0], **changes}


def codes(old: Json, new: Json, writer: Writer, *, is_open: bool = False) -> list[str]:
    """The codes of what stands in the way."""
    return [finding.code for finding in task_refusal(old, new, writer, is_open=is_open)]


@pytest.mark.parametrize(
    ("before", "after", "writer", "code"),
    [
        ("requested", "accepted", OWNER, ""),
        ("requested", "accepted", REQUESTER, "not-your-step"),
        ("requested", "accepted", OTHER, "not-your-step"),
        ("requested", "accepted", NOBODY, "not-your-step"),
        ("requested", "cancelled", REQUESTER, ""),
        ("in-progress", "on-hold", REQUESTER, ""),
        ("requested", "completed", OWNER, "step-refused"),
        ("completed", "requested", REQUESTER, "step-refused"),
        ("requested", "requested", REQUESTER, ""),
        ("requested", "requested", OTHER, "not-your-step"),
        ("requested", "draft", OWNER, "step-refused"),
        ("requested", "nonsense", OWNER, "step-refused"),
    ],
)
def test_each_side_takes_its_own_steps(before: str, after: str, writer: Writer, code: str) -> None:
    """
    The unit that has it and the one that asked, known by their HSA-ids in any case; nobody else.
    """
    old, new = task(status=before), task(status=after)
    assert codes(old, new, writer) == ([code] if code else [])
    if code == "not-your-step":
        assert codes(old, new, writer, is_open=True) == []


@pytest.mark.parametrize("name", ["identifier", "authoredOn", "owner", "requester", "for", "focus"])
def test_what_is_the_servers_cannot_be_changed(name: str) -> None:
    """
    By either side, with or without a step.
    """
    changed = task(status="accepted", **{name: {"reference": "Organization/x"}})
    assert codes(task(), changed, OWNER) == ["step-refused"]
    assert codes(task(), changed, OWNER, is_open=True) == ["step-refused"]


def test_any_step_is_refused_in_words() -> None:
    """
    Whatever status to whatever status: never an error of our own.
    """
    for before in (*TASK_STATUS_NAMES, "draft"):
        for after in (*TASK_STATUS_NAMES, "draft"):
            for finding in task_refusal(task(status=str(before)), task(status=str(after)), REQUESTER):
                assert finding.what.endswith(".")
    assert codes({**task(), "status": None}, task(), OWNER) == ["step-refused"]


def test_what_is_no_consultation_has_no_such_rules() -> None:
    """
    A patient's own task, and every other resource.
    """
    other = task(meta={"profile": ["https://overens.example/fhir/StructureDefinition/patientens-del"]})
    assert codes(other, {**other, "status": "completed"}, OTHER) == []
    assert codes({"resourceType": "CarePlan"}, {"resourceType": "CarePlan"}, OTHER) == []
