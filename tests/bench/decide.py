"""decide() a second on one core, beside its floor in the same run.

The floor is what any Python program must do with the same bytes: parse them with the C parser, walk the
tree into dicts, dump them as JSON. decide() is timed with the dump of every resource it makes. The two
take turns, so that a machine that slows down slows both; the best round of each counts, in processor time.

The message is the one that the source itself names as its example, and no two of a round are alike: before
the clock starts, ``VARIANTS`` of it are written with another patient (published test numbers), another id,
all dates moved and every line that somebody wrote for this patient changed. Units, staff and their numbers
are the same in all, as they are among the messages of a day; there are more variants than any cache of ours
holds, so nothing that belongs to one note or one patient can be found again. The garbage collector is set
as the server sets it for the processes that decide.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from adapter.pipeline import Source, decide
from adapter.rest.decider import GARBAGE
from adapter.sources import load_sources

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SOURCES = ("se.cosmic.journal-notes", "se.riv.care-documentation", "se.lifecare.message")
AIM_A_SECOND = 700
ROUNDS = 15
ROUND_SECONDS = 0.3
VARIANTS = 2_000  # no cache holds as many
PATIENTS = ("191212121212", "195009072553", "196101182803", "189002029800", "200302022389", "199002222397")
NAMES = ("John", "Goode")
OWN = ("Note:4711", "6f2f4c1e-7d0c")  # the examples' own ids, or how they begin
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_DATE = re.compile(r"(20[0-9]{2})(-?)([01][0-9])\2([0-3][0-9])(?![0-9]{7})")
_SAID_HERE = re.compile(  # what is written of this patient alone, up to where its text begins
    r"(?<!\w)(?=Daglig promenad|Mäta blodtrycket|Väga sig|Uppföljning av|Justering av|Återbesök |Provtagning|"
    r"Samordnad rehab|SIP planeras|Behöver furosemid|Viktuppgång|Hjärtsvikt NYHA|Pittingödem|Önskar ställ)"
)


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


def variant(text: str, number: int) -> bytes:
    """The message as it would be of another patient, on another day, with other words."""
    patient = PATIENTS[number % len(PATIENTS)]
    day = timedelta(days=number % 1000)
    word = f"{number:04}".translate(_LETTERS)
    for name in NAMES:
        text = text.replace(name, f"{name}{word}")
    for own in OWN:
        text = text.replace(own, f"{own[:-4]}{number:04}")
    text = _SAID_HERE.sub(f"{word}: ", text)
    text = _DATE.sub(lambda found: _moved(found, day), text.replace("195009072553", "<patient>"))
    return text.replace("<patient>", patient).encode()


def _moved(found: re.Match[str], days: timedelta) -> str:
    year, hyphen, month, day = found.groups()
    return (date(int(year), int(month), int(day)) + days).strftime(f"%Y{hyphen}%m{hyphen}%d")


def a_second(work: Callable[[bytes], object], messages: Iterator[bytes]) -> float:
    """How many messages a second, over one round."""
    count, start = 0, time.process_time()
    until = start + ROUND_SECONDS
    for raw in messages:
        work(raw)
        count += 1
        if (now := time.process_time()) >= until:
            break
    return count / (now - start)


def measure(source: Source) -> dict[str, Any]:
    """One source: best round of decide() and of the floor, taking turns."""
    file = FIXTURES / source.name / source.example
    text = file.read_text(encoding="utf-8")
    messages = [variant(text, number) for number in range(VARIANTS)]
    made = {whole(raw, source) for raw in messages}
    ours, theirs = cycle(messages), cycle(messages)  # each round goes on where the last one ended
    rounds = [
        (a_second(lambda raw: whole(raw, source), ours), a_second(floor, theirs)) for _ in range(ROUNDS)
    ]
    reached, floors = zip(*rounds, strict=True)
    best, best_floor, middle = max(reached), max(floors), sorted(reached)[ROUNDS // 2]
    return {
        "source": source.name,
        "fixture": file.name,
        "bytes": len(messages[0]),
        "resources": max(made),
        "variants": len(set(messages)),
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
    gc.set_threshold(GARBAGE, 20, 20)
    print(
        f"decide() and dump on one core, best of {ROUNDS} rounds of {ROUND_SECONDS} s, "
        f"{VARIANTS} different messages a source; aim {AIM_A_SECOND}/s"
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
