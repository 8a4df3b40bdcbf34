"""What becomes of a plan's parts when its next version no longer mentions them, on every store."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.systems import CONTACT_WAY
from adapter.ports import Contested, Criterion, Put, Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store

    Post = Callable[..., Arrival]

FIRST, SECOND, THIRD, FOURTH = (f"2026-0{month}-01T08:00:00Z" for month in (1, 2, 3, 4))
OPEN = {"Task": "requested", "ServiceRequest": "active", "Appointment": "booked", "CareTeam": "active"}
ENDED = {
    "Task": "cancelled",
    "ServiceRequest": "revoked",
    "Appointment": "cancelled",
    "CareTeam": "inactive",
}


def part(type_: str, id_: str = "a", **elements: Any) -> dict[str, Any]:
    """One part of a plan."""
    return {"resourceType": type_, "id": id_, "status": OPEN[type_], **elements}


def said(*parts: dict[str, Any], order: str, **elements: Any) -> tuple[Put, ...]:
    """One version of the plan with these parts."""
    names = [f"{each['resourceType']}/{each['id']}" for each in parts]
    plan = {
        "resourceType": "CarePlan",
        "id": "p",
        "title": order,
        "careTeam": [{"reference": name} for name in names if name.startswith("CareTeam")],
        "activity": [{"reference": {"reference": name}} for name in names if not name.startswith("CareTeam")],
        **elements,
    }
    return tuple(Put(resource=each, lane=7, order=order) for each in (plan, *parts))


async def statuses(store: Store, type_: str, id_: str = "a") -> list[str]:
    """The status of each version of a part, the first version first."""
    return [json.loads(row.body)["status"] for row in reversed(await store.history(type_, id_))]


async def current(store: Store, type_: str, id_: str = "a") -> str:
    """The status of a part now."""
    row = await store.read(type_, id_)
    assert row is not None
    return str(json.loads(row.body)["status"])


@pytest.mark.parametrize("type_", ENDED)
async def test_a_removed_line_ends(store: Store, post: Post, type_: str) -> None:
    """
    The part gets a new current version with its end, named in what the message made.
    """
    await store.keep(post(puts=said(part(type_), order=FIRST)))
    second = post(puts=said(order=SECOND))
    await store.keep(second)
    assert await statuses(store, type_) == [OPEN[type_], ENDED[type_]]
    row = await store.message(second.id)
    assert row is not None
    assert row.made == ("CarePlan/p/_history/2", f"{type_}/a/_history/2")


async def test_a_removed_contact_way_is_closed(store: Store, post: Post) -> None:
    """
    A HealthcareService that the plan no longer points to is not active.
    """
    way = {"resourceType": "HealthcareService", "id": "a", "active": True}
    pointer = {"url": CONTACT_WAY, "valueReference": {"reference": "HealthcareService/a"}}
    puts = (*said(order=FIRST, extension=[pointer]), Put(resource=way, lane=7, order=FIRST))
    await store.keep(post(puts=puts))
    await store.keep(post(puts=said(order=SECOND)))
    row = await store.read("HealthcareService", "a")
    assert row is not None
    assert json.loads(row.body)["active"] is False


async def test_search_finds_an_ended_part_by_its_end(store: Store, post: Post) -> None:
    """
    Its search rows follow: no longer open, but ended.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST)))
    await store.keep(post(puts=said(order=SECOND)))
    for status, ids in (("requested", []), ("cancelled", ["a"])):
        asked = Criterion(param="status", kind="token", values=((None, status),))
        page = await store.search(Query(type="Task", criteria=(asked,)))
        assert [row.id for row in page.matches] == ids


async def test_unchanged_lines_get_no_new_version(store: Store, post: Post) -> None:
    """
    Only what is gone is touched.
    """
    await store.keep(post(puts=said(part("Task"), part("Task", "b"), order=FIRST)))
    await store.keep(post(puts=said(part("Task"), order=SECOND)))
    assert await statuses(store, "Task") == ["requested"]
    assert await statuses(store, "Task", "b") == ["requested", "cancelled"]


