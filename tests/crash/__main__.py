"""``make crash``: the campaigns that try to make Överens break its word (``tests.crash.command``).

Ends with 1 when something acknowledged was lost, done twice or out of order.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

import uvloop

from tests.crash.campaigns import CAMPAIGNS
from tests.crash.command import command

if __name__ == "__main__":
    sys.exit(command("crash", CAMPAIGNS, partial(asyncio.Runner, loop_factory=uvloop.new_event_loop)))
