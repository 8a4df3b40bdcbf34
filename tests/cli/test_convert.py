"""``overens convert``: every form out, every mistake one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapter.cli import commands

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
COSMIC = FIXTURES / "se.cosmic.journal-notes" / "kalmar-agreement.json"
RIV = FIXTURES / "se.riv.care-documentation" / "kalmar-agreement.xml"
LIFECARE = FIXTURES / "se.lifecare.message" / "consultation-complete.json"
FHIR = FIXTURES / "fhir.message" / "consultation-complete.json"


def convert(*arguments: object, sent: bytes | None = None):
    """The command's exit code, stdout and stderr."""
    return CliRunner().invoke(commands, ["convert", *map(str, arguments)], input=sent)


@pytest.mark.parametrize("file", [COSMIC, RIV, LIFECARE, FHIR], ids=lambda file: file.parent.name)
def test_a_message_becomes_a_bundle_and_nothing_else_is_on_stdout(file: Path) -> None:
    """
    Without ``--source`` the format is recognised; findings go to stderr.
    """
    ended = convert(file)
    assert ended.exit_code == 0
    bundle = json.loads(ended.stdout)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")


def test_a_fhir_message_is_a_message_and_its_report_tells_where_each_value_stood(tmp_path: Path) -> None:
    """
    A Bundle of type message goes the way of every message; its source map points into the Bundle.
    """
    report = tmp_path / "report.json"
    assert convert(FHIR, "--report", report).exit_code == 0
    rows = {row["element"].partition(".")[2]: row for row in json.loads(report.read_text())["sourceMap"]}
    question = rows["reasonCode[0].text"]
    assert question["where"].endswith("resource.topic.text")
    line = FHIR.read_text(encoding="utf-8").splitlines()[question["line"] - 1]
    assert line.strip().startswith('"text": ')


def test_standard_in_is_a_file_called_dash() -> None:
    """
    The same bytes give the same Bundle.
    """
    assert convert("-", sent=COSMIC.read_bytes()).stdout == convert(COSMIC).stdout


def test_a_source_can_be_named() -> None:
    """
    With ``--source`` nothing is guessed.
    """
    assert convert("--source", "se.cosmic.journal-notes", COSMIC).stdout == convert(COSMIC).stdout


def test_an_agreement_goes_to_fhir_and_its_keywords_come_back(tmp_path: Path) -> None:
    """
    ``--to cosmic`` of the Bundle is a note that gives the same keywords again.
    """
    bundle = tmp_path / "bundle.json"
    bundle.write_text(convert(COSMIC).stdout, encoding="utf-8")
    back = tmp_path / "note.json"
    back.write_bytes(convert("--to", "cosmic", bundle).stdout_bytes)
    assert isinstance(json.loads(back.read_text(encoding="utf-8")), list)
    keywords = convert("--to", "keywords", bundle).stdout
    assert keywords == convert("--to", "keywords", back).stdout
    assert "Patienten ansvarar för\n    - Daglig promenad" in keywords


def test_the_same_agreement_from_two_systems_gives_the_same_keywords() -> None:
    """
    Cosmic's tree and RIV TA's DocBook say the same.
    """
    assert convert("--to", "keywords", COSMIC).stdout == convert("--to", "keywords", RIV).stdout


@pytest.mark.parametrize("file", [COSMIC, RIV], ids=lambda file: file.parent.name)
def test_docbook_is_an_article_with_a_section_for_each_keyword(file: Path) -> None:
    """
    ``--to docbook`` is XML that stands alone.
    """
    from lxml import etree  # noqa: PLC0415  an XML reader that is not ours

    article = etree.fromstring(convert("--to", "docbook", file).stdout_bytes)
    assert etree.QName(article).localname == "article"
    assert "Överenskommelse" in article.xpath(
        "string(//*[local-name()='section'][1]/*[local-name()='title'])"
    )


def test_the_report_holds_findings_source_map_and_loss(tmp_path: Path) -> None:
    """
    Places with line and column; every leaf of the message is accounted for.
    """
    file = tmp_path / "report.json"
    assert convert("--report", file, COSMIC).exit_code == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert set(report) == {"findings", "sourceMap", "loss"}
    loss = report["loss"]
    assert loss["mapped"] + loss["ignored"] + loss["unread"] == loss["leaves"]
    assert any(row.get("line", 0) > 1 for row in report["sourceMap"])


def test_findings_stand_on_stderr_with_place_sentence_and_code() -> None:
    """
    Line and column, keyword path, Swedish, code.
    """
    told = convert(COSMIC.with_name("unreadable-validity.json")).stderr
    assert "Överenskommelsens giltighet: varning:" in told
    assert "[validity-unread]" in told
    assert told.split(":")[0].isdecimal()


