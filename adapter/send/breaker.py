"""A receiver that is away is let alone: tried by one letter at a time, ever more seldom.

Pure: the time and the chance are given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FAILURES = 5  # in a row, over all queues of the receiver
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)


class Breaker:
    """Counts what fails in a row, and says how much may be tried now."""

    def __init__(self) -> None:
        self._failures = 0
        self._pauses = 0
        self.away_since: datetime | None = None  # when it was first let alone; None while it answers
        self.closed_until: datetime | None = None  # nothing is tried before then

    def room(self, now: datetime, wanted: int) -> int:
        """How many queues may be tried now, of so many."""
        if self.closed_until and now < self.closed_until:
            return 0
        return min(wanted, 1) if self.away_since else wanted

    def worked(self) -> None:
        """The receiver answered, whatever it thought of the letter."""
        self._failures = self._pauses = 0
        self.away_since = self.closed_until = None

    def failed(self, now: datetime, chance: float, after: timedelta | None = None) -> None:
        """The receiver could not be had; ``after`` when it said itself how long to wait."""
        self._failures += 1
        if after:
            self._wait(now + after)
        if self._failures < FAILURES or self.room(now, 1) == 0:
            return  # not yet, or what was under way when it was given up
        self.away_since = self.away_since or now
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(self._pauses, 10)))
        self._pauses += 1
        self._wait(now + pause * (0.5 + chance / 2))

    def _wait(self, until: datetime) -> None:
        self.closed_until = max(until, self.closed_until or until)
