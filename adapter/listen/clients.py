"""What each client of the MLLP port may cost: connections at once, and how fast its messages are taken.

A client is the name in its certificate, else the address it calls from. Nobody is refused for being fast: its
next message is read later, and TCP holds it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from adapter.frozen import dataclass

BURST_SECONDS: Final = 10.0  # worth of tokens that may be spent at once


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLimits:
    """For one client, over all its connections; 0 is no limit."""

    connections: int = 0
    messages_per_second: float = 0
    bytes_per_second: float = 0


class TooManyConnections(Exception):
    """One more connection than the client may have."""


class Bucket:
    """Tokens that fill by ``per_second``; who takes more than there are waits until they have come."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._left = self._full = max(1.0, per_second * BURST_SECONDS)
        self._at = clock()

    def take(self, amount: float) -> float:
        """How many seconds to wait after having taken some."""
        if not self._per_second:
            return 0.0
        now = self._clock()
        filled = self._left + (now - self._at) * self._per_second
        self._left, self._at = min(self._full, filled) - amount, now
        return max(0.0, -self._left / self._per_second)

    @property
    def is_full(self) -> bool:
        """Whether there are as many tokens as there can be."""
        return self._left + (self._clock() - self._at) * self._per_second >= self._full


class Client:
    """One of those who are connected."""

    def __init__(self, limits: ClientLimits, clock: Callable[[], float]) -> None:
        self.connections = 0
        self._messages = Bucket(limits.messages_per_second, clock)
        self._bytes = Bucket(limits.bytes_per_second, clock)

    def spend(self, size: int) -> None:
        """A message of so many bytes has been taken."""
        self._messages.take(1)
        self._bytes.take(size)

    @property
    def owed(self) -> float:
        """How many seconds to wait before the next message is read."""
        return max(self._messages.take(0), self._bytes.take(0))

    @property
    def is_rested(self) -> bool:
        """Whether it is as one that was never here."""
        return not self.connections and self._messages.is_full and self._bytes.is_full


class Clients:
    """Those who are connected, and who were a moment ago, by name. ``clock`` gives seconds that only grow."""

    def __init__(self, limits: ClientLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._known: dict[str, Client] = {}

    @contextmanager
    def connected(self, name: str) -> Iterator[Client]:
        """One more connection of a client, while it lasts; TooManyConnections when it may have no more.

        Whoever connects anew goes on with what is left to spend.
        """
        self._known = {each: client for each, client in self._known.items() if not client.is_rested}
        client = self._known.setdefault(name, Client(self._limits, self._clock))
        if self._limits.connections and client.connections >= self._limits.connections:
            raise TooManyConnections(name)
        client.connections += 1
        try:
            yield client
        finally:
            client.connections -= 1
