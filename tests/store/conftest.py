"""Stores to test on, and messages to put into them."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest

from adapter.ports import Answer, Arrival, Put, State
from adapter.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from adapter.ports import Store

POSTGRES = os.environ.get("OVERENS_TEST_DATABASE_URL", "")
STORES = [
    "memory",
    "sqlite",
    pytest.param(
        "postgres",
        marks=pytest.mark.skipif(
            not POSTGRES, reason="OVERENS_TEST_DATABASE_URL names no PostgreSQL to test on"
        ),
    ),
]
ANSWER = Answer(status=201, body=b'{"resourceType":"OperationOutcome"}')


def merged(current: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Silence never clears; what is said anew counts."""
    return {**current, **new, "meta": {**current.get("meta", {}), **new.get("meta", {})}}


@dataclass
class Hand:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.at

    def move(self, **amount: float) -> None:
        """Move it on."""
        self.at += timedelta(**amount)


@dataclass
class Post:
    """Makes arrivals that differ only in what a test says."""

    count: int = field(default=0)

    def __call__(
        self, *resources: dict[str, Any], shared: bool = False, order: str = "", **said: Any
    ) -> Arrival:
        """One arrival; ``said`` are fields of Arrival."""
        self.count += 1
        said.setdefault("raw", f"message {self.count}".encode())
        said.setdefault(
            "id", str(uuid.uuid5(uuid.NAMESPACE_OID, repr((said["raw"], said.get("message_id")))))
        )
        said.setdefault("message_id", f"m{self.count}")
        return Arrival(
            **{
                "sender": "se.cosmic.journal-notes|SE2321000016-COSMIC",
                "sha256": "ab" * 32,
                "source": "se.cosmic.journal-notes",
                "lane": 7,
                "received_at": datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
                "state": State.DONE,
                "puts": tuple(Put(resource=r, lane=7, is_shared=shared, order=order) for r in resources),
                "answer": ANSWER,
                **said,
            }
        )


@pytest.fixture
def hand() -> Hand:
    """The store's clock."""
    return Hand()


@pytest.fixture
def post() -> Post:
    """A maker of arrivals."""
    return Post()


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


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/store.db"}[request.param]


@pytest.fixture
async def store(url: str, hand: Hand) -> AsyncIterator[Store]:
    """An empty store of each kind."""
    opened = await open_store(url, merged, now=hand)
    yield opened
    await opened.close()
