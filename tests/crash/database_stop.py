"""The database stopped at once, again and again, while two servers keep messages in it.

``pg_ctl -m immediate`` is a crash: no checkpoint, no goodbyes, and recovery from the log at the next start.
The servers stay up; they tell their senders to come again for as long as the database is away.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.crash.addressee import Addressee, listening
from tests.crash.cluster import NO_POSTGRES, cluster
from tests.crash.kill import SENDERS, Site, judge_all, servers_of
from tests.crash.messages import messages
from tests.crash.senders import send_all
from tests.crash.servers import warm

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.campaign import Report
    from tests.crash.cluster import Cluster

MESSAGES = (1, 60)  # acknowledged between two stops
PATIENCE_SECONDS = 30.0
AWAY_SECONDS = (0.0, 0.3)


async def stop_the_database(folder: Path, report: Report, *, stops: int) -> None:
    """Stop and start it that often under load, then judge."""
    with cluster() as database:
        if database is None:
            report.left_out(NO_POSTGRES)
            return
        addressee = Addressee(report.chance("addressee"))
        async with warm(folder) as forking, listening(addressee, folder) as receivers:
            servers = servers_of(database.url, forking, receivers)
            site = Site(database.url, servers, report.chance(), kills=0, messages=0, addressee=addressee)
            for server in servers:
                await server.start()
                await server.ready()
            await _stop_again_and_again(site, database, report, stops)
            await site.rest()
        await judge_all(report, [site])
    report.figures(stops=stops)


async def _stop_again_and_again(site: Site, database: Cluster, report: Report, stops: int) -> None:
    is_enough, chance = asyncio.Event(), site.chance
    load = messages(report.chance("messages"))
    sending = asyncio.create_task(
        send_all(load, site.servers, site.ledger, chance, senders=SENDERS, is_enough=is_enough)
    )
    report.expect(stops)
    for _ in range(stops):
        await _acknowledged(site, len(site.ledger.told) + chance.randint(*MESSAGES))
        await asyncio.to_thread(database.stop_at_once)
        await asyncio.sleep(chance.uniform(*AWAY_SECONDS))
        await asyncio.to_thread(database.start)
        report.step()
    is_enough.set()
    await sending


async def _acknowledged(site: Site, count: int) -> None:
    """Wait until so many messages were acknowledged: the servers are in the middle of their work."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(site.ledger.told) < count:  # noqa: ASYNC110  the ledger is no event
            await asyncio.sleep(0.003)
