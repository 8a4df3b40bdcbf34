"""Senders that keep their word: each message again and again until it is acknowledged, and some once more.

What they were told lies in a ``Ledger``: it is what the store is held against afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.crash.messages import Message
    from tests.crash.servers import Server

AGAIN, AT_ONCE = 0.08, 0.04  # shares of messages sent twice: after the answer, and both at the same time
PATIENCE_SECONDS = 20.0
BUSY, FAULT = 503, 500


@dataclass(frozen=True, slots=True)
class Told:
    """What a sender was told about a message."""

    status: int  # as at the first time: 201 also where a repeated one is answered 200
    body: bytes
    location: str


@dataclass(slots=True)
class Ledger:
    """What was acknowledged, and what it took."""

    told: dict[int, tuple[Message, Told]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)  # messages that were on the wire
    sent: int = 0  # requests on the wire
    again: int = 0  # of them, those for a message that was on the wire before
    broken: int = 0  # tries without an answer, or without a connection
    busy: int = 0  # requests told to come again
    known: int = 0  # answers that said: seen before
    wrong: list[str] = field(default_factory=list)

    def on_wire(self, message: Message) -> None:
        """A message leaves, for the first time or again."""
        self.sent += 1
        self.again += message.number in self.seen
        self.seen.add(message.number)

    def note(self, message: Message, told: Told) -> None:
        """An acknowledgement; a second one for the same message has to say the same."""
        first = self.told.setdefault(message.number, (message, told))[1]
        if first != told:
            self.wrong.append(f"message {message.number}: told {first}, then {told}")


class Sender:
    """One connection at a time, to whichever of the servers answers."""

    def __init__(self, servers: Sequence[Server], ledger: Ledger, chance: Random) -> None:
        self._servers = servers
        self._ledger = ledger
        self._chance = chance
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def acknowledged(self, message: Message) -> None:
        """Send it until it is answered; then maybe once more."""
        while (told := await self._send(message)) is None:  # noqa: ASYNC110  a sender that tries again
            await asyncio.sleep(self._chance.uniform(0.002, 0.03))
        self._ledger.note(message, told)
        if self._chance.random() < AGAIN and (told := await self._send(message)):
            self._ledger.note(message, told)

    async def _send(self, message: Message) -> Told | None:
        """One try: what it was told, or None when it is to be sent again."""
        ledger = self._ledger
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await self._connected()
                ledger.on_wire(message)
                writer.write(message.request())
                await writer.drain()
                status, headers, body = await answer(reader)
        except (OSError, EOFError, TimeoutError):
            ledger.broken += 1
            self.close()
            return None
        if status == BUSY:
            ledger.busy += 1
            return None
        if status == FAULT:
            ledger.wrong.append(f"message {message.number}: answered {status}")
        ledger.known += "x-duplicate" in headers
        return Told(201 if status == 200 else status, body, headers.get("location", ""))

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._connection is None:
            port = self._chance.choice(self._servers).port
            self._connection = await asyncio.open_connection("127.0.0.1", port)
        return self._connection

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection:
            with suppress(RuntimeError):
                self._connection[1].close()
            self._connection = None


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer. Raises EOFError when it ends before its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    lines = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in lines}
    body = await reader.readexactly(int(headers["content-length"]))
    return int(head[0].split()[1]), headers, body


async def send_all(  # noqa: PLR0913  what a load is made of
    made: Iterator[Message],
    servers: Sequence[Server],
    ledger: Ledger,
    chance: Random,
    *,
    senders: int,
    is_enough: asyncio.Event,
) -> None:
    """So many senders take messages from one source until there are none, or it is enough."""

    async def one(sender: Sender, other: Sender) -> None:
        for message in made:
            both = [sender, other] if chance.random() < AT_ONCE else [sender]
            await asyncio.gather(*(each.acknowledged(message) for each in both))
            if is_enough.is_set():
                break
        sender.close()
        other.close()

    pairs = [[Sender(servers, ledger, chance) for _ in range(2)] for _ in range(senders)]
    await asyncio.gather(*(one(*pair) for pair in pairs))
