"""What is taken as sure of an invariant is what FHIRPath answers."""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from mutants import mutant

from adapter.profiles import own_examples, own_packages
from adapter.validation import Validator
from adapter.validation.engine import Engine
from adapter.validation.plans import Constraint, Content
from adapter.validation.run import Run, Scope
from adapter.validation.sure import KNOWN, hash_of

Json = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
TRIES = 400
FEWEST = 8
TYPES = {
    "agr-id-1": "Identifier",
    "agr-plan-1": "CarePlan",
    "agr-plan-1b": "CarePlan",
    "agr-tel-1": "CareTeam",
    "ctm-1": "CareTeam.participant",
    "inv-1": "Task",
    "obs-7": "Observation",
    "org-1": "Organization",
    "per-1": "Period",
}
HOLDERS = {"Identifier": "identifier", "CareTeam.participant": "participant", "Period": "period"}
PULSE = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
MOMENTS = (
    "2026-01-01T10:00:00+01:00",
    "2026-01-01T09:59:59+02:00",
    "2026-01-01 10:00:00+01:00",
    "20260101T10:00:00.0+01:00",
    "2026-01-01T10:00:61+01:00",
    "2025-12-31T10:00:00+01:00",
    "2026-01-01T09:00:00.000Z",
)
ODD: dict[str, list[Json]] = {
    "per-1": [
        {"start": "2026-01-02", "end": "2026-01-01"},
        {"start": "2026-01-01", "end": "2026-01-01"},
        {"start": "2026", "end": "2026-02-30"},
        {"start": "2026-01-01"},
        {"_start": {"id": "a"}},
        {"start": None, "end": "2026-01-01"},
        {"start": ["2026-01-01"], "end": 5},
        *({"start": start, "end": end} for start in MOMENTS for end in MOMENTS),
    ],
    "agr-id-1": [
        {"system": f"http://electronichealth.se/identifier/{system}", "value": value}
        for system in ("personnummer", "samordningsnummer", "annat")
        for value in ("191212121212", "191212121213", "196109732393", "19121212-1212", "", 5, "191202301212")
    ],
    "inv-1": [
        {"lastModified": "2026-01-01", "authoredOn": "2026-01-02"},
        {"_lastModified": {"id": "a"}, "authoredOn": "2026-01-02"},
    ],
    "agr-tel-1": [{"telecom": "x"}, {"telecom": [{"value": "1", "extension": {}}]}, {"telecom": [None]}],
    "agr-plan-1": [
        {"meta": {"source": source}}
        for source in ("https://overens.example/fhir/source/a", "https://overens.example/", 5, None, ["x"])
    ],
    "obs-7": [
        {"resourceType": "Observation", "code": PULSE, "valueString": "x", "component": [{"code": PULSE}]},
        {"resourceType": "Observation", "code": PULSE, "valueString": "x"},
        {"resourceType": "Observation", "code": PULSE, "_valueString": {"id": "a"}, "component": "x"},
    ],
    "agr-plan-1b": [{"period": {"start": "2026-01-01", "end": "2027-01-02"}}, {"period": "x"}],
}


@pytest.fixture(scope="module")
def engine() -> Engine:  # noqa: D103 see the name
    return Validator(own_packages()).engine


@pytest.fixture(scope="module")
def constraints(engine: Engine) -> dict[str, Constraint]:
    """The invariants of which something is sure, as our definitions and core's have them."""
    found: dict[str, Constraint] = {}
    urls = [d["url"] for package in own_packages() for d in package.definitions if "snapshot" in d]
    contents = [c for url in urls if (c := engine.content(url)) is not None]
    for content in [*contents, *(c for name in TYPES.values() if (c := _core(engine, name)) is not None)]:
        own = (constraint for element in content.elements for constraint in element.constraints)
        found |= {c.key: c for c in (*content.constraints, *own) if c.sure is not None}
    return found


def _core(engine: Engine, name: str) -> Content | None:
    return engine.compiler.of_path(name) if "." in name else engine.compiler.of_type(name)


def test_each_is_known_by_the_text_that_the_definitions_have(constraints: dict[str, Constraint]) -> None:
    """A changed invariant is judged by FHIRPath until what is sure of it has been read again."""
    assert {key: hash_of(c.expression) for key, c in constraints.items()} == {
        key: mark for key, (mark, _) in KNOWN.items()
    }


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_what_is_sure_is_what_fhirpath_says(
    key: str, engine: Engine, constraints: dict[str, Constraint]
) -> None:
    """Of what we make, mutants of it and odd values; much is sure, or it would be of no use."""
    constraint, type_ = constraints[key], TYPES[key]
    asked = Constraint(constraint.rule, constraint.source)
    asked.sure = None
    rng = random.Random(5)  # noqa: S311 a test's own dice
    made = _made()[HOLDERS.get(type_, type_)]
    values = [*made, *ODD.get(key, ())]
    starts = [{"resourceType": type_, **rng.choice(made)} for _ in range(TRIES)]
    values += [mutant(rng, deepcopy(start))[1] for start in starts]
    sure = 0
    for value in values:
        if constraint.sure is not None and constraint.sure(value):
            sure += 1
            run = Run(engine, type_, with_invariants=True)
            assert run.holds([asked], value, type_, Scope(value, type_, None, None)), value
    assert sure >= FEWEST


def _made() -> dict[str, list[Json]]:
    """Objects of our fixtures and examples: resources by their type, parts by their names."""
    files = sorted(FIXTURES.glob("*/*agreement*.expected.json"))
    waiting: list[Any] = [own_examples(), *(json.loads(f.read_bytes())["resources"] for f in files)]
    found: dict[str, list[Json]] = defaultdict(list)
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            found[at.get("resourceType", "")].append(at)
            for name, part in at.items():
                found[name] += [
                    p for p in (part if isinstance(part, list) else [part]) if isinstance(p, dict)
                ]
        waiting += at.values() if isinstance(at, dict) else at if isinstance(at, list) else []
    return found
