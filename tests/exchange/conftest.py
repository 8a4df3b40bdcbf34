"""Two sides that write to each other through a store of each kind."""

from __future__ import annotations

import copy
import json
import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from adapter.configured import output_check
from adapter.events import Taking
from adapter.fhir import merge
from adapter.letters import OURSELVES, LeaseQuery, LetterQuery, LetterRow, LetterState, Settlement
from adapter.pipeline import receive
from adapter.policy import ORDINARY, Policy
from adapter.ports import Criterion, Kept, Query, Store
from adapter.settings import Settings
from adapter.sources import load_sources
from adapter.store import open_store

FOLDER = Path(__file__).parents[2] / "fixtures" / "se.lifecare.message"
SOURCES = load_sources()
SOURCE = SOURCES["se.lifecare.message"]
POSTGRES = os.environ.get("OVERENS_TEST_DATABASE_URL", "")
QUESTION = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
Json = dict[str, Any]


def fixture(name: str, **changes: Any) -> Json:
    """A fixture's message, some of its fields changed; None takes a field away."""
    message = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return {key: value for key, value in {**message, **changes}.items() if value is not None}


def question(**changes: Any) -> Json:
    """The municipality asks."""
    return fixture("consultation-complete", **changes)


def turned(message: Json, **changes: Any) -> Json:
    """The same from the other side."""
    return {**message, "Sender": message["Receiver"], "Receiver": message["Sender"], **changes}


@dataclass
class Hand:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it shows."""
        return self.at

    def move(self, **amount: float) -> None:
        """Move it on."""
        self.at += timedelta(**amount)


@dataclass
class Exchange:
    """What a test does with the system."""

    store: Store
    clock: Hand = field(default_factory=Hand)
    policy: Policy = ORDINARY
    check: Any = field(default_factory=lambda: output_check(Settings()))

    async def send(self, message: Mapping[str, Any]) -> Kept:
        """A message comes in."""
        raw = json.dumps(message).encode()
        return await receive(raw, SOURCE, self.store, self.clock, check=self.check, policy=self.policy)

    async def work(self) -> int:
        """Everything that we wrote to ourselves and that is due is taken in; how much that was."""
        taking = Taking(
            sources=SOURCES, store=self.store, clock=self.clock, check=self.check, policy=self.policy
        )
        done = 0
        while leases := await self.store.outbox.lease(
            LeaseQuery(receiver=OURSELVES, queues=50, letters=50),
            now=self.clock.at,
            until=self.clock.at + timedelta(minutes=1),
        ):
            for lease in leases:
                for posted in lease.letters:
                    await taking.take(posted.letter.body)
                    settled = Settlement(lease=lease, letter=posted.letter.id, state=LetterState.DELIVERED)
                    await self.store.outbox.settle([settled], now=self.clock.at)
                    done += 1
        return done

    async def all(self, type_: str, **criteria: str) -> list[Json]:
        """Every resource of a type, as served."""
        wanted = tuple(
            Criterion(param=name, kind="token", values=((None, value),)) for name, value in criteria.items()
        )
        page = await self.store.search(Query(type=type_, criteria=wanted, count=500))
        return [json.loads(row.body) for row in page.matches]

    async def one(self, type_: str, **criteria: str) -> Json:
        """The only one."""
        (found,) = await self.all(type_, **criteria)
        return found

    async def said(self) -> list[str]:
        """The ids of the messages that are there, by the time they were written."""
        came = [each for each in await self.all("Communication") if each["status"] == "completed"]
        return [each["identifier"][0]["value"] for each in sorted(came, key=lambda each: each["sent"])]

    async def steps(self, task: Json | None = None) -> list[tuple[str, str]]:
        """Status and national code of each version of the Task, the first first."""
        task = task or await self.one("Task")
        rows = await self.store.history("Task", task["id"])
        versions = [json.loads(row.body) for row in rows]
        return [
            (each["status"], each["businessStatus"]["coding"][0]["code"])
            for each in sorted(versions, key=lambda each: int(each["meta"]["versionId"]))
        ]

    async def letters(self, receiver: str = "") -> list[LetterRow]:
        """Letters, the oldest first; without a receiver those to others."""
        rows = await self.store.outbox.letters(LetterQuery(receiver=receiver))
        return [row for row in reversed(rows) if receiver or row.letter.receiver != OURSELVES]


def codes(kept: Kept) -> list[str]:
    """The codes of what was answered."""
    return [issue["details"]["coding"][0]["code"] for issue in json.loads(kept.answer.body)["issue"]]


def changed(message: Json, **changes: Any) -> Json:
    """A copy with other values deep in it, ``Sender__UnitHsaId``."""
    made = copy.deepcopy(message)
    for path, value in changes.items():
        *above, last = path.split("__")
        place = made
        for name in above:
            place = place[name]
        place[last] = value
    return made


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh schema in the test database."""
    if not POSTGRES:
        pytest.skip("OVERENS_TEST_DATABASE_URL names no PostgreSQL to test on")
    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{POSTGRES}?options={quote(f'-c search_path={schema}')}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/store.db"}[request.param]


@pytest.fixture
async def exchange(url: str) -> AsyncIterator[Exchange]:
    """An empty system on a store of each kind."""
    clock = Hand()
    store = await open_store(url, merge, now=clock.now)
    yield Exchange(store=store, clock=clock)
    await store.close()
