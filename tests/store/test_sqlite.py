"""What is true of the SQLite store alone: groups, crashes, a full disk, one writer, flat search."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import apsw
import pytest

from adapter.errors import SettingError
from adapter.ports import Criterion, Include, Outcome, Query, StoreUnavailable
from adapter.store import open_store, sqlite_file
from adapter.store.led import Led
from adapter.store.searching import search

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapter.ports import Arrival

    Post = Callable[..., Arrival]


def merged(current: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Any merge will do here."""
    return {**current, **new}


def plan(id_: str, **elements: Any) -> dict[str, Any]:
    """A CarePlan."""
    return {"resourceType": "CarePlan", "id": id_, **elements}


async def test_arrivals_that_wait_are_committed_together_in_their_order(tmp_path: Path, post: Post) -> None:
    """
    Many waiting arrivals take few commits, and are kept in the order in which they came.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    commits = 0
    commit = store._writing.commit

    def counted() -> None:
        nonlocal commits
        commits += 1
        commit()

    store._writing.commit = counted
    await asyncio.gather(*(store.keep(post(plan(f"p{i}"))) for i in range(50)))
    page = await store.search(Query(type="CarePlan", count=50))
    assert [row.id for row in page.matches] == [f"p{i}" for i in range(49, -1, -1)]
    assert commits <= 3
    await store.close()


async def test_who_comes_while_a_group_is_written_joins_it(tmp_path: Path, post: Post) -> None:
    """
    One commit for all of them: the larger a group, the fewer pages are written for each.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    commits: list[int] = []
    some, commit = store._some, store._writing.commit
    late: list[asyncio.Task[Any]] = []

    def watched(wanted: Any) -> Any:
        if not late:
            late.append(asyncio.create_task(store.keep(post(plan("late")))))
        return some(wanted)

    def counted() -> None:
        commits.append(store._writer.execute("SELECT count(*) FROM resource").get)
        commit()

    store._some, store._writing.commit = watched, counted
    kept = await store.keep(post(plan("early")))
    assert (kept.outcome, (await late[0]).outcome) == (Outcome.NEW, Outcome.NEW)
    assert commits == [2]
    await store.close()


async def test_a_search_is_planned_once_whatever_it_asks_for(tmp_path: Path, post: Post) -> None:
    """
    Other values, the same plan: SQLite asks its authorizer whenever it prepares a statement.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    for id_ in ("p1", "p2"):
        await store.keep(post(plan(id_, subject={"reference": f"Patient/{id_}"})))
    prepared: list[Any] = []

    def allowed(*what: Any) -> int:
        prepared.append(what)
        return apsw.SQLITE_OK

    store._reading._connection.authorizer = allowed
    for id_ in ("p1", "p2"):
        prepared.clear()
        who = Criterion(param="subject", kind="reference", values=(f"Patient/{id_}",))
        page = await store.search(Query(type="CarePlan", criteria=(who,)))
        assert [row.id for row in page.matches] == [id_]
    assert not prepared
    await store.close()


async def test_an_answer_waits_for_the_commit(tmp_path: Path, post: Post) -> None:
    """
    Before the commit is on disk nobody has an answer and no reader sees anything.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    seen: list[Any] = []
    commit = store._writing.commit
    waiting = asyncio.create_task(store.keep(post(plan("p"))))

    def watched() -> None:
        seen.append((waiting.done(), store._scanner.execute("SELECT count(*) FROM resource").get))
        commit()

    store._writing.commit = watched
    await waiting
    assert seen == [(False, 0)]
    await store.close()


