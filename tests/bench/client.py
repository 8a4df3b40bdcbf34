"""A load generator that costs little: requests made before the clock starts, answers only counted.

One process with an event loop and plain protocols; each client has one connection that stays open, and asks
again when it has its answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple, cast


class Told(NamedTuple):
    """What one client met: seconds an answer, and the statuses that were not the wanted one."""

    times: list[float]
    others: list[bytes]


class Client(asyncio.Protocol):
    """One connection. ``requests`` is shared by all clients; ``end`` is of ``time.perf_counter``."""

    def __init__(self, requests: Iterator[bytes], wanted: int, end: float) -> None:
        self.told = Told([], [])
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._wanted = b"HTTP/1.1 %d " % wanted
        self._end = end
        self._started = 0.0
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._end else None
        if request is None:
            self._transport.close()
            return
        self._started = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Count a whole answer, and ask again."""
        self._got += data
        head = self._got.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._got.lower().index(b"content-length: ", 0, head) + 16
        length = int(self._got[at : self._got.index(b"\r\n", at)])
        if len(self._got) < head + 4 + length:
            return
        self.told.times.append(time.perf_counter() - self._started)
        if not self._got.startswith(self._wanted):
            self.told.others.append(self._got[:200])
        self._got = b""
        self._ask()

    def connection_lost(self, problem: Exception | None) -> None:
        """Over, or the server went away."""
        if self.done.done():
            return
        if problem is not None:
            self.done.set_exception(problem)
        else:
            self.done.set_result(None)


def http(method: str, path: str, body: bytes = b"", media: str = "") -> bytes:
    """A request as bytes, on a connection that stays open."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def ask(port: int, clients: int, requests: Iterator[bytes], wanted: int, seconds: float) -> list[float]:
    """Ask for so many seconds, or until there are no more requests; seconds each answer took, sorted.

    Raises AssertionError when an answer had another status than the wanted one.
    """
    end = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: Client(requests, wanted, end), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for client in made))
    others = [other for client in made for other in client.told.others]
    if others:
        raise AssertionError(f"{len(others)} answers were not {wanted}: {others[0]!r}")
    return sorted(took for client in made for took in client.told.times)
