"""Answers a second from a server, how long they took and the CPU time that each took, as a table."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.bench.client import ask
from tests.bench.server import Server, used

SECONDS = float(os.environ.get("OVERENS_TEST_BENCH_SECONDS", "4"))

Figures = dict[str, float]
WHO = ("server", "decider", "client")


class Sample(NamedTuple):
    """What a stretch of asking came to: seconds each answer took, seconds in all, CPU seconds by process."""

    times: list[float]
    took: float
    cpu: tuple[float, ...]


async def load(
    server: Server, clients: int, requests: Iterator[bytes], wanted: int = 200, seconds: float = SECONDS
) -> Figures:
    """Answers a second, how long they took in milliseconds, and CPU milliseconds an answer."""
    return figures([await sample(server, clients, requests, wanted, seconds)])


async def sample(
    server: Server, clients: int, requests: Iterator[bytes], wanted: int, seconds: float
) -> Sample:
    """Ask for so long."""
    before, start = used(server), time.perf_counter()
    times = await ask(server.port, clients, requests, wanted, seconds)
    took = time.perf_counter() - start
    return Sample(times, took, tuple(now - then for then, now in zip(before, used(server), strict=True)))


def figures(samples: list[Sample]) -> Figures:
    """What one or more stretches come to together."""
    times = sorted(time for sample in samples for time in sample.times)
    cpu = [sum(parts) / len(times) * 1000 for parts in zip(*(sample.cpu for sample in samples), strict=True)]
    return {
        "per_second": round(len(times) / sum(sample.took for sample in samples), 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
        **{f"{who}_cpu_ms": round(part, 3) for who, part in zip(WHO, cpu, strict=True)},
    }


def show(name: str, found: Figures) -> Figures:
    """One row of the table."""
    cpu = [found[f"{who}_cpu_ms"] for who in WHO]
    print(
        f"{name:<38} {found['per_second']:>8.0f} {found['p50_ms']:>8.2f} {found['p99_ms']:>8.2f}"
        f" {cpu[0]:>8.3f} {cpu[1]:>8.3f} {cpu[2]:>8.3f}"
    )
    return found


def heading(text: str) -> None:
    """The head of a table."""
    print(
        f"\n{text:<38} {'a second':>8} {'p50 ms':>8} {'p99 ms':>8} {'server':>8} {'decider':>8} {'client':>8}"
    )
