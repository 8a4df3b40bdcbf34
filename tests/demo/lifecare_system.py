"""A simulated system of a municipality: sends and takes Lifecare messages as JSON over HTTP.

    python -m tests.demo.lifecare_system OVERENS_URL PORT

It repeats what it sends until it is answered, as a system does that must not lose anything.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

import httpx

from tests.demo.told import Json, obey, tell

AGAIN_SECONDS = 0.3


class System:
    """What it knows: where Överens is."""

    def __init__(self, overens: str) -> None:
        self._overens = httpx.AsyncClient(base_url=overens, timeout=10)
        self._seen: set[str] = set()

    async def order(self, said: Json) -> None:
        """Send a message, again and again until there is an answer."""
        message, tries = said["message"], 0
        while True:
            tries += 1
            try:
                answer = await self._overens.post("/messages/se.lifecare.message", json=message)
            except httpx.TransportError:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status_code < 500:
                break
            await asyncio.sleep(AGAIN_SECONDS)
        tell(
            "answered",
            status=answer.status_code,
            tries=tries,
            is_known="x-duplicate" in answer.headers,
            location=answer.headers.get("location", ""),
            details=[issue.get("details", {}).get("text", "") for issue in answer.json().get("issue", ())],
        )

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A letter comes in by HTTP."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
                message = json.loads(await reader.readexactly(length))
                is_known = message["MessageId"] in self._seen
                self._seen.add(message["MessageId"])
                tell("got", message=message, is_known=is_known)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (EOFError, ConnectionError):
            writer.close()


async def main() -> None:
    """Listen and obey."""
    overens, port = sys.argv[1:]
    system = System(overens)
    talk: Callable[..., object] = system.talk
    async with await asyncio.start_server(talk, "127.0.0.1", int(port)):
        tell("ready")
        await obey(system.order)


if __name__ == "__main__":
    asyncio.run(main())
