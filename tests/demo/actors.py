"""The processes of the story: the server and the two systems, each on sockets of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.demo.told import Json

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
RECEIVERS = """\
own:
  application: OVERENS
  facility: SE2321000115-OVERENS
receivers:
  hemsjukvarden:
    units: [SE2120001249-HSV01]
    format: lifecare
    url: http://127.0.0.1:{lifecare}/meddelanden
  vardcentralen:
    units: [SE2321000115-VC07]
    format: hl7v2
    host: 127.0.0.1
    port: {hl7v2}
    application: JOURNAL
    facility: SE2321000115-VC07
"""


class NeverSeen(Exception):
    """What the story waits for did not come."""


class Actor:
    """A simulated system in a process of its own."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._events: asyncio.Queue[Json] = asyncio.Queue()
        self._kept: list[Json] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, module: str, *words: object) -> Actor:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", f"tests.demo.{module}", *map(str, words)]
        actor = cls(
            await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment(), stdin=PIPE, stdout=PIPE
            )
        )
        await actor.event("ready")
        return actor

    async def _read(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            self._events.put_nowait(json.loads(line))

    def order(self, **said: object) -> None:
        """Tell it what to do."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(said).encode() + b"\n")

    async def event(self, name: str, is_it: Callable[[Json], bool] = lambda _: True) -> Json:
        """The next event of that name that it is; others are kept for those who ask for them later."""
        for each in self._kept:
            if each["event"] == name and is_it(each):
                self._kept.remove(each)
                return each
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    each = await self._events.get()
                    if each["event"] == name and is_it(each):
                        return each
                    self._kept.append(each)
        except TimeoutError:
            raise NeverSeen(f"{name}; kept: {self._kept}") from None

    def unread(self) -> list[Json]:
        """Events that nobody has asked for."""
        while not self._events.empty():
            self._kept.append(self._events.get_nowait())
        return list(self._kept)

    async def stop(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._reading.cancel()


class Server:
    """``overens serve`` on a store in a folder, to be killed and started again."""

    def __init__(self, folder: Path, lifecare: int, hl7v2: int) -> None:
        self.port, self.mllp_port = free_port(), free_port()
        self._process: Process | None = None
        self._log = (folder / "server.log").open("ab")
        receivers = folder / "receivers.yaml"
        receivers.write_text(RECEIVERS.format(lifecare=lifecare, hl7v2=hl7v2), encoding="utf-8")
        self._settings = environment(
            OVERENS_DATABASE_URL=f"sqlite:///{folder}/overens.db",
            OVERENS_RECEIVERS_FILE=str(receivers),
            OVERENS_MLLP_PORT=str(self.mllp_port),
            OVERENS_RETRY_BASE_SECONDS="0.2",
            OVERENS_DUE_SOON_HOURS_ONE_DAY=str(SOON_SECONDS / 3600),
            OVERENS_LOG_LEVEL="warning",
        )

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "adapter", "serve", "--port", str(self.port)]
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self._settings, stdout=self._log, stderr=self._log
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await listens(self.port):
                if self._process.returncode is not None:
                    raise NeverSeen("the server: it ended by itself")
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL."""
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


SOON_SECONDS = 4.0  # before a deadline both sides are reminded, in this story


async def listens(port: int) -> bool:
    """Somebody does."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def environment(**more: str) -> dict[str, str]:
    """Without settings of ours, but for those that are given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OVERENS_")}
    return {**plain, "PYTHONPATH": str(ROOT), **more}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
