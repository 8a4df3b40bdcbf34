"""Receivers for the tests: real sockets that answer as they are told, or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapter.letters import Letter

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
HANG = b"(says nothing)"
DROP = b"(goes away)"


@asynccontextmanager
async def listening(talk: Talk, **how: object) -> AsyncIterator[int]:
    """
    A listener on this machine that talks like this on each connection; gives its port.
    """
    under_way: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        under_way.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            under_way.discard(task)

    server = await asyncio.start_server(one, "127.0.0.1", 0, **how)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for _ in range(3):  # connections that were let go of are closed by the loop
            await asyncio.sleep(0)


@dataclass
class Web:
    """
    Answers each request with the next of its answers, the last one for ever; remembers what it was sent.
    """

    answers: Sequence[bytes]
    requests: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        One connection.
        """
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            found = LENGTH.search(head)
            body = await reader.readexactly(int(found[1])) if found else b""
            answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
            self.requests.append(head + body)
            if answer is HANG:
                await asyncio.Event().wait()
            if answer is DROP:
                return
            writer.write(answer)
            await writer.drain()


def http(status: int, body: bytes = b"", media_type: str = "application/json", *more: str) -> bytes:
    """
    An HTTP answer.
    """
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def letter(body: bytes = b"{}", media_type: str = "application/json") -> Letter:
    """
    A letter to send.
    """
    return Letter(
        id="5c1f6f0e-3a57-5b0e-9a3d-1d2f3a4b5c6d",
        receiver="a",
        lane=7,
        kind="konsultation-svar",
        media_type=media_type,
        body=body,
    )


ENVELOPE = "0b8f2c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
