"""RIV TA GetCareDocumentation 3.0 and 2.1, as domain.md §5 describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapter.domain.note import Note
from adapter.mapping import Mapped, map_message
from adapter.pipeline import Source, decide
from tests.sources.samples import ROOT, SHARED

FOLDER = ROOT / "fixtures" / "se.riv.care-documentation"
COSMIC = ROOT / "fixtures" / "se.cosmic.journal-notes"
SAMPLES = sorted((SHARED / "reference" / "samples").glob("*.xml"))


@pytest.fixture
def source(sources: Mapping[str, Source]) -> Source:
    """The source under test."""
    return sources["se.riv.care-documentation"]


def mapped(source: Source, name: str) -> Mapped:
    """A fixture through the mapping."""
    return map_message(source.plan, source.parse((FOLDER / name).read_bytes()))


def only(source: Source, name: str) -> Note:
    """The only note of a fixture."""
    (note,) = mapped(source, name).records
    assert isinstance(note, Note)
    return note


@pytest.mark.parametrize(
    "name", ["kalmar-agreement.xml", "version-2-1.xml", "docbook-in-cdata-with-namespace.xml"]
)
def test_the_same_agreement_is_the_same_value(name: str, sources: Mapping[str, Source]) -> None:
    """
    What Cosmic sends as a tree and a RIV source as DocBook, in either version and coat, is one agreement.
    """
    cosmic = decide((COSMIC / "kalmar-agreement.json").read_bytes(), sources["se.cosmic.journal-notes"])
    riv = decide((FOLDER / name).read_bytes(), sources["se.riv.care-documentation"])
    assert riv.effects[0].agreement is not None
    assert riv.effects[0].agreement == cosmic.effects[0].agreement


def test_the_header_is_read(source: Source) -> None:
    """
    Who, where, when, for whom: both blocks of the law, the author's unit, the times and the ids.
    """
    note = only(source, "kalmar-agreement.xml")
    assert (note.note_id, note.type_code, note.type_name) == (
        "SE2321000016-Test:Note:4711",
        "bes",
        "Besöksanteckning",
    )
    assert note.unit is not None
    assert note.unit.care_giver is not None
    assert [
        str(i and i.value) for i in (note.source_system, note.unit.hsa_id, note.unit.care_giver.hsa_id)
    ] == [
        "SE2321000016-COSMIC1",
        "SE2321000016-A1B2",
        "SE2321000016-C3D4",
    ]
    assert note.author is not None
    assert (note.author.name, note.author.role_code) == ("Eva Svensson", "206017")
    assert note.author.unit is not None
    assert note.author.unit.phone == "010-000 00 00"
    assert note.visibility.is_approved_for_patient is True
    assert note.block_time == note.noted_at
    assert note.version_at == note.signed_at


def test_the_older_version_says_the_same(source: Source) -> None:
    """
    2.1 has other names for the same; its care contact and its nullification have no twin in 3.0.
    """
    new, old = only(source, "kalmar-agreement.xml"), only(source, "version-2-1.xml")
    assert (old.patients, old.source_system, old.unit, old.signed_at, old.block_time) == (
        new.patients,
        new.source_system,
        new.unit,
        new.signed_at,
        new.block_time,
    )
    assert (old.note_id, old.care_contact_id, old.type_code) == ("774411", "kontakt-555", "bes")
    nullified = only(source, "version-2-1-nullified.xml")
    assert (nullified.is_active, nullified.inactive_reason) == (False, "Skriven i fel patients journal")


def test_the_text_is_kept_verbatim_beside_the_keywords(source: Source) -> None:
    """
    The article stays as it was sent, and says that it is one.
    """
    text = only(source, "kalmar-agreement.xml").text
    assert text is not None
    assert text.media_type == "application/docbook+xml"
    assert text.text.startswith("<article>")
    assert only(source, "docbook-in-cdata-with-namespace.xml").text is not None


def test_list_items_and_loose_paragraphs_are_read(source: Source) -> None:
    """
    An item of a list is a value; text outside the sections comes under a keyword without title.
    """
    loose, root = only(source, "itemized-lists-and-loose-paragraphs.xml").keywords
    assert loose.title == ""
    assert [value.text for value in loose.values] == [
        "Patienten kommer tillsammans med sin dotter.",
        "Rutin dokumenterad överenskommelse",
    ]
    assert [value.text for value in root.children[1].values] == [
        "Ta blodtrycket & pulsen varje morgon",
        "Gå minst 6 000 steg om dagen",
        "Äta frukost före medicinen (inte på fastande mage)",
    ]
    assert "#section[0].section[1].itemizedlist[0]" in root.children[1].values[0].origin()


def test_plain_text_gives_its_keywords_by_line(source: Source) -> None:
    """
    "Sökord: text" lines are the fallback; the place has the line within the text.
    """
    note = only(source, "plain-text-with-keyword-lines.xml")
    assert note.text is not None
    assert note.text.media_type == "text/plain"
    titles = {keyword.title: [value.text for value in keyword.values] for keyword in note.keywords}
    assert titles["Patienten ansvarar för"] == [
        "Daglig promenad",
        "Blodtryck två gånger i veckan; värden < 140/90 är målet",
    ]
    assert note.keywords[2].origin().endswith("clinicalDocumentNoteText#L3")


def test_an_article_that_is_cut_off_is_read_as_text(source: Source) -> None:
    """
    With a finding, said once, and the text kept.
    """
    result = mapped(source, "docbook-cut-off.xml")
    assert [finding.code for finding in result.findings] == ["docbook-unreadable"]
    assert result.records[0].text.media_type == "text/plain"


def test_several_notes_and_the_rest_to_fetch(source: Source) -> None:
    """
    Each careDocumentation is a note; hasMore is a finding with the system and the reference.
    """
    result = mapped(source, "several-notes-and-has-more.xml")
    assert [note.note_id for note in result.records] == ["note-1", "note-2", "note-3"]
    (more,) = result.findings
    assert (more.code, more.value, more.blocking) == (
        "has-more",
        "SE2321000016-COSMIC1 sida-2&efter=note-3",
        False,
    )


def test_no_signature_and_no_approval_fail_closed(source: Source) -> None:
    """
    An unsigned note is unsigned, one that is not approved is not approved.
    """
    visibility = only(source, "unsigned-and-not-approved.xml").visibility
    assert (visibility.is_signed, visibility.is_approved_for_patient) == (False, False)


def test_release_to_the_patient_is_no_new_version(source: Source) -> None:
    """
    What was not approved may be so later, in the same version: its content counts as the same.
    """
    raw = (FOLDER / "unsigned-and-not-approved.xml").read_bytes()
    released = raw.replace(b"approvedForPatient>false", b"approvedForPatient>true")
    changed = raw.replace(b"Daglig promenad", b"Daglig cykeltur")
    contents = [map_message(source.plan, source.parse(text)).contents for text in (raw, released, changed)]
    assert contents[0] == contents[1] != contents[2]


def test_a_dissenting_opinion_and_a_document_are_kept(source: Source) -> None:
    """
    Who holds what to be wrong, verbatim; and what was sent instead of a text.
    """
    (opinion,) = only(source, "dissenting-opinion.xml").opinions
    assert opinion.text.startswith("Jag har aldrig sagt")
    assert (opinion.person_name, opinion.opinion_id) == ("John Goode", "opinion-1")
    note = only(source, "dissenting-opinion.xml")
    assert note.version_at == opinion.authored_at
    attachment = only(source, "document-instead-of-text.xml").attachment
    assert attachment is not None
    assert (attachment.media_type, attachment.data) == ("application/pdf", "JVBERi0xLjQKJSVFT0YK")


def test_an_answer_that_is_an_error_is_no_empty_answer(source: Source) -> None:
    """
    ERROR stops the message with the source's own words apart; an answer without notes is just empty.
    """
    (failed,) = mapped(source, "result-error.xml").findings
    assert (failed.code, failed.blocking) == ("source-error", True)
    assert failed.value.startswith("Källsystemet svarade inte")
    assert mapped(source, "no-notes.xml").findings == ()


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [("INFO", "Delvis svar", "source-info"), ("MAYBE", "", "code-unknown"), ("OK", "", "")],
)
def test_what_the_answer_says_of_itself_is_passed_on(
    source: Source, code: str, text: str, found: str
) -> None:
    """
    OK is silent, INFO and what is unknown are told; none of them stops.
    """
    said = f"resultCode>{code}</core:resultCode><core:resultText>{text}</core:resultText>"
    raw = (
        (FOLDER / "no-notes.xml").read_text(encoding="utf-8").replace("resultCode>OK</core:resultCode>", said)
    )
    findings = map_message(source.plan, source.parse(raw.encode())).findings
    assert [(f.code, f.blocking) for f in findings] == ([(found, False)] if found else [])


def test_a_source_that_did_not_answer_is_told(source: Source) -> None:
    """
    An empty list with NoDataSynchFailed in the header is not "no data".
    """
    header = (
        '<h:ProcessingStatus xmlns:h="urn:riv:interoperability:headers:1"><h:ProcessingStatusList>'
        "<h:logicalAddress>SE1</h:logicalAddress><h:statusCode>NoDataSynchFailed</h:statusCode>"
        "</h:ProcessingStatusList></h:ProcessingStatus>"
    )
    raw = (FOLDER / "no-notes.xml").read_text(encoding="utf-8")
    raw = raw.replace("<soapenv:Header/>", f"<soapenv:Header>{header}</soapenv:Header>")
    assert [f.code for f in map_message(source.plan, source.parse(raw.encode())).findings] == [
        "not-all-fetched"
    ]


def test_placeholders_are_told_one_by_one(source: Source) -> None:
    """
    What a test tool left unfilled is no value: each is named, and what must be there is missing.
    """
    result = mapped(source, "placeholders-left-by-a-test-tool.xml")
    codes = [finding.code for finding in result.findings]
    assert codes == ["placeholder"] * 3 + ["required-missing"]
    assert result.findings[-1].where.endswith("accessControlHeader.patientId")
    assert result.records[0].text is None


def test_the_record_time_is_the_version_of_a_note_that_nobody_signed(source: Source) -> None:
    """
    Author and signature are 0..1 in the contract; record/timestamp is 1..1 and always there.
    """
    text = (FOLDER / "kalmar-agreement.xml").read_text(encoding="utf-8")
    bare = re.sub(r"(?s)<core:(author|signature)>.*</core:\1>", "", text)
    (note,) = map_message(source.plan, source.parse(bare.encode())).records
    assert note.signed_at is note.author is None
    assert note.version_at == note.noted_at


def test_an_unreadable_time_does_not_hide_the_others(source: Source) -> None:
    """
    The version is the latest time that can be read.
    """
    raw = (FOLDER / "kalmar-agreement.xml").read_bytes()
    old = "<core:timestamp>20260312101400</core:timestamp>\n          </core:signature>"
    signed = raw.replace(old.encode(), b"<core:timestamp>20261340000000</core:timestamp></core:signature>")
    assert signed != raw
    result = map_message(source.plan, source.parse(signed))
    assert [finding.code for finding in result.findings] == ["value-unusable"]
    assert result.records[0].version_at.value == "2026-03-12T10:14:00+01:00"
    times = raw.replace(b"20260312101400", b"x").replace(b"20260312094500", b"x")
    assert map_message(source.plan, source.parse(times)).records[0].version_at is None


@pytest.mark.skipif(not SAMPLES, reason="the official samples are not here (OVERENS_SHARED)")
@pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case.name)
def test_official_samples_are_taken_or_refused_with_a_reason(case: Path, source: Source) -> None:
    """
    None crashes: each gives notes, or findings that say what to do.
    """
    decision = decide(case.read_bytes(), source)
    assert all(finding.what.endswith((".", "112")) for finding in decision.findings)
    assert decision.effects or decision.findings


@pytest.mark.parametrize(
    ("said", "is_approved", "codes"),
    [
        ("<core:approvedForPatient>true</core:approvedForPatient>", True, []),
        ("<core:approvedForPatient> 1 </core:approvedForPatient>", True, []),
        ("<core:approvedForPatient>false</core:approvedForPatient>", False, []),
        ("<core:approvedForPatient>ja</core:approvedForPatient>", False, ["value-unusable"]),
        ("<core:approvedForPatient/>", False, ["record-incomplete"]),
        ("", False, ["record-incomplete"]),
    ],
)
def test_without_a_sure_yes_the_patient_does_not_see_the_note(
    said: str, is_approved: bool, codes: list[str], source: Source
) -> None:
    """
    The contract has approvedForPatient 1..1: missing or unreadable is told, and is not a yes.
    """
    yes = "<core:approvedForPatient>true</core:approvedForPatient>"
    text = (FOLDER / "kalmar-agreement.xml").read_text(encoding="utf-8")
    read = map_message(source.plan, source.parse(text.replace(yes, said).encode()))
    (note,) = read.records
    assert isinstance(note, Note)
    assert note.visibility.is_approved_for_patient is is_approved
    assert [(finding.code, finding.blocking) for finding in read.findings] == [(c, False) for c in codes]
