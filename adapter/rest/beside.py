"""Work beside the event loop, a little at a time, so that judging a resource delays nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    T = TypeVar("T")

_LOG = structlog.get_logger("overens.validate")
SECONDS = 30.0  # longest time for an answer; the validator has its own budget besides
PLACES = 2
BUSY = Problem(
    503,
    "transient",
    "Servern kontrollerar redan så mycket den hinner. Skicka samma sak igen om en stund.",
    headers={"Retry-After": "5"},
)


class Beside:
    """The few places where such work is done. A thread that takes too long keeps its place until it ends."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._places = asyncio.Semaphore(PLACES)

    async def __call__(self, work: Callable[[], T]) -> T:
        """What the work gives.

        Raises Problem 503 when there is no place in time, TimeoutError when the work takes too long.
        """
        try:
            async with asyncio.timeout(self.seconds):
                await self._places.acquire()
        except TimeoutError:
            raise BUSY.anew() from None
        task = asyncio.ensure_future(asyncio.to_thread(work))
        task.add_done_callback(self._ended)
        async with asyncio.timeout(self.seconds):
            return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._places.release()
        if not task.cancelled() and (fault := task.exception()) and not isinstance(fault, Problem):
            _LOG.error("validate-fault", code=type(fault).__name__)
