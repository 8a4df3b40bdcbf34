"""The way of letters to one receiver: leased queue by queue, sent one by one, settled before the next.

Each receiver has its own, so that one that hangs holds up nobody else.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapter.letters import LeaseQuery, LetterState, Refused, Settlement, Trouble, TryAgain, unwritten
from adapter.ports import StoreUnavailable
from adapter.send.breaker import Breaker
from adapter.send.judging import asked_for, envelope_id, judged

if TYPE_CHECKING:
    from adapter.letters import Lease, Outbox, Patience, Posted, Sender, Verdict
    from adapter.send.pace import Pace
    from adapter.send.settling import Settling

_LOG = structlog.get_logger("overens.send")
LETTERS = 16  # of a queue at a time; then it is another queue's turn
AGAIN = timedelta(seconds=1)  # after the store was away
EXPIRED = 64  # letters given up at a time, unsent, while the receiver is away
LONG_AWAY = timedelta(minutes=15)  # from then on letters grow old without being tried
MOST_IDLE = timedelta(hours=1)
_SILENT = Trouble(
    code="no-answer",
    cause="Mottagaren svarade inte i tid.",
    remedy="Kontrollera att mottagaren är i gång och går att nå.",
)
_FAULT = Trouble(
    code="send-failed",
    cause="Överens kunde inte sända brevet på grund av ett eget fel.",
    remedy="Läs loggen (letter-failed) och anmäl felet.",
)


class Route:
    """Sends to one receiver until it is stopped."""

    def __init__(  # noqa: PLR0913, PLR0917  what it is made of
        self,
        receiver: str,
        sender: Sender,
        outbox: Outbox,
        settling: Settling,
        pace: Pace,
        patience: Patience,
        at_once: int,
        poll: timedelta | None,
    ) -> None:
        manner = sender.manner
        self.receiver = receiver
        self._sender = sender
        self._outbox = outbox
        self._settling = settling
        self._pace = pace
        self._patience = manner.patience or patience
        self._at_once = manner.at_once or at_once
        self._poll = poll
        self._longest = timedelta(seconds=manner.seconds)
        self._lease = 2 * self._longest  # one try, and time to settle
        self._breaker = Breaker()
        self._last = _SILENT  # why the receiver is taken to be away
        self._busy: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is due, and sleep until more is."""
        while not self._is_stopping:
            self._woken.clear()
            try:
                until = await self._start()
            except StoreUnavailable:
                until = self._pace.now() + AGAIN
            except Exception:  # noqa: BLE001  whatever it is, the letters must not be left lying
                _LOG.error("route-failed", code="route-failed", receiver=self.receiver)
                until = self._pace.now() + AGAIN
            if until and not self._is_stopping:
                await self._pace.nap(self._woken, until)

    async def stop(self, grace: float) -> None:
        """Lease no more; let what is under way end, or let go of it after so many seconds."""
        self._is_stopping = True
        self._woken.set()
        if self._busy:
            _, late = await asyncio.wait(self._busy, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _start(self) -> datetime | None:
        """Take up what is due; until when to sleep, None when more may be due at once."""
        now = self._pace.now()
        free = self._at_once - len(self._busy)
        room = self._breaker.room(now, free) if not (self._breaker.away_since and self._busy) else 0
        due = (await self._outbox.earliest([self.receiver])).get(self.receiver)
        if due and due <= now:
            if room and await self._take(now, room):
                return None
            await self._give_up_old(now)
        return self._until(now, due)

    def _until(self, now: datetime, due: datetime | None) -> datetime:
        """When there is something to do at the latest; a queue that is let go of wakes us before."""
        times = [now + MOST_IDLE]
        if self._poll:
            times.append(now + self._poll * (0.5 + self._pace.chance()))
        if due and due > now:
            times.append(due)
        if self._breaker.closed_until and self._breaker.closed_until > now:
            times.append(self._breaker.closed_until)
        return min(times)

    async def _take(self, now: datetime, room: int) -> bool:
        letters = 1 if self._breaker.away_since else LETTERS
        wish = LeaseQuery(receiver=self.receiver, queues=room, letters=letters)
        end = now + self._lease
        leases = await self._outbox.lease(wish, now=now, until=end)
        for lease in leases:
            task = asyncio.create_task(self._send_queue(lease, end))
            self._busy.add(task)
            task.add_done_callback(self._ended)
        return bool(leases)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._woken.set()
        if not task.cancelled() and task.exception():
            _LOG.error("queue-failed", code="queue-failed", receiver=self.receiver)

    async def _send_queue(self, lease: Lease, end: datetime) -> None:
        """The letters of a queue in their order, each settled before the next is sent."""
        try:
            for number, posted in enumerate(lease.letters, 1):
                if self._must_stop(number, end):
                    break
                settlement = await self._try(lease, posted)
                if settlement.state is not LetterState.WAITING and number < len(lease.letters):
                    end = self._pace.now() + self._lease
                    settlement = replace(settlement, until=end)
                if not await self._settle(settlement, end) or not settlement.until:
                    return
            await self._settle(Settlement(lease=lease), end)
        except asyncio.CancelledError:
            with suppress(StoreUnavailable):  # then the lease ends by itself
                await self._settling.settle(Settlement(lease=lease))
            raise

    def _must_stop(self, number: int, end: datetime) -> bool:
        """Nothing more is sent: told to stop, the receiver is away, or the lease may end before an answer."""
        is_away = number > 1 and self._breaker.away_since is not None
        return self._is_stopping or is_away or self._pace.now() + self._longest > end

    async def _try(self, lease: Lease, posted: Posted) -> Settlement:
        why = unwritten(posted.letter)
        verdict = Refused(trouble=why) if why else await self._verdict(lease, posted)
        now, chance = self._pace.now(), self._pace.chance()
        if why:
            pass  # nothing was tried: it tells nothing of the receiver
        elif isinstance(verdict, TryAgain):
            self._last = verdict.trouble
            self._breaker.failed(now, chance, asked_for(verdict, self._patience))
        else:
            self._breaker.worked()
        settlement = judged(lease, posted, verdict, now=now, patience=self._patience, chance=chance)
        self._log(settlement)
        return settlement

    async def _verdict(self, lease: Lease, posted: Posted) -> Verdict:
        try:
            async with asyncio.timeout(self._longest / timedelta(seconds=1)):
                return await self._sender.deliver(posted.letter, envelope_id(lease, posted))
        except TimeoutError:
            return TryAgain(trouble=_SILENT)
        except Exception as problem:  # noqa: BLE001  a fault of one way out; the letter waits
            _LOG.error("letter-failed", letter=posted.letter.id, code=type(problem).__name__)
            return TryAgain(trouble=_FAULT)

    async def _settle(self, settlement: Settlement, end: datetime) -> bool:
        """Settle, again while the lease lasts when the store is away; False when the queue is another's."""
        while True:
            try:
                held = await self._settling.settle(settlement)
            except StoreUnavailable:
                if self._pace.now() + AGAIN > end:
                    return False  # the letter is sent again, in another envelope
                await self._pace.nap(asyncio.Event(), self._pace.now() + AGAIN)
                continue
            if not held:
                _LOG.warning(
                    "lease-lost", letter=settlement.letter, code="lease-lost", receiver=self.receiver
                )
            return held

    async def _give_up_old(self, now: datetime) -> None:
        """Letters whose time runs out while the receiver is away die without one more try."""
        away_since = self._breaker.away_since
        if away_since is None or now - away_since < LONG_AWAY:
            return
        old = LeaseQuery(receiver=self.receiver, queues=EXPIRED, letters=1, since=now - self._patience.window)
        for lease in await self._outbox.lease(old, now=now, until=now + self._lease):
            for posted in lease.letters:
                settlement = judged(
                    lease, posted, TryAgain(trouble=self._last), now=now, patience=self._patience, chance=1
                )
                self._log(settlement)
                await self._settling.settle(settlement)

    def _log(self, settlement: Settlement) -> None:
        if settlement.trouble:
            event = "letter-dead" if settlement.state is LetterState.DEAD else "letter-waits"
            code = settlement.trouble.code
            _LOG.warning(event, letter=settlement.letter, code=code, receiver=self.receiver)
