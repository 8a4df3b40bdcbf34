"""Four workers send the letters of one database: in order for each patient, none lost, none with two effects.

A receiver on a real socket notes each try. It dedups by the letter's id, as receivers do: what came first
counts for the order. Repeats on the wire are counted; without a fault there are none.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from adapter.fhir import merge
from adapter.letters import Letter
from adapter.ports import Answer, Arrival, State
from adapter.store import open_store
from tests.crash.cluster import NO_POSTGRES, database
from tests.crash.servers import Warm, end, ended, warm
from tests.crash.verdict import rows
from tests.crash.worker import RECEIVER

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from adapter.ports import Store
    from tests.crash.campaign import Report

WORKERS, LANES = 4, 24
TRY_SECONDS = 0.6  # a lease is twice that
DROPPED = 0.01  # share of letters that the receiver takes without an answer
LIFE_SECONDS = (0.05, 0.5)
AWAY_SECONDS = (0.0, 0.15)  # of a worker that stood still, after another took its letter over
QUICK, SLOW = (0, 0, 0.001, 0.004), (0.004, 0.02)  # seconds that a receiver takes for a letter
STANDING = 2  # workers that stand still at the same time
PATIENCE_SECONDS = 20.0  # in which no letter comes
STALL_SECONDS = 6.0  # for each worker that stands still, until another has its letter
STATES = "SELECT state, count(*) FROM outbox WHERE receiver = 'north' GROUP BY state"
REPORTS = "SELECT id FROM outbox WHERE receiver <> 'north'"
HELD = "SELECT receiver, lane, name FROM queue"


class Try(NamedTuple):
    """One try as it came in."""

    id: str
    lane: int
    number: int
    pid: int
    at: float


@dataclass
class Receiver:
    """Takes letters, slowly or not at all as chance will have it, and remembers every try."""

    chance: Random
    has_faults: bool = False
    stalls: int = 0  # workers that are still to be stopped
    tries: list[Try] = field(default_factory=list)
    pauses: tuple[float, ...] = QUICK
    standing: dict[int, str] = field(default_factory=dict)  # workers that stand still, with their letter
    stood: list[tuple[int, float, float]] = field(default_factory=list)  # who did, from when, until when
    step: Callable[[], None] = lambda: None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError):
            while line := await reader.readline():
                sent = json.loads(line)
                lane, number = map(int, sent["words"].split())
                this = Try(sent["id"], lane, number, sent["pid"], time.monotonic())
                self.tries.append(this)
                await asyncio.sleep(self.chance.choice(self.pauses))
                if self.has_faults and self.chance.random() < DROPPED:
                    break
                writer.write(b"no\n" if self._stalls(this) else b"ok\n")
                self._wake_others(this)
        writer.close()

    def _stalls(self, this: Try) -> bool:
        """Whether its worker is stopped now: the refusal that it then finds comes long after its lease."""
        if not self.stalls or this.pid in self.standing or len(self.standing) >= STANDING:
            return False
        self.stalls -= 1
        self.standing[this.pid] = this.id
        os.kill(this.pid, signal.SIGSTOP)
        return True

    def _wake_others(self, this: Try) -> None:
        """Whoever stands still with this letter goes on a while after another has sent it."""
        for pid, letter in list(self.standing.items()):
            if letter == this.id and pid != this.pid:
                self.standing[pid] = ""
                since = next(each.at for each in self.tries if (each.id, each.pid) == (letter, pid))
                task = asyncio.create_task(self._wake(pid, since))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _wake(self, pid: int, since: float) -> None:
        await asyncio.sleep(self.chance.uniform(*AWAY_SECONDS))
        end(pid, signal.SIGCONT)
        await asyncio.sleep(0.05)
        del self.standing[pid]
        self.stood.append((pid, since, time.monotonic()))
        self.step()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[int]:
    """The port where the receiver listens."""
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass
class Office:
    """Workers on a database, and letters for them."""

    url: str
    port: int
    forking: Warm
    store: Store
    report: Report
    pids: list[int] = field(default_factory=list)
    is_posting: bool = True

    async def start(self) -> int:
        """A new worker's process id."""
        work = {"url": self.url, "port": self.port, "seconds": TRY_SECONDS}
        return await self.forking.fork(work=work)

    async def post(self, letters: int) -> None:
        """So many letters, those of a patient one after the other."""

        async def one_patient(lane: int) -> None:
            for number in range(letters // LANES):
                await self.store.keep(arrival(lane, number))

        await asyncio.gather(*map(one_patient, range(LANES)))
        self.is_posting = False

    async def is_busy(self, receiver: Receiver, stalls: int) -> bool:
        """Not so many workers have stood still yet, and there are letters with which more can."""
        if len(receiver.stood) >= stalls:
            return False
        return bool(receiver.standing) or self.is_posting or bool(await self.store.outbox.receivers())

    async def all_sent(self, receiver: Receiver) -> None:
        """Wait until no letter waits, or none has come for long: that is what the campaign looks for."""
        seen, since = 0, time.monotonic()
        while await self.store.outbox.receivers() and time.monotonic() < since + PATIENCE_SECONDS:
            await asyncio.sleep(0.1)
            if len(receiver.tries) > seen:
                seen, since = len(receiver.tries), time.monotonic()


def arrival(lane: int, number: int) -> Arrival:
    """A message that brings one letter and nothing else."""
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lane} {number}"))
    words = f"{lane} {number}".encode()
    letter = Letter(
        id=id_, receiver=RECEIVER, lane=lane, kind="konsultation-svar", media_type="text/plain", body=words
    )
    return Arrival(
        id=id_,
        sender="crash",
        message_id=id_,
        sha256=id_,
        source="crash",
        raw=words,
        lane=lane,
        received_at=datetime.now(UTC),
        state=State.DONE,
        answer=Answer(status=201, body=b"{}"),
        letters=(letter,),
    )


