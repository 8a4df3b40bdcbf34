"""Our own word to both sides, in each format that a receiver may have: reminders, answers written by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapter.by_hand import Written, letters_by_hand
from adapter.domain.consultation import Consultation, MessageKind
from adapter.domain.routes import Address, Format, Route, Routes
from adapter.domain.when import Moment
from adapter.fhir import standing_of_task
from adapter.frozen import replace
from adapter.letters import UNWRITTEN, Letter
from adapter.mapping import map_message
from adapter.policy import Policy
from adapter.profiles import own_validator
from adapter.telling import Notice, notices
from adapter.threads import load
from adapter.wire.hl7v2_header import read_header
from adapter.writing import Writers
from adapter.writing.fhir_message import in_envelope
from tests.exchange.conftest import SOURCE, SOURCES, Exchange, question

AT = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
ENVELOPE = "2b1b7c8e-9f7d-4c58-8a54-0f7f6f0d8a11"
UNITS = {"asks": "SE2120001249-HSV01", "asked": "SE2321000115-VC07"}


def speaking(form: Format) -> Policy:
    """Both sides take messages in one format."""
    there = Address(endpoint="https://there.example/fhir", application="DAR", facility="DAR-1")
    by_unit = {unit: Route(receiver=name, format=form, address=there) for name, unit in UNITS.items()}
    own = Address(endpoint="https://overens.example/fhir", application="OVERENS", facility="HAR")
    return Policy(routes=Routes(by_unit=by_unit, own=own), writers=Writers(lifecare=SOURCE.plan))


async def reminders(exchange: Exchange, form: Format) -> list[Letter]:
    """The letters of the reminder before the deadline."""
    exchange.policy = speaking(form)
    await exchange.send(question())
    exchange.clock.move(hours=61)
    await exchange.work()
    return [row.letter for row in await exchange.letters() if row.letter.kind == "besked"]


def read_hl7v2(letter: Letter) -> Consultation:
    """What our own source makes of it."""
    header = read_header(letter.body)
    assert header is not None
    names = {"MDM": "hl7v2.document", "RRI": "hl7v2.referral", "REF": "hl7v2.referral"}
    source = SOURCES[names[header.message_type]]
    (record,) = map_message(source.plan, source.parse(letter.body)).records
    assert isinstance(record, Consultation)
    return record


async def test_a_receiver_of_hl7_v2_is_reminded_by_a_document_of_its_own_kind(exchange: Exchange) -> None:
    """
    MDM^T02 with BESKED in TXA-2: it is read as words in the thread, and is no answer.
    """
    letters = await reminders(exchange, Format.HL7V2)
    assert sorted(letter.receiver for letter in letters) == ["asked", "asks"]
    for letter in letters:
        record = read_hl7v2(letter)
        assert record.kind is MessageKind.ADMINISTRATIVE
        assert record.text.startswith("Automatiskt besked från Överens: Svarstiden går snart ut")
        assert record.answer == ""
        assert record.in_reply_to == question()["MessageId"]


async def test_a_receiver_of_fhir_messages_is_reminded_by_a_message_that_its_profile_takes(
    exchange: Exchange,
) -> None:
    """
    The event is administrative, and the Communication holds our words.
    """
    letters = await reminders(exchange, Format.FHIR_MESSAGE)
    assert sorted(letter.receiver for letter in letters) == ["asked", "asks"]
    for letter in letters:
        body = in_envelope(letter.body, ENVELOPE, AT)
        issues = own_validator(lambda: AT).validate(body)
        assert [issue.what_sv for issue in issues if issue.is_error] == []
        bundle = json.loads(body)
        assert bundle["entry"][0]["resource"]["eventCoding"]["code"] == "administrativt"
        assert "Svarstiden går snart ut" in letter.body.decode()


async def test_cosmic_is_reminded_by_a_task_that_stands_where_the_task_stands(exchange: Exchange) -> None:
    """
    Its words are in the contained Composition; the status is that of the thread.
    """
    letters = await reminders(exchange, Format.COSMIC_FHIR)
    assert sorted(letter.receiver for letter in letters) == ["asked", "asks"]
    for letter in letters:
        (entry,) = json.loads(letter.body)["entry"]
        assert entry["resource"]["status"] == "requested"
        assert "Svarstiden går snart ut" in json.dumps(entry, ensure_ascii=False)


@pytest.mark.parametrize("form", [Format.HL7V2, Format.FHIR_MESSAGE, Format.COSMIC_FHIR, Format.LIFECARE])
async def test_an_answer_that_is_written_by_hand_is_written_in_every_format(
    exchange: Exchange, form: Format
) -> None:
    """
    A Task that is completed with words reaches whoever asked, whatever its system takes.
    """
    exchange.policy = speaking(form)
    await exchange.send(question())
    task = await exchange.one("Task")
    after = {**task, "status": "completed", "output": [{"valueString": "Vätskedrivande i fem dagar."}]}
    found = await load(exchange.store, [f"thread:{question()['MessageId']}", f"thread:Task/{task['id']}"])
    resources: tuple[dict[str, Any], ...] = next(each for each in found.threads.values() if each)
    standing = standing_of_task(resources, f"Task/{task['id']}")
    assert standing is not None
    at = Moment("2026-11-02T17:00:00+01:00")
    written = Written(cause="Task/2", before=task, after=after, at=at, lane=7)
    (letter,) = letters_by_hand(written, replace(standing, task=after), exchange.policy)
    assert (letter.receiver, letter.media_type != UNWRITTEN) == ("asks", True)
    assert "Vätskedrivande i fem dagar." in letter.body.decode()


async def test_what_a_format_has_no_words_for_becomes_a_letter_that_says_so(exchange: Exchange) -> None:
    """
    A thread of two persons cannot be told in HL7 v2: nothing is sent, and nothing is silent.
    """
    exchange.policy = speaking(Format.HL7V2)
    await exchange.send(question())
    task = await exchange.one("Task")
    found = await load(exchange.store, [f"thread:Task/{task['id']}"])
    standing = standing_of_task(next(iter(found.threads.values())), f"Task/{task['id']}")
    assert standing is not None
    standing = replace(standing, patients=standing.patients * 2)
    notice = Notice("cause", "Ett besked.", Moment("2026-11-02T17:00:00+01:00"), 7)
    (letter,) = notices(notice, standing, (True, False), exchange.policy)
    assert letter.media_type == UNWRITTEN
    assert letter.body.decode().startswith("HL7 v2 bär meddelanden om en enda person.")
