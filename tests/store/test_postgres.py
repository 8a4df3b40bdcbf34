"""What is true of the PostgreSQL store alone: lost connections, several processes, a lagging clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg.sql
import pytest

from adapter.ports import Criterion, Outcome, Query, StoreUnavailable
from adapter.store import open_store, postgres_arrays
from adapter.store.led import Led
from adapter.store.searching import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.ports import Arrival

    Post = Callable[..., Arrival]


def merged(current: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Any merge will do here."""
    return {**current, **new}


def plan(**elements: Any) -> dict[str, Any]:
    """A CarePlan."""
    return {"resourceType": "CarePlan", "id": "p", **elements}


async def test_connections_that_the_database_dropped_are_replaced(postgres_url: str, post: Post) -> None:
    """
    As after its restart: the next message is kept, nobody restarts us.
    """
    name = f"dropped_{post.count}_{id(post)}"
    store = await open_store(f"{postgres_url}&application_name={name}", merged)
    await asyncio.gather(*(store.keep(post()) for _ in range(8)))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", (name,)
        )
        assert len(ended.fetchall()) > 1
    assert (await store.keep(post(plan()))).outcome is Outcome.NEW
    assert await store.read("CarePlan", "p")
    await store.close()


async def test_a_database_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nothing listens there: said at the start, soon.
    """
    monkeypatch.setattr("adapter.store.postgres.WAIT_SECONDS", 0.3)
    with pytest.raises(StoreUnavailable):
        await open_store("postgresql://nobody@127.0.0.1:9/none", merged)


async def test_a_database_that_only_reads_is_unavailable(
    postgres_url: str, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A standby that is taken for the real one is met by a message, and at the start: nothing is kept.
    """
    monkeypatch.setattr("adapter.store.postgres.CONNECTIONS", 1)
    store = await open_store(postgres_url, merged)
    async with store._pool.connection() as connection:  # type: ignore[attr-defined]
        await connection.execute("SET default_transaction_read_only TO on")
    arrival = post(plan())
    for asked in (store.keep(arrival), store.ready()):
        with pytest.raises(StoreUnavailable):
            await asked
    await store.close()
    with pytest.raises(StoreUnavailable):
        await open_store(f"{postgres_url}%20-c%20default_transaction_read_only%3Don", merged)
    store = await open_store(postgres_url, merged)
    assert (await store.keep(arrival)).outcome is Outcome.NEW
    await store.close()


async def test_two_processes_keep_the_same_message_once(postgres_url: str, post: Post) -> None:
    """
    Through two stores at the same moment exactly one is new.
    """
    stores = [await open_store(postgres_url, merged) for _ in range(2)]
    for _ in range(5):
        arrival = post(plan(title=str(post.count)), note_keys=((f"n{post.count}", "a"),))
        kept = await asyncio.gather(*(store.keep(arrival) for store in stores * 3))
        assert sorted(k.outcome for k in kept) == [Outcome.NEW] + [Outcome.SAME] * 5
    for store in stores:
        await store.close()


async def test_versions_rise_in_time_also_under_a_lagging_clock(postgres_url: str, post: Post) -> None:
    """
    A process whose clock is behind writes a later lastUpdated than the version before.
    """
    now = datetime(2026, 11, 2, tzinfo=UTC)
    ahead = await open_store(postgres_url, merged, now=lambda: now)
    behind = await open_store(postgres_url, merged, now=lambda: now - timedelta(minutes=5))
    await ahead.keep(post(plan(title="a")))
    await behind.keep(post(plan(title="b")))
    second, first = await ahead.history("CarePlan", "p")
    assert (second.version, second.last_updated > first.last_updated) == (2, True)
    for store in (ahead, behind):
        await store.close()


def test_columns_are_arrays_as_the_database_reads_them(postgres_url: str) -> None:
    """
    Every kind, its least and greatest value, and none at all.
    """
    columns: list[tuple[Any, list[Any]]] = [
        (postgres_arrays.Blobs, [b"", bytes(range(256))]),
        (postgres_arrays.Texts, ["", 'Åsa {,} " NULL']),
        (postgres_arrays.Smallints, [-(2**15), 2**15 - 1]),
        (postgres_arrays.Integers, [-(2**31), 2**31 - 1]),
        (postgres_arrays.Bigints, [-(2**63), 2**63 - 1]),
    ]
    with psycopg.connect(postgres_url) as connection:
        postgres_arrays.register(connection)
        for kind, values in columns:
            for given in (values, []):
                assert connection.execute("SELECT %s", (kind.of(given),)).fetchone() == (given,)


async def test_an_answer_waits_for_the_disk_whatever_the_databases_default(postgres_url: str) -> None:
    """
    synchronous_commit is on in every connection of ours.
    """
    relaxed = f"{postgres_url}%20-c%20synchronous_commit%3Doff"
    store: Any = await open_store(relaxed, merged)
    async with store._pool.connection() as connection:
        shown = await (await connection.execute("SHOW synchronous_commit")).fetchone()
    assert shown == ("on",)
    await store.close()


async def test_a_search_about_one_patient_reads_only_that_patients_rows(
    postgres_url: str, post: Post
) -> None:
    """
    Also when the database knows its tables and plans for any value: what all agreements have in common, as
    their category, is looked up for the patient's own and not read for everybody's.
    """
    codings = [{"system": "http://snomed.info/sct", "code": f"{734163000 + more}"} for more in range(4)]
    plans = [
        {
            **plan(category=[{"coding": codings}], subject={"reference": f"Patient/p{number}"}),
            "id": f"plan-{number}",
        }
        for number in range(1_000)
    ]
    store = await open_store(postgres_url, merged)
    await store.keep(post(*plans))
    await store.close()
    wanted = (
        Criterion(param="patient", kind="reference", values=("Patient/p7",)),
        Criterion(param="category", kind="token", values=(("http://snomed.info/sct", "734163000"),)),
    )
    sql, values = next(search(Query(type="CarePlan", criteria=wanted), 0, Led()))
    parts = sql.split("?")
    numbered = "".join(f"{part}${at}" for at, part in enumerate(parts[:-1], 1)) + parts[-1]
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("SET plan_cache_mode TO force_generic_plan")
        connection.execute(f"PREPARE page AS {numbered}")
        said = psycopg.sql.SQL(", ").join(map(psycopg.sql.Literal, values))
        asked = psycopg.sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page ({})").format(said)
        found = connection.execute(asked).fetchone()
    assert found is not None
    assert max(rows(found[0][0]["Plan"])) == 1


def rows(node: dict[str, Any]) -> Iterator[float]:
    """How many rows each step of a plan came to."""
    yield node["Actual Rows"]
    for inner in node.get("Plans", ()):
        yield from rows(inner)
