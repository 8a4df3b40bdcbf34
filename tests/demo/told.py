"""How a simulated system and the story talk: a line of JSON each, orders in and events out."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def tell(event: str, **said: Any) -> None:
    """Something happened."""
    print(json.dumps({"event": event, **said}, ensure_ascii=False), flush=True)


async def obey(order: Callable[[Json], Awaitable[None]]) -> None:
    """Carry out the orders that come, each beside the others, until the input ends."""
    loop = asyncio.get_running_loop()
    under_way: set[asyncio.Task[None]] = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(order(json.loads(line)))
        under_way.add(task)
        task.add_done_callback(under_way.discard)


def now() -> datetime:
    """The time of day in Sweden."""
    return datetime.now(STOCKHOLM).replace(microsecond=0)
