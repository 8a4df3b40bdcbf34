"""A value of another kind than the contract's is its sender's fault: told with its place, never as ours."""

from __future__ import annotations

import copy
import json
import random
import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapter.output_check import OutputCheck
from adapter.pipeline import arrival, decide
from adapter.profiles import own_validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapter.pipeline import Source

FIXTURES = Path(__file__).parents[2] / "fixtures"
LIFECARE = "se.lifecare.message"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OTHERS: tuple[Any, ...] = (
    *({}, {"Value": "x"}, {"value": {"value": "x"}}, [], ["x"], [{}], [["x", "y"]], [None], ["x", "y"]),
    *(17, -1.5, "", "  ", True, None, "x"),
)
XML_OTHERS = ("", " ", "<x>y</x>", "x<x/>", "17")
SEED = 20261122
CHECKED = 300  # of each source and format; all of them hold, but take minutes
Step = str | int


def places(value: Any, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Every value in a JSON text, the whole of it too."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*at, step))


def put(value: Any, at: tuple[Step, ...], other: Any) -> Any:
    """A copy with another value at a place."""
    if not at:
        return other
    made = copy.deepcopy(value)
    there = made
    for step in at[:-1]:
        there = there[step]
    there[at[-1]] = other
    return made


def mutants_of_json(text: str, chance: random.Random, count: int) -> Iterator[bytes]:
    """Values replaced by others."""
    value = json.loads(text)
    for at, other in some([*product(places(value), OTHERS)], chance, count):
        yield json.dumps(put(value, at, other), ensure_ascii=False).encode()


def mutants_of_xml(text: str, chance: random.Random, count: int) -> Iterator[bytes]:
    """Texts replaced by others."""
    texts = re.finditer(r">([^<>]*[^<>\s][^<>]*)</", text)
    for found, other in some([*product(texts, XML_OTHERS)], chance, count):
        yield f"{text[: found.start(1)]}{other}{text[found.end(1) :]}".encode()


def some(pairs: list[Any], chance: random.Random, count: int) -> list[Any]:
    """As many as are asked for, or all there are."""
    return chance.sample(pairs, min(count, len(pairs)))


def mutants(name: str, form: str) -> Iterator[bytes]:
    """The mutants that are tried, by chance, the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311  no secret hangs on it
    paths = sorted(path for path in (FIXTURES / name).glob(f"*.{form}") if ".expected." not in path.name)
    mutated = {"json": mutants_of_json, "xml": mutants_of_xml}[form]
    for path in paths:
        yield from mutated(path.read_text(encoding="utf-8"), chance, CHECKED // len(paths))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (LIFECARE, "json"),
        (LIFECARE, "xml"),
        ("se.cosmic.journal-notes", "json"),
        ("se.riv.care-documentation", "xml"),
    ],
)
def test_no_value_of_another_kind_comes_to_a_fault_of_ours(
    sources: Mapping[str, Source], name: str, form: str
) -> None:
    """
    Whatever stands in a place: no exception, and nothing made of it that our own check stops.
    """
    check = OutputCheck(own_validator)
    for raw in mutants(name, form):
        decision = decide(raw, sources[name], check=check)
        assert arrival(raw, sources[name], decision, NOW).answer.status in {201, 400, 422}, raw
        assert "fhir-not-valid" not in {finding.code for finding in decision.findings}, raw


LISTED = [
    ("consultation-complete.json", ("MessageType",)),
    ("consultation-complete.json", ("Urgency",)),
    ("consultation-complete.json", ("ContactWanted",)),
    ("consultation-complete.json", ("Vitals", 0, "Type")),
    ("booked-time.json", ("Booking", "Status")),
    ("booked-time.json", ("Booking", "ContactForm")),
]
COMPOSITES: list[tuple[str, Any]] = [
    ("an object", {"Value": "Akut"}),
    ("a list in a list", [["Akut"]]),
    ("a list of objects", [{"Value": "Akut"}]),
    ("two values", ["Telefon", "Video"]),
]


@pytest.mark.parametrize(("fixture", "at"), LISTED, ids=lambda part: "-".join(map(str, part)))
@pytest.mark.parametrize(("kind", "other"), COMPOSITES, ids=[kind for kind, _ in COMPOSITES])
def test_parts_where_one_value_of_a_list_is_meant_stop_as_another_value_does(
    sources: Mapping[str, Source], fixture: str, at: tuple[Step, ...], kind: str, other: Any
) -> None:
    """
    Told at its place as a value outside the list, and nothing of the message is taken in.
    """
    message = json.loads((FIXTURES / LIFECARE / fixture).read_text(encoding="utf-8"))
    raw = json.dumps(put(message, at, other), ensure_ascii=False).encode()
    decision = decide(raw, sources[LIFECARE])
    told = [finding for finding in decision.findings if finding.blocking and finding.code == "code-unknown"]
    (place,) = [finding.where for finding in told]
    assert str(at[-1]) in place, kind
    assert told[0].line
    assert not decision.kept
