"""Writers who come at the same time, on every store: https://hl7.org/fhir/R4/http.html#concurrency."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest

from adapter.store import open_store
from tests.rest.conftest import newest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from adapter.ports import Store

Json = dict[str, Any]
POSTGRES = os.environ.get("OVERENS_TEST_DATABASE_URL", "")
NO_POSTGRES = pytest.mark.skipif(
    not POSTGRES, reason="OVERENS_TEST_DATABASE_URL names no PostgreSQL to test on"
)
TASK: Json = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "identifier": [{"system": "urn:x", "value": "1"}],
}


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=NO_POSTGRES)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store of each kind."""
    schema = f"test_{uuid.uuid4().hex}"
    url = {
        "memory": "memory://",
        "sqlite": f"sqlite:///{tmp_path}/overens.db",
        "postgres": f"{POSTGRES}?options={quote(f'-c search_path={schema}')}",
    }[request.param]
    if request.param == "postgres":
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
    opened = await open_store(url, newest)
    yield opened
    await opened.close()
    if request.param == "postgres":
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


async def statuses(*sent: Any) -> list[int]:
    """How each was answered, all sent at once."""
    return sorted(answer.status_code for answer in await asyncio.gather(*sent))


async def test_one_alone_is_made_changed_and_carried_out(client: httpx.AsyncClient) -> None:
    """
    By If-None-Exist, by If-Match, and by a transaction that changes one and creates another.
    """
    condition = {"If-None-Exist": "identifier=urn:x|1"}
    made = (
        client.post("/fhir/Task", json={**TASK, "description": str(n)}, headers=condition) for n in range(6)
    )
    assert await statuses(*made) == [200] * 5 + [201]
    (found,) = (await client.get("/fhir/Task")).json()["entry"]
    id_ = found["resource"]["id"]
    said = {**TASK, "id": id_}
    tag = {"If-Match": 'W/"1"'}
    changed = (
        client.put(f"/fhir/Task/{id_}", json={**said, "description": f"u{n}"}, headers=tag) for n in range(5)
    )
    assert await statuses(*changed) == [200] + [412] * 4

    def transaction(n: int) -> Json:
        change = {"method": "PUT", "url": f"Task/{id_}", "ifMatch": 'W/"2"'}
        entries = [
            {"request": change, "resource": {**said, "description": f"t{n}"}},
            {"request": {"method": "POST", "url": "Task"}, "resource": {**TASK, "identifier": []}},
        ]
        del entries[1]["resource"]["identifier"]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    carried_out = (client.post("/fhir", json=transaction(n)) for n in range(4))
    assert await statuses(*carried_out) == [200] + [412] * 3
    history = (await client.get(f"/fhir/Task/{id_}/_history")).json()
    assert [entry["resource"]["meta"]["versionId"] for entry in history["entry"]] == ["3", "2", "1"]
    assert len((await client.get("/fhir/Task")).json()["entry"]) == 2
