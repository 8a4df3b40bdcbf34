"""How long `overens --help` takes, how long a server takes until it is ready, and its memory then.

As installed: with the byte code that an installation has, whatever the environment says of it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

RUNS = 5
PATIENCE_SECONDS = 30
PLAIN = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
OVERENS = [sys.executable, "-m", "adapter"]


def seconds(command: list[str]) -> float:
    """The best of some runs of a command, in seconds."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, env=PLAIN, stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - start)
    return best


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_ready(port: int, start: float) -> float:
    """Seconds until /readyz says yes; it does a real write."""
    while time.perf_counter() - start < PATIENCE_SECONDS:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return time.perf_counter() - start
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise TimeoutError(f"the server was not ready within {PATIENCE_SECONDS} s")


def resident_megabytes(pid: int) -> float:
    """What the process has in memory, where the machine tells (Linux); else 0."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def served() -> tuple[float, float]:
    """Seconds until a server on an empty store is ready, and its memory then."""
    with tempfile.TemporaryDirectory(prefix="overens-bench-") as folder:
        port = free_port()
        env = {**PLAIN, "OVERENS_DATABASE_URL": f"sqlite:///{folder}/overens.db"}
        start = time.perf_counter()
        command = [*OVERENS, "serve", "--port", str(port)]
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                return until_ready(port, start), resident_megabytes(server.pid)
            finally:
                server.terminate()


def main() -> None:
    """Print the table, and the figures as JSON in the last line."""
    floor, help_, (ready, memory) = (
        seconds([sys.executable, "-c", "pass"]),
        seconds([*OVERENS, "--help"]),
        min(served() for _ in range(RUNS)),
    )
    print(f"start-up, best of {RUNS}; aims: help 0.3 s, ready 1 s, 120 MB")
    print(f"python -c pass (floor)  {floor:6.2f} s")
    print(f"overens --help          {help_:6.2f} s")
    print(f"overens serve, ready    {ready:6.2f} s")
    print(f"resident memory, idle   {memory:6.0f} MB")
    figures = {"python": floor, "help": help_, "ready": ready, "megabytes": memory}
    print(
        json.dumps(
            {"bench": "startup", "runs": RUNS, "figures": {k: round(v, 3) for k, v in figures.items()}}
        )
    )


if __name__ == "__main__":
    main()
