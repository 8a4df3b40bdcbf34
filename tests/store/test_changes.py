"""Every version of some types by when it was kept, on every store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.search_dates import to_milliseconds
from adapter.ports import Put

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store

    Post = Callable[..., Arrival]


def resource(type_: str, id_: str, **said: Any) -> dict[str, Any]:
    """One resource."""
    return {"resourceType": type_, "id": id_, **said}


async def told(store: Store, types: list[str], since: int = 0, count: int = 50) -> list[str]:
    """``type/id/version`` of all pages."""
    found, mark = [], ""
    while True:
        page = await store.changes(types, since, count, mark)
        assert len(page.matches) <= count
        found += [f"{row.type}/{row.id}/{row.version}" for row in page.matches]
        if not page.next:
            return found
        mark = page.next


@pytest.fixture
async def kept(store: Store, post: Post, hand: Any) -> int:
    """Two types, changed in turn; the time of the later half in milliseconds."""
    await store.keep(post(resource("Task", "t1"), resource("CarePlan", "p1")))
    hand.move(hours=1)
    at = to_milliseconds(hand.at)
    await store.keep(post(resource("Task", "t1", status="draft")))
    hand.move(hours=1)
    await store.keep(post(resource("CarePlan", "p1", status="active"), resource("Location", "l1")))
    return at


@pytest.mark.parametrize("count", [1, 2, 50])
async def test_versions_come_the_newest_first_whatever_the_page(store: Store, kept: int, count: int) -> None:
    """
    Current ones and those in history, of the types asked for, each once.
    """
    of_tasks = ["Task/t1/2", "Task/t1/1"]
    assert await told(store, ["Task"], count=count) == of_tasks
    both = await told(store, ["CarePlan", "Task"], count=count)
    assert both[:2] == ["CarePlan/p1/2", "Task/t1/2"]
    assert sorted(both) == ["CarePlan/p1/1", "CarePlan/p1/2", "Task/t1/1", "Task/t1/2"]
    assert await told(store, ["Task"], since=kept, count=count) == ["Task/t1/2"]
    assert await told(store, ["Task"], since=kept + 1, count=count) == []


@pytest.mark.parametrize("count", [1, 50])
async def test_versions_of_some_resources_alone(store: Store, post: Post, kept: int, count: int) -> None:
    """
    Of the types asked for, current and before; nothing of others, and nothing when none is named.
    """
    await store.keep(post(resource("Task", "t2"), resource("CarePlan", "p2"), resource("CarePlan", "t1")))
    found, mark = [], ""
    while not found or mark:
        page = await store.changes(["CarePlan", "Task"], 0, count, mark, {"Task": ["t1"], "CarePlan": ["p1"]})
        found += [f"{row.type}/{row.id}/{row.version}" for row in page.matches]
        mark = page.next
    assert found[:2] == ["CarePlan/p1/2", "Task/t1/2"]
    assert sorted(found) == ["CarePlan/p1/1", "CarePlan/p1/2", "Task/t1/1", "Task/t1/2"]
    late = await store.changes(["Task"], kept, 9, "", {"Task": ["t1"], "CarePlan": ["p1"]})
    assert [row.version for row in late.matches] == [2]
    assert (await store.changes(["Task"], 0, 9, "", {"Task": []})).matches in ([], ())


async def test_a_version_that_came_late_stands_where_it_was_kept(store: Store, post: Post) -> None:
    """
    Not where its source's own time would have it.
    """
    for order, title in (("2026-02-02", "new"), ("2026-02-01", "old")):
        put = Put(resource=resource("CarePlan", "p1", title=title), lane=7, order=order)
        await store.keep(replace(post(), puts=(put,)))
    assert await told(store, ["CarePlan"]) == ["CarePlan/p1/2", "CarePlan/p1/1"]


@pytest.mark.parametrize("mark", ["x", "WyJhIl0", "WzEsMl0", "Wy0xXQ", "W251bGxd"])
async def test_a_mark_that_is_not_ours_is_refused(store: Store, mark: str) -> None:
    """
    ValueError, whichever the store.
    """
    with pytest.raises(ValueError, match="page mark"):
        await store.changes(["Task"], 0, 1, mark)
