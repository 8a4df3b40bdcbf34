"""What one message comes to is its own: nothing that is done with it reaches the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from adapter.pipeline import Decision, decide
from adapter.sources import load_sources

ROOT = Path(__file__).resolve().parents[1]
SOURCES = load_sources()
MESSAGES = [ROOT / "fixtures" / source.name / source.example for source in SOURCES.values()]


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
