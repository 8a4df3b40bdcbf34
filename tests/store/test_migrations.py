"""Migrations: a fresh database, the same again, several at once, and one from a newer program."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import apsw
import psycopg
import pytest

from adapter.errors import SettingError
from adapter.ports import Answer, Arrival, Put, State
from adapter.store import open_store
from adapter.store.named_sql import migrations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def merged(current: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Any merge will do here."""
    return {**current, **new}


def test_both_dialects_have_the_same_migrations() -> None:
    """
    Numbered from 1 without gaps, with the same names.
    """
    names = [[name for _, name, _ in migrations(dialect)] for dialect in ("sqlite", "postgres")]
    assert names[0] == names[1]
    assert [number for number, _, _ in migrations("sqlite")] == list(range(1, len(names[0]) + 1))


async def test_a_store_is_opened_fresh_and_again(url: str) -> None:
    """
    The second start changes nothing.
    """
    for _ in range(2):
        store = await open_store(url, merged)
        await store.ready()
        await store.close()


async def test_a_newer_sqlite_schema_stops_the_start(tmp_path: Path) -> None:
    """
    With a message that says which is which and what to do.
    """
    url = f"sqlite:///{tmp_path}/a.db"
    await (await open_store(url, merged)).close()
    connection = apsw.Connection(str(tmp_path / "a.db"))
    connection.execute("INSERT INTO migration (number, name) VALUES (9999, 'later')")
    connection.close()
    with pytest.raises(SettingError, match=r"schema 9999.*nyare programmet"):
        await open_store(url, merged)


async def test_a_newer_postgres_schema_stops_the_start(postgres_url: str) -> None:
    """
    As above.
    """
    await (await open_store(postgres_url, merged)).close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("INSERT INTO migration (number, name) VALUES (9999, 'later')")
    with pytest.raises(SettingError, match=r"schema 9999.*nyare programmet"):
        await open_store(postgres_url, merged)


async def test_processes_that_start_at_once_do_not_collide(postgres_url: str) -> None:
    """
    One migrates, the others wait and find it done.
    """
    stores = await asyncio.gather(*(open_store(postgres_url, merged) for _ in range(4)))
    for store in stores:
        await store.ready()
        await store.close()


async def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    All in one transaction: half a schema is never there.
    """
    broken = [
        *migrations("sqlite"),
        (2, "0002_broken.sql", "CREATE TABLE extra (x); SELECT nonsense FROM nowhere;"),
    ]
    monkeypatch.setattr("adapter.store.sqlite_file.migrations", lambda _: broken)
    with pytest.raises(Exception, match="nowhere"):
        await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    connection = apsw.Connection(str(tmp_path / "a.db"))
    assert connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    connection.close()


BEFORE = (
    b'{"resourceType":"CarePlan","id":"p","meta":{"versionId":"1","lastUpdated":"2026-02-01T09:14:00.000Z"},'
    b'"title":"\xc3\x85"}'
)
STAMP = b'"versionId":"12","lastUpdated":"2026-02-01T09:14:00.001Z",'
CURRENT = b'{"resourceType":"CarePlan","id":"p","meta":{' + STAMP + b'"source":"x#y"},"title":"meta"}'
INSERT = {
    "inbox": "INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "resource": "INSERT INTO resource (seq, lane, type, id, version, latest, source_order, digest, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "history": "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
}
SEQS = (1769937240000 << 20, 1769937240001 << 20)


def filled_as_before(run: Callable[[str, tuple[Any, ...]], Any], mark: str) -> None:
    """A message, a current version and one in history, as they lay before there were packs."""
    digest = sha256(CURRENT.replace(STAMP, b"")).digest()[:16]
    message = ("m", 7, "s", "m", "s", "done", "2026-02-01T09:14:00+00:00", "ab", b"[]", b"[]")
    rows = {
        "inbox": (*message, 201, "j", b"{}", "1", b"x"),
        "resource": (SEQS[1], 7, "CarePlan", "p", 12, 12, "", digest, CURRENT),
        "history": (SEQS[0], 7, "CarePlan", "p", 1, "", b"0" * 16, BEFORE),
    }
    for table, values in rows.items():
        run(INSERT[table].replace("?", mark), values)


async def check_what_was_kept_before(url: str) -> None:
    """Byte for byte as it was served, and the same content makes no new version."""
    store = await open_store(url, merged)
    message = await store.message("m")
    assert message is not None
    assert message.raw == b"x"
    assert [row.body for row in await store.history("CarePlan", "p")] == [CURRENT, BEFORE]
    answer = Answer(status=201, body=b"{}")
    for number, title in enumerate(("meta", "new")):
        resource = {"resourceType": "CarePlan", "id": "p", "meta": {"source": "x#y"}, "title": title}
        arrival = Arrival(
            id=f"a{number}",
            sender="s",
            message_id=f"a{number}",
            sha256="",
            source="s",
            raw=b"y",
            lane=7,
            received_at=datetime.now(UTC),
            state=State.DONE,
            answer=answer,
            puts=(Put(resource=resource, lane=7),),
        )
        await store.keep(arrival)
    assert [row.version for row in await store.history("CarePlan", "p")] == [13, 12, 1]
    await store.close()


async def test_a_sqlite_store_of_the_first_schema_is_converted(tmp_path: Path) -> None:
    """
    What was kept before there were packs is served as before, and goes on.
    """
    connection = apsw.Connection(str(tmp_path / "a.db"))
    connection.execute(
        "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT)"
    )
    connection.execute(migrations("sqlite")[0][2])
    connection.execute("INSERT INTO migration (number, name) VALUES (1, 'first')")
    filled_as_before(connection.execute, "?")
    connection.close()
    await check_what_was_kept_before(f"sqlite:///{tmp_path}/a.db")


async def test_a_postgres_store_of_the_first_schema_is_converted(postgres_url: str) -> None:
    """
    As above.
    """
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT)")
        connection.execute(migrations("postgres")[0][2])
        connection.execute("INSERT INTO migration (number, name) VALUES (1, 'first')")
        filled_as_before(connection.execute, "%s")
    await check_what_was_kept_before(postgres_url)


@pytest.mark.parametrize("url", ["", "overens.db", "sqlite://", "sqlite:///", "mysql://x/y"])
async def test_a_url_that_names_no_store_is_a_setting_error(url: str) -> None:
    """
    The message shows the forms that work and never repeats what may hold a password.
    """
    with pytest.raises(SettingError, match="OVERENS_DATABASE_URL"):
        await open_store(url, merged)
