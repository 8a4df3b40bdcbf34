"""Several workers as processes have them, each with its own store, and a receiver behind real sockets."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapter.letters import (
    Delivered,
    LetterQuery,
    LetterState,
    Manner,
    Patience,
    Refused,
    Trouble,
    TryAgain,
)
from adapter.send.delivery import Delivery
from adapter.store import open_store
from tests.store.conftest import STORES, Post, merged
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapter.letters import Letter, Verdict
    from adapter.ports import Store

LANES, EACH = 12, 12
BAD = Trouble(code="refused", cause="Mottagaren säger nej till brevet.")
SILENT = Trouble(code="no-answer", cause="Mottagaren svarade inte.")
QUICK = Patience(base=timedelta(milliseconds=2), cap=timedelta(milliseconds=20))
FAULTS = ("hang", "drop", "lose", "garbage", "wrong", "error", "twice")


@dataclass
class Peer:
    """Takes a line of JSON with id, words and envelope, answers with its id; badly so now and then.

    It keeps what it takes once by the letter's id, in the order in which it first came.
    """

    seed: int
    port: int = 0
    taken: dict[str, str] = field(default_factory=dict)
    wire: list[str] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)
    under_way: int = 0

    def __post_init__(self) -> None:
        """Chance by a seed."""
        self._chance = random.Random(self.seed)  # noqa: S311 - not for secrets

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one letter."""
        self.under_way += 1
        with suppress(ConnectionError, ValueError):
            await self._answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self.under_way -= 1

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line := await reader.readline():
            said = json.loads(line)
            fault = self._chance.choice(FAULTS) if self._chance.random() < 0.15 else ""
            self.envelopes.append(said["envelope"])
            if said["words"].startswith("poison"):
                writer.write(b"no\n")
            elif fault == "hang":
                await asyncio.sleep(0.3)
            elif fault == "error":
                writer.write(b"500\n")
            elif fault != "drop":
                self.wire.append(said["words"])
                self.taken.setdefault(said["id"], said["words"])
                writer.write(_words_of(fault, said["id"]))
            await writer.drain()


def _words_of(fault: str, id_: str) -> bytes:
    """What a peer says that took a letter."""
    right = f"ok {id_}\n".encode()
    return {"lose": b"", "garbage": b"\xff\x00\n", "wrong": b"ok another\n", "twice": right * 2}.get(
        fault, right
    )


@dataclass
class Line:
    """The way to a peer. What is not a clear word is none."""

    peer: Peer
    manner: Manner = field(default_factory=lambda: Manner(seconds=0.1))

    async def deliver(self, sent: Letter, envelope: str) -> Verdict:
        """A connection for each letter."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.peer.port)
        except OSError:
            return TryAgain(trouble=SILENT)
        try:
            said = {"id": sent.id, "words": sent.body.decode(), "envelope": envelope}
            writer.write(json.dumps(said).encode() + b"\n")
            answer = await reader.readline()
        except OSError:
            answer = b""
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        if answer == b"no\n":
            return Refused(trouble=BAD)
        return Delivered(answer=answer) if answer == f"ok {sent.id}\n".encode() else TryAgain(trouble=SILENT)

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A peer on a port of its own."""
    made = Peer(seed=7)
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    while made.under_way:  # noqa: ASYNC110  they end by themselves
        await asyncio.sleep(0.01)


@pytest.fixture(params=STORES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Store]]:
    """One store, or four of the same database as four processes have them."""
    if request.param == "postgres":
        url, count = str(request.getfixturevalue("postgres_url")), 4
    else:
        url, count = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/a.db"}[request.param], 1
    opened = [await open_store(url, merged) for _ in range(count)]
    yield opened
    for store in opened:
        await store.close()


async def test_each_letter_is_taken_once_and_in_order_whatever_the_receiver_does(
    stores: list[Store], peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It hangs, drops, answers garbage, the wrong id, twice, or an error, before or after it took the letter:
    with workers that share a database, each lane's letters are taken in their order, poison is put aside
    with one report, and no envelope comes twice.
    """
    monkeypatch.setattr("adapter.send.breaker.FIRST_PAUSE", timedelta(milliseconds=5))
    monkeypatch.setattr("adapter.send.breaker.LONGEST_PAUSE", timedelta(milliseconds=20))
    workers = [
        Delivery(store.outbox, {"north": Line(peer)}, patience=QUICK, poll=timedelta(milliseconds=20))
        for store in stores
    ]
    post = Post()

    async def come(lane: int) -> None:
        for number in range(EACH):
            name = f"poison {lane}" if number == 5 else f"{lane:02}-{number:02}"
            store = stores[number % len(stores)]
            await store.keep(with_letters(post, letter(name, lane=lane), lane=lane))

    for worker in workers:
        worker.start()
    await asyncio.gather(*map(come, range(LANES)))
    waiting = LetterQuery(receiver="north", states=(LetterState.WAITING,), limit=1)
    async with asyncio.timeout(60):
        while await stores[0].outbox.letters(waiting):  # noqa: ASYNC110  what is waited for is in a database
            await asyncio.sleep(0.02)
    await asyncio.gather(*(worker.stop() for worker in workers))

    taken = list(peer.taken.values())
    for lane in range(LANES):
        mine = [words for words in taken if words.startswith(f"{lane:02}")]
        assert mine == [f"{lane:02}-{number:02}" for number in range(EACH) if number != 5]
    assert len(peer.envelopes) == len(set(peer.envelopes))
    assert len(peer.wire) >= len(taken) == LANES * (EACH - 1)
    dead = await stores[0].outbox.letters(LetterQuery(states=(LetterState.DEAD,), limit=1000))
    reports = await stores[0].outbox.letters(LetterQuery(receiver="overens", limit=1000))
    assert sorted(row.letter.id for row in dead) == sorted(
        json.loads(row.letter.body)["Letter"] for row in reports
    )
    assert len(dead) == LANES
