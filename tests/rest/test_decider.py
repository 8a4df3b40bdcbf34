"""A decider in its own process decides as the server itself does, and its end is nobody's loss."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapter.pipeline import arrival, decide
from adapter.ports import Ready, State
from adapter.rest.decider import Decider, Deciding, fork_deciders
from adapter.sources import load_sources
from adapter.store import ready
from adapter.store.compressed import decompressed
from adapter.store.preparing import prepare
from adapter.validation import Issue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NAME = "se.cosmic.journal-notes"
NOTE = (Path(__file__).parents[2] / "fixtures" / NAME / "kalmar-agreement.json").read_bytes()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SOURCES = load_sources()


@pytest.fixture
async def decider() -> AsyncIterator[Decider]:
    """One that is up, and is stopped afterwards."""
    (made,) = fork_deciders(1, Deciding(SOURCES, ready))
    await made.connect()
    yield made
    await asyncio.wait_for(made.stop(), 10)


@pytest.mark.parametrize("raw", [NOTE, b"", b"{", b"[]"])
async def test_a_decider_gives_the_same_arrival(decider: Decider, raw: bytes) -> None:
    """
    The core is pure: where it runs changes nothing.
    """
    source = SOURCES[NAME]
    here = arrival(raw, source, decide(raw, source, received_at=NOW.isoformat()), NOW)
    assert await decider.ready(raw, NAME, NOW) == ready(here)


async def test_a_decider_leaves_out_what_is_contested(decider: Decider) -> None:
    """
    It is told of the keys like the core itself.
    """
    source = SOURCES[NAME]
    keys = frozenset(effect.key for effect in decide(NOTE, source).effects)
    here = arrival(NOTE, source, decide(NOTE, source, received_at=NOW.isoformat(), contested=keys), NOW)
    assert here.answer.status == 409
    assert await decider.ready(NOTE, NAME, NOW, keys) == ready(here)


async def test_many_at_once_each_get_their_own_answer(decider: Decider) -> None:
    """
    What is asked first is answered first, in any number of pieces.
    """
    notes = [NOTE.replace(b"Test:Note:4711", b"Test:Note:%d" % number) for number in range(20)]
    made = await asyncio.gather(*(decider.ready(note, NAME, NOW) for note in notes))
    assert [decompressed(prepare(each).message.raw) for each in made if each] == notes


async def test_a_decider_that_dies_leaves_the_work_to_the_server(decider: Decider) -> None:
    """
    Whoever waits is told to decide here, and so is everybody after.
    """
    waiting = asyncio.create_task(decider.ready(NOTE * 20, NAME, NOW))
    await asyncio.sleep(0)
    os.kill(decider.pid, signal.SIGKILL)
    await asyncio.wait_for(waiting, 10)
    for _ in range(100):
        if not decider.is_up:
            break
        await asyncio.sleep(0.02)
    assert await decider.ready(NOTE, NAME, NOW) is None


async def test_a_fault_in_a_decider_is_none_and_it_goes_on(decider: Decider) -> None:
    """
    The server meets the fault again and tells of it itself.
    """
    assert await decider.ready(None, NAME, NOW) is None  # type: ignore[arg-type]
    assert await decider.ready(NOTE, NAME, NOW) is not None


async def test_a_decider_judges_what_it_makes() -> None:
    """
    A fault of ours in what is made parks the message there too.
    """
    wrong = Issue("error", "invariant", "agr-x", "CarePlan", "Rätta.", "Mend it.")
    told = Deciding(SOURCES, ready, lambda _: (wrong,)).told(pickle.dumps((NOTE, NAME, NOW, frozenset(), "")))
    assert told
    made = prepare(Ready(told)).message
    assert made.state == State.PARKED.value


async def test_a_reply_is_given_back_to_the_server(decider: Decider) -> None:
    """
    What must be known first is read by the process that has the store; a first message is decided beside it.
    """
    folder = Path(__file__).parents[2] / "fixtures" / "se.lifecare.message"
    for name, is_decided in (("consultation-complete.json", True), ("answer.json", False)):
        found = await decider.ready((folder / name).read_bytes(), "se.lifecare.message", NOW)
        assert (found is not None) == is_decided
