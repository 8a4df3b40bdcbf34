"""AuditEvents kept in groups: those that come while others are kept go together in the next transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from adapter.store.preparing import REFERENCE_LANE, Logged, logged

Json = dict[str, Any]
MOST = 256  # requests whose events go in one transaction


class LogGroups:
    """Gathers what is to be logged; ``keep`` writes a group and returns after the commit is on disk."""

    def __init__(self, keep: Callable[[Logged], Awaitable[Any]]) -> None:
        self._keep = keep
        self._waiting: list[tuple[Sequence[Json], asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def log(self, events: Sequence[Json]) -> None:
        """Keep AuditEvents; raises what the store raises, to each who waits."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, waiter))
        if self._task is None:
            self._task = asyncio.create_task(self._all())
        await waiter

    async def _all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._group(group)
        finally:
            self._task = None

    async def _group(self, group: list[tuple[Sequence[Json], asyncio.Future[None]]]) -> None:
        problem: BaseException | None = None
        try:
            await self._keep(logged([event for events, _ in group for event in events], REFERENCE_LANE))
        except Exception as fault:  # noqa: BLE001 - told to each who waits
            problem = fault
        for _, waiter in group:
            if waiter.done():  # who asked has gone; what was kept is kept
                continue
            if problem is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(problem)
