"""Servers killed at random moments while senders send: nothing acknowledged is lost, nothing is done twice.

A site is a store with its servers (one on SQLite, two on one PostgreSQL) and its senders. Each server is
started, left alone for a random while, and killed: mostly when it serves, sometimes while it starts, and
sometimes only a decider of it is killed, with which it has to go on.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.crash.addressee import Addressee, listening
from tests.crash.cluster import NO_POSTGRES, database
from tests.crash.messages import messages
from tests.crash.senders import Ledger, send_all
from tests.crash.servers import Server, Warm, end, warm
from tests.crash.verdict import judge, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.campaign import Report

WHILE_STARTING, DECIDER = 0.1, 0.15  # shares of kills
LIFE_SECONDS = (0.02, 0.45)  # of a server that is ready
SENDERS = 4
PATIENCE_SECONDS = 300.0  # for the letters that are left in the end
WAITING = "SELECT 1 FROM queue WHERE receiver = 'north' OR fence <> 0 OR at <= {} LIMIT 1"


@dataclass
class Site:
    """A store, its servers and what its senders were told."""

    url: str
    servers: list[Server]
    chance: Random
    kills: int  # to come
    messages: int  # to be sent at least
    addressee: Addressee
    ledger: Ledger = field(default_factory=Ledger)
    killed: Counter[str] = field(default_factory=Counter)

    async def run(self, report: Report) -> None:
        """Send and kill until both have been done often enough; then let the rest be sent in peace."""
        is_enough = asyncio.Event()
        made = messages(self.chance)
        sending = asyncio.create_task(
            send_all(made, self.servers, self.ledger, self.chance, senders=SENDERS, is_enough=is_enough)
        )
        await asyncio.gather(*(self._kill_again_and_again(server, report) for server in self.servers))
        while len(self.ledger.told) < self.messages and not sending.done():  # noqa: ASYNC110  the ledger is no event
            await asyncio.sleep(0.05)
        is_enough.set()
        await sending
        await self.rest()

    async def rest(self) -> None:
        """Let what waits be sent, also what is due to ourselves; then stop the servers in good order."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while rows(self.url, WAITING.format(round(time.time() * 1000))):  # noqa: ASYNC110  others send
                await asyncio.sleep(0.1)
        for server in self.servers:
            await server.stop()

    async def _kill_again_and_again(self, server: Server, report: Report) -> None:
        await server.start()
        for _ in range(self.kills // len(self.servers)):
            await self._kill(server)
            report.step()
            await server.start()
        await server.ready()

    async def _kill(self, server: Server) -> None:
        chance = self.chance
        if chance.random() < WHILE_STARTING:
            await asyncio.sleep(chance.uniform(0, 0.2))
            self.killed["starting"] += 1
        else:
            await server.ready()
            await asyncio.sleep(chance.uniform(*LIFE_SECONDS))
            deciders = server.deciders()
            if deciders and chance.random() < DECIDER:
                end(chance.choice(deciders))
                self.killed["decider"] += 1
                await asyncio.sleep(chance.uniform(*LIFE_SECONDS))
            self.killed["server"] += 1
        await server.kill()


async def kill_on_sqlite(folder: Path, report: Report, *, kills: int, count: int) -> None:
    """Two stores in files, each with its server."""
    await _kill(folder, report, [f"sqlite:///{folder}/site-{number}.db" for number in (1, 2)], kills, count)


async def kill_on_postgres(folder: Path, report: Report, *, kills: int, count: int) -> None:
    """One database that two servers share, so that a message's repeats meet another process."""
    with database() as url:
        if url:
            await _kill(folder, report, [url], kills, count)
        else:
            report.left_out(NO_POSTGRES)


async def _kill(folder: Path, report: Report, urls: list[str], kills: int, count: int) -> None:
    report.expect(kills)
    async with warm(folder) as forking, AsyncExitStack() as listeners:
        made = []
        for url in urls:
            addressee = Addressee(report.chance(url, "addressee"))
            receivers = await listeners.enter_async_context(listening(addressee, folder))
            servers = servers_of(url, forking, receivers)
            chance = report.chance(url)
            made.append(Site(url, servers, chance, kills // len(urls), count // len(urls), addressee))
        await asyncio.gather(*(site.run(report) for site in made))
    await judge_all(report, made)


async def judge_all(report: Report, sites: list[Site]) -> None:
    """Hold each store against what its senders and its receiver know."""
    letters = 0
    for site in sites:
        letters += await judge(site.url, site.ledger, site.addressee, report)
    tell(report, sites)
    report.figures(letters=letters, letters_repeated=sum(site.addressee.repeats for site in sites))


def servers_of(url: str, forking: Warm, receivers: Path) -> list[Server]:
    """One server for a file, two for a database that they share."""
    settings = {
        "OVERENS_DATABASE_URL": url,
        "OVERENS_DECIDERS": "1",
        "OVERENS_RECEIVERS_FILE": str(receivers),
        "OVERENS_RETRY_BASE_SECONDS": "0.05",
        "OVERENS_RETRY_CAP_SECONDS": "0.5",
    }
    return [Server(forking, **settings) for _ in range(1 if url.startswith("sqlite") else 2)]


def tell(report: Report, sites: list[Site]) -> None:
    """The figures of all sites together."""
    killed = sum((site.killed for site in sites), Counter())
    ledgers = [site.ledger for site in sites]
    report.figures(
        kills=sum(killed.values()),
        killed=dict(killed),
        messages=sum(len(ledger.told) for ledger in ledgers),
        sent=sum(ledger.sent for ledger in ledgers),
        wire_duplicates=sum(ledger.again for ledger in ledgers),
        answered_as_known=sum(ledger.known for ledger in ledgers),
        broken=sum(ledger.broken for ledger in ledgers),
        busy=sum(ledger.busy for ledger in ledgers),
    )
