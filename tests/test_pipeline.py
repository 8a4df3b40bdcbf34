"""The flow: what a message comes to, what its sender is told, and what is handed to the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.answers import answer
from adapter.pipeline import Source, arrival, decide
from adapter.ports import State

FIXTURES = Path(__file__).parent.parent / "fixtures"
COSMIC = FIXTURES / "se.cosmic.journal-notes"
LIFECARE = FIXTURES / "se.lifecare.message"
RIV = FIXTURES / "se.riv.care-documentation"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def cosmic(sources: Mapping[str, Source]) -> Source:
    """The record system's journal notes."""
    return sources["se.cosmic.journal-notes"]


@pytest.fixture
def lifecare(sources: Mapping[str, Source]) -> Source:
    """The municipality's messages."""
    return sources["se.lifecare.message"]


def notes(*changes: tuple[str, str]) -> bytes:
    """A list with one extract of the Kalmar agreement a change, each with its words replaced."""
    text = (COSMIC / "kalmar-agreement.json").read_text()
    extracts = [json.loads(text.replace(*change))[0] for change in changes]
    return json.dumps(extracts, ensure_ascii=False).encode()


def test_the_same_bytes_give_the_same_decision(cosmic: Source) -> None:
    """
    decide() is pure: no clock, no chance; the answer is the same to the letter.
    """
    raw = (COSMIC / "kalmar-agreement.json").read_bytes()
    assert decide(raw, cosmic) == decide(raw, cosmic)
    assert answer(decide(raw, cosmic)) == answer(decide(raw, cosmic))


