"""FHIR given to ``overens convert``: judged before it is used, told about, and refused when it is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.validation import Issue

COSMIC = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json"


def run(*arguments: str, sent: bytes) -> Any:
    """The command's exit code, stdout and stderr."""
    return CliRunner().invoke(commands, ["convert", *arguments], input=sent)


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    """What we make of a note."""
    made: dict[str, Any] = json.loads(run("-", sent=COSMIC.read_bytes()).stdout)
    return made


def plan_of(bundle: dict[str, Any]) -> dict[str, Any]:
    """The CarePlan in it."""
    return next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "CarePlan")


def test_our_own_bundle_has_no_fault(bundle: dict[str, Any]) -> None:
    """
    What goes out may come in.
    """
    ended = run("--to", "keywords", "-", sent=json.dumps(bundle).encode())
    assert ended.exit_code == 0
    assert ended.stderr == ""


def test_each_fault_is_told_with_its_place_and_the_rest_is_used(
    bundle: dict[str, Any], tmp_path: Path
) -> None:
    """
    The FHIRPath, line and column of the fault; the sentence says what to do, the value stands apart.
    """
    broken = json.loads(json.dumps(bundle))
    plan_of(broken)["status"] = "kanske"
    report = tmp_path / "report.json"
    whole = run("--to", "keywords", "-", sent=json.dumps(bundle).encode()).stdout
    ended = run("--to", "keywords", "--report", str(report), "-", sent=json.dumps(broken, indent=1).encode())
    assert ended.exit_code == 0
    assert ended.stdout == whole
    (found,) = json.loads(report.read_text(encoding="utf-8"))["findings"]
    assert found["code"] == "fhir-in-unsound"
    assert found["where"].endswith(".status")
    assert found["line"] > 1
    assert "kanske" not in found["what"]
    assert found["where"] in ended.stderr


def test_a_profile_that_nobody_has_is_told_and_does_not_stop(bundle: dict[str, Any]) -> None:
    """
    A claim of another's that cannot be judged here.
    """
    other = json.loads(json.dumps(bundle))
    plan_of(other)["meta"]["profile"].append("https://someone.example/StructureDefinition/plan")
    ended = run("--to", "keywords", "-", sent=json.dumps(other).encode())
    assert ended.exit_code == 0
    assert "https://someone.example/StructureDefinition/plan" in ended.stderr
    assert ended.stdout


def test_a_bundle_in_xml_is_read_too() -> None:
    """
    The same resources, the other form.
    """
    sent = b"""<?xml version="1.0"?>
    <Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
      <entry><fullUrl value="https://x.example/CarePlan/a"/><resource><CarePlan>
        <id value="a"/><status value="active"/><intent value="plan"/>
        <subject><display value="Tolvan"/></subject>
        <period><end value="2026-12-31"/></period>
      </CarePlan></resource></entry>
    </Bundle>"""
    ended = run("--to", "keywords", "-", sent=sent)
    assert ended.exit_code == 0
    assert "t.o.m. 2026-12-31" in ended.stdout


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        (b'{"resourceType": "CarePlan", "status": "active"}', "Bundle"),
        (b'{"resourceType": "Bundle", "type": "collection"}', "overenskommelse"),
        (b'{"resourceType": "ActorDefinition"}', "FHIR R4"),
        (b'{"resourceType": 7}', "FHIR R4"),
        (b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"></Bundle>', "FHIR R4"),
        (b'{"resourceType": "Bundle", "entry": ' + b"[" * 900 + b"]" * 900 + b"}", "overenskommelse"),
    ],
)
def test_what_holds_no_agreement_is_refused_in_one_sentence(sent: bytes, word: str) -> None:
    """
    2, nothing on stdout, and what it is.
    """
    ended = run("--to", "cosmic", "-", sent=sent)
    assert ended.exit_code == 2
    assert ended.stdout == ""
    said = ended.stderr.lower().replace("ö", "o")
    assert word.lower() in said
    assert "traceback" not in said


def test_a_fault_in_what_we_make_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    3, nothing on stdout, and the finding says that it is ours.
    """
    wrong = Issue("error", "invariant", "agr-x", "CarePlan", "Rätta.", "Mend it.")
    monkeypatch.setattr("adapter.cli.convert.OutputCheck", lambda _: lambda _: (wrong,))
    ended = run("-", sent=COSMIC.read_bytes())
    assert ended.exit_code == 3
    assert ended.stdout == ""
    assert "[fhir-not-valid]" in ended.stderr