Trouble = Callable[[Office, Receiver], Awaitable[dict[str, Any]]]


async def _deliver(folder: Path, report: Report, letters: int, receiver: Receiver, trouble: Trouble) -> None:
    """Post and send, with some trouble meanwhile; then look what came and what the outbox says."""
    with database() as url:
        if not url:
            report.left_out(NO_POSTGRES)
            return
        store = await open_store(url, merge)
        try:
            async with warm(folder) as forking, listening(receiver) as port:
                office = Office(url, port, forking, store, report)
                office.pids = [await office.start() for _ in range(WORKERS)]
                _, found = await asyncio.gather(office.post(letters), trouble(office, receiver))
                await office.all_sent(receiver)
                for pid in office.pids:
                    await ended(pid, signal.SIGKILL)
        finally:
            await store.close()
        judge_tries(receiver.tries, letters // LANES * LANES, report)
        states = dict(rows(url, STATES))
        report.count("not-delivered", [state for state in states.items() if state[0] != "delivered"])
        report.count("false-report", rows(url, REPORTS))
        report.count("queue-left", rows(url, HELD))
    repeats = len(receiver.tries) - len({each.id for each in receiver.tries})
    report.figures(workers=WORKERS, letters=sum(states.values()), wire_duplicates=repeats, **found)


def judge_tries(tries: list[Try], letters: int, report: Report) -> None:
    """What came first of each letter: all of them, each patient's in order."""
    first: dict[str, Try] = {}
    for each in tries:
        first.setdefault(each.id, each)
    report.count("lost", range(letters - len(first)))
    last: dict[int, int] = defaultdict(lambda: -1)
    out_of_order = []
    for each in first.values():
        if each.number < last[each.lane]:
            out_of_order.append(each)
        last[each.lane] = max(last[each.lane], each.number)
    report.count("out-of-order", out_of_order)


async def keep_order(folder: Path, report: Report, *, letters: int) -> None:
    """Without a fault: in order, and nothing twice on the wire."""

    async def no_trouble(_: Office, __: Receiver) -> dict[str, Any]:
        return {}

    receiver = Receiver(report.chance("receiver"))
    await _deliver(folder, report, letters, receiver, no_trouble)
    times = Counter(each.id for each in receiver.tries)
    report.count("sent-twice", (id_ for id_, count in times.items() if count > 1))


async def kill_workers(folder: Path, report: Report, *, letters: int, kills: int) -> None:
    """Workers killed while they send; the receiver takes some letters without a word."""
    report.expect(kills)

    async def killing(office: Office, receiver: Receiver) -> dict[str, Any]:
        for _ in range(kills):
            await asyncio.sleep(receiver.chance.uniform(*LIFE_SECONDS))
            index = receiver.chance.randrange(WORKERS)
            await ended(office.pids[index], signal.SIGKILL)
            office.pids[index] = await office.start()
            report.step()
        return {"kills": kills}

    await _deliver(folder, report, letters, Receiver(report.chance("receiver"), has_faults=True), killing)


async def stall_workers(folder: Path, report: Report, *, letters: int, stalls: int) -> None:
    """Workers stopped past their lease, who then find a refusal of a letter that another has delivered."""
    report.expect(stalls)
    receiver = Receiver(report.chance("receiver"), stalls=stalls, step=report.step, pauses=SLOW)

    async def standing_still(office: Office, receiver: Receiver) -> dict[str, Any]:
        with suppress(TimeoutError):
            async with asyncio.timeout(STALL_SECONDS * stalls):
                while await office.is_busy(receiver, stalls):  # noqa: ASYNC110  the receiver counts
                    await asyncio.sleep(0.05)
        report.count("never-taken-over", receiver.standing.values())
        receiver.stalls = 0
        for pid in receiver.standing:
            end(pid, signal.SIGCONT)
        return {"stalls": len(receiver.stood)}

    await _deliver(folder, report, letters, receiver, standing_still)
    report.count("two-at-once", without_cause(receiver))


def without_cause(receiver: Receiver) -> Iterator[Try]:
    """Repeats of a letter though neither who sent it first nor who sent it then had stood still meanwhile."""
    before: dict[str, Try] = {}
    for each in receiver.tries:
        first = before.setdefault(each.id, each)
        both = {each.pid, first.pid}
        if first is not each and not any(
            pid in both and start <= each.at and end >= first.at for pid, start, end in receiver.stood
        ):
            yield each
        before[each.id] = each
