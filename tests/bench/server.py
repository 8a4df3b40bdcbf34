"""A real server in processes of its own, and what they use: CPU time, memory, disk."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FLOOR = """
import asyncio, sys, uvicorn, uvloop
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", log_level="error", access_log=False, lifespan="off")
"""


class Server(NamedTuple):
    """A server that runs."""

    port: int
    pid: int


class Used(NamedTuple):
    """CPU seconds so far: the server's own process, those that decide, and the load generator."""

    server: float
    decider: float
    client: float


@contextmanager
def serving(folder: str, **settings: str) -> Iterator[Server]:
    """Our server on the store in a folder, with its usual settings but for those that are given."""
    port = _free_port()
    env = {
        **os.environ,
        "OVERENS_DATABASE_URL": f"sqlite:///{folder}/overens.db",
        "OVERENS_LOG_LEVEL": "warning",
        **settings,
    }
    command = [sys.executable, "-m", "adapter", "serve", "--port", str(port)]
    with _running(command, port, "/readyz", env) as server:
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """The floor: an ASGI app on the same uvicorn that reads the body and says ok."""
    port = _free_port()
    with _running([sys.executable, "-c", FLOOR, str(port)], port, "/", dict(os.environ)) as server:
        yield server


@contextmanager
def scratch() -> Iterator[str]:
    """A folder for one store."""
    with tempfile.TemporaryDirectory(prefix="overens-bench-") as folder:
        yield folder


@contextmanager
def _running(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[Server]:
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            _until_ready(f"http://127.0.0.1:{port}{path}", server)
            yield Server(port, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the server did not start")


def used(server: Server) -> Used:
    """CPU time until now; 0 for other processes where the machine does not tell (Linux does)."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    pids = children.read_text(encoding="ascii").split() if children.exists() else []
    return Used(_cpu_seconds(server.pid), sum(map(_cpu_seconds, map(int, pids))), time.process_time())


def _cpu_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    ticks = stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Resident memory of a process, where the machine tells (Linux); else 0."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def disk_bytes(folder: str) -> int:
    """What the store takes on disk, its write-ahead log included."""
    return sum(path.stat().st_size for path in Path(folder).glob("overens.db*"))
