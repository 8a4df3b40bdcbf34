"""The database file: its version, its connections, its one writer and its schema."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import apsw

from adapter.errors import SettingError
from adapter.ports import StoreUnavailable
from adapter.store.named_sql import migrations

OLDEST = (3, 51, 3)  # older builds can corrupt a WAL file when two connections write and checkpoint
PAGE_BYTES = 4096  # a commit writes whole pages, most of them for a row or two of an index
CACHE_KIB = 65_536
MAPPED_BYTES = 1 << 40  # read straight from the system's cache: the whole file, however large it grows
CHECKPOINT_PAGES = 16_000  # 64 MB of log at most, then it is carried over: each page once
LOG_BYTES = 80 * 1024 * 1024
BUSY_MILLISECONDS = 5_000


def check_version() -> None:
    """Refuse a SQLite that is known to lose data. Raises SettingError."""
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise SettingError(
            f"SQLite {version} har ett fel i sin logg (WAL) som kan förstöra data. "
            f"Installera en apsw med SQLite {wanted} eller nyare."
        )


class WriterLock:
    """A lock file beside the database. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        place = path.with_name(path.name + ".lock")
        try:
            self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise StoreUnavailable(
                f"{place} går inte att skapa ({problem.strerror}). Kontrollera mappen."
            ) from problem
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(self._file)
            raise SettingError(
                f"En annan process skriver redan i {path}. Stoppa den, eller ge den här en egen databas med "
                "OVERENS_DATABASE_URL (flera processer kan dela en databas postgresql://)."
            ) from problem

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._file)


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with the settings that every one of them has. Raises apsw.Error."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_NOMUTEX
    if not read_only:
        flags |= apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=256)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.pragma("cache_size", -CACHE_KIB)
    connection.pragma("mmap_size", MAPPED_BYTES)
    connection.pragma("foreign_keys", 0)
    # else a statement with LIMIT ? is planned anew each time it runs, which costs more than the search
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    if read_only:
        connection.pragma("query_only", 1)
        return connection
    connection.pragma("page_size", PAGE_BYTES)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.pragma("wal_autocheckpoint", 2 * CHECKPOINT_PAGES)  # should the writer not come to it
    connection.pragma("journal_size_limit", LOG_BYTES)
    return connection


def migrate(path: Path) -> None:
    """Bring the schema up to date in one transaction that no other process can enter.

    Raises SettingError when the file is from a newer program.
    """
    connection = connect(path)
    try:
        with _exclusive(connection):
            _apply(connection, path)
    finally:
        connection.close()


def check_schema(path: Path) -> None:
    """Refuse a file that is not there or has another schema. Raises SettingError, apsw.Error."""
    if not path.exists():
        raise SettingError(f"Det finns ingen databas på {path}. Kontrollera OVERENS_DATABASE_URL.")
    connection = connect(path, read_only=True)
    try:
        at = connection.execute("SELECT max(number) FROM migration").get
    except apsw.SQLError:
        at = None
    finally:
        connection.close()
    if at != migrations("sqlite")[-1][0]:
        raise SettingError(
            f"{path} har schema {at}, och det här programmet {migrations('sqlite')[-1][0]}. Starta servern "
            "(overens serve) med samma version av programmet först."
        )


def _apply(connection: apsw.Connection, path: Path) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')))"
    )
    known = migrations("sqlite")
    at = connection.execute("SELECT coalesce(max(number), 0) FROM migration").get
    if at > known[-1][0]:
        raise SettingError(
            f"{path} har schema {at}, men det här programmet känner bara till {known[-1][0]}. "
            "Kör det nyare programmet, eller läs tillbaka en säkerhetskopia."
        )
    for number, name, script in known:
        if number > at:
            connection.execute(script)
            connection.execute("INSERT INTO migration (number, name) VALUES (?, ?)", (number, name))


class _exclusive:  # noqa: N801 - reads as a statement: with _exclusive(connection)
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when the body fails."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