async def test_a_version_that_comes_late_ends_nothing_that_the_current_one_has(
    store: Store, post: Post
) -> None:
    """
    An older version without a line says nothing about the newer one's.
    """
    await store.keep(post(puts=said(part("Task"), order=SECOND)))
    late = post(puts=said(order=FIRST))
    await store.keep(late)
    assert await statuses(store, "Task") == ["requested"]
    row = await store.message(late.id)
    assert row is not None
    assert row.made == ("CarePlan/p/_history/2",)


@pytest.mark.parametrize("arrived", [(0, 1, 2), (0, 2, 1), (2, 1, 0), (1, 2, 0), (1, 0, 2), (2, 0, 1)])
@pytest.mark.parametrize("together", [False, True])
async def test_the_order_in_which_versions_arrive_makes_no_difference(
    store: Store, post: Post, arrived: tuple[int, ...], *, together: bool
) -> None:
    """
    What only an older version mentions has ended, whenever that version comes, alone or with the others.
    """
    versions = (
        said(part("Task"), order=FIRST),
        said(part("Task", "b"), part("CareTeam", "c"), order=SECOND),
        said(part("CareTeam", "c"), part("Task", "d"), order=THIRD),
    )
    puts = [versions[i] for i in arrived]
    for each in [sum(puts, ())] if together else puts:
        await store.keep(post(puts=each))
    found = [
        await current(store, *name)
        for name in (("Task", "a"), ("Task", "b"), ("CareTeam", "c"), ("Task", "d"))
    ]
    assert found == ["cancelled", "cancelled", "active", "requested"]


async def test_what_has_ended_is_left_alone(store: Store, post: Post) -> None:
    """
    A Task that the patient has ticked off stays completed.
    """
    await store.keep(post(puts=said(part("Task", status="completed"), order=FIRST)))
    await store.keep(post(puts=said(order=SECOND)))
    assert await statuses(store, "Task") == ["completed"]


async def test_what_was_said_later_than_the_plan_is_left_alone(store: Store, post: Post) -> None:
    """
    The plan's word is older than the part's own.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST)))
    await store.keep(post(part("Task", status="in-progress"), order=THIRD))
    await store.keep(post(puts=said(order=SECOND)))
    assert await current(store, "Task") == "in-progress"


async def test_a_line_that_comes_back_opens_again(store: Store, post: Post) -> None:
    """
    By its own put in the later version; an older word about it does not.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST)))
    await store.keep(post(puts=said(order=THIRD)))
    await store.keep(post(puts=said(part("Task", priority="urgent"), order=SECOND)))
    assert await current(store, "Task") == "cancelled"
    await store.keep(post(puts=said(part("Task"), order=FOURTH)))
    assert await current(store, "Task") == "requested"


@pytest.mark.parametrize("order", ["", SECOND])
async def test_a_part_that_the_same_message_puts_is_not_ended(store: Store, post: Post, order: str) -> None:
    """
    It was said at the same time, though the plan no longer mentions it.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST)))
    puts = (*said(order=SECOND), Put(resource=part("Task", priority="urgent"), lane=7, order=order))
    await store.keep(post(puts=puts))
    assert await current(store, "Task") == "requested"


async def test_versions_without_order_end_what_they_drop(store: Store, post: Post) -> None:
    """
    They always become current, and so do the ends.
    """
    await store.keep(post(puts=said(part("Task"), order="", title="a")))
    await store.keep(post(puts=said(order="", title="b")))
    assert await statuses(store, "Task") == ["requested", "cancelled"]


async def test_a_part_that_was_never_put_is_nothing(store: Store, post: Post) -> None:
    """
    A plan may point to what is not here.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST)[:1]))
    await store.keep(post(puts=said(order=SECOND)))
    assert await store.read("Task", "a") is None


async def test_a_conflict_ends_nothing(store: Store, post: Post) -> None:
    """
    What is contested has no effects.
    """
    await store.keep(post(puts=said(part("Task"), order=FIRST), message_id="m"))
    with pytest.raises(Contested):
        await store.keep(replace(post(puts=said(order=SECOND)), message_id="m"))
    assert await statuses(store, "Task") == ["requested"]
