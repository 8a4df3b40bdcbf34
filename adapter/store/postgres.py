"""PostgreSQL: the store that several processes share. One transaction an arrival, durable when answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from adapter.errors import SettingError
from adapter.fhir.search_dates import to_milliseconds
from adapter.ports import (
    Arrival,
    Json,
    Kept,
    MessageQuery,
    MessageRow,
    Own,
    Page,
    Query,
    Ready,
    Row,
    StoreUnavailable,
)
from adapter.store.audit_chain import broken
from adapter.store.changing import changes
from adapter.store.keeping import Merge, Weighing
from adapter.store.led import Led
from adapter.store.log_groups import LogGroups
from adapter.store.message import message_conditions, message_row
from adapter.store.named_sql import migrations, statements
from adapter.store.opened import Asking, history, rows_of_versions
from adapter.store.postgres_arrays import register
from adapter.store.postgres_outbox import Job, PostgresOutbox
from adapter.store.postgres_writing import converse, keep, log
from adapter.store.preparing import Logged, prepare
from adapter.store.searching import search

SQL = statements("postgres.sql")
CONNECTIONS = 10
WAIT_SECONDS = 5.0
ATTEMPTS = 3  # a lost connection, a lost race: keeping again is harmless, the inbox row tells
_RACES = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,  # a standby
    PoolTimeout,
    PoolClosed,
)


class PostgresStore:
    """The store in a PostgreSQL database. Made by ``open``."""

    def __init__(self, pool: AsyncConnectionPool, merge: Merge, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._weighing = Weighing(merge)
        self._now = now
        self.outbox = PostgresOutbox(self._transaction)
        self._log = LogGroups(self._keep_logged)
        self._led = Led()

    @classmethod
    async def open(cls, url: str, merge: Merge, *, now: Callable[[], datetime]) -> PostgresStore:
        """Connect and bring the schema up to date."""
        pool = AsyncConnectionPool(
            url, min_size=1, max_size=CONNECTIONS, timeout=WAIT_SECONDS, configure=_configure, open=False
        )
        try:
            await pool.open(wait=True, timeout=WAIT_SECONDS)
            await _migrate(pool)
        except _AWAY as problem:
            await pool.close()
            raise StoreUnavailable(
                f"Databasen går inte att nå ({problem}). Kontrollera OVERENS_DATABASE_URL."
            ) from problem
        except BaseException:
            await pool.close()
            raise
        return cls(pool, merge, now)

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Keep an arrival in one transaction."""

        async def job(connection: AsyncConnection[Any]) -> Kept:
            return await keep(connection, prepare(arrival), self._weighing, to_milliseconds(self._now()))

        kept: Kept = await self._transaction(job)
        if kept.posted:
            self.outbox.wake()
        return kept

    async def log(self, events: Sequence[Json]) -> None:
        """Keep AuditEvents."""
        await self._log.log(events)

    async def _keep_logged(self, told: Logged) -> None:
        async def job(connection: AsyncConnection[Any]) -> None:
            await log(connection, told, self._weighing, to_milliseconds(self._now()))

        await self._transaction(job)

    async def unlinked(self) -> Sequence[str]:
        """Where the audit log is not as it was written."""
        found: list[str] = await self._answered(broken())
        return found

    async def _transaction(self, job: Job[Any]) -> Any:
        """Carry out a job in one transaction; again where a race was lost or the connection was dropped."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._pool.connection() as connection, connection.transaction():
                    return await job(connection)
            except _RACES as problem:
                await self._give_up(problem, attempt)
            except _AWAY as problem:
                await self._give_up(problem, attempt)
                await self._refresh()
        raise AssertionError("the last attempt gives up")

    async def _give_up(self, problem: Exception, attempt: int) -> None:
        if attempt == ATTEMPTS or isinstance(problem, PoolTimeout | PoolClosed | psycopg.errors.DiskFull):
            raise _unavailable(problem) from problem

    async def _refresh(self) -> None:
        """Throw out connections that the database has dropped."""
        try:
            await self._pool.check()
        except _AWAY as problem:
            raise _unavailable(problem) from problem

    async def ready(self) -> None:
        """Write one row."""
        async with self._connection() as connection:
            await connection.execute(SQL["beat"])

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox."""
        found = await self._rows(SQL["message"], (message_id,))
        return message_row(found[0]) if found else None

    async def messages(self, query: MessageQuery) -> Sequence[MessageRow]:
        """Messages to look at."""
        where, values = message_conditions(query)
        sql = SQL["messages"].replace("{where}", where).replace("?", "%s")
        return [message_row(found) for found in await self._rows(sql, values)]

    async def dismiss(self, ids: Sequence[str]) -> None:
        """Messages are dealt with."""
        at = to_milliseconds(self._now())

        async def job(connection: AsyncConnection[Any]) -> None:
            for id_ in ids:
                await connection.execute(SQL["close_message"], (at, id_))

        await self._transaction(job)

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version."""
        found = await self._resources(rows_of_versions(SQL["read"], (id_, type_)))
        return next(iter(found), None)

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version, current or not."""
        asked = {"id": id_, "type": type_, "version": version}
        return next(iter(await self._resources(rows_of_versions(SQL["read_version"], asked))), None)

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """Every version, the newest first."""
        return await self._resources(history(SQL["read_history"], {"id": id_, "type": type_}))

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """A page of every version, the newest first."""
        page: Page = await self._answered(changes(types, since, count, after, of))
        return page

    async def search(self, query: Query) -> Page:
        """Run a query on one snapshot."""
        page: Page = await self._answered(search(query, to_milliseconds(self._now()), self._led))
        return page

    async def _resources(self, conversation: Asking) -> list[Row]:
        found: list[Row] = await self._answered(conversation)
        return found

    async def _answered(self, conversation: Asking) -> Any:
        """Run a conversation on one snapshot, so that all its parts see the same moment."""
        async with self._connection() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return await converse(connection, conversation)

    async def close(self) -> None:
        """Let the connections go."""
        await self._pool.close()

    async def _rows(self, sql: str, values: Any) -> list[tuple[Any, ...]]:
        async with self._connection() as connection:
            return await _fetch(connection, sql, values)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection for reading; one that was dropped is replaced for the next who asks."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except _AWAY as problem:
            await self._refresh()
            raise _unavailable(problem) from problem


async def _fetch(connection: AsyncConnection[Any], sql: str, values: Any) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(sql, values, binary=True)
    return await cursor.fetchall()


async def _configure(connection: AsyncConnection[Any]) -> None:
    """An answer leaves only after the commit is on disk, whatever the database's default."""
    register(connection)
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO on")


async def _migrate(pool: AsyncConnectionPool) -> None:
    """Bring the schema up to date in one transaction; who starts at the same time waits.

    Raises SettingError when the database is from a newer program.
    """
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(7000, 0)")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
            " applied_at TIMESTAMPTZ NOT NULL DEFAULT now())"
        )
        known = migrations("postgres")
        found = await _fetch(connection, "SELECT coalesce(max(number), 0) FROM migration", ())
        at = found[0][0]
        if at > known[-1][0]:
            raise SettingError(
                f"Databasen har schema {at}, men det här programmet känner bara till {known[-1][0]}. "
                "Kör det nyare programmet, eller läs tillbaka en säkerhetskopia."
            )
        for number, name, script in known:
            if number > at:
                await connection.execute(script)
                await connection.execute(
                    "INSERT INTO migration (number, name) VALUES (%s, %s)", (number, name)
                )


def _unavailable(problem: BaseException) -> StoreUnavailable:
    return StoreUnavailable(f"the store cannot be used now: {type(problem).__name__}: {problem}")
