"""A request head that is too long or too slow ends its connection, and no other."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from adapter.cli import connection
from adapter.cli.serve import bound, server_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def says_ok(_: Any, __: Any, send: Any) -> None:
    """The smallest application."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """A server in this process; its port."""
    listening = bound("127.0.0.1", 0)
    server = server_for(says_ok)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  uvicorn tells by an attribute alone
        await asyncio.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    await task


async def test_a_head_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Not even a byte now and then keeps it open.
    """
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        for _ in range(3):
            await asyncio.sleep(0.05)
            writer.write(b"x")
        assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()


async def test_the_next_head_on_a_connection_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A connection that waits between requests is not slow; a second head that stops is.
    """
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.5)
        writer.write(b"GET / HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()


async def answer_to(port: int, header: bytes) -> bytes:
    """What comes back on a head sent in pieces, until the server ends it; nothing when it is cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        for start in range(0, len(header), 10_000):
            writer.write(header[start : start + 10_000])
            await asyncio.sleep(0.01)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 2)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "header", [b"X: " + b"a" * 200_000, b"".join(b"X%d: 1\r\n" % i for i in range(20_000))]
)
async def test_a_head_that_is_too_long_is_refused(header: bytes) -> None:
    """
    The connection ends before the head takes memory; others are served.
    """
    async with serving() as port:
        refused = await answer_to(port, header)
        assert refused == b"" or refused.startswith(b"HTTP/1.1 400")
        assert (await answer_to(port, b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")