CRASHING = """
    import asyncio, os, signal, sys
    sys.path.insert(0, sys.argv[2])
    from datetime import UTC, datetime
    from adapter.ports import Answer, Arrival, Put, State
    from adapter.store import open_store

    async def client(store, number):
        for turn in range(10_000):
            id_ = f"{number}-{turn}"
            answer = Answer(status=201, body=b"")
            resource = {"resourceType": "CarePlan", "id": id_, "title": "x" * 500}
            await store.keep(Arrival(
                id=id_, sender="s", message_id=id_, sha256="", source="s", raw=b"raw", lane=number,
                received_at=datetime.now(UTC), state=State.DONE, answer=answer,
                puts=(Put(resource=resource, lane=number),)))
            os.write(1, f"{id_}\\n".encode())

    async def main():
        store = await open_store(f"sqlite:///{sys.argv[1]}", lambda a, b: b)
        await asyncio.gather(*(client(store, n) for n in range(8)))

    asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [1, 40, 200])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, acknowledged: int) -> None:
    """
    A process is killed right after an answer: every message it answered is there, whole, and the file opens.
    """
    path, root = tmp_path / "a.db", str(sqlite_file.Path(__file__).parents[2])
    command = [sys.executable, "-c", textwrap.dedent(CRASHING), str(path), root]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603, ASYNC220 - our own script
        assert process.stdout is not None
        answered = [process.stdout.readline().decode().strip() for _ in range(acknowledged)]
        os.kill(process.pid, signal.SIGKILL)
        answered += [line for line in process.stdout.read().decode().split("\n")[:-1] if line]
    store = await open_store(f"sqlite:///{path}", merged)
    for id_ in answered:
        row = await store.message(id_)
        assert row is not None
        assert row.made == (f"CarePlan/{id_}/_history/1",)
        assert await store.read("CarePlan", id_)
    await store.close()
    connection = apsw.Connection(str(path))
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


async def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """
    The message says what to do; after the first has closed the next may come.
    """
    url = f"sqlite:///{tmp_path}/a.db"
    first = await open_store(url, merged)
    with pytest.raises(SettingError, match="En annan process skriver redan"):
        await open_store(url, merged)
    await first.close()
    await (await open_store(url, merged)).close()


async def test_a_full_disk_keeps_nothing_answers_unavailable_and_recovers(tmp_path: Path, post: Post) -> None:
    """
    Everyone in the group hears it, what was kept stays readable, and with room again all goes on.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    await store.keep(post(plan("before")))
    limit = store._writer.pragma("page_count") + 4
    store._writer.pragma("max_page_count", limit)
    big = [post(plan(f"p{i}", title=secrets.token_hex(50_000))) for i in range(4)]
    outcomes = await asyncio.gather(*(store.keep(arrival) for arrival in big), return_exceptions=True)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    assert await store.read("CarePlan", "before")
    assert [await store.message(arrival.id) for arrival in big] == [None] * 4
    assert [(await store.keep(arrival)).outcome for arrival in big] == [Outcome.NEW] * 4
    await store.close()


async def test_nobody_else_waits_while_another_process_holds_the_file(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A message waits for the file, beside the event loop, and then is kept, or refused when it takes too long.
    """
    store = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    other = apsw.Connection(f"{tmp_path}/a.db")
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store.keep(post(plan("a"))))
    begun = time.monotonic()
    await asyncio.sleep(0.1)
    assert await store.read("CarePlan", "a") is None
    assert time.monotonic() - begun < 2
    other.execute("ROLLBACK")
    assert (await waiting).outcome is Outcome.NEW
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("adapter.store.sqlite.BUSY_MILLISECONDS", 100)
    with pytest.raises(StoreUnavailable):
        await store.keep(post(plan("b")))
    other.close()
    assert (await store.keep(post(plan("c")))).outcome is Outcome.NEW
    await store.close()


async def test_a_row_that_is_refused_takes_nobody_with_it(tmp_path: Path, post: Post) -> None:
    """
    The group begins again without it: its neighbours are there, with their bytes, and of it nothing is.
    """
    store = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    said = {"audit": {"resourceType": "AuditEvent", "id": "a"}, "message_id": "\ud800"}
    bad = post(plan("bad", title="y" * 50), **said)
    arrivals = [post(plan("a", title="x" * 50)), bad, post(plan("b", title="z" * 50))]
    kept = await asyncio.gather(*(store.keep(arrival) for arrival in arrivals), return_exceptions=True)
    assert isinstance(kept[1], UnicodeEncodeError)
    rows = [await store.read("CarePlan", id_) for id_ in ("a", "b")]
    assert [row and row.body.count(letter) >= 50 for row, letter in zip(rows, (b"x", b"z"), strict=True)] == [
        True
    ] * 2
    assert await store.read("CarePlan", "bad") is None
    assert await store.read("AuditEvent", "a") is None
    assert await store.message(bad.id) is None
    await store.close()


async def test_a_commit_that_fails_is_nobodys_answer(tmp_path: Path, post: Post) -> None:
    """
    An I/O error at the very commit: unavailable for all, nothing kept, the next commit works.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)

    def failing() -> None:
        raise apsw.IOError("disk I/O error")

    store._writing.commit = failing
    arrivals = [post(plan("a")), post(plan("b"))]
    outcomes = await asyncio.gather(*(store.keep(a) for a in arrivals), store.ready(), return_exceptions=True)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    assert await store.read("CarePlan", "a") is None
    assert [(await store.keep(a)).outcome for a in arrivals] == [Outcome.NEW] * 2
    await store.close()


async def test_a_sender_that_goes_away_harms_nobody(tmp_path: Path, post: Post) -> None:
    """
    A cancelled caller's message is kept all the same, and the others get their answers.
    """
    store = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    gone = asyncio.create_task(store.keep(post(plan("gone"))))
    stays = asyncio.create_task(store.keep(post(plan("stays"))))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).outcome is Outcome.NEW
    assert await store.read("CarePlan", "gone")
    await store.close()


