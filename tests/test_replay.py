"""Messages taken in anew, and what would change; on the twin in memory."""

from __future__ import annotations

import json
from dataclasses import replace as with_fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapter.fhir import merge
from adapter.frozen import replace
from adapter.pipeline import Source, receive
from adapter.ports import MessageQuery, Outcome, State
from adapter.replay import Change, difference, replayed
from adapter.sources import load_sources
from adapter.store.memory import MemoryStore

if TYPE_CHECKING:
    from adapter.ports import MessageRow

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCES = load_sources()
COSMIC, LIFECARE = SOURCES["se.cosmic.journal-notes"], SOURCES["se.lifecare.message"]
NOTE = (FIXTURES / COSMIC.name / "kalmar-agreement.json").read_bytes()
ASKED = (FIXTURES / LIFECARE.name / LIFECARE.example).read_bytes()


class Moving:
    """A minute later each time."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment."""
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def clock() -> Moving:
    """The clock of the test."""
    return Moving()


@pytest.fixture
def store(clock: Moving) -> MemoryStore:
    """An empty store."""
    return MemoryStore(merge, now=clock.now)


def of_before(source: Source) -> Source:
    """The source as it was before its mapping was mended."""
    return with_fields(source, plan=with_fields(source.plan, version="0"))


async def kept(store: MemoryStore, clock: Moving, raw: bytes, source: Source) -> MessageRow:
    """A message as the inbox has it."""
    found = await store.message((await receive(raw, source, store, clock)).id)
    assert found is not None
    return found


async def test_the_same_mapping_makes_no_difference(store: MemoryStore, clock: Moving) -> None:
    """
    And a replay with it makes no new version of any resource of the agreement.
    """
    row = await kept(store, clock, NOTE, COSMIC)
    assert (await difference(row, COSMIC, store)).changes == ()
    again = await replayed(row, COSMIC, store, clock)
    assert again is not None
    plans = {made for made in again.made if made.startswith(("CarePlan", "CareTeam", "Task"))}
    assert plans == {made for made in row.made if made.startswith(("CarePlan", "CareTeam", "Task"))}


async def test_a_replay_is_a_message_of_its_own_with_the_mapping_of_today(
    store: MemoryStore, clock: Moving
) -> None:
    """
    Linked to the original, which stays as it was but for the link back, with the version that it came with.
    """
    row = await kept(store, clock, NOTE, of_before(COSMIC))
    assert row.mapping_version == "0"
    again = await replayed(row, COSMIC, store, clock)
    assert again is not None
    replay = await store.message(again.id)
    assert replay is not None
    assert (again.outcome, replay.replays, replay.state) == (Outcome.NEW, row.id, State.DONE)
    assert replay.mapping_version == COSMIC.plan.version
    assert (replay.sender, replay.message_id, replay.raw) == (row.sender, row.message_id, row.raw)
    assert await store.message(row.id) == replace(row, taken_as=again.id)


async def test_what_was_parked_is_taken_in_when_the_mapping_can(store: MemoryStore, clock: Moving) -> None:
    """
    Its resources are made, and it is open no longer.
    """
    parked = NOTE.replace(b"195009072553", b"195009072554")
    row = await kept(store, clock, parked, COSMIC)
    assert row.state is State.PARKED
    row = replace(row, raw=NOTE)  # as if the check digit had been a fault of ours
    found = await difference(row, COSMIC, store)
    assert found.state is State.DONE
    assert {change.kind for change in found.changes} == {"new"}
    assert not (await store.history("CarePlan", found.changes[0].reference.partition("/")[2]))
    again = await replayed(row, COSMIC, store, clock)
    assert again is not None
    assert any(made.startswith("CarePlan/") for made in again.made)
    assert not await store.messages(MessageQuery(is_open=True, states=(State.PARKED,)))


async def test_a_difference_names_resources_and_places_and_no_values(
    store: MemoryStore, clock: Moving
) -> None:
    """
    What would be changed, new or gone; nothing is written.
    """
    row = await kept(store, clock, NOTE, COSMIC)
    title = json.loads(NOTE)
    other = json.dumps(title, ensure_ascii=False).replace("Daglig promenad", "Daglig cykeltur").encode()
    before = len(await store.messages(MessageQuery()))
    found = await difference(replace(row, raw=other), COSMIC, store)
    changed = [change for change in found.changes if change.kind == "changed"]
    assert changed
    assert all(change.places for change in changed)
    assert "cykeltur" not in repr(found)
    none_made = replace(row, made=(*row.made, "Task/00000000-0000-5000-8000-000000000000/_history/1"))
    gone = await difference(none_made, COSMIC, store)
    assert gone.changes == (Change(reference="Task/00000000-0000-5000-8000-000000000000", kind="gone"),)
    assert len(await store.messages(MessageQuery())) == before


async def test_a_dialogue_that_was_taken_in_is_past(store: MemoryStore, clock: Moving) -> None:
    """
    What came after it would be undone: nothing is done. It can still be compared.
    """
    row = await kept(store, clock, ASKED, LIFECARE)
    assert row.state is State.DONE
    assert await replayed(row, LIFECARE, store, clock) is None
    assert (await difference(row, LIFECARE, store)).state is State.DONE


async def test_an_original_in_conflict_stays_in_conflict(store: MemoryStore, clock: Moving) -> None:
    """
    Nobody lets go of an id: a replay cannot take it.
    """
    await kept(store, clock, NOTE, COSMIC)
    other = NOTE.decode().replace("Daglig promenad", "Daglig cykeltur").encode()
    row = await kept(store, clock, other, COSMIC)
    assert row.state is State.REFUSED
    again = await replayed(row, COSMIC, store, clock)
    assert again is not None
    replay = await store.message(again.id)
    assert replay is not None
    assert (replay.state, [each["code"] for each in replay.findings if each.get("blocking")]) == (
        State.REFUSED,
        ["id-conflict"],
    )
