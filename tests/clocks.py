"""A clock for tests, which shows what it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class StillClock:
    """
    Always the same moment: as a rule that at which the tests' tokens hold.
    """

    at: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """
        The moment.
        """
        return self.at
