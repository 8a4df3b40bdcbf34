"""Where things come from: the verbatim note, the Provenance, the source map."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import replace

import orjson
import pytest

from adapter.domain.note import Attachment, DissentingOpinion, NoteText
from adapter.domain.when import Moment
from adapter.fhir import SHARED_TYPES, MadeBy, consultation_resources, note_resources, systems
from adapter.fhir.element import uri_of_root


def leaves(value, path=""):
    """Every leaf of a resource with its path."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path


@pytest.fixture
def document_of(made_by, of_type):
    """The DocumentReference of a note."""

    def build(note):
        (document,) = of_type(note_resources(note, None, made_by), "DocumentReference")
        return document

    return build


@pytest.mark.parametrize("kind", ["text/plain", "application/docbook+xml"])
def test_a_note_that_came_as_text_is_kept_as_that_text(note, document_of, kind):
    """
    Byte for byte, with its own media type, size and SHA-1.
    """
    text = "Överenskommelse:\r\n  Ta <2> tabletter\t\n"
    document = document_of(replace(note, keywords=(), text=NoteText(text=text, media_type=kind)))
    (content,) = document["content"]
    attachment = content["attachment"]
    data = b64decode(attachment["data"])
    assert (data.decode(), attachment["contentType"]) == (text, kind)
    assert attachment["size"] == len(data)
    assert attachment["hash"] == b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def test_a_keyword_tree_is_kept_in_the_names_of_its_source(note, document_of):
    """
    Records within records, with units and ranges.
    """
    attachment = document_of(note)["content"][0]["attachment"]
    assert attachment["contentType"] == "application/json"
    assert orjson.loads(b64decode(attachment["data"])) == [
        {
            "keyword": "Överenskommelse",
            "keywordToolType": "Text",
            "record": [
                {
                    "keyword": "Patienten ansvarar för",
                    "keywordToolType": "Text",
                    "value": [{"value": "Daglig promenad", "journalValueType": "Text"}],
                    "unit": ["min"],
                    "range": ["10-60"],
                }
            ],
        }
    ]


def test_the_document_tells_what_kind_of_note_it_is(note, document_of):
    """
    Type by KV Anteckningstyp, the care contact, who signed.
    """
    document = document_of(note)
    assert document["type"]["coding"][0]["code"] == "bes"
    assert document["context"]["encounter"][0]["identifier"]["value"] == "kontakt-17"
    assert (document["status"], document["docStatus"]) == ("current", "final")
    assert "authenticator" in document


def test_a_nullified_note_says_so_and_why(note, document_of):
    """
    entered-in-error, with the reason.
    """
    document = document_of(replace(note, is_active=False, inactive_reason="Fel patient"))
    assert document["status"] == "entered-in-error"
    assert document["extension"] == [{"url": systems.INACTIVE_REASON, "valueString": "Fel patient"}]


def test_a_document_sent_instead_of_a_text_is_kept(note, document_of):
    """
    Base64 as it came, or the reference to it; an unusable one is told.
    """
    pdf = Attachment(media_type="application/pdf", data="JVBERi0=")
    (content,) = document_of(replace(note, keywords=(), attachment=pdf))["content"]
    assert content["attachment"]["data"] == "JVBERi0="
    link = Attachment(media_type="application/pdf", reference="https://region.example/1.pdf")
    (content,) = document_of(replace(note, keywords=(), attachment=link))["content"]
    assert content["attachment"]["url"] == "https://region.example/1.pdf"


def test_an_unusable_document_is_told(note, made_by):
    """
    The official mock sends cid: where base64 should stand.
    """
    sent = Attachment(media_type="application/pdf", data="cid:123", origins={"data": "here"})
    built = note_resources(replace(note, attachment=sent), None, made_by)
    assert [(f.code, f.where) for f in built.findings] == [("attachment-unusable", "here")]


