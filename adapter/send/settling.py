"""What many tries came to, in few commits: while one transaction is on its way to disk, the next gathers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.letters import Outbox, Settlement
    from adapter.send.pace import Pace

MOST = 64  # settlements in a transaction


class Settling:
    """One transaction at a time for all receivers."""

    def __init__(self, outbox: Outbox, pace: Pace) -> None:
        self._outbox = outbox
        self._pace = pace
        self._waiting: list[tuple[Settlement, asyncio.Future[bool]]] = []
        self._task: asyncio.Task[None] | None = None

    async def settle(self, settlement: Settlement) -> bool:
        """Whether the lease held. Raises StoreUnavailable."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((settlement, waiter))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._settle_all())
        return await waiter

    async def _settle_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            waiters = [waiter for _, waiter in group]
            try:
                held = await self._outbox.settle([each for each, _ in group], now=self._pace.now())
            except BaseException as problem:
                _tell(waiters, [problem] * len(waiters))
                if not isinstance(problem, Exception):
                    raise
            else:
                _tell(waiters, held)


def _tell(waiters: Sequence[asyncio.Future[bool]], outcomes: Sequence[bool | BaseException]) -> None:
    for waiter, outcome in zip(waiters, outcomes, strict=True):
        if waiter.done():  # who asked was stopped
            continue
        if isinstance(outcome, BaseException):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)
