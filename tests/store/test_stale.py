"""Puts that expect a version: the writer who is late is told, on every store."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.ports import Kept, Outcome, Put, Stale
from adapter.store import ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store

    Post = Callable[..., Arrival]


def plan(id_: str = "p1", **elements: Any) -> dict[str, Any]:
    """A CarePlan."""
    return {"resourceType": "CarePlan", "id": id_, "status": "active", **elements}


def organization(**elements: Any) -> dict[str, Any]:
    """A shared resource."""
    return {"resourceType": "Organization", "id": "o1", **elements}


def expecting(post: Post, version: int | None, *resources: dict[str, Any], lane: int = 7) -> Arrival:
    """A message whose puts expect a version to be current."""
    return replace(post(), puts=tuple(Put(resource=r, lane=lane, expects=version) for r in resources))


async def test_a_put_that_expects_the_current_version_is_carried_out(store: Store, post: Post) -> None:
    """
    0 for what is not there yet; what was made is told in the order of the puts.
    """
    kept = await store.keep(expecting(post, 0, plan(title="a"), plan("p2")))
    assert kept.made == ("CarePlan/p1/_history/1", "CarePlan/p2/_history/1")
    kept = await store.keep(expecting(post, 1, plan(title="b"), plan(title="c")))
    assert kept.made == ("CarePlan/p1/_history/2", "CarePlan/p1/_history/3")
    assert (await store.keep(expecting(post, 3, plan(title="c")))).made == ("CarePlan/p1/_history/3",)
    assert (await store.keep(expecting(post, None, plan(title="d")))).made == ("CarePlan/p1/_history/4",)


@pytest.mark.parametrize("version", [0, 1, 3])
async def test_a_put_that_expects_another_version_is_stale(store: Store, post: Post, version: int) -> None:
    """
    All such resources are named; nothing of the message is kept, and it can come again with the right one.
    """
    await store.keep(post(plan(title="a"), plan(title="b"), plan("p2")))
    stale = expecting(post, version, plan(title="c"), plan("p3"))
    stale = replace(
        stale, puts=(*stale.puts, Put(resource=plan("p4"), lane=7)), audit={"resourceType": "AuditEvent"}
    )
    with pytest.raises(Stale) as told:
        await store.keep(stale)
    assert told.value.keys == {"CarePlan/p1"} | ({"CarePlan/p3"} if version else set())
    assert await store.message(stale.id) is None
    assert [r.version for r in await store.history("CarePlan", "p1")] == [2, 1]
    for type_, id_ in (("CarePlan", "p3"), ("CarePlan", "p4"), ("AuditEvent", stale.id)):
        assert await store.read(type_, id_) is None
    right = replace(stale, puts=tuple(replace(put, expects=None) for put in stale.puts))
    assert (await store.keep(right)).outcome is Outcome.NEW


async def test_a_message_that_came_before_is_not_stale(store: Store, post: Post) -> None:
    """
    It is known by its id before its puts are looked at.
    """
    arrival = expecting(post, 0, plan())
    await store.keep(arrival)
    assert (await store.keep(arrival)).outcome is Outcome.SAME


@pytest.mark.parametrize("version", [0, 1])
async def test_of_many_writers_who_expect_the_same_version_one_is_kept(
    store: Store, post: Post, version: int
) -> None:
    """
    Also when each says another lane than the one where the resource stands.
    """
    await store.keep(post(plan(title="a"), plan("p2")))
    wanted = plan("p1" if version else "new", title="b")
    sent = [expecting(post, version, {**wanted, "n": n}, lane=n) for n in range(6)]
    kept = await asyncio.gather(*map(store.keep, sent), return_exceptions=True)
    assert [type(each) for each in kept].count(Stale) == 5
    assert [type(each) for each in kept].count(Kept) == 1
    assert len(await store.history("CarePlan", wanted["id"])) == version + 1


async def test_a_stale_message_spoils_no_other(store: Store, post: Post) -> None:
    """
    Its neighbours, sent at the same moment, are kept.
    """
    sent = [expecting(post, version, plan(f"p{version}")) for version in (0, 1, 0)]
    sent[2] = replace(sent[2], puts=(Put(resource=plan("p2"), lane=7, expects=0),))
    kept = await asyncio.gather(*map(store.keep, sent), return_exceptions=True)
    assert [type(each) for each in kept] == [Kept, Stale, Kept]


async def test_a_shared_resource_at_the_version_expected_is_merged(store: Store, post: Post) -> None:
    """
    Whoever expects a version is told when another changed a shared resource.
    """
    await store.keep(post(organization(name="Hälsocentralen"), shared=True))
    put = Put(resource=organization(active=True), lane=0, is_shared=True, expects=1)
    kept = await asyncio.gather(
        *(store.keep(replace(post(), puts=(put,))) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in kept].count(Stale) == 2
    row = await store.read("Organization", "o1")
    assert row is not None
    assert (row.version, json.loads(row.body)["name"]) == (2, "Hälsocentralen")


async def test_an_arrival_made_ready_elsewhere_expects_too(store: Store, post: Post) -> None:
    """
    The version expected goes with it between processes.
    """
    await store.keep(ready(expecting(post, 0, plan())))
    with pytest.raises(Stale):
        await store.keep(ready(expecting(post, 0, plan(title="b"))))
