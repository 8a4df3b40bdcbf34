"""The MLLP listener: connections, deadlines and order; what a message means is told by ``intake``.

MLLP release 1. On one connection messages are taken one after the other and answered in their order. A
connection that breaks the frame is closed without a word: what follows could not be told apart. Limits hold
for each connection (size, silence, time to receive a frame), for each client (``clients``) and for how many
connections there are.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from adapter.frozen import dataclass
from adapter.listen.clients import ClientLimits, Clients, TooManyConnections
from adapter.wire.mllp import Event, Fault, Frame, FrameReader, framed

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from adapter.listen.clients import Client
    from adapter.listen.intake import Intake

_LOG = structlog.get_logger("overens.mllp")
_READ: Final = 65_536
_MOMENT: Final = 0.01  # seconds: how long to look for what follows a frame that may have been cut
_WRITE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MllpLimits:
    """What one connection may cost, and how many there may be."""

    max_bytes: int
    idle_seconds: float  # without a message under way
    receive_seconds: float  # from the first byte of a frame to its last
    connections: int
    client: ClientLimits = ClientLimits()


class MllpListener:
    """Listens until it is stopped.

    ``stations`` binds the names in client certificates to the systems (MSH-4, or MSH-3|MSH-4) that they may
    send for; without any, whoever reaches it may send for all.
    """

    def __init__(self, intake: Intake, limits: MllpLimits, stations: Mapping[str, frozenset[str]]) -> None:
        """Nothing is listened to before ``start``."""
        self._intake = intake
        self._limits = limits
        self._stations = stations
        self._clients = Clients(limits.client, monotonic)
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def start(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Take connections on a bound socket."""
        self._server = await asyncio.start_server(self._connected, sock=listening, ssl=tls, limit=_READ)

    async def stop(self, grace_seconds: float) -> None:
        """Take nothing new; let messages under way be kept and answered, then close."""
        self._stopping.set()
        if self._server:
            self._server.close()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=grace_seconds)
        for task in self._under_way:
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._under_way) >= self._limits.connections or self._stopping.is_set():
            _LOG.warning("mllp", code="too-many-connections")
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task  # noqa: S101  a connection is handled in its own task
        self._under_way.add(task)
        line = _Line(reader, writer, FrameReader(self._limits.max_bytes), self._limits)
        try:
            with self._clients.connected(client_of(writer)) as client:
                await self._serve(line, client)
        except TooManyConnections:
            _LOG.warning("mllp", code="too-many-connections")
        except (OSError, TimeoutError):
            _LOG.info("mllp", code="connection-lost")
        finally:
            self._under_way.discard(task)
            with suppress(OSError):
                writer.close()

    async def _serve(self, line: _Line, client: Client) -> None:
        stations = self._may_send_for(line.writer)
        while not await self._stops_within(client.owed):
            event = await line.next(self._stopping)
            if not isinstance(event, Frame):
                if event is not None:
                    _LOG.warning("mllp", code=event.value)
                return
            is_cut = not event.is_whole and await line.is_followed_by_rubbish()
            for answer in await self._intake.answers(event, stations=stations, is_cut=is_cut):
                await line.write(answer)
            client.spend(len(event.payload))

    async def _stops_within(self, seconds: float) -> bool:
        """Wait so long, but no longer than until we are told to stop; whether we are."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    def _may_send_for(self, writer: asyncio.StreamWriter) -> frozenset[str] | None:
        """Those that the client's certificate is bound to; None without certificates."""
        if not self._stations:
            return None
        names = names_of(writer)
        return frozenset(station for name in names for station in self._stations.get(name, ()))


def names_of(writer: asyncio.StreamWriter) -> list[str]:
    """The names in the certificate of whoever is connected (CN, DNS); none without one."""
    certificate = writer.get_extra_info("peercert") or {}
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return names + [value for key, value in certificate.get("subjectAltName", ()) if key == "DNS"]


def client_of(writer: asyncio.StreamWriter) -> str:
    """Whose connection it is: the first name in its certificate, else its address."""
    address = writer.get_extra_info("peername") or ("",)
    return next(iter(names_of(writer)), str(address[0]))


class _Line:
    """One connection, as a row of frames."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        frames: FrameReader,
        limits: MllpLimits,
    ) -> None:
        self.writer = writer
        self._reader = reader
        self._frames = frames
        self._limits = limits
        self._events: deque[Event] = deque()
        self._is_over = False

    async def next(self, stopping: asyncio.Event) -> Event | None:
        """The next frame or the fault that ends the stream; None when it is over, silent or to be stopped."""
        while not self._events:
            if self._is_over:
                return None
            try:
                async with asyncio.timeout(self._limits.idle_seconds):
                    await self._read_or_stop(stopping)
                if self._frames.is_within_frame and not self._events:
                    async with asyncio.timeout(self._limits.receive_seconds):
                        while not self._events and not self._is_over:
                            await self._read()
            except TimeoutError:
                _LOG.info("mllp", code="mllp-late" if self._frames.is_within_frame else "mllp-silent")
                return None
            if stopping.is_set() and not self._events:
                return None
        return self._events.popleft()

    async def is_followed_by_rubbish(self) -> bool:
        """Whether something that is no new frame comes at once after the last one."""
        if not self._events and not self._is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(_MOMENT):
                    await self._read()
        return bool(self._events) and self._events[0] is Fault.NO_START

    async def write(self, message: bytes) -> None:
        self.writer.write(framed(message))
        async with asyncio.timeout(_WRITE_SECONDS):
            await self.writer.drain()

    async def _read(self) -> None:
        data = await self._reader.read(_READ)
        self._is_over = not data
        self._events += self._frames.feed(data) if data else self._frames.end()

    async def _read_or_stop(self, stopping: asyncio.Event) -> None:
        """One read, given up when the listener is to stop before anything has come."""
        reading, told = asyncio.ensure_future(self._read()), asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait((reading, told), return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            if not reading.done():
                reading.cancel()
        if reading.done() and not reading.cancelled():
            reading.result()