def test_a_dissenting_opinion_stands_beside_the_note(note, document_of):
    """
    Avvikande mening: verbatim, with whose it is and when.
    """
    opinion = DissentingOpinion(
        text="Jag har aldrig rökt.",
        opinion_id="1",
        authored_at=Moment("2026-03-13T08:00:00+01:00"),
        person_name="Tolvan Tolvansson",
    )
    note_itself, said = document_of(replace(note, opinions=(opinion,)))["content"]
    assert note_itself["attachment"]["contentType"] == "application/json"
    assert b64decode(said["attachment"]["data"]).decode() == "Jag har aldrig rökt."
    assert said["extension"][0]["url"] == systems.OPINION


def test_the_provenance_names_both_blocks_the_writer_the_signer_and_us(note, agreement, made_by, of_type):
    """
    The custodian = vårdgivare, author = vårdenhet, performer, attester, assembler with the mapping's version.
    """
    built = note_resources(note, agreement, made_by)
    (provenance,) = of_type(built, "Provenance")
    agents = {agent["type"]["coding"][0]["code"]: agent["who"] for agent in provenance["agent"]}
    assert list(agents) == ["custodian", "author", "performer", "attester", "assembler"]
    names = {f"{r['resourceType']}/{r['id']}": r.get("name") for r in built.resources}
    assert names[agents["custodian"]["reference"]] == "Region Kalmar län"
    assert names[agents["author"]["reference"]] == "Hälsocentralen Borgholm"
    assert agents["assembler"]["identifier"]["value"] == "1.2.0"


def test_the_provenance_is_about_everything_the_note_made(note, agreement, made_by, of_type):
    """
    The plan first; shared resources are not the note's own.
    """
    built = note_resources(note, agreement, made_by)
    (provenance,) = of_type(built, "Provenance")
    targets = [target["reference"] for target in provenance["target"]]
    own = {
        f"{r['resourceType']}/{r['id']}"
        for r in built.resources
        if r["resourceType"] not in SHARED_TYPES | {"Provenance"}
    }
    assert targets[0].startswith("CarePlan/")
    assert set(targets) == own


def test_the_provenance_points_at_the_message_and_the_note(note, agreement, made_by, of_type):
    """
    Its entity source = the message by its hash; quotation = the verbatim note.
    """
    (provenance,) = of_type(note_resources(note, agreement, made_by), "Provenance")
    source, quotation = provenance["entity"]
    assert (source["role"], source["what"]["identifier"]["value"]) == ("source", "ab" * 32)
    assert quotation["what"]["reference"].startswith("DocumentReference/")


def test_the_provenance_says_which_lines_of_the_message(note, made_by, of_type):
    """
    Where the note stands in a message of several: its first and last line, and its place.
    """
    for lines, words in (((4, 97), "rad 4–97: item[0].extract[1]"), ((1, 1), "rad 1: item[0].extract[1]")):
        placed = replace(made_by, place="item[0].extract[1]", lines=lines)
        (provenance,) = of_type(note_resources(note, None, placed), "Provenance")
        assert provenance["entity"][0]["what"]["display"] == f"Meddelandet som det kom, {words}"


def test_recorded_is_the_version_time_and_occurred_what_blocks_compare_with(note, made_by, of_type):
    """
    It is blockComparisonTime when sent, else when it was noted.
    """
    (provenance,) = of_type(note_resources(note, None, made_by), "Provenance")
    assert provenance["recorded"] == "2026-03-12T10:14:00+01:00"
    assert provenance["occurredDateTime"] == "2026-03-12T09:45:00+01:00"
    blocked = replace(note, block_time=Moment("2026-03-01T00:00:00+01:00"))
    (provenance,) = of_type(note_resources(blocked, None, made_by), "Provenance")
    assert provenance["occurredDateTime"] == "2026-03-01T00:00:00+01:00"


