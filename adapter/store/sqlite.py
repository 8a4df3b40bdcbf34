"""SQLite: the embedded store. One writer that commits for all who wait, readers beside it.

WAL and ``synchronous=FULL``: an answer leaves after its commit is on disk. Everything runs on the event
loop's thread but COMMIT, the one statement that waits for the disk. (A writer thread of its own was tried:
each of its statements gives up the interpreter lock, and beside a busy event loop it waits up to the switch
interval to get it back, a hundredfold slower.) While one group is being committed the next one gathers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import apsw

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
from adapter.store.keeping import Merge
from adapter.store.led import Led
from adapter.store.log_groups import LogGroups
from adapter.store.message import message_conditions, message_row
from adapter.store.named_sql import statements
from adapter.store.opened import Asking, history, rows_of_versions
from adapter.store.preparing import Logged, Prepared, prepare
from adapter.store.searching import is_narrow, search
from adapter.store.sqlite_file import (
    BUSY_MILLISECONDS,
    WriterLock,
    check_schema,
    check_version,
    connect,
    migrate,
)
from adapter.store.sqlite_outbox import Job, Run, SqliteOutbox, free_all
from adapter.store.sqlite_reading import Reading, is_about_the_log, is_of_the_log, talk, unavailable
from adapter.store.sqlite_together import keep_together
from adapter.store.sqlite_writing import Writing

SQL = statements("sqlite.sql")
Now = Callable[[], datetime]
Rows = list[tuple[Any, ...]]
Wanted = Arrival | Ready | Logged | Job | None
Group = list[tuple[Wanted, asyncio.Future[Any]]]

MOST_IN_GROUP = 256  # arrivals in one commit
TOGETHER = 16  # arrivals that are looked up and written in one go, between two looks at the event loop
BUSY_PAUSE_SECONDS = 0.05  # between two looks whether the file is free


class SqliteStore:
    """The store in one file. Made by ``open``; one process at a time writes to it."""

    def __init__(self, path: Path, lock: WriterLock | None, merge: Merge, now: Now) -> None:
        self._path = path
        self._lock = lock
        self._now = now
        self._merge = merge
        self._reading = Reading(connect(path, read_only=True), may_hold=lock is not None)
        self._writer = connect(path)
        if lock:
            free_all(self._writer.execute)
        self._writing = Writing(self._writer, merge)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="store-commit")
        self._scans = ThreadPoolExecutor(1, thread_name_prefix="store-scan")
        self._scanner = connect(path, read_only=True)
        self._waiting: Group = []
        self._wake = asyncio.Event()
        self._group = asyncio.create_task(self._commit_groups())
        self.outbox = SqliteOutbox(self)
        self._log = LogGroups(self._enqueue)
        self._led = Led()

    @classmethod
    async def open(cls, path: str, merge: Merge, *, now: Now) -> SqliteStore:
        """Open or make the file, bring its schema up to date, and hold it as its only writer."""
        check_version()
        place = Path(path)
        lock = WriterLock(place)
        try:
            migrate(place)
            return cls(place, lock, merge, now)
        except apsw.Error as problem:
            lock.release()
            raise StoreUnavailable(
                f"Databasfilen {place} går inte att öppna ({problem}). Kontrollera sökvägen."
            ) from problem
        except BaseException:
            lock.release()
            raise

    @classmethod
    async def open_beside(cls, path: str, merge: Merge, *, now: Now) -> SqliteStore:
        """Open the file beside its only writer: to read, and to change letters and what is open.

        Raises SettingError where there is no file, or its schema is another.
        """
        check_version()
        place = Path(path)
        try:
            check_schema(place)
            return cls(place, None, merge, now)
        except apsw.Error as problem:
            raise StoreUnavailable(
                f"Databasfilen {place} går inte att öppna ({problem}). Kontrollera sökvägen."
            ) from problem

    # Writing --------------------------------------------------------------------------------------------

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Keep an arrival; returns when its group's commit is on disk."""
        if self._lock is None:
            raise AssertionError("only the file's one writer keeps messages")
        kept: Kept = await self._enqueue(arrival)
        if kept.posted:
            self.outbox.wake()
        return kept

    async def write(self, job: Job) -> Any:
        """Carry out a job of the outbox; returns when its group's commit is on disk."""
        return await self._enqueue(job)

    async def log(self, events: Sequence[Json]) -> None:
        """Keep AuditEvents."""
        await self._log.log(events)

    async def unlinked(self) -> Sequence[str]:
        """Where the audit log is not as it was written."""
        loop = asyncio.get_running_loop()
        found: list[str] = await loop.run_in_executor(self._scans, _scanned, self._scanner, broken())
        return found

    async def ready(self) -> None:
        """Write one row with the next group."""
        await self._enqueue(None)

    async def _enqueue(self, arrival: Wanted) -> Any:
        if self._group.done():
            raise StoreUnavailable("the store is closed")
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, waiter))
        self._wake.set()
        return await waiter

    async def _commit_groups(self) -> None:
        while True:
            await self._wake.wait()
            group: Group = []
            self._join(group)
            if not self._waiting:
                self._wake.clear()
            if group:
                await self._commit(group)

    async def _commit(self, group: Group) -> None:
        """One transaction for a group; each of it succeeds or fails by itself, the disk fails for all."""
        commit: Future[None] | None = None
        try:
            outcomes = await self._written(group)
            commit = self._disk.submit(self._writing.commit)
            await asyncio.wrap_future(commit)
        except apsw.Error as problem:
            self._recover()
            outcomes = [unavailable(problem)] * len(group)
        except BaseException as problem:  # the task is cancelled: the loop ends
            if commit is not None:
                wait([commit])  # the connection is the other thread's until then
            self._recover()
            _resolve(group, [unavailable(problem)] * len(group))
            raise
        self._let_go(group)
        _resolve(group, outcomes)

    def _let_go(self, group: Group) -> None:
        """Readers see what was committed before anybody is told of it, unless it was the log alone."""
        if self._writing.is_log_long or not all(isinstance(arrival, Logged) for arrival, _ in group):
            self._reading.let_go()

    async def _written(self, group: Group) -> list[Any]:
        """What becomes of each; the group begins again without one that cannot be written.

        First some at a time; should one of those be at fault, one by one, so that it shows which. Whoever
        comes meanwhile joins the group: the larger it is, the fewer pages are written for each.
        """
        refused: dict[int, Exception] = {}
        together = TOGETHER
        while True:
            await self._begin()
            outcomes: list[Any] = []
            while len(outcomes) < len(group):
                start = len(outcomes)
                some = [wanted for wanted, _ in group[start : start + together]]
                try:
                    outcomes += [refused[start]] if start in refused else self._some(some)
                except apsw.Error:
                    raise  # the disk or the file: the whole group's
                except Exception as problem:  # noqa: BLE001 - one arrival's fault is told to its sender alone
                    if together == 1:
                        refused[start] = problem
                    together = 1
                    self._writing.undo()
                    break
                if len(outcomes) % TOGETHER == 0 or len(outcomes) == len(group):
                    await asyncio.sleep(0)  # what a decider answers is read
                    await asyncio.sleep(0)  # and comes here
                    self._join(group)
            else:
                return outcomes

    def _join(self, group: Group) -> None:
        """Those who wait, as many as there is room for."""
        room = MOST_IN_GROUP - len(group)
        group += self._waiting[:room]
        del self._waiting[:room]

    async def _begin(self) -> None:
        """Wait for whoever else holds the file, such as a backup, while the event loop goes on."""
        loop = asyncio.get_running_loop()
        end = loop.time() + BUSY_MILLISECONDS / 1000
        while True:
            try:
                return self._writing.begin()
            except apsw.BusyError:
                if loop.time() > end:
                    raise
                await asyncio.sleep(BUSY_PAUSE_SECONDS)

    def _some(self, wanted: list[Wanted]) -> list[Any]:
        """What becomes of some, in their order; messages that follow one another are kept together."""
        now = to_milliseconds(self._now())
        outcomes: list[Any] = []
        for is_message, some in groupby(map(_prepared, wanted), key=_is_message):
            if is_message:
                outcomes += keep_together(self._writing, cast("list[Prepared]", list(some)), now)
            else:
                outcomes += [self._other(each, now) for each in some]
        return outcomes

    def _other(self, wanted: Prepared | Exception | Logged | Job | None, now: int) -> Any:
        if wanted is None:
            return self._writing.beat()
        if isinstance(wanted, Logged):
            return self._writing.log(wanted, now)
        return self._writing.do(wanted) if callable(wanted) else wanted

    def _recover(self) -> None:
        """Undo, and begin again on a fresh connection: after a disk error the old one is not trusted."""
        with suppress(apsw.Error):
            self._writer.close(True)
        with suppress(apsw.Error):
            self._writer = connect(self._path)
            self._writing = Writing(self._writer, self._merge)

    # Reading --------------------------------------------------------------------------------------------

    def rows(self, sql: str, values: Sequence[Any]) -> Rows:
        """Ask the reader."""
        return self._reading.rows(sql, values)

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox."""
        found = self.rows(SQL["message"], (message_id,))
        return message_row(found[0]) if found else None

    async def messages(self, query: MessageQuery) -> Sequence[MessageRow]:
        """Messages to look at."""
        where, values = message_conditions(query)
        return [message_row(found) for found in self.rows(SQL["messages"].format(where=where), values)]

    async def dismiss(self, ids: Sequence[str]) -> None:
        """Messages are dealt with."""
        at = to_milliseconds(self._now())

        def job(run: Run) -> None:
            for id_ in ids:
                run(SQL["close_message"], (at, id_))

        await self.write(job)

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version."""
        found = self._resources(rows_of_versions(SQL["read"], (id_, type_)), type_)
        return max(found, key=lambda row: row.last_updated, default=None)

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version, current or not."""
        current = await self.read(type_, id_)
        if current is None or current.version == version:
            return current
        found = self._resources(rows_of_versions(SQL["read_old"], (id_, type_, version)), type_)
        return next(iter(found), None)

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """Every version, the newest first."""
        return self._resources(history(SQL["read_history"], (id_, type_)), type_)

    def _resources(self, conversation: Asking, type_: str) -> list[Row]:
        found: list[Row] = self._answered(conversation, is_new=is_of_the_log(type_))
        return found

    def _answered(self, conversation: Asking, *, is_new: bool) -> Any:
        return self._reading.answered(conversation, is_new=is_new or self._writing.is_log_long)

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """A page of every version, the newest first."""
        page: Page = self._answered(changes(types, since, count, after, of), is_new=True)
        return page

    async def search(self, query: Query) -> Page:
        """Run a query: a narrow one at once, one that may walk far on a thread of its own."""
        conversation = search(query, to_milliseconds(self._now()), self._led, is_together=True)
        if is_narrow(query):
            page = self._answered(conversation, is_new=is_about_the_log(query))
        else:
            loop = asyncio.get_running_loop()
            page = await loop.run_in_executor(self._scans, _scanned, self._scanner, conversation)
        return cast("Page", page)

    async def close(self) -> None:
        """Finish what waits, then let go of the file."""
        with suppress(StoreUnavailable):
            await self._enqueue(None)  # last in the queue: when it is through, so are all before it
        self._group.cancel()
        with suppress(asyncio.CancelledError):
            await self._group
        _resolve(self._waiting, [StoreUnavailable("the store is closed")] * len(self._waiting))
        self._disk.shutdown()
        self._scans.shutdown()
        for connection in (self._reading, self._scanner, self._writer):
            connection.close()
        if self._lock:
            self._lock.release()


def _prepared(wanted: Wanted) -> Prepared | Exception | Logged | Job | None:
    """A message made ready to be kept, or why it cannot be; anything else as it is."""
    if not isinstance(wanted, Arrival | Ready):
        return wanted
    try:
        return prepare(wanted)
    except Exception as problem:  # noqa: BLE001 - nothing is written yet, so it spoils nothing
        return problem


def _is_message(wanted: object) -> bool:
    return isinstance(wanted, Prepared)


def _scanned(connection: apsw.Connection, conversation: Asking) -> Any:
    """Run a conversation in one read transaction, so that all its parts see the same moment."""
    try:
        connection.execute("BEGIN")
        try:
            return talk(lambda sql, values: connection.execute(sql, values).fetchall(), conversation)
        finally:
            connection.execute("COMMIT")
    except apsw.Error as problem:
        raise unavailable(problem) from problem


def _resolve(group: Group, outcomes: list[Any]) -> None:
    for (_, waiter), outcome in zip(group, outcomes, strict=True):
        if waiter.done():  # who asked has gone; what was kept is kept
            continue
        if isinstance(outcome, BaseException):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)
