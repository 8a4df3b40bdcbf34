"""Time and chance as the worker needs them, given from outside so that tests need not wait."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Pace(Protocol):
    """What time it is, how to wait, and a throw of the dice."""

    def now(self) -> datetime:
        """The present moment, aware."""
        ...

    def chance(self) -> float:
        """A number from 0 to 1, each time another."""
        ...

    async def nap(self, woken: asyncio.Event, until: datetime) -> None:
        """Wait until then, or until woken."""
        ...


class RealPace:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def chance(self) -> float:
        """Chance enough to keep workers apart."""
        return random.random()  # noqa: S311  spreads load, guards nothing

    async def nap(self, woken: asyncio.Event, until: datetime) -> None:
        """Wait until then, or until woken."""
        left = (until - self.now()) / timedelta(seconds=1)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, left)):
                await woken.wait()
