"""Each note of a message has its own effect and findings, on every store."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapter.answers import answer
from adapter.pipeline import arrival, decide, receive
from adapter.ports import Contested, Outcome
from adapter.sources import load_sources
from tests.clocks import StillClock

if TYPE_CHECKING:
    from adapter.ports import Kept, Store

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCES = load_sources()
COSMIC = SOURCES["se.cosmic.journal-notes"]
LIFECARE = SOURCES["se.lifecare.message"]
NOTE = (FIXTURES / COSMIC.name / "kalmar-agreement.json").read_text(encoding="utf-8")
ASKED = (FIXTURES / LIFECARE.name / LIFECARE.example).read_bytes()
WORDS = "Daglig promenad"
CLOCK = StillClock(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))


def note(number: int, words: str = WORDS, person: str = "195009072553") -> Any:
    """One note with an id of its own."""
    text = NOTE.replace("Note:4711", f"Note:{number}").replace(WORDS, words)
    return json.loads(text.replace("195009072553", person))[0]


def message(*notes: Any) -> bytes:
    """A list of notes as its sender writes it."""
    return json.dumps(notes, ensure_ascii=False).encode()


KNOWN = message(note(1), note(2))  # kept before each test
KINDS = {
    "fine": lambda n: [note(10 + n)],
    "again": lambda _: [note(1)],
    "conflict": lambda n: [note(1 + n, "Daglig cykeltur")],
    "parked": lambda n: [note(20 + n, person="195009072554")],
    "twice": lambda n: [note(30 + n), note(30 + n, "Simning")],
    "double": lambda n: [note(40 + n), note(40 + n)],
}
CASES = [
    # what the notes are, state, status, numbers of the notes that are kept, places of conflicts
    ("fine conflict parked", "partly", 201, {10}, ["1"]),
    ("parked conflict fine", "partly", 201, {12}, ["1"]),
    ("conflict fine", "partly", 201, {11}, ["0"]),
    ("conflict conflict fine", "partly", 201, {12}, ["0", "1"]),
    ("again conflict", "partly", 201, {1}, ["1"]),
    ("fine parked", "partly", 201, {10}, []),
    ("fine again", "done", 201, {10, 1}, []),
    ("conflict", "refused", 409, set(), ["0"]),
    ("conflict conflict", "refused", 409, set(), ["0", "1"]),
    ("conflict parked", "parked", 422, set(), ["0"]),
    ("parked parked", "parked", 422, set(), []),
    ("twice fine", "partly", 201, {11}, ["0", "1"]),
    ("twice", "refused", 409, set(), ["0", "1"]),
    ("twice parked", "parked", 422, set(), ["0", "1"]),
    ("conflict twice fine", "partly", 201, {12}, ["0", "1", "2"]),
    ("double", "done", 201, {40}, []),
]


def sent(kinds: str) -> bytes:
    """A message with notes of these kinds; some of them are two notes."""
    return message(*(each for n, kind in enumerate(kinds.split()) for each in KINDS[kind](n)))


async def received(store: Store, raw: bytes) -> Kept:
    """A message of notes through the whole flow."""
    return await receive(raw, COSMIC, store, CLOCK)


async def has(store: Store, type_: str, id_: str) -> bool:
    """The store has a current version of it."""
    return await store.read(type_, id_) is not None


def plan_of(number: int) -> str:
    """The id of the plan that a note makes."""
    made = decide(message(note(number)), COSMIC).resources
    return next(resource["id"] for resource in made if resource["resourceType"] == "CarePlan")


@pytest.mark.parametrize(("kinds", "state", "status", "taken", "contested"), CASES)
async def test_each_note_ends_as_it_would_alone(  # noqa: PLR0913, PLR0917  the columns of the table
    store: Store, kinds: str, state: str, status: int, taken: set[int], contested: list[str]
) -> None:
    """
    One takes effect, one is contested, one is parked: state, status, findings and what is made follow.
    """
    await received(store, KNOWN)
    raw = sent(kinds)
    kept = await received(store, raw)
    row = await store.message(kept.id)
    assert row is not None
    assert (row.state, kept.answer.status, row.answer, row.raw) == (state, status, kept.answer, raw)
    told = [finding for finding in row.findings if finding["code"] == "id-conflict"]
    places = [f"item[{place}].journalNoteEHRExtract[0]" for place in contested]
    assert [finding["where"] for finding in told] == places
    issues = json.loads(kept.answer.body)["issue"]
    codes = [issue["details"]["coding"][0]["code"] for issue in issues]
    assert codes.count("id-conflict") == len(contested)
    assert ("partly-kept" in codes, "kept" in codes) == (state == "partly", state == "done")
    plans = {made.split("/")[1] for made in row.made if made.startswith("CarePlan/")}
    assert plans == {plan_of(number) for number in taken}
    for number in (10, 11, 12, 20, 21, 22, 30, 31, 40):
        assert await has(store, "CarePlan", plan_of(number)) == (number in taken)


@pytest.mark.parametrize("kinds", [case[0] for case in CASES])
async def test_the_same_bytes_again_get_the_stored_answer(store: Store, kinds: str) -> None:
    """
    Once and again: nothing new is made, whatever became of it.
    """
    await received(store, KNOWN)
    first = await received(store, sent(kinds))
    again = await received(store, sent(kinds))
    assert (first.outcome, again.outcome) == (Outcome.NEW, Outcome.SAME)
    assert (again.answer, again.id) == (first.answer, first.id)


async def test_audit_event_and_provenance_name_what_was_kept_and_no_more(store: Store) -> None:
    """
    Of the contested note there is nothing to name.
    """
    await received(store, KNOWN)
    raw = sent("fine conflict")
    kept = await received(store, raw)
    ours, theirs = (
        decide(message(each), COSMIC).resources for each in (note(10), note(2, "Daglig cykeltur"))
    )
    audit = arrival(raw, COSMIC, decide(raw, COSMIC), CLOCK.now()).audit
    found = await store.read("AuditEvent", audit["id"])
    assert found is not None
    event = json.loads(found.body)
    named = {entity["what"].get("reference") for entity in event["entity"]}
    assert (event["outcome"], event["outcomeDesc"]) == ("4", "en del av meddelandet är sparad")
    of_each = ({f"{made['resourceType']}/{made['id']}" for made in some} for some in (theirs, ours))
    only_theirs = set.difference(*of_each)
    assert f"CarePlan/{plan_of(10)}" in named
    assert only_theirs
    assert not only_theirs & named
    row = await store.message(kept.id)
    assert row is not None
    assert sum(made.startswith("Provenance/") for made in row.made) == 1


async def test_a_contested_note_changes_nothing_of_what_the_first_said(store: Store) -> None:
    """
    The first plan stands in its first version, and so does all that belongs to it.
    """
    await received(store, KNOWN)
    await received(store, sent("fine conflict"))
    found = await store.history("CarePlan", plan_of(2))
    assert [row.version for row in found] == [1]
    assert "Daglig cykeltur" not in found[0].body.decode()


async def test_a_later_version_of_a_contested_note_is_taken_in(store: Store) -> None:
    """
    What the finding tells the sender to do is enough.
    """
    await received(store, KNOWN)
    await received(store, sent("fine conflict"))
    text = message(note(2, "Daglig cykeltur")).decode().replace("20260312101400", "20260313101400")
    assert text != message(note(2, "Daglig cykeltur")).decode()
    kept = await received(store, text.encode())
    assert kept.answer.status == 201
    found = await store.read("CarePlan", plan_of(2))
    assert found is not None
    assert found.version == 2


async def test_one_of_two_messages_at_once_holds_the_note_that_they_share(store: Store) -> None:
    """
    Both are kept; the note that they say differently is taken from the one that came first.
    """
    both = [message(note(10 + n), note(30, words)) for n, words in enumerate(("Simning", "Cykling"))]
    kept = await asyncio.gather(*(received(store, raw) for raw in both))
    assert [each.answer.status for each in kept] == [201, 201]
    rows = [await store.message(each.id) for each in kept]
    assert sorted(row.state for row in rows if row) == ["done", "partly"]
    assert [row.version for row in await store.history("CarePlan", plan_of(30))] == [1]


async def test_a_letter_with_a_used_id_is_refused_whole(store: Store) -> None:
    """
    409 with the place of its id and nothing else; the bytes are kept, and nothing else of it.
    """
    await receive(ASKED, LIFECARE, store, CLOCK)
    other = ASKED.replace(b'"Urgency": "Inom72Timmar"', b'"Urgency": "Ibland"')
    assert other != ASKED
    kept = await receive(other, LIFECARE, store, CLOCK)
    row = await store.message(kept.id)
    assert row is not None
    assert (row.state, kept.answer.status, row.raw, row.made) == ("refused", 409, other, ())
    assert [(finding["code"], finding["where"]) for finding in row.findings] == [("id-conflict", "MessageId")]
    assert "nytt id" in row.findings[0]["what"]
    assert (await receive(other, LIFECARE, store, CLOCK)).outcome is Outcome.SAME


class Insatiable:
    """A store that contests whatever it is given."""

    async def keep(self, _: object) -> Kept:
        """Never."""
        raise Contested(frozenset({"x"}))


async def test_a_store_that_never_has_enough_is_not_asked_for_ever() -> None:
    """
    What is contested once more when it was left out is a fault of ours, and is raised as one.
    """
    with pytest.raises(Contested):
        await receive(ASKED, LIFECARE, Insatiable(), CLOCK)  # type: ignore[arg-type]


def test_the_decision_is_the_same_when_nothing_of_it_is_contested() -> None:
    """
    Keys that are not in the message change nothing.
    """
    raw = sent("fine parked")
    assert answer(decide(raw, COSMIC, contested=frozenset({"x"}))) == answer(decide(raw, COSMIC))
