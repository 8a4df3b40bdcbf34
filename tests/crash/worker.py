"""A worker in a process of its own: the real loop on the real outbox, with a way out that is easy to watch.

It sends the letters of one receiver over a socket, a line of JSON each, and takes the answer: ``ok …`` for
delivered, ``no …`` for refused.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from datetime import timedelta

from adapter.fhir import merge
from adapter.letters import Delivered, Letter, Manner, Patience, Refused, Trouble, TryAgain, Verdict
from adapter.log_lines import set_up_logging
from adapter.send.delivery import Delivery
from adapter.store import open_store

RECEIVER = "north"
LOST = Trouble(code="no-answer", cause="Mottagaren gick bort.", remedy="Starta mottagaren.")
NO = Trouble(code="refused", cause="Mottagaren tar inte emot brevet.", remedy="Rätta och skicka igen.")
PATIENCE = Patience(base=timedelta(milliseconds=20), cap=timedelta(milliseconds=200))
POLL = timedelta(milliseconds=100)


class Wire:
    """A pool of connections to a receiver on this machine."""

    def __init__(self, port: int, seconds: float) -> None:
        self.manner = Manner(seconds=seconds, at_once=4, patience=PATIENCE)
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """One line there, one line back."""
        line = {"id": letter.id, "words": letter.body.decode(), "envelope": envelope, "pid": os.getpid()}
        try:
            reader, writer = self._free.pop() if self._free else await self._connect()
            writer.write(json.dumps(line).encode() + b"\n")
            answer = await reader.readline()
        except OSError:
            return TryAgain(trouble=LOST)
        if not answer.endswith(b"\n"):
            return TryAgain(trouble=LOST)
        self._free.append((reader, writer))
        return Delivered(answer=answer) if answer.startswith(b"ok") else Refused(trouble=NO)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Let go of the connections."""
        for _, writer in self._free:
            with suppress(OSError):
                writer.close()


async def work(url: str, port: int, seconds: float) -> None:
    """Send the letters of ``RECEIVER`` until killed; a try takes so long at most, a lease twice that."""
    set_up_logging("error")
    store = await open_store(url, merge)
    delivery = Delivery(store.outbox, {RECEIVER: Wire(port, seconds)}, poll=POLL)
    delivery.start()
    await asyncio.Event().wait()
