"""`make conformance` where its tools are not there, and what it makes of what a validator says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "conformance"


@pytest.fixture(scope="module")
def judge() -> Any:
    """The script, as a module."""
    sys.path.insert(0, str(FOLDER))
    try:
        import judge  # noqa: PLC0415  a script beside others, found only with its folder on the path
    finally:
        sys.path.remove(str(FOLDER))
    return judge


def test_without_java_and_node_it_says_in_a_line_each_what_was_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    Nothing fails, and nobody believes that it was done.
    """
    monkeypatch.setenv("PATH", str(tmp_path))
    run = subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(FOLDER / "judge.py")], capture_output=True, text=True, check=True
    )
    node, java = run.stdout.splitlines()
    assert node.startswith("conformance: left out, no node and no npm (")
    assert java.startswith("conformance: left out, no java, javac, mvn (")


def test_an_error_or_a_file_that_was_not_judged_is_not_good(judge: Any) -> None:
    """
    A table with such a row says so, and counts it.
    """
    said = {"a.json": [judge.Said("warning", "X", "w")], "b.json": [judge.Said("error", "X.y", "wrong")]}
    assert judge.verdict_row("a", ["a.json"], said).outcome == "valid"
    bad = judge.verdict_row("b", ["a.json", "b.json"], said)
    assert (bad.outcome, bad.is_good) == ("errors", False)
    assert "    X.y: wrong" in list(bad.lines(5))
    assert judge.verdict_row("c", ["c.json"], said).outcome == "not judged"
    assert judge.table("t", [bad]) == 1
    assert judge.table("nothing at all", []) == 1


def test_a_broken_rule_of_ours_is_known_by_its_key(judge: Any) -> None:
    """
    As an error or a warning; another error is itself.
    """
    ours = judge.Said("warning", "CarePlan", "Constraint failed: agr-plan-1b: 'Stäm av.' (defined in x)")
    other = judge.Said("error", "CarePlan.status", "Unknown code 'kanske'")
    assert judge.broken(ours) == "agr-plan-1b"
    assert judge.counts(ours)
    assert judge.broken(other) == other.text
    assert not judge.counts(judge.Said("warning", "CarePlan", "Constraint failed: dom-6: 'narrative'"))
