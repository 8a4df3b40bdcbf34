"""Servers in processes of their own, to be killed and started again on the same port."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0


class Warm:
    """The process that forks servers; see ``tests.crash.warm``."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._one_by_one = asyncio.Lock()

    async def fork(self, **asked: Any) -> int:
        """A new process's id."""
        assert self._process.stdin
        assert self._process.stdout
        async with self._one_by_one:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            return int(await self._process.stdout.readline())


@asynccontextmanager
async def warm(folder: Path) -> AsyncIterator[Warm]:
    """Such a process; what its servers say on stderr lies in ``servers.log``."""
    with (folder / "servers.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.crash.warm",
            cwd=ROOT,
            env=clean(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
        )
        try:
            assert process.stdout
            said = await process.stdout.readline()
            assert said == b"warm\n", (folder / "servers.log").read_text()
            yield Warm(process)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def clean(**more: str) -> dict[str, str]:
    """The environment without settings of ours, with those that are given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OVERENS_")}
    return {**plain, "PYTHONPATH": str(ROOT), "OVERENS_LOG_LEVEL": "error", **more}


class Server:
    """One place for a server: the same port and settings again and again."""

    def __init__(self, warm: Warm, **settings: str) -> None:
        self.port = free_port()
        self.pid = 0
        self._warm = warm
        self.settings = settings

    async def start(self) -> None:
        """A new process; it may not be ready yet."""
        self.pid = await self._warm.fork(
            port=self.port, environment={"OVERENS_LOG_LEVEL": "error", **self.settings}
        )

    async def ready(self) -> None:
        """Wait until it answers. Raises TimeoutError when it does not come up."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await answers(self.port):
                if not is_alive(self.pid):
                    self.port = free_port()  # somebody else has taken the old one
                    await self.start()
                await asyncio.sleep(0.005)

    def deciders(self) -> list[int]:
        """The process ids of its deciders, where the machine tells (Linux)."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            return [int(pid) for pid in listed.read_text(encoding="ascii").split()]
        except OSError:
            return []

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        await ended(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, and wait until it has ended in good order."""
        await ended(self.pid, signal.SIGTERM)


def end(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """A signal to a process that may have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


async def ended(pid: int, number: signal.Signals) -> None:
    """Send a signal, and wait until the process is gone."""
    end(pid, number)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while is_alive(pid):  # noqa: ASYNC110  it is no child of ours
            await asyncio.sleep(0.002)


def is_alive(pid: int) -> bool:
    """The process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def answers(port: int) -> bool:
    """The server is ready to keep messages."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
    finally:
        writer.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
