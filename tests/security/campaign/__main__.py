"""``make security``: the campaigns that try to see, or to break, what they may not (``tests.crash.command``).

Ends with 1 when anything leaked, or fell over.
"""

from __future__ import annotations

import asyncio
import sys

import structlog

from tests.crash.command import command
from tests.security.campaign.campaigns import CAMPAIGNS

if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # nothing of it between the figures
    sys.exit(
        command("security", CAMPAIGNS, asyncio.Runner)
    )  # the loop whose sockets Python's audit hooks see
