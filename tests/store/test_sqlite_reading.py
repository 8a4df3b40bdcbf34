"""How the SQLite store reads beside its writer: a moment that is held, and when it is let go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapter.ports import Criterion, Include, Query
from adapter.store import open_store, sqlite_file, sqlite_reading, sqlite_writing
from adapter.store.searching import TERMS_BETWEEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from adapter.ports import Arrival

    Post = Callable[..., Arrival]


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """
    A store whose moments last longer than any test.
    """
    monkeypatch.setattr(sqlite_reading, "HELD_SECONDS", 1_000.0)
    made: Any = await open_store(f"sqlite:///{tmp_path}/a.db", lambda current, new: {**current, **new})
    yield made
    await made.close()


def event(id_: str) -> dict[str, Any]:
    """An AuditEvent."""
    return {"resourceType": "AuditEvent", "id": id_, "recorded": "2026-11-02T09:15:00+00:00"}


def plan(id_: str, **elements: Any) -> dict[str, Any]:
    """A CarePlan."""
    return {"resourceType": "CarePlan", "id": id_, **elements}


def moments(store: Any) -> list[str]:
    """The transactions that the reader begins from now on."""
    begun: list[str] = []

    def traced(_: Any, sql: str, __: Any) -> bool:
        if sql == "BEGIN":
            begun.append(sql)
        return True

    store._reading._connection.exec_trace = traced
    return begun


async def test_a_moment_is_held_while_the_log_alone_grows(store: Any, post: Post) -> None:
    """
    Readings that are logged one after the other are of one moment.
    """
    await store.keep(post(plan("p")))
    begun = moments(store)
    for i in range(5):
        assert await store.read("CarePlan", "p")
        await store.log([event(f"e{i}")])
    assert begun == ["BEGIN"]


async def test_what_was_kept_is_seen_as_soon_as_it_is_answered(store: Any, post: Post) -> None:
    """
    A version, a search and a history see each write whose answer has come, however long a moment lasts.
    """
    for version in range(1, 6):
        await store.keep(post(plan("p", description=str(version))))
        row = await store.read("CarePlan", "p")
        assert row.version == version
        page = await store.search(
            Query(type="CarePlan", criteria=(Criterion(param="_id", kind="id", values=("p",)),))
        )
        assert [found.version for found in page.matches] == [version]
        assert len(await store.history("CarePlan", "p")) == version


async def test_the_log_is_read_as_it_is_now(store: Any, post: Post) -> None:
    """
    AuditEvents are seen when they have been logged, read by id, searched for or among all that changed.
    """
    await store.keep(post(plan("p")))
    for i in range(3):
        assert await store.read("CarePlan", "p")
        await store.log([event(f"e{i}")])
        assert await store.read("AuditEvent", f"e{i}")
        page = await store.search(Query(type="AuditEvent"))
        assert f"e{i}" in {row.id for row in page.matches}
        changed = await store.changes(["AuditEvent"], 0, 50)
        assert f"e{i}" in {row.id for row in changed.matches}


async def test_a_moment_ends_in_time(store: Any, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What another process writes is seen when the time is up.
    """
    await store.keep(post(plan("p")))
    begun = moments(store)
    monkeypatch.setattr(sqlite_reading, "HELD_SECONDS", -1.0)
    for _ in range(3):
        assert await store.read("CarePlan", "p")
    assert len(begun) == 3