async def test_a_closed_store_says_so(tmp_path: Path, post: Post) -> None:
    """
    Unavailable, not a hang.
    """
    store = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.keep(post())


async def test_the_file_is_durable_and_one_that_was_reopened_goes_on_counting(
    tmp_path: Path, post: Post
) -> None:
    """
    WAL with synchronous=FULL; sequence numbers never go back, not even with the clock.
    """
    url = f"sqlite:///{tmp_path}/a.db"
    store: Any = await open_store(url, merged)
    assert store._writer.pragma("journal_mode") == "wal"
    assert store._writer.pragma("synchronous") == 2
    await store.keep(post(plan("a")))
    first = (await store.read("CarePlan", "a")).last_updated
    await store.close()
    store = await open_store(url, merged, now=lambda: first.replace(year=2020))
    await store.keep(post(plan("b")))
    assert (await store.read("CarePlan", "b")).last_updated >= first
    await store.close()


def test_the_whole_file_is_mapped_however_large_it_grows(tmp_path: Path) -> None:
    """
    Pages past a limit would be copied by a system call each, and reading would grow dearer with the store:
    SQLite must not cut what is asked for down to less.
    """
    for read_only in (False, True):
        connection = sqlite_file.connect(tmp_path / "store.db", read_only=read_only)
        assert connection.pragma("mmap_size") == sqlite_file.MAPPED_BYTES >= 1 << 40
        connection.close()


async def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    Builds before 3.51.3 can damage a write-ahead log.
    """
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.46.1")
    with pytest.raises(SettingError, match=r"3\.51\.3"):
        await open_store(f"sqlite:///{tmp_path}/a.db", merged)


async def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    """
    Unavailable with the path, and the lock is let go.
    """
    (tmp_path / "a.db").write_bytes(b"not a database" * 1000)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"a\.db"):
            await open_store(f"sqlite:///{tmp_path}/a.db", merged)


PATIENT = (("http://electronichealth.se/identifier/personnummer", "191212121212"),)
FETCHES = [
    Query(
        type="CarePlan",
        criteria=(
            Criterion(param="category", kind="token", values=((None, "734163000"),)),
            Criterion(param="patient.identifier", kind="identifier-of", values=PATIENT),
            Criterion(param="status", kind="token", values=((None, "active"),)),
            Criterion(
                param="date", kind="date", values=(("ge", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),)
            ),
        ),
        includes=(
            Include(type="CarePlan", param="care-team"),
            Include(type="CarePlan", param="activity-reference"),
        ),
        revincludes=(Include(type="Provenance", param="target"),),
        with_total=True,
    ),
    Query(type="Task", criteria=(Criterion(param="owner", kind="reference", values=("Organization/o",)),)),
    Query(
        type="Task",
        criteria=(Criterion(param="patient", kind="reference", values=("Patient/a",)),),
        sort=(("authored-on", True),),
    ),
    Query(type="CarePlan", criteria=(Criterion(param="_id", kind="id", values=("p",)),)),
    Query(type="CarePlan"),
]


@pytest.mark.parametrize("query", FETCHES)
async def test_no_search_reads_a_whole_table(tmp_path: Path, post: Post, query: Query) -> None:
    """
    EXPLAIN QUERY PLAN of all that a search asks shows look-ups by index and no scan of a table.
    """
    store: Any = await open_store(f"sqlite:///{tmp_path}/a.db", merged)
    subject = {"subject": {"reference": "Patient/a"}}
    identity = [{"system": PATIENT[0][0], "value": PATIENT[0][1]}]
    category = [{"coding": [{"code": "734163000"}]}]
    teams = {"careTeam": [{"reference": "CareTeam/t"}]}
    whole = {"category": category, "status": "active", "period": {"start": "2026-02-01"}, **subject, **teams}
    await store.keep(
        post(
            {"resourceType": "Patient", "id": "a", "identifier": identity},
            plan("p", **whole),
            plan("q", **subject),
        )
    )
    conversation = search(query, 0, Led(), is_together=True)
    sql, values = next(conversation)
    plans = []
    try:
        while True:
            plans += [
                step[3] for step in store._reading._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            ]
            sql, values = conversation.send(store._reading._connection.execute(sql, values).fetchall())
    except StopIteration:
        pass
    allowed = ("SCAN d", "SCAN s", "SCAN CONSTANT ROW")  # rows just found, held in memory, or none
    assert [step for step in plans if step.startswith("SCAN") and step not in allowed] == []
    assert any(step.startswith("SEARCH") for step in plans)
    await store.close()