def test_a_message_that_comes_to_too_many_resources_is_parked_whole(
    cosmic: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    One transaction must not keep all others waiting: nothing is kept but the bytes, and the answer is 413.
    """
    raw = notes(*((":Note:4711", f":Note:{number}") for number in range(3)))
    most = len(decide(raw, cosmic).resources) + 100  # people and units come with every note
    monkeypatch.setattr("adapter.effects.MOST_RESOURCES", most)
    assert decide(raw, cosmic).state is State.DONE
    monkeypatch.setattr("adapter.effects.MOST_RESOURCES", 50)
    decision = decide(raw, cosmic)
    assert decision.state is State.PARKED
    assert [finding.code for finding in decision.findings if finding.blocking] == ["too-large"]
    assert answer(decision).status == 413
    sent = arrival(raw, cosmic, decision, NOW)
    assert (sent.puts, sent.note_keys, sent.raw) == ((), (), raw)


def test_bytes_that_are_no_message_are_unreadable_and_keep_an_id(cosmic: Source) -> None:
    """
    What cannot be read is answered 400 and known by the hash of its bytes.
    """
    decision = decide(b'{"journalNoteEHRExtract": [', cosmic)
    assert decision.state is State.UNREADABLE
    assert decision.message_id == f"sha256:{decision.sha256}"
    assert answer(decision).status == 400


def test_an_empty_answer_is_told_and_is_no_fault(sources: Mapping[str, Source]) -> None:
    """
    A response without notes is accepted, and the answer says that there was nothing in it.
    """
    decision = decide((RIV / "no-notes.xml").read_bytes(), sources["se.riv.care-documentation"])
    assert decision.state is State.DONE
    assert [finding.code for finding in decision.findings] == ["nothing-in-it"]


def test_several_notes_of_one_file_have_an_id_of_their_own_and_an_effect_each(cosmic: Source) -> None:
    """
    A file with several notes is one message; each note has its own effect.
    """
    decision = decide(notes(("Note:4711", "Note:1"), ("Note:4711", "Note:2")), cosmic)
    assert len(decision.kept) == 2
    assert decision.message_id.startswith("2 notes:")
    assert len({r["id"] for r in decision.resources if r["resourceType"] == "CarePlan"}) == 2


def test_a_note_that_is_wrong_holds_back_none_of_the_others(cosmic: Source) -> None:
    """
    One note with a wrong check digit is parked; the other is kept, and the answer says both.
    """
    raw = notes(("Note:4711", "Note:1"), ("195009072553", "195009072554"))
    decision = decide(raw, cosmic)
    assert decision.state is State.PARTLY
    assert [effect.record.note_id for effect in decision.kept] == ["SE2321000016-Test:Note:1"]
    outcome = json.loads(answer(decision).body)
    assert {issue["severity"] for issue in outcome["issue"]} >= {"error", "warning"}


def test_two_people_in_one_note_are_nobodys_plan(cosmic: Source) -> None:
    """
    A note that points at two people is parked whole.
    """
    decision = decide((COSMIC / "two-patients.json").read_bytes(), cosmic)
    assert decision.state is State.PARKED
    assert not decision.resources
    assert "two-patients" in {finding.code for finding in decision.findings if finding.blocking}


def test_no_finding_says_a_patients_number_in_its_sentence(sources: Mapping[str, Source]) -> None:
    """
    What a finding says may stand in a log: the value is kept apart.
    """
    for path in FIXTURES.glob("*/*"):
        if path.suffix not in {".hl7", ".json", ".xml"} or ".expected." in path.name:
            continue
        for finding in decide(path.read_bytes(), sources[path.parent.name]).findings:
            assert "191212121212" not in finding.what, path.name
            assert "195009072553" not in finding.what, path.name


def test_what_stops_a_letter_says_that_it_needs_a_new_id(lifecare: Source, cosmic: Source) -> None:
    """
    The same MessageId with other bytes is 409, a note is known by its content: only the letter is told.
    """
    for name in ("unknown-urgency.json", "two-patients.json", "unknown-vital-codes.json"):
        for finding in decide((LIFECARE / name).read_bytes(), lifecare).findings:
            assert finding.what.endswith("med nytt MessageId.") == finding.blocking, name
    note = decide((COSMIC / "wrong-check-digit.json").read_bytes(), cosmic)
    assert any(finding.blocking for finding in note.findings)
    assert not any("MessageId" in finding.what for finding in note.findings)
    for name in (
        "akut.json",
        "wrong-check-digit.json",
    ):  # not to be sent again; no consultation, so no id taken
        said = decide((LIFECARE / name).read_bytes(), lifecare)
        assert not any("nytt MessageId" in finding.what for finding in said.findings)
    assert said.message_id.startswith("sha256:")


def test_acute_is_never_a_message(lifecare: Source) -> None:
    """
    Akut is refused with 422 and the number to call, and nothing of it takes effect (agr-urg-1).
    """
    decision = decide((LIFECARE / "akut.json").read_bytes(), lifecare)
    assert decision.state is State.REFUSED
    assert not decision.resources
    said = answer(decision)
    assert said.status == 422
    assert "Ring" in json.loads(said.body)["issue"][0]["details"]["text"]


def test_a_finding_points_at_line_and_column(lifecare: Source) -> None:
    """
    Each finding knows its line and column in the sender's message.
    """
    raw = (LIFECARE / "unknown-urgency.json").read_bytes()
    finding = next(f for f in decide(raw, lifecare).findings if f.where == "Urgency")
    assert '"Urgency"' in raw.decode().splitlines()[finding.line - 1]
    assert finding.column > 1


def test_what_is_handed_to_the_store_is_one_transaction_in_the_patients_lane(cosmic: Source) -> None:
    """
    Raw bytes, resources, AuditEvent and answer go together; what is of the patient is in his lane.
    """
    raw = (COSMIC / "kalmar-agreement.json").read_bytes()
    decision = decide(raw, cosmic)
    sent = arrival(raw, cosmic, decision, NOW)
    assert sent.raw == raw
    assert sent.audit["resourceType"] == "AuditEvent"
    lanes = {put.resource["resourceType"]: put.lane for put in sent.puts}
    assert lanes["CarePlan"] == lanes["Patient"] == lanes["Provenance"] == decision.lane != 0
    assert lanes["Organization"] == 0
    assert sent.answer.status == 201


def test_the_id_of_an_arrival_is_sender_message_and_content(cosmic: Source) -> None:
    """
    The same bytes of the same sender have the same id; other bytes or another sender have another.
    """
    raw = (COSMIC / "kalmar-agreement.json").read_bytes()
    decision = decide(raw, cosmic)
    first = arrival(raw, cosmic, decision, NOW).id
    assert arrival(raw, cosmic, decision, NOW.replace(hour=13)).id == first
    assert arrival(raw, cosmic, decision, NOW, sender="another").id != first
    other = raw.replace(b"Daglig promenad", b"Daglig cykeltur")
    assert arrival(other, cosmic, decide(other, cosmic), NOW).id != first


def test_a_later_version_keeps_the_ids_and_has_a_later_order(cosmic: Source) -> None:
    """
    The next version of a note is the same CarePlan, ordered after the first.
    """
    first = decide((COSMIC / "kalmar-agreement.json").read_bytes(), cosmic)
    second = decide((COSMIC / "kalmar-agreement-version-2.json").read_bytes(), cosmic)
    plans = [next(r for r in d.resources if r["resourceType"] == "CarePlan") for d in (first, second)]
    assert plans[0]["id"] == plans[1]["id"]
    assert plans[0] != plans[1]
    assert first.effects[0].order < second.effects[0].order


@pytest.mark.parametrize("version", ["99991231235959", "20260231101400", ""])
def test_a_note_without_a_version_time_that_can_be_is_parked(cosmic: Source, version: str) -> None:
    """
    Nobody could tell whether it is newer than what is there; one far ahead would stay current for ever.
    """
    raw = (COSMIC / "kalmar-agreement.json").read_text()
    changed = raw.replace(
        '"noteVersionDateTime": {"value": "20260312101400"}',
        f'"noteVersionDateTime": {{"value": "{version}"}}',
    )
    assert changed != raw
    decision = decide(changed.encode(), cosmic)
    assert decision.state is State.PARKED
    assert "version-missing" in {finding.code for finding in decision.findings if finding.blocking}
