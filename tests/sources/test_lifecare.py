"""Lifecare's message, version 1: our own contract, its schemas and its mapping say the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from adapter.domain.consultation import BookingStatus, Consultation, ContactForm, MessageKind, Urgency
from adapter.mapping import Mapped, map_message
from adapter.pipeline import Source
from tests.sources.samples import FIXTURES, ROOT

FOLDER = ROOT / "fixtures" / "se.lifecare.message"
CONTRACT = ROOT / "profiles" / "lifecare-message"
OURS = [case for case in FIXTURES if case.parent == FOLDER]
AGAINST_THE_CONTRACT = {
    "missing-client.json": "Client",
    "two-patients.json": "Client",
    "unknown-message-type.json": "MessageType",
    "unknown-urgency.json": "Urgency",
    "unknown-vital-codes.json": "Vitals",
    "weight-not-a-number.xml": "Value",
}
NOT_FOR_A_SCHEMA = {"wrong-check-digit.json"}  # a check digit is no pattern


@pytest.fixture
def source(sources: Mapping[str, Source]) -> Source:
    """The source under test."""
    return sources["se.lifecare.message"]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The JSON Schema, itself judged."""
    text = json.loads((CONTRACT / "lifecare-message-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


@pytest.fixture(scope="module")
def xsd() -> etree.XMLSchema:
    """The XML Schema, compiled."""
    return etree.XMLSchema(etree.parse(str(CONTRACT / "lifecare-message-1.xsd")))


def mapped(source: Source, name: str) -> Mapped:
    """A fixture through the mapping."""
    return map_message(source.plan, source.parse((FOLDER / name).read_bytes()))


def only(source: Source, name: str) -> Consultation:
    """The only message of a fixture."""
    (consultation,) = mapped(source, name).records
    assert isinstance(consultation, Consultation)
    return consultation


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.name)
def test_schemas_and_mapping_agree(case: Path, source: Source, schema: Any, xsd: etree.XMLSchema) -> None:
    """
    What the schema takes the adapter takes, and what it refuses is refused with a blocking finding.
    """
    if case.suffix == ".json":
        faults = [f"{list(e.path)} {e.message}" for e in schema.iter_errors(json.loads(case.read_text()))]
    else:
        xsd.validate(etree.parse(str(case)))
        faults = [str(fault.message) for fault in xsd.error_log]
    stopped = any(finding.blocking for finding in mapped(source, case.name).findings)
    if case.name in AGAINST_THE_CONTRACT:
        assert any(AGAINST_THE_CONTRACT[case.name] in fault for fault in faults)
    else:
        assert faults == []
    assert stopped == (case.name in AGAINST_THE_CONTRACT.keys() - {"two-patients.json"} | NOT_FOR_A_SCHEMA)


@pytest.mark.parametrize("name", ["consultation-complete", "answer", "booked-time", "completion-asked-for"])
def test_json_and_xml_say_the_same(name: str, source: Source) -> None:
    """
    The twins give one value, and leave nothing unread.
    """
    ours, theirs = mapped(source, f"{name}.json"), mapped(source, f"{name}.xml")
    assert ours.records == theirs.records
    assert ours.findings == theirs.findings == ()


def test_a_consultation_is_read_whole(source: Source) -> None:
    """
    Every field of the contract's example, the numbers with their digits.
    """
    asked = only(source, "consultation-complete.json")
    assert (asked.kind, asked.urgency, asked.contact_wanted) == (
        MessageKind.REQUEST,
        Urgency.WITHIN_72_HOURS,
        ContactForm.PHONE,
    )
    assert (asked.created_at.value, asked.in_reply_to, asked.has_consent) == (
        "2026-11-02T09:15:00+01:00",
        "",
        True,
    )
    assert asked.sbar is not None
    assert asked.sbar.assessment == "Pittingödem till knäna, sover med två kuddar."
    assert asked.sender is not None
    assert asked.sender_unit.care_giver is not None
    assert (asked.sender.name, asked.sender.title, asked.sender_unit.phone) == (
        "Karin Ek",
        "Sjuksköterska",
        "0340-880 00",
    )
    assert [str(vital.value) for vital in asked.vitals][1:6] == ["92", "93", "22", "37.1", "78.4"]
    assert (str(asked.vitals[0].systolic), str(asked.vitals[0].diastolic), asked.vitals[6].code) == (
        "138",
        "82",
        "A",
    )
    assert asked.patients[0].given_names == ("John",)


def test_a_vital_sign_that_was_not_taken_says_why(source: Source) -> None:
    """
    Why stands in place of the value; a number as a text is a number, and 6.10 is not 6.1.
    """
    vitals = only(source, "vital-not-taken.json").vitals
    assert (vitals[0].value, vitals[0].not_taken) == (None, "Kan inte stå på vågen")
    assert [str(value) for value in (vitals[1].systolic, vitals[2].value)] == ["142", "6.10"]


def test_two_clients_are_two_patients(source: Source) -> None:
    """
    Nobody is left out; the flow stops such a message.
    """
    assert len(only(source, "two-patients.json").patients) == len(["John", "Tolvan"])


def test_a_value_outside_a_list_names_what_is_allowed(source: Source) -> None:
    """
    The finding stands at the field, tells the list and keeps the value apart.
    """
    (finding,) = mapped(source, "unknown-urgency.json").findings
    assert (finding.code, finding.where, finding.value, finding.blocking) == (
        "code-unknown",
        "Urgency",
        "Snarast",
        True,
    )
    assert "Akut, Inom1Dag, Inom72Timmar, InomEnVecka, Langsiktigt" in finding.what


def test_a_missing_client_and_a_wrong_check_digit_stop_the_message(source: Source) -> None:
    """
    At the place where the client, or its number, should be right.
    """
    for name, code, where in (
        ("missing-client.json", "required-missing", "Client"),
        ("wrong-check-digit.json", "value-unusable", "Client.PersonId"),
    ):
        (finding,) = mapped(source, name).findings
        assert (finding.code, finding.where, finding.blocking) == (code, where, True)
        assert "19500907" not in finding.what


def test_unknown_fields_are_reported_and_never_refused(source: Source) -> None:
    """
    A field that the contract does not have is unread.
    """
    result = mapped(source, "samordningsnummer-and-unknown-fields.json")
    assert [finding.where for finding in result.findings] == [
        "Sender.Fax",
        "CaseWorker.Name",
        "CaseWorker.Phone",
    ]
    assert not any(finding.blocking for finding in result.findings)


def test_an_answer_and_a_booked_time_are_read(source: Source) -> None:
    """
    They name the message that they answer; the time has both ends, form and person.
    """
    answer, booked = only(source, "answer.json"), only(source, "booked-time.json")
    assert answer.answer.startswith("Öka furosemid")
    assert answer.in_reply_to == booked.in_reply_to == only(source, "consultation-complete.json").message_id
    assert booked.booking is not None
    assert booked.booking.holder is not None
    assert (booked.booking.status, booked.booking.contact_form) == (BookingStatus.BOOKED, ContactForm.VIDEO)
    assert booked.booking.holder.name == "Lars Lind"
    assert only(source, "completion-asked-for.xml").missing == ("Bakgrund", "Blodtryck")


def test_what_a_type_of_message_must_have_is_missed(source: Source) -> None:
    """
    It is said what a consultation lacks; without urgency nobody knows the deadline, and it stops.
    """
    message = json.loads((FOLDER / "consultation-complete.json").read_text(encoding="utf-8"))
    del message["Question"], message["Urgency"]
    findings = map_message(source.plan, source.parse(json.dumps(message).encode())).findings
    assert [(finding.code, finding.blocking) for finding in findings] == [
        ("part-missing", False),
        ("part-missing", True),
    ]


def test_lists_of_the_contract_are_lists_of_the_mapping(
    source: Source, schema: Any, xsd: etree.XMLSchema
) -> None:
    """
    JSON Schema, XML Schema and tables have the same words.
    """
    names = {
        "MessageType": "message-type",
        "Urgency": "urgency",
        "ContactForm": "contact-form",
        "VitalType": "vital-type",
        "Acvpu": "acvpu",
        "BookingStatus": "booking-status",
        "MedicationChangeKind": "medication-change",
    }
    tree = etree.parse(str(CONTRACT / "lifecare-message-1.xsd"))
    xs = {"xs": "http://www.w3.org/2001/XMLSchema"}
    assert xsd is not None
    for name, table in names.items():
        words = list(source.plan.tables[table])
        assert schema.schema["$defs"][name]["enum"] == words
        assert (
            tree.xpath(f"//xs:simpleType[@name='{name}Code']//xs:enumeration/@value", namespaces=xs) == words
        )
    required = {
        rule["if"]["properties"]["MessageType"]["const"]: rule["then"]["required"]
        for rule in schema.schema["allOf"]
    }
    assert {kind: parts.split() for kind, parts in source.plan.tables["required-part"].items()} == required


def test_extensions_are_valid_in_xml(xsd: etree.XMLSchema) -> None:
    """
    An element in a namespace of its own, last, is no fault.
    """
    text = (FOLDER / "consultation-complete.xml").read_text(encoding="utf-8")
    text = text.replace("</Message>", '<x:Extra xmlns:x="urn:example:x">1</x:Extra></Message>')
    assert xsd.validate(etree.fromstring(text.encode()).getroottree())