def test_without_a_version_time_the_receipt_stands_in(note, made_by, of_type):
    """
    §10: recorded = time of receipt when the source says none; without that it says that it is unknown.
    """
    bare = replace(note, version_at=None, noted_at=Moment("2026-03-12"))
    (provenance,) = of_type(note_resources(bare, None, made_by), "Provenance")
    assert provenance["recorded"] == made_by.received_at
    nowhere = MadeBy(source="x", mapping_version="1", sha256="00")
    (provenance,) = of_type(note_resources(bare, None, nowhere), "Provenance")
    assert provenance["_recorded"]["extension"][0]["valueCode"] == "unknown"


def test_every_leaf_has_its_place_or_its_rule(note, agreement, consultation, deadline, made_by):
    """
    The source map is total: each leaf of each resource once, with a place in the message or a rule.
    """
    for built in (
        note_resources(note, agreement, made_by, trace=True),
        consultation_resources(consultation, deadline, made_by, trace=True),
    ):
        wanted = [f"{r['resourceType']}/{r['id']}{path}" for r in built.resources for path in leaves(r)]
        assert sorted(trace.element for trace in built.traces) == sorted(wanted)
        assert all(bool(trace.where) != bool(trace.rule) for trace in built.traces)


def test_what_the_message_said_has_its_place(note, agreement, consultation, deadline, made_by):
    """
    Texts, dates, names and numbers point at where they were read.
    """
    built = note_resources(note, agreement, made_by, trace=True)
    where = {trace.element.partition(".")[2]: trace.where for trace in built.traces if trace.where}
    tasks = {
        t.where for t in built.traces if t.element.startswith("Task/") and t.element.endswith(".description")
    }
    assert tasks == {"records.patient#L1", "records.patient#L2"}
    assert where["period.end"] == "records.validity"
    assert where["name[0].family"] == "patient.name.family"
    assert where["extension[0].valueDateTime"] == "note.signed"
    asked = consultation_resources(consultation, deadline, made_by, trace=True)
    where = {trace.where for trace in asked.traces}
    assert {"Sbar.Situation", "Vitals[1].Value"} <= where


def test_asking_for_the_source_map_changes_nothing_else(note, agreement, consultation, deadline, made_by):
    """
    The resources and findings are the same, plain ones.
    """
    for plain, traced in (
        (note_resources(note, agreement, made_by), note_resources(note, agreement, made_by, trace=True)),
        (
            consultation_resources(consultation, deadline, made_by),
            consultation_resources(consultation, deadline, made_by, trace=True),
        ),
    ):
        assert orjson.dumps(traced.resources) == orjson.dumps(plain.resources)
        assert traced.findings == plain.findings
        assert plain.traces == ()


@pytest.mark.parametrize(
    ("root", "system"),
    [("1.2.752.129.2.1.4.1", "urn:oid:1.2.752.129.2.1.4.1"), ("1.2.3", f"{systems.BASE}/sid/rot/1.2.3")],
)
def test_a_root_of_three_arcs_is_no_oid(root, system):
    """
    It names no system of anybody's, and HL7's validator refuses it.
    """
    assert uri_of_root(root) == system


def test_an_address_with_a_space_is_told_and_not_shown(note, made_by, of_type):
    """
    It leads nowhere, and FHIR takes no such address.
    """
    sent = Attachment(media_type="application/pdf", reference="a b", origins={"reference": "here"})
    built = note_resources(replace(note, attachment=sent), None, made_by)
    (document,) = of_type(built, "DocumentReference")
    assert not [part for part in document["content"] if "url" in part["attachment"]]
    assert [(f.code, f.where) for f in built.findings] == [("attachment-unusable", "here")]


def test_a_file_without_a_type_is_some_bytes(note, document_of):
    """
    An attachment always says of which type it is.
    """
    sent = Attachment(reference="https://region.example/1")
    (content,) = document_of(replace(note, keywords=(), attachment=sent))["content"]
    assert content["attachment"]["contentType"] == "application/octet-stream"