async def test_the_log_of_the_file_is_carried_over_while_it_is_read(
    store: Any, tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The file's own log stays bounded though somebody reads and is logged without a pause.
    """
    monkeypatch.setattr(sqlite_writing, "CHECKPOINT_PAGES", 100)
    await store.keep(post(plan("p")))

    async def reading(n: int) -> None:
        for i in range(150):
            assert await store.read("CarePlan", "p")
            await store.log([event(f"e{n}-{i}")])

    await asyncio.gather(*(reading(n) for n in range(4)))
    written = (tmp_path / "a.db-wal").stat().st_size // sqlite_file.PAGE_BYTES
    assert written < 1_000, "the log was never begun anew"


def team(id_: str, name: str) -> dict[str, Any]:
    """A CareTeam."""
    return {"resourceType": "CareTeam", "id": id_, "name": name}


def asked_by_id(store: Any) -> list[str]:
    """The questions for resources by their ids from now on."""
    asked: list[str] = []

    def traced(_: Any, sql: str, __: Any) -> bool:
        if "r.id IN" in sql:
            asked.append(sql)
        return True

    store._reading._connection.exec_trace = traced
    return asked


def with_teams(*ids: str, sort: tuple[tuple[str, bool], ...] = ()) -> Query:
    """The plans of these ids with their teams."""
    return Query(
        sort=sort,
        type="CarePlan",
        criteria=(Criterion(param="_id", kind="id", values=ids),),
        includes=(Include(type="CarePlan", param="care-team"),),
    )


async def test_what_was_kept_with_a_plan_is_found_beside_it(store: Any, post: Post) -> None:
    """
    Its teams are in the same stretch of the table: nothing but the plan itself is looked up by an id.
    """
    teams = [team(f"t{n}", f"{n}") for n in range(4)]
    refers = [{"reference": f"CareTeam/t{n}"} for n in range(4)]
    await store.keep(post(plan("p", careTeam=refers), *teams))
    asked = asked_by_id(store)
    page = await store.search(with_teams("p"))
    assert {row.id for row in page.included} == {"t0", "t1", "t2", "t3"}
    assert len(asked) == 1


@pytest.mark.parametrize("sort", [(), (("date", True),)])
@pytest.mark.parametrize("plans", [1, 5])
async def test_what_a_plan_refers_to_is_found_as_it_is_now_wherever_it_lies(
    store: Any, post: Post, plans: int, sort: tuple[tuple[str, bool], ...]
) -> None:
    """
    Kept long before, kept with it, changed since, of many plans or one: each once, in its current version.
    """
    await store.keep(post(team("before", "then")))
    for n in range(70):
        await store.keep(post(plan(f"between{n}")))
    refers = [{"reference": f"CareTeam/{id_}"} for id_ in ("before", "with", "changed", "never")]
    for n in range(plans):
        await store.keep(post(plan(f"p{n}", careTeam=refers), team("with", "then"), team("changed", f"{n}")))
    await store.keep(post(team("changed", "now")))
    page = await store.search(with_teams(*(f"p{n}" for n in range(plans)), sort=sort))
    assert {(row.id, b'"now"' in row.body) for row in page.included} == {
        ("before", False),
        ("with", False),
        ("changed", True),
    }
    assert len(page.included) == 3


async def test_which_terms_there_are_is_asked_once_a_moment(store: Any, post: Post) -> None:
    """
    A code without system finds its systems once while the log alone grows, and a new one when it was kept.
    """

    def of_system(system: str) -> list[Any]:
        return [{"coding": [{"system": system, "code": "734163000"}]}]

    category = Criterion(param="category", kind="token", values=((None, "734163000"),))
    theirs = Criterion(param="patient", kind="reference", values=("Patient/a",))
    query = Query(type="CarePlan", criteria=(theirs, category), count=10)
    subject = {"reference": "Patient/a"}
    await store.keep(post(plan("p", subject=subject, category=of_system("http://a"))))
    asked: list[str] = []
    store._reading._connection.exec_trace = lambda _, sql, __: asked.append(sql) or True
    for i in range(3):
        assert [row.id for row in (await store.search(query)).matches] == ["p"]
        await store.log([event(f"e{i}")])
    assert asked.count(TERMS_BETWEEN) == 1
    await store.keep(post(plan("q", subject=subject, category=of_system("http://b"))))
    assert {row.id for row in (await store.search(query)).matches} == {"p", "q"}
    assert asked.count(TERMS_BETWEEN) == 2
