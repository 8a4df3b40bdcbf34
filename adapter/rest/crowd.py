"""How many may ask at once, and how often one may: more than that are told to come back, their bodies unread.

A caller is its client when tokens are used, otherwise the address it calls from. Each has a bucket of tokens
that fills by ``per_second`` and holds a burst of ten seconds' worth.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from adapter.rest.outcome import Problem

BURST_SECONDS: Final = 10.0
MOST_REMEMBERED: Final = 10_000  # callers; the one that has been quiet the longest is forgotten


class Crowd:
    """Counts those who are inside. ``clock`` gives seconds that only grow; 0 is no limit."""

    def __init__(self, most: int, per_second: float, clock: Callable[[], float]) -> None:
        self._most = most
        self._per_second = per_second
        self._clock = clock
        self._inside = 0
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when

    @contextmanager
    def entered(self) -> Iterator[None]:
        """One more inside; Problem 503 when there is no room."""
        if self._most and self._inside >= self._most:
            raise Problem(
                503,
                "throttled",
                "Servern har så mycket att göra som den klarar. Försök igen om en stund.",
                headers={"Retry-After": "1"},
            )
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def count(self, caller: str) -> None:
        """One more request of a caller; Problem 429 when it asks too often."""
        if not self._per_second:
            return
        now, full = self._clock(), max(1.0, self._per_second * BURST_SECONDS)
        left, at = self._buckets.pop(caller, (full, now))
        left = min(full, left + (now - at) * self._per_second)
        self._buckets[caller] = max(0.0, left - 1), now
        if len(self._buckets) > MOST_REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self._per_second))
            raise Problem(
                429,
                "throttled",
                "Anropen kommer för tätt. Vänta så länge som Retry-After säger, och gå sedan långsammare.",
                headers={"Retry-After": str(wait)},
            )
