"""The first mutator: one change at any place of a valid resource, whatever stands there.

An element is dropped, doubled, retyped or renamed, a code, system, date or reference changed, an extension
added. ``rule_mutants.py`` is the second; ``tests/conformance/differential.py`` compares verdicts on both.
"""

# ruff: noqa: ARG001, D103 -- small changes of one shape, named by what they do

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]
Spot = tuple[Any, Any]  # a container and the key or index in it
BASE = "http://hl7.org/fhir/StructureDefinition/"


def spots(value: Any, *, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every place in a tree: container, key, dotted path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        where = f"{path}.{key}" if path else str(key)
        if key != "resourceType" or path:
            yield value, key, where
        if not where.endswith("text.div"):
            yield from spots(inner, path=where)


def drop(rng: random.Random, holder: Any, key: Any) -> None:
    del holder[key]


def double(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, deepcopy(holder[key]))
    else:
        holder[key] = [deepcopy(holder[key])] * 2


def retype(rng: random.Random, holder: Any, key: Any) -> None:
    others = [1, "x", True, {"x": "y"}, ["x"], {}, [], "", None, 1.5]
    holder[key] = rng.choice([o for o in others if type(o) is not type(holder[key])])


def rename(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice([f"{key}x", str(key).upper(), f"_{key}", str(key)[:-1] or "q"])] = holder.pop(key)


def word(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        value = holder[key]
        holder[key] = rng.choice(
            [
                value + "x",
                value.upper(),
                value[:-1],
                " " + value,
                value.replace("-", "/"),
                "x y",
                "å",
                value * 3,
            ]
        )


def number(rng: random.Random, holder: Any, key: Any) -> None:
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, (int, float)):
        holder[key] = rng.choice([-value, value + 0.5, 0, 10**10, str(value)])


def date(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str) and holder[key][:2] in ("19", "20"):
        good = ["2020", "2020-02", "2020-02-29", "2020-01-01T10:00:00Z", "1990-01-01"]
        holder[key] = rng.choice(
            [*good, "2020-02-30", "2020-13", "20-01-01", "2020-01-01T10:00:00", "2020-01-01T10:00Z"]
        )


def system(rng: random.Random, holder: Any, key: Any) -> None:
    if key == "system" and isinstance(holder[key], str):
        holder[key] = rng.choice(
            [
                "http://example.org/other",
                "urn:oid:1.2.752.129.2.1.3.1",
                "foo",
                "http://snomed.info/sct",
                "http://loinc.org",
                "phone",
                "http://unitsofmeasure.org",
            ]
        )


def code(rng: random.Random, holder: Any, key: Any) -> None:
    if key in ("code", "status", "intent", "use", "mode", "gender", "priority") and isinstance(
        holder[key], str
    ):
        holder[key] = rng.choice(
            ["active", "final", "zz", "completed", "draft", "order", "plan", "official", "male"]
        )


def reference(rng: random.Random, holder: Any, key: Any) -> None:
    if key == "reference" and isinstance(holder[key], str):
        holder[key] = rng.choice(
            [
                "#nowhere",
                "Patient/1",
                "Group/2",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                "x y",
                "http://x.org/fhir/Patient/1",
                "Patient",
                "Foo/1",
            ]
        )


def extend(rng: random.Random, holder: Any, key: Any) -> None:
    inner = holder[key]
    if isinstance(inner, dict) and isinstance(inner.setdefault("extension", []), list):
        inner["extension"].append(
            rng.choice(
                [
                    {"url": "http://example.org/unknown", "valueString": "x"},
                    {"url": BASE + "data-absent-reason", "valueCode": "unknown"},
                    {"url": BASE + "data-absent-reason", "valueString": "unknown"},
                    {"url": BASE + "data-absent-reason"},
                    {"url": BASE + "patient-importance", "valueCodeableConcept": {"text": "x"}},
                    {"url": BASE + "originalText", "valueString": "x"},
                    {"valueString": "x"},
                ]
            )
        )


def insert(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], dict):
        holder[key][rng.choice(["foo", "id", "text", "value", "code", "status", "extension", "display"])] = (
            rng.choice(["x", 1, {"text": "x"}, ["x"], {}])
        )


def swap(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list) and len(holder) > 1:
        rng.shuffle(holder)


CHANGES: tuple[Callable[[random.Random, Any, Any], None], ...] = (
    *(drop, drop, double, retype, rename, word, number, date, system, code, reference, extend, insert, swap),
)


def mutant(rng: random.Random, resource: Json) -> tuple[str, Json]:
    """One changed copy with the name of its change and place."""
    for _ in range(50):
        made = deepcopy(resource)
        change = rng.choice(CHANGES)
        holder, key, where = rng.choice(list(spots(made)))
        change(rng, holder, key)
        if made != resource:
            return f"{change.__name__} {made.get('resourceType')}.{where}", made
    return "none", deepcopy(resource)
