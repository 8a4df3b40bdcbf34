"""history of a resource, a type and all: https://hl7.org/fhir/R4/http.html#history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
PLAN: Json = {"resourceType": "CarePlan", "id": "p1", "status": "draft", "intent": "plan"}


@pytest.fixture(autouse=True)
async def some_versions(keep) -> None:
    """A plan with three versions, a task with one."""
    for status in ("draft", "active", "completed"):
        await keep({**PLAN, "status": status})
    await keep({"resourceType": "Task", "id": "t1", "status": "draft", "intent": "plan"})


def told(bundle: Json) -> list[str]:
    """``type/id/version`` of the entries."""
    rows = [entry["resource"] for entry in bundle.get("entry", ())]
    return [f"{row['resourceType']}/{row['id']}/{row['meta']['versionId']}" for row in rows]


async def pages(client: httpx.AsyncClient, path: str) -> list[list[str]]:
    """Every page, by its links."""
    found = []
    while path:
        bundle = (await client.get(path)).json()
        assert bundle["type"] == "history"
        found.append(told(bundle))
        path = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
    return found


async def test_the_history_of_a_type_and_of_all_has_the_newest_first(client: httpx.AsyncClient) -> None:
    """
    Of all: the server's own AuditEvents too.
    """
    plans = ["CarePlan/p1/3", "CarePlan/p1/2", "CarePlan/p1/1"]
    assert await pages(client, "/fhir/CarePlan/_history") == [plans]
    assert await pages(client, "/fhir/Location/_history") == [[]]
    every = [name for page in await pages(client, "/fhir/_history") for name in page]
    assert [name for name in every if not name.startswith("AuditEvent")] == ["Task/t1/1", *plans]


@pytest.mark.parametrize("path", ["/fhir/CarePlan/_history", "/fhir/CarePlan/p1/_history"])
async def test_a_history_comes_in_pages(client: httpx.AsyncClient, path: str) -> None:
    """
    As many as _count asks for, each version once.
    """
    found = await pages(client, f"{path}?_count=2&_format=json")
    assert found == [["CarePlan/p1/3", "CarePlan/p1/2"], ["CarePlan/p1/1"]]


@pytest.mark.parametrize("path", ["/fhir/CarePlan/_history", "/fhir/CarePlan/p1/_history", "/fhir/_history"])
async def test_since_leaves_out_what_was_there_before(client: httpx.AsyncClient, path: str) -> None:
    """
    To the millisecond, in any zone; the time itself is within.
    """
    at = (await client.get("/fhir/CarePlan/p1")).json()["meta"]["lastUpdated"]
    since = (await client.get(path, params={"_since": at})).json()
    assert "CarePlan/p1/3" in told(since)
    later = await client.get(path, params={"_since": "2999-01-01T00:00:00+01:00"})
    assert told(later.json()) == []


async def test_the_total_of_one_resource_is_that_of_all_pages(client: httpx.AsyncClient) -> None:
    """
    Of a type it is not counted.
    """
    assert (await client.get("/fhir/CarePlan/p1/_history?_count=1")).json()["total"] == 3
    assert "total" not in (await client.get("/fhir/CarePlan/_history?_count=1")).json()


@pytest.mark.parametrize("path", ["/fhir/CarePlan/_history", "/fhir/CarePlan/p1/_history", "/fhir/_history"])
@pytest.mark.parametrize(
    "asked", ["_since=x", "_count=-1", "_count=x", "_page=x!", "_page=-1", "colour=blue"]
)
async def test_what_cannot_be_followed_is_refused(client: httpx.AsyncClient, path: str, asked: str) -> None:
    """
    400 with an outcome.
    """
    assert (await client.get(f"{path}?{asked}")).status_code == 400


async def test_a_history_of_a_type_that_there_is_not(client: httpx.AsyncClient) -> None:
    """
    404, as for every other address.
    """
    assert (await client.get("/fhir/Medication/_history")).status_code == 404
