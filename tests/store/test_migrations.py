"""Migrations: a fresh database, the same again, several at once, and one from a newer program."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import apsw
import psycopg
import pytest

from adapter.errors import SettingError
from adapter.store import open_store
from adapter.store.named_sql import migrations

if TYPE_CHECKING:
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
    with pytest.raises(SettingError, match=r"schema 9999.*newer program"):
        await open_store(url, merged)


async def test_a_newer_postgres_schema_stops_the_start(postgres_url: str) -> None:
    """
    As above.
    """
    await (await open_store(postgres_url, merged)).close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("INSERT INTO migration (number, name) VALUES (9999, 'later')")
    with pytest.raises(SettingError, match=r"schema 9999.*newer program"):
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


@pytest.mark.parametrize("url", ["", "overens.db", "sqlite://", "sqlite:///", "mysql://x/y"])
async def test_a_url_that_names_no_store_is_a_setting_error(url: str) -> None:
    """
    The message shows the forms that work and never repeats what may hold a password.
    """
    with pytest.raises(SettingError, match="OVERENS_DATABASE_URL"):
        await open_store(url, merged)
