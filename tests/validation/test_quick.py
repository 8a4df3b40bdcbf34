"""The quick way past what is right never hides what the whole way would say."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from compare import definitions_of, ours
from examples import EXAMPLES, PROFILES
from mutants import mutant
from probes import Probe, probes

from adapter.profiles import COMPILED, own_packages
from adapter.validation import Package, Validator
from adapter.validation.core_tables import Core
from adapter.validation.packages import Package as Definitions
from adapter.validation.quick import Quick

MUTANTS = 1500
PROBES = list(probes())
OWN = Path(__file__).parents[2] / "profiles" / COMPILED


def pair(packages: list[Definitions]) -> tuple[Validator, Validator]:
    """A validator as it is, and one that takes the whole way with everything."""
    core = Core()
    quick, whole = Validator(packages, core=core), Validator(packages, core=core)
    whole.engine.quick = NeverRight(whole.engine)
    return quick, whole


class NeverRight(Quick):
    """A quick way that passes nothing."""

    def is_right(self, *_: object) -> bool:
        """No."""
        return False


@pytest.fixture(scope="module")
def of_probes() -> tuple[Validator, Validator]:  # noqa: D103 see the name
    return pair([Package("probes", tuple(definitions_of(PROBES)))])


@pytest.mark.parametrize("probe", PROBES, ids=lambda p: p.name)
def test_both_ways_say_the_same_of_a_probe(probe: Probe, of_probes: tuple[Validator, Validator]) -> None:
    """Every issue of a probe, warnings too, is said with the quick way as without it."""
    quick, whole = of_probes
    assert ours(probe, quick) == ours(probe, whole)


def test_both_ways_say_the_same_of_mutants() -> None:
    """Mutants of examples with slices, extensions, references and invariants: the same issues both ways."""
    quick, whole = pair([*own_packages(), Package("mutants", tuple(PROFILES))])
    own = [json.loads(f.read_bytes()) for f in sorted(OWN.glob("*-exempel-*.json"))]
    rng = random.Random(3)  # noqa: S311 a test's own dice
    different = []
    for _ in range(MUTANTS):
        name, resource = mutant(rng, rng.choice([*EXAMPLES, *own]))
        if quick.validate(resource) != whole.validate(resource):
            different.append(name)
    assert not different


def test_what_is_right_goes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own examples without remarks never need the whole way: that is what makes the validator fast."""
    quick, _ = pair(own_packages())
    own = [json.loads(f.read_bytes()) for f in sorted(OWN.glob("*-exempel-*.json"))]
    right = [r for r in own if r["resourceType"] != "Bundle" and not quick.validate(r)]
    slow: list[str] = []
    monkeypatch.setattr(
        "adapter.validation.engine.check_object", lambda _run, plan, *_: slow.append(plan.type)
    )
    for resource in right:
        quick.validate(resource)
    assert right
    assert not slow
