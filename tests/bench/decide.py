"""decide() a second on one core, beside its floor in the same run.

The floor is what any Python program must do with the same bytes: parse them with the C parser, walk the
tree into dicts, dump them as JSON. decide() is timed with the dump of every resource it makes. The two
take turns, so that a machine that slows down slows both; the best round of each counts. The message is
the one that the source itself names as its example.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from adapter.pipeline import Source, decide
from adapter.sources import load_sources

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SOURCES = ("se.cosmic.journal-notes", "se.riv.care-documentation", "se.lifecare.message")
AIM_A_SECOND = 700
ROUNDS = 15
ROUND_SECONDS = 0.3


def walked(value: Any) -> Any:
    """JSON, walked once into dicts and lists of our own."""
    if isinstance(value, dict):
        return {name: walked(item) for name, item in value.items()}
    return [walked(item) for item in value] if isinstance(value, list) else value


def walked_xml(element: ET.Element) -> dict[str, Any]:
    """An XML element, walked once into a dict."""
    children = [walked_xml(child) for child in element]
    return {"name": element.tag, **element.attrib, "text": element.text, "children": children}


def floor(raw: bytes) -> bytes:
    """Parse, walk into dicts, dump: the least that can be done with the message."""
    if raw.lstrip()[:1] == b"<":
        return orjson.dumps(walked_xml(ET.fromstring(raw)))  # noqa: S314 - our own fixture
    return orjson.dumps(walked(orjson.loads(raw)))


def whole(raw: bytes, source: Source) -> int:
    """All of decide(), and the dump of what it made; the number of resources."""
    made = decide(raw, source, received_at="2026-11-02T09:15:00+00:00").resources
    for resource in made:
        orjson.dumps(resource)
    return len(made)


def a_second(work: Callable[[], object]) -> float:
    """How many times a second, over one round."""
    count, start = 0, time.perf_counter()
    until = start + ROUND_SECONDS
    while (now := time.perf_counter()) < until:
        work()
        count += 1
    return count / (now - start)


def measure(source: Source) -> dict[str, Any]:
    """One source: best round of decide() and of the floor, taking turns."""
    file = FIXTURES / source.name / source.example
    raw = file.read_bytes()
    resources = whole(raw, source)
    rounds = [(a_second(lambda: whole(raw, source)), a_second(lambda: floor(raw))) for _ in range(ROUNDS)]
    best, best_floor = max(ours for ours, _ in rounds), max(theirs for _, theirs in rounds)
    middle = sorted(ours for ours, _ in rounds)[ROUNDS // 2]
    return {
        "source": source.name,
        "fixture": file.name,
        "bytes": len(raw),
        "resources": resources,
        "a_second": round(best),
        "median": round(middle),
        "floor": round(best_floor),
        "ratio": round(best_floor / best, 1),
    }


def main() -> None:
    """Print the table, and the figures as JSON in the last line."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sources = load_sources()
    gc.freeze()
    print(
        f"decide() and dump on one core, best of {ROUNDS} rounds of {ROUND_SECONDS} s; aim {AIM_A_SECOND}/s"
    )
    print(f"{'source':27} {'bytes':>6} {'made':>5} {'decide/s':>9} {'median':>7} {'floor/s':>8} {'ratio':>6}")
    figures = [measure(sources[name]) for name in SOURCES]
    for row in figures:
        print(
            f"{row['source']:27} {row['bytes']:6} {row['resources']:5} {row['a_second']:9} {row['median']:7} "
            f"{row['floor']:8} {row['ratio']:6}   {row['fixture']}"
        )
    print(
        json.dumps({"bench": "decide", "rounds": ROUNDS, "round_seconds": ROUND_SECONDS, "figures": figures})
    )


if __name__ == "__main__":
    sys.exit(main())
