"""What one message comes to is its own: nothing that is done with it reaches the next one."""

from __future__ import annotations

import gc
import random
import re
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapter.pipeline import Decision, decide
from adapter.sources import load_sources

ROOT = Path(__file__).resolve().parents[1]
SOURCES = load_sources()
MESSAGES = [
    ROOT / "fixtures" / source.name / source.example for source in SOURCES.values() if not source.is_internal
]


def decided(message: Path, *, trace: bool = False) -> Decision:
    """The decision of a fixture."""
    return decide(message.read_bytes(), SOURCES[message.parent.name], trace=trace)


def spoilt(part: Any) -> None:
    """Empty every dict and list, the innermost first."""
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        spoilt(item)
    if isinstance(part, dict | list):
        part.clear()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.parent.name)
def test_who_changes_a_message_s_resources_changes_no_other_s(message: Path) -> None:
    """
    Units and staff recur and are kept between messages; each message has copies of its own.
    """
    first = orjson.dumps(decided(message).resources)
    for _ in range(2):
        for resource in decided(message).resources:
            spoilt(resource)
    assert orjson.dumps(decided(message).resources) == first


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.parent.name)
def test_the_source_map_is_whole_whatever_was_decided_before(message: Path) -> None:
    """
    Nothing that was kept without its places comes into a message whose places are asked for.
    """
    decided(message)
    traced = decided(message, trace=True)
    places = {trace.element.partition(".")[0] for trace in traced.traces if trace.where}
    units_and_staff = {f"{r['resourceType']}/{r['id']}" for r in traced.resources if r.get("identifier")}
    assert orjson.dumps(traced.resources) == orjson.dumps(decided(message).resources)
    assert units_and_staff
    assert units_and_staff <= places


WORDS = (
    "Eva Svensson, sjuksköterska, 010-000 00 00",
    "Endast för personal 010-000 00 00",
    "Klass 4: hemlig",
    "Klass 3: Patientdata (normalnivå)",
    "Återbesök 2026-04-14 kl 10.00 hos dr Lind",
    "SE2321000016-P101",
    "20260312101400",
    "200001252386",
    "true",
)
FIXTURES = sorted(path for path in (ROOT / "fixtures").glob("se.*/*") if ".expected." not in path.name)
_TEXT = re.compile(r"(?<=[\">])[^<>\"{}\[\]\n\\]{4,}(?=[\"<])")


def mutated(message: Path, chance: random.Random) -> bytes:
    """A fixture with a few of its texts replaced, by words that recur or by one another."""
    text = message.read_text("utf-8")
    for _ in range(chance.randint(0, 3)):
        found = list(_TEXT.finditer(text))
        spot = chance.choice(found)
        text = text[: spot.start()] + chance.choice([*WORDS, chance.choice(found)[0]]) + text[spot.end() :]
    return text.encode()


def forget() -> None:
    """Empty everything that our functions remember."""
    for known in gc.get_objects():
        if isinstance(known, _lru_cache_wrapper) and known.__module__.startswith("adapter."):
            known.cache_clear()


def outcome(raw: bytes, name: str, *, trace: bool) -> tuple[object, ...]:
    """All that is seen of a decision."""
    decision = decide(raw, SOURCES[name], trace=trace)
    return orjson.dumps(decision.resources), decision.findings, decision.traces, decision.state


def test_a_message_comes_to_the_same_whatever_came_before_it() -> None:
    """
    What is remembered between messages has everything in its key that it hangs on: patient, source,
    protection, secrecy and trace; in any order each message comes to what it does when nothing is remembered.
    """
    chance = random.Random(20260312)  # noqa: S311 - a seed, not a secret
    messages = [
        (mutated(path, chance), path.parent.name, chance.random() < 1 / 4)
        for path in chance.choices(FIXTURES, k=60)
    ]
    alone = []
    for raw, name, trace in messages:
        forget()
        alone.append(outcome(raw, name, trace=trace))
    order = list(range(len(messages))) * 2
    chance.shuffle(order)
    for index in order:
        raw, name, trace = messages[index]
        assert outcome(raw, name, trace=trace) == alone[index], name
