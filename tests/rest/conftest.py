"""The application on an empty store, without a network."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.ports import Answer, Arrival, Put, State, Store
from adapter.profiles import own_validator
from adapter.rest.app import application
from adapter.rest.served import Served
from adapter.sources import load_sources
from adapter.store import open_store
from tests.clocks import StillClock

Json = dict[str, Any]
Keep = Callable[..., Awaitable[None]]
SOURCES = load_sources()
VALIDATOR = own_validator()


def newest(_: Json, said: Json) -> Json:
    """The merge of these tests: the last one to speak is right."""
    return said


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, in a file as it is in earnest."""
    opened = await open_store(f"sqlite:///{tmp_path}/overens.db", newest)
    yield opened
    await opened.close()


@pytest.fixture
def served(store: Store) -> Served:
    """What the routes serve from, with small limits."""
    return Served(
        store=store,
        sources=SOURCES,
        clock=StillClock(),
        version="0",
        started_at=StillClock().now(),
        max_body_bytes=100_000,
        body_timeout_seconds=0.5,
        validator=lambda: VALIDATOR,
    )


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A caller on the same machine."""
    transport = httpx.ASGITransport(application(served), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as caller:
        yield caller


@pytest.fixture
def keep(store: Store) -> Keep:
    """Keep resources as if a message had made them."""

    async def keep_resources(*resources: Json) -> None:
        puts = tuple(Put(resource=resource, lane=1) for resource in resources)
        answer = Answer(status=201, body=b"{}")
        id_ = str(uuid.uuid4())
        await store.keep(
            Arrival(
                id=id_,
                sender="test",
                message_id=id_,
                sha256=id_,
                source="test",
                raw=b"{}",
                lane=1,
                received_at=StillClock().now(),
                state=State.DONE,
                puts=puts,
                audit={"resourceType": "AuditEvent", "id": str(uuid.uuid4())},
                answer=answer,
            )
        )

    return keep_resources
