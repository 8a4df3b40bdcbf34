"""Deciding beside the server: processes that turn bytes into arrivals, so that an ingest uses two cores.

``decide`` is pure, so where it runs changes nothing. The server's own process reads HTTP and writes to the
store; what takes the rest of the time is done here. A decider is forked before the event loop and the store
are there, knows the sources as they were loaded, and ends when the server's end of its socket closes. Should
it die, the server decides for itself from then on.
"""

from __future__ import annotations

import asyncio
import gc
import marshal
import os
import pickle
import signal
import socket
import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import structlog

from adapter.known import Known
from adapter.pipeline import arrival, decide
from adapter.policy import ORDINARY, Policy
from adapter.ports import Ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapter.own_faults import Check
    from adapter.pipeline import Source
    from adapter.ports import Arrival

_LOG = structlog.get_logger("overens.decider")
_SIZE = struct.Struct("!Q")
_READ = 1 << 20
TOGETHER = 8  # messages that may be answered at once; with many waiting, half of them
GARBAGE = 20_000  # new objects between two looks for cycles; a message makes some thousands and few cycles


class Decider(asyncio.Protocol):
    """One such process, as the server sees it: what is asked first is answered first."""

    def __init__(self, pid: int, ours: socket.socket) -> None:
        self.pid = pid
        self.ours = ours
        self.waiting: deque[asyncio.Future[Ready | None]] = deque()
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()

    @property
    def is_up(self) -> bool:
        """It can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    async def connect(self) -> None:
        """Begin to listen to it, on the loop that runs."""
        await asyncio.get_running_loop().create_connection(lambda: self, sock=self.ours)

    async def ready(
        self,
        raw: bytes,
        source: str,
        received_at: datetime,
        contested: frozenset[str] = frozenset(),
        sender: str = "",
    ) -> Ready | None:
        """The arrival of a message, ready for the store; None when it could not be decided there.

        ``sender`` is the only one who may have sent it (HSA-id); empty: anybody.
        """
        if self._transport is None:
            return None
        answer: asyncio.Future[Ready | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        asked = pickle.dumps((raw, source, received_at, contested, sender))
        self._transport.write(_SIZE.pack(len(asked)) + asked)
        return await answer

    async def stop(self) -> None:
        """Close our end; it stops by itself, and is waited for."""
        with suppress(OSError):  # gone already
            self.ours.shutdown(socket.SHUT_RDWR)
        if self._transport is not None:
            self._transport.abort()
        await asyncio.to_thread(os.waitpid, self.pid, 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not say that it is one

    def data_received(self, data: bytes) -> None:
        """Answers, or parts of one."""
        self._received += data
        while len(self._received) >= _SIZE.size:
            end = _SIZE.size + _SIZE.unpack_from(self._received)[0]
            if len(self._received) < end:
                return
            with memoryview(self._received) as received:  # which copies nothing
                together = marshal.loads(received[_SIZE.size : end])  # noqa: S302  from our own process
            del self._received[:end]
            for told in together:
                answer = self.waiting.popleft()
                if not answer.done():
                    answer.set_result(Ready(told) if told else None)

    def connection_lost(self, _: Exception | None) -> None:
        """It is gone: whoever waits decides here."""
        if self.waiting:
            _LOG.error("decider-lost", code="decider-lost")
        self._transport = None
        while self.waiting:
            answer = self.waiting.popleft()
            if not answer.done():
                answer.set_result(None)


@dataclass(frozen=True, slots=True)
class Deciding:
    """What each of them knows: the sources as they were loaded, and what is done with an arrival.

    ``ready`` makes it ready for the store that it is for; ``check`` judges what is made of a message.
    """

    sources: Mapping[str, Source]
    ready: Callable[[Arrival], Ready]
    check: Check | None = None
    policy: Policy = ORDINARY

    def told(self, asked: bytes) -> bytes:
        """Nothing for what must be known first, for a message of another sender, and for a fault of ours.

        The server meets the fault again, and tells of it with its own words.
        """
        try:
            raw, name, received_at, contested, sender = pickle.loads(asked)  # noqa: S301  from our own process
            source = self.sources[name]
            decision = decide(
                raw,
                source,
                received_at=received_at.isoformat(),
                check=self.check,
                contested=contested,
                known=Known(),
                policy=self.policy,
            )
            if decision.needs or (sender and decision.sender.upper() != sender.upper()):
                return b""
            return self.ready(arrival(raw, source, decision, received_at, policy=self.policy)).data
        except Exception:  # noqa: BLE001  the server meets the fault again, and tells of it
            return b""


def fork_deciders(count: int, deciding: Deciding) -> list[Decider]:
    """Start that many, before there is an event loop, a thread or a store: those do not survive a fork."""
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
    made: list[Decider] = []
    for _ in range(count):
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            _be_one(theirs, [ours, *(other.ours for other in made)], deciding)
        theirs.close()
        ours.setblocking(False)
        made.append(Decider(pid, ours))
    return made


def _be_one(theirs: socket.socket, not_ours: Sequence[socket.socket], deciding: Deciding) -> Any:
    """The other process's whole life. Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when it is over, by closing its end
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    code = 0
    try:
        for other in not_ours:
            other.close()
        _answer_all(theirs, deciding)
    except (OSError, EOFError):
        code = 1
    finally:
        os._exit(code)


def _answer_all(theirs: socket.socket, deciding: Deciding) -> None:
    """Answer what is there to be answered, some at a time in one piece: they are then committed together."""
    received = bytearray()
    while data := theirs.recv(_READ):
        received += data
        while asked := _whole(received):
            told = marshal.dumps([deciding.told(each) for each in asked])
            theirs.sendall(_SIZE.pack(len(told)) + told)


def _whole(received: bytearray) -> list[bytes]:
    """The first questions that are there in full; they are taken away."""
    ends = [0]
    while len(received) >= ends[-1] + _SIZE.size:
        end = ends[-1] + _SIZE.size + _SIZE.unpack_from(received, ends[-1])[0]
        if len(received) < end:
            break
        ends.append(end)
    del ends[max(TOGETHER, len(ends) // 2) + 1 :]
    found = [bytes(received[start + _SIZE.size : end]) for start, end in pairwise(ends)]
    del received[: ends[-1]]
    return found
