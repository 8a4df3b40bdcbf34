"""HL7 v2's ACK: the code, whose message it was, where the fault is, and the sentence that helps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.acknowledgement import MOST_ERRORS, Code, acknowledge, code_of, replies
from adapter.findings import Finding
from adapter.pipeline import Source, arrival, decide
from adapter.wire.hl7v2 import parse
from adapter.wire.hl7v2_header import read_header

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 2, 8, 16, tzinfo=UTC)
ID = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
MSH = "MSH|^~\\&|SYS|UNIT|WE|VC|20261102091500+0100||REF^I12^REF_I12|M-1|T|2.5.1"
WRONG = Finding(
    "person-id-unusable", "PID-3[2].1", "x.yaml:3", "Fel | i numret. Rätta det.", "1", blocking=True
)
ODD = Finding("rule-applied", "OBX[2]-5", "y", "Antaget.")


def told(raw: bytes, *findings: Finding, code: Code = Code.ERROR) -> list[str]:
    """The lines of an acknowledgement."""
    return acknowledge(raw, code, findings, made_at=NOW, id_=ID).decode().split("\r")[:-1]


def test_an_acknowledgement_goes_back_to_whom_it_came_from() -> None:
    """
    Sender and receiver change places, MSA-2 is their MSH-10, and event, processing id and version stay.
    """
    msh, msa = told(f"{MSH}\r".encode(), code=Code.ACCEPTED)
    assert msh.startswith("MSH|^~\\&|WE|VC|SYS|UNIT|20261102091600+0100||ACK^I12^ACK|")
    assert msh.endswith("|T|2.5.1||||||UNICODE UTF-8")
    assert msa == "MSA|AA|M-1"
    header = read_header(f"{msh}\r".encode())
    assert header is not None
    assert len(header.control_id) == 20


def test_an_error_names_segment_and_field_with_hl7s_code_and_ours() -> None:
    """
    ERR-2 is the place, ERR-3 of table 0357, ERR-4 the weight, ERR-5 our code, ERR-8 what to do; faults first.
    """
    _, msa, first, second = told(f"{MSH}\r".encode(), ODD, WRONG)
    assert msa == "MSA|AE|M-1"
    assert first == (
        "ERR||PID^1^3^2^1|102^Data type error^HL70357|E|person-id-unusable^^OVERENS||x.yaml:3|"
        "Fel \\F\\ i numret. Rätta det."
    )
    assert second.startswith("ERR||OBX^2^5^1|0^Message accepted^HL70357|I|rule-applied^^OVERENS||y|")


@pytest.mark.parametrize(
    ("code", "where", "number", "place"),
    [
        ("required-missing", "PID.3", "101", "PID^1^3^1"),
        ("required-missing", "", "101", ""),
        ("code-unknown", "OBSERVATION.OBR.27.6", "103", "OBR^1^27^1^6"),
        ("id-conflict", "MSH-10", "205", "MSH^1^10^1"),
        ("hl7-not-taken", "MSH-9.2", "201", "MSH^1^9^1^2"),
        ("hl7-not-taken", "MSH-9.1", "200", "MSH^1^9^1^1"),
        ("hl7-not-taken", "MSH-12", "203", "MSH^1^12^1"),
        ("thread-unknown", "RF1-6.1", "204", "RF1^1^6^1^1"),
        ("fhir-not-valid", "PID", "207", "PID^1"),
        ("two-patients", "note.records", "102", ""),
        ("not-hl7", "MSH", "100", "MSH^1"),
        ("value-unusable", "PID-3.4.2", "102", "PID^1^3^1^4^2"),
    ],
)
def test_each_finding_has_its_place_in_table_0357(code: str, where: str, number: str, place: str) -> None:
    """
    A code that no row names is a data type error; a place that is none of HL7's is left empty.
    """
    error = told(f"{MSH}\r".encode(), Finding(code, where, "", "Rätta.", blocking=True))[2]
    assert error.split("|")[2] == place
    assert error.split("|")[3].startswith(f"{number}^")


def test_before_2_5_the_sentence_stands_in_msa_3() -> None:
    """
    ERR-1 is all that those versions have: the place, and the code.
    """
    msh, msa, error = told(f"{MSH[:-5]}2.3\r".encode(), WRONG)
    assert "|2.3|" in msh
    assert msa == "MSA|AE|M-1|Fel \\F\\ i numret. Rätta det."
    assert error == "ERR|PID^1^3^102&Data type error&HL70357"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GET / HTTP/1.1",
        b"MSH",
        b"MSH|^~",
        b"PID|1",
        b"\xff\xfe",
        b"MSH|^~\\&|\x1c\x0b|||||||E3\\X1C\\\\X0D\\\x1c\r",
        b"MSH#*!?%#S*Y#U|N###20260101##REF*I12#M|1%2#P#2.5\r",
        b"MSH|^~\\&|A|B|C|D|x||a^b|" + b"9" * 300 + b"|P|9.9\r",
    ],
)
def test_whatever_came_the_answer_is_one_message(raw: bytes) -> None:
    """
    Nothing of what is repeated can break out of its field, its segment or its frame.
    """
    answer = acknowledge(raw, Code.REJECTED, (WRONG,), made_at=NOW, id_=ID)
    tree = parse(answer)
    assert [node.name for node in tree.children] == ["MSH", "MSA", "ERR"]
    assert not set(answer) & {0x0B, 0x1C}


def test_the_answer_is_written_as_the_sender_writes_when_that_can_be() -> None:
    """
    Latin-1 for who says 8859/1; a sentence that it has no sign for makes it UTF-8, and MSH-18 says so.
    """
    latin = f"{MSH}||||||8859/1\r".encode()
    answer = acknowledge(latin, Code.ERROR, (WRONG,), made_at=NOW, id_=ID)
    assert "Rätta".encode("latin-1") in answer
    assert b"|8859/1\r" in answer
    dashed = Finding("x", "", "", "Ring 08.00–17.00.", blocking=True)
    answer = acknowledge(latin, Code.ERROR, (dashed,), made_at=NOW, id_=ID)
    assert "08.00–17.00".encode() in answer
    assert b"|UNICODE UTF-8\r" in answer
    ebcdic = f"{MSH}||||||EBCDIC\r".encode()
    assert b"|UNICODE UTF-8\r" in acknowledge(ebcdic, Code.ERROR, (), made_at=NOW, id_=ID)


def test_no_answer_is_endless() -> None:
    """
    A message with a thousand remarks gets the weightiest of them.
    """
    lines = told(f"{MSH}\r".encode(), *[ODD] * 999, WRONG)
    assert len(lines) == 2 + MOST_ERRORS
    assert "person-id-unusable" in lines[2]


@pytest.mark.parametrize(
    ("fixture", "code"),
    [
        ("hl7v2.referral/request-with-sbar", Code.ACCEPTED),
        ("hl7v2.scheduling/booked-telephone-time", Code.ACCEPTED),
        ("hl7v2.referral/request-that-is-acute", Code.ERROR),
        ("hl7v2.referral/request-without-units", Code.ERROR),
        ("hl7v2.referral/unknown-event", Code.REJECTED),
    ],
)
def test_what_a_message_comes_to_is_its_code(fixture: str, code: Code, sources: Mapping[str, Source]) -> None:
    """
    AA when it is kept, AE when what it says stands in the way, AR when it is not taken at all.
    """
    raw, source = (FIXTURES / f"{fixture}.hl7").read_bytes(), sources[fixture.partition("/")[0]]
    decision = decide(raw, source)
    assert code_of(decision) is code
    arrived = arrival(raw, source, decision, NOW)
    assert arrived.answer.media_type == "application/hl7-v2"
    assert f"\rMSA|{code.value}|".encode() in arrived.answer.body


def test_a_message_that_cannot_be_read_is_rejected(sources: Mapping[str, Source]) -> None:
    """
    AR, with the fault; it is kept all the same, and may be mended and sent again under its id.
    """
    raw = f"{MSH}||||||EBCDIC\r".encode()
    arrived = arrival(raw, sources["hl7v2.referral"], decide(raw, sources["hl7v2.referral"]), NOW)
    assert b"\rMSA|AR|M-1\r" in arrived.answer.body
    assert arrived.answer.status == 400
    assert arrived.message_id.startswith("sha256:")


def test_the_same_message_is_known_by_msh_whatever_it_is_about(sources: Mapping[str, Source]) -> None:
    """
    Identity is MSH-3, MSH-4 and MSH-10 over all types, also of a message that is parked.
    """
    referral = (FIXTURES / "hl7v2.referral" / "request-with-wrong-check-digit.hl7").read_bytes()
    time = (FIXTURES / "hl7v2.scheduling" / "booked-telephone-time.hl7").read_bytes()
    time = time.replace(b"COSMIC|SE2321000115-VC07|LIFECARE", b"LIFECARE|SE2120001249-HSV01|COSMIC")
    time = time.replace(b"C-0101", b"L-0009")
    one, other = (
        arrival(raw, sources[name], decide(raw, sources[name]), NOW)
        for raw, name in ((referral, "hl7v2.referral"), (time, "hl7v2.scheduling"))
    )
    assert (one.sender, one.message_id) == (other.sender, other.message_id)
    assert one.is_letter
    assert one.id != other.id


@pytest.mark.parametrize(
    ("accept", "application", "code", "sent"),
    [
        ("", "", "AA", ["AA"]),
        ("", "", "AR", ["AR"]),
        ("AL", "AL", "AA", ["CA", "AA"]),
        ("AL", "NE", "AA", ["CA"]),
        ("NE", "AL", "AE", ["AE"]),
        ("AL", "", "AE", ["CA"]),
        ("", "AL", "AA", ["AA"]),
        ("AL", "AL", "AR", ["CR"]),
        ("NE", "NE", "AR", []),
        ("NE", "AL", "AR", ["AR"]),
        ("", "ER", "AR", ["AR"]),
        ("ER", "ER", "AA", []),
        ("ER", "ER", "AE", ["AE"]),
        ("ER", "ER", "AR", ["CR"]),
        ("SU", "SU", "AA", ["CA", "AA"]),
        ("SU", "SU", "AE", ["CA"]),
        ("SU", "SU", "AR", []),
        ("XX", "al", "AA", ["CA", "AA"]),
    ],
)
def test_msh_15_and_16_say_what_is_acknowledged(
    accept: str, application: str, code: str, sent: list[str]
) -> None:
    """
    Empty is original mode: one answer. Else receipt first, then the result, each as asked for (table 0155).
    """
    raw = f"{MSH}|||{accept}|{application}\r".encode()
    answer = acknowledge(raw, Code(code), (), made_at=NOW, id_=ID)
    found = replies(raw, answer, made_at=NOW, id_=ID)
    assert [reply.split(b"\r")[1].split(b"|")[1].decode() for reply in found] == sent
    assert len({reply.split(b"|")[9] for reply in found}) == len(found)