def test_an_answer_without_notes_is_an_empty_bundle() -> None:
    """
    Nothing in it is an answer too: one Bundle, exit 0, and the finding says so.
    """
    ended = convert(FIXTURES / "se.riv.care-documentation" / "no-notes.xml")
    assert ended.exit_code == 0
    assert json.loads(ended.stdout) == {"resourceType": "Bundle", "type": "collection"}


def test_a_parked_message_is_3_and_gives_nothing() -> None:
    """
    A blocking finding stands in the way: no Bundle that somebody might take for an answer.
    """
    ended = convert(FIXTURES / "se.lifecare.message" / "missing-client.json")
    assert ended.exit_code == 3
    assert ended.stdout == ""
    assert "FEL" in ended.stderr


@pytest.mark.parametrize("raw", [b"", b"{", b"[1,", b"<a>", b"\xff\xfe\x01"])
def test_what_cannot_be_read_is_3_with_where(raw: bytes) -> None:
    """
    Broken is not unknown, also when no source was named.
    """
    ended = convert("-", sent=raw)
    assert ended.exit_code == 3
    assert "FEL" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-file.json"], "no-such-file.json"),
        ([FIXTURES], "mapp"),
        (["--source", "se.cosmic.notes", COSMIC], "se.cosmic.journal-notes"),
        (["--report", "/no/such/folder/report.json", COSMIC], "report.json"),
        (["--to", "cosmic", LIFECARE], "--to fhir"),
        (["--to", "html", COSMIC], "html"),
        ([ROOT / "fixtures" / "README.md"], ""),
    ],
)
def test_wrong_use_is_2_with_one_sentence(arguments: list[object], told: str) -> None:
    """
    What was wrong and what to do, no traceback.
    """
    ended = convert(*arguments)
    assert ended.exit_code in {2, 3}
    assert told in ended.stderr
    assert ended.stdout == ""
    assert isinstance(ended.exception, SystemExit)


def test_a_readable_message_of_no_source_names_the_known_ones() -> None:
    """
    And how to choose one.
    """
    ended = convert("-", sent=b'{"hello": "world"}')
    assert ended.exit_code == 2
    assert "se.cosmic.journal-notes" in ended.stderr
    assert "--source" in ended.stderr


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle", "type": "collection"},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "CarePlan"}}]},
        {"resourceType": "Bundle", "entry": "x"},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "CarePlan", "activity": [1]}}]},
    ],
)
def test_a_bundle_without_a_readable_agreement_never_ends_in_a_traceback(bundle: dict[str, object]) -> None:
    """
    Whatever stands in it: keywords, or 2 with a sentence.
    """
    ended = convert("--to", "cosmic", "-", sent=json.dumps(bundle).encode())
    assert ended.exit_code in {0, 2}


def foreign(**said: object) -> str:
    """A Bundle with the CarePlan of another system, and its patient."""
    number = {"system": "http://electronichealth.se/identifier/personnummer", "value": "191212121212"}
    subject = {"reference": "Patient/p"}
    plan = {"resourceType": "CarePlan", "id": "plan-1", "status": "active", "subject": subject, **said}
    entry = [{"resource": plan}, {"resource": {"resourceType": "Patient", "id": "p", "identifier": [number]}}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry})


def test_an_empty_plan_is_told_and_not_written() -> None:
    """
    No keywords without anything under them that somebody might take for an agreement.
    """
    ended = convert("--to", "cosmic", "-", sent=foreign().encode())
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "tom" in ended.stderr


def test_the_plan_of_another_system_becomes_a_note_that_cosmic_takes() -> None:
    """
    Its id and its latest time stand in for those of a note.
    """
    activity = [{"detail": {"status": "scheduled", "description": "Uppföljning av blodtryck"}}]
    meta = {"lastUpdated": "2026-03-12T10:14:00Z"}
    written = convert("--to", "cosmic", "-", sent=foreign(activity=activity, meta=meta).encode())
    assert written.exit_code == 0
    taken = convert("-", sent=written.stdout.encode())
    assert taken.exit_code == 0
    assert "Uppföljning av blodtryck" in taken.stdout


def test_a_bundle_to_fhir_is_wrong_use() -> None:
    """
    It is FHIR already.
    """
    ended = convert("-", sent=b'{"resourceType": "Bundle"}')
    assert ended.exit_code == 2
    assert "--to cosmic" in ended.stderr
