"""The worker: a route for each receiver that is configured, and for each that letters wait for anyway."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from adapter.letters import Manner, Patience, Trouble, TryAgain
from adapter.ports import StoreUnavailable
from adapter.send.pace import RealPace
from adapter.send.route import Route
from adapter.send.settling import Settling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.letters import Letter, Outbox, Sender, Verdict
    from adapter.send.pace import Pace

LOOK = timedelta(minutes=1)  # between two looks for receivers that nobody configured
POLL = timedelta(seconds=1)  # between two looks for letters that another process posted
GRACE = 10.0  # seconds to end what is under way


class Unknown:
    """A receiver that the configuration does not have, or no more: its letters wait, then are given up."""

    manner = Manner(at_once=1)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:  # noqa: ARG002  a Sender's
        """Never."""
        trouble = Trouble(
            code="receiver-unknown",
            cause=f"Mottagaren {letter.receiver} finns inte bland mottagarna i inställningarna.",
            remedy="Lägg till mottagaren och starta om, eller ta bort brevet med overens queue discard.",
        )
        return TryAgain(trouble=trouble)

    async def close(self) -> None:
        """Nothing to let go of."""


class Delivery:
    """Sends the letters of an outbox. ``poll`` is None where no other process posts any."""

    def __init__(  # noqa: PLR0913  what it is made of, with defaults
        self,
        outbox: Outbox,
        senders: Mapping[str, Sender],
        *,
        pace: Pace | None = None,
        patience: Patience | None = None,
        at_once: int = 4,
        poll: timedelta | None = POLL,
    ) -> None:
        self._outbox = outbox
        self._senders = senders
        self._pace = pace or RealPace()
        self._patience = patience or Patience()
        self._at_once = at_once
        self._poll = poll
        self._settling = Settling(outbox, self._pace)
        self._routes: dict[str, Route] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        outbox.watch(self.wake)

    def start(self) -> None:
        """Begin to send, on the loop that runs."""
        for receiver, sender in self._senders.items():
            self._add(receiver, sender)
        self._looking = asyncio.create_task(self._look())

    def wake(self) -> None:
        """There may be something to do."""
        for route in self._routes.values():
            route.wake()

    async def stop(self, grace: float = GRACE) -> None:
        """Let what is under way end, let go of the rest, and close every way out."""
        if self._looking:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await asyncio.gather(*(route.stop(grace) for route in self._routes.values()))
        await asyncio.gather(*self._running.values())
        await asyncio.gather(*(sender.close() for sender in self._senders.values()), return_exceptions=True)

    async def _look(self) -> None:
        """Find receivers that nobody configured."""
        while True:
            with suppress(StoreUnavailable):
                for receiver in await self._outbox.receivers():
                    if receiver not in self._routes:
                        self._add(receiver, Unknown())
            await self._pace.nap(asyncio.Event(), self._pace.now() + LOOK)

    def _add(self, receiver: str, sender: Sender) -> None:
        route = Route(
            receiver,
            sender,
            self._outbox,
            self._settling,
            self._pace,
            self._patience,
            self._at_once,
            self._poll,
        )
        self._routes[receiver] = route
        self._running[receiver] = asyncio.create_task(route.run())
