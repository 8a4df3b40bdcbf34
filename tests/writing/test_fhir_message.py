"""A message of the dialogue as a Bundle of type message: valid by our profiles, its header first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.domain.consultation import Consultation
from adapter.domain.routes import Address, Format, Route
from adapter.fhir import consultation_of
from adapter.pipeline import decide
from adapter.profiles import own_validator
from adapter.sources import load_sources
from adapter.writing import Outgoing, Unwritable, Writers
from adapter.writing.fhir_message import in_envelope

ROOT = Path(__file__).parents[2]
SOURCE = load_sources()["se.lifecare.message"]
WRITERS = Writers(lifecare=SOURCE.plan)
LETTER = "5c1f6f0e-3a57-5b0e-9a3d-1d2f3a4b5c6d"
ENVELOPE = "0b8f2c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
AT = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
ROUTE = Route(
    receiver="regionen",
    format=Format.FHIR_MESSAGE,
    address=Address(endpoint="https://region.example/fhir/$process-message"),
)
REQUEST = (ROOT / "fixtures/se.lifecare.message/consultation-complete.json").read_bytes()
EXAMPLES = sorted(
    path
    for path in (ROOT / "fixtures/se.lifecare.message").iterdir()
    if not path.name.endswith(".expected.json")
)


def outgoing(raw: bytes) -> Outgoing | None:
    """
    The letter that a message comes to; None when it is not kept.
    """
    kept = decide(raw, SOURCE).kept
    if not kept:
        return None
    message = kept[0].record
    assert isinstance(message, Consultation)
    return Outgoing(
        letter_id=LETTER,
        message=message,
        route=ROUTE,
        own=Address(endpoint="https://kommun.example/fhir/$process-message"),
        resources=kept[0].resources,
    )


def sent(raw: bytes) -> bytes:
    """
    The message as it is sent.
    """
    letter = outgoing(raw)
    assert letter
    return in_envelope(WRITERS.written(letter).body, ENVELOPE, AT)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_what_is_written_follows_its_profiles(path: Path) -> None:
    """
    Every example that is taken in leaves as a Bundle in which our validator finds no error, or not at all.
    """
    letter = outgoing(path.read_bytes())
    if letter is None:
        return
    if letter.message.sbar and not letter.message.sender:
        with pytest.raises(Unwritable):
            WRITERS.written(letter)
        return
    body = WRITERS.written(letter).body
    issues = own_validator(lambda: AT).validate(in_envelope(body, ENVELOPE, AT))
    assert [issue.what_sv for issue in issues if issue.is_error] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_what_is_written_says_the_same_when_it_is_read(path: Path) -> None:
    """
    The law of the writer: every message of the dialogue comes back from its Bundle as it went in.
    """
    letter = outgoing(path.read_bytes())
    if letter and (letter.message.sender or not letter.message.sbar):
        assert consultation_of(json.loads(WRITERS.written(letter).body)) == letter.message


def test_the_header_says_what_who_and_to_whom() -> None:
    """
    MessageHeader first and known by the letter's id; event, definition with its version, focus and ends.
    """
    bundle = json.loads(sent(REQUEST))
    header = bundle["entry"][0]["resource"]
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    assert (bundle["id"], bundle["timestamp"]) == (ENVELOPE, "2026-11-02T09:15:00+00:00")
    assert header["id"] == LETTER
    assert header["eventCoding"]["code"] == "konsultation-begaran"
    assert header["definition"] == "https://overens.example/fhir/MessageDefinition/konsultation-begaran|1.x"
    assert header["destination"][0]["endpoint"] == "https://region.example/fhir/$process-message"
    assert header["source"]["endpoint"] == "https://kommun.example/fhir/$process-message"
    base = bundle["entry"][0]["fullUrl"].partition("MessageHeader")[0]
    focus = by_url[base + header["focus"][0]["reference"]]
    assert focus["resourceType"] == "ServiceRequest"
    sender, receiver = by_url[base + header["sender"]["reference"]], header["destination"][0]["receiver"]
    assert sender["identifier"][0]["value"] == "SE2120001249-HSV01"
    assert by_url[base + receiver["reference"]]["identifier"][0]["value"] == "SE2321000115-VC07"
    assert [each["resourceType"] for each in by_url.values()].count("Patient") == 1


def test_only_the_envelope_is_new_when_a_letter_is_sent_again() -> None:
    """
    Bundle.id and timestamp change, not one other byte.
    """
    first = sent(REQUEST)
    letter = outgoing(REQUEST)
    assert letter
    again = in_envelope(WRITERS.written(letter).body, "another", AT)
    assert again == first.replace(ENVELOPE.encode(), b"another")
    with pytest.raises(ValueError, match="not a message"):
        in_envelope(b"{}", ENVELOPE, AT)


def test_sbar_without_a_known_author_is_not_written() -> None:
    """
    The profile asks who of the licensed staff wrote it (agr-msg-3); nobody is made up.
    """
    letter = outgoing(REQUEST)
    assert letter
    nameless = replace(letter, message=replace(letter.message, sender=None))
    with pytest.raises(Unwritable) as stopped:
        WRITERS.written(nameless)
    assert stopped.value.finding.code == "letter-unwritable"
    with pytest.raises(Unwritable):
        WRITERS.written(replace(letter, resources=()))
