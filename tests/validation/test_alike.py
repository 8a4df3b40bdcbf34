"""A resource that is taken as right because it is like another is right by the whole judgement too."""

from __future__ import annotations

import json
import random
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from examples import EXAMPLES, PROFILES
from mutants import mutant

from adapter.profiles import own_examples, own_packages
from adapter.validation import Package, Validator
from adapter.validation.alike import SELDOM, WITH_RULES_OF_THEIR_OWN
from adapter.validation.fhirpath.looks import looks_at
from adapter.validation.fhirpath.parse import parse
from adapter.validation.skeleton import free_paths, skeleton

Json = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
MUTANTS = 1500
TEXTS = 3000
OTHER = (
    *("2026-02-30", "2031-01-01", "1999-12-31", "2026-03-01T10:00:00+01:00", "2026", "", " ", "x ", "Å\x07"),
    *("Patient/1", "Patient/a/b", "Nobody/1", "PractitionerRole/x y", "Organization/2", "urn:uuid:1", "#a"),
    *(
        "191212121212",
        "191212121213",
        5,
        -1.5,
        "010-000 00 00",
        "<div>",
        "https://example.org/a",
        "MjAyNg==",
        "?",
    ),
    '<div xmlns="http://www.w3.org/1999/xhtml"><p>010-000 00 00</p></div>',
    '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>',
)


@pytest.fixture(scope="module")
def validator() -> Validator:  # noqa: D103 see the name
    return Validator([*own_packages(), Package("mutants", tuple(PROFILES))])


@pytest.fixture(scope="module")
def made() -> list[Json]:
    """What the fixtures become, and our profiles' examples."""
    files = sorted(FIXTURES.glob("*/*agreement*.expected.json")) + sorted(FIXTURES.glob("*/c*.expected.json"))
    found = [r for f in files for r in json.loads(f.read_bytes())["resources"]]
    return [*found, *own_examples(), *EXAMPLES]


def free(resource: Json) -> list[tuple[Any, Any]]:
    """Where the free texts of a resource are: what holds each, and its key there."""
    found = []
    for path in free_paths(resource):
        holder: Any = resource
        for step in path[:-1]:
            holder = holder[step]
        found.append((holder, path[-1]))
    return found


def test_other_texts_are_never_right_when_the_whole_judgement_says_something(
    validator: Validator, made: list[Json]
) -> None:
    """Free texts exchanged with one another's and with odd ones: alike is right only when nothing is said."""
    alike = validator.alike()
    known = [r for r in made if alike.is_right(r)]
    rng = random.Random(11)  # noqa: S311 a test's own dice
    taken, wrong = 0, []
    for _ in range(TEXTS):
        resource = deepcopy(rng.choice(known))
        spots = free(resource)
        for holder, key in rng.sample(spots, min(len(spots), rng.choice((1, 1, 2)))):
            others = [h[k] for h, k in free(rng.choice(known))]
            holder[key] = rng.choice([*OTHER, *others, str(holder[key])[::-1]])
        if alike.is_right(resource):
            taken += 1
            if validator.validate(resource):
                wrong.append(resource)
    assert not wrong
    assert taken > TEXTS // 10


def test_mutants_are_never_right_when_the_whole_judgement_says_something(
    validator: Validator, made: list[Json]
) -> None:
    """Any change at any place, many of them one after another to the same memory."""
    alike = validator.alike()
    rng = random.Random(12)  # noqa: S311 a test's own dice
    different = []
    for _ in range(MUTANTS):
        name, resource = mutant(rng, rng.choice(made))
        if alike.is_right(resource) and validator.validate(resource):
            different.append(name)
    assert not different


def test_what_differs_only_in_its_texts_is_judged_without_a_walk(
    validator: Validator, made: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is what makes the check of what we make cheap."""
    alike = validator.alike()
    roles = [r for r in made if r["resourceType"] == "PractitionerRole" and alike.is_right(r)]
    monkeypatch.setattr(alike, "_learn", lambda *_: pytest.fail("learned again"))
    for resource in roles:
        again = deepcopy(resource)
        again["id"] = "7f1a3b52-8f0e-5c39-9f6d-0d5a5c7a9e11"
        again["text"]["div"] = again["text"]["div"].replace("<p", '<p title="x"', 1)
        assert alike.is_right(again)
    assert roles


def test_what_it_remembers_is_bounded(
    validator: Validator, made: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest is forgotten, of what is right and of what it was not sure of."""
    monkeypatch.setattr("adapter.validation.alike.REMEMBERED", 3)
    alike = validator.alike()
    role = next(r for r in made if r["resourceType"] == "PractitionerRole" and alike.is_right(r))
    for number in range(10):
        assert alike.is_right(role | {"meta": role["meta"] | {"source": f"urn:a:{number}"}})
        assert not alike.is_right(role | {"meta": {"source": f"urn:a:{number}", "x": 1}})
    assert len(alike._known) == len(alike._in_vain) == 3


def test_a_wrong_one_does_not_stand_in_the_way_of_the_right_ones_for_ever(
    validator: Validator, made: list[Json]
) -> None:
    """What was not sure once is asked about again, but seldom."""
    alike = validator.alike()
    right = next(r for r in made if r["resourceType"] == "PractitionerRole" and validator.validate(r) == ())
    assert not alike.is_right(right | {"id": "?"})
    assert True in [alike.is_right(right) for _ in range(SELDOM)]
    assert alike.is_right(right)


def test_without_invariants_none_is_asked(validator: Validator, made: list[Json]) -> None:
    """A period that ends before it begins is a matter of invariants."""
    plan = deepcopy(next(r for r in made if r["resourceType"] == "CarePlan" and "end" in r.get("period", {})))
    assert validator.alike().is_right(plan)
    plan["period"]["start"] = "2999-01-01"
    assert not validator.alike().is_right(plan)
    assert validator.alike(with_invariants=False).is_right(plan)


def test_the_free_texts_have_their_places_in_the_same_order(made: list[Json]) -> None:
    """The number of a text leads to its place."""
    for resource in made:
        assert [holder[key] for holder, key in free(resource)] == skeleton(resource)[1]


def test_a_skeleton_tells_apart_what_is_not_free() -> None:
    """Only free texts may differ: no other value, no kind of value, no order, no type in a reference."""
    alike = [{"text": "a", "code": "b"}, {"text": "c", "code": "b"}]
    assert skeleton(alike[0])[0] == skeleton(alike[1])[0]
    assert skeleton({"value": 1})[0] == skeleton({"value": 2})[0] != skeleton({"value": 2.0})[0]
    unlike: list[Json] = [
        *({"text": "a", "code": "b"}, {"text": "a", "code": "c"}, {"text": {"code": "b"}, "code": "b"}),
        *({"code": "b", "text": "a"}, {"text": ["a"], "code": "b"}, {"text": 1, "code": "b"}),
        *({"text": True, "code": "b"}, {"text": 1.0, "code": "b"}, {"text": None, "code": "b"}),
        *({"text": [], "code": "b"}, {"text": ["a", {}], "code": "b"}, {"text": [{}, "a"], "code": "b"}),
        *({"text": "", "title": {}}, {"text": {}, "title": ""}, {"text": {"title": ""}}),
        *({"reference": "Patient/1"}, {"reference": "Task/1"}, {"reference": "a:Patient/1"}),
        *({"reference": "Patient/1/_history/1"}, {"reference": "Patient"}, {"reference": "#Patient"}),
    ]
    shapes = [skeleton(resource)[0] for resource in unlike]
    assert [shapes.index(shape) for shape in shapes] == list(range(len(shapes)))


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("text.`div`.exists()", set()),
        ("value.empty() or system.exists()", set()),
        ("statusReason.text.exists() and status = 'x'", {"status"}),
        ("a.where(b = 'x' and c.exists()).d.count() = 1", {"b"}),
        ("a.b.all($this.startsWith('urn:') or $this.contains('Patient/'))", {"b/"}),
        ("a.b.all($this.startsWith('P'))", {"b"}),
        ("a.b.all($this = 'x')", {"b"}),
        ("a.b.where($this.contains('Patient/')).exists()", {"b/"}),
        ("%resource.text.div.contains('x')", {"div"}),
        ("%resource.text.div.toString().contains('x')", None),
        ("a.b", {"b"}),
        ("start <= end", None),
        ("a.b.intersect(%resource.c).exists()", None),
        ("a.resolve().exists()", None),
        ("descendants().exists()", None),
        ("a = 5 'mg'", None),
        ("(a | b).count() = 1", None),
        ("a.first() = 'x'", None),
        ("a[0] = 'x'", None),
    ],
)
def test_what_an_expression_looks_at_is_told_or_not_known(expression: str, names: set[str] | None) -> None:
    """Names whose values count, not those that only have to be there; None when in doubt."""
    assert looks_at(parse(expression)) == names


def test_what_is_told_beside_a_primitive_is_judged_too(validator: Validator, made: list[Json]) -> None:
    """An extension of a date, with and without the date: right at once, and wrong when its text is."""
    role = next(r for r in made if r["resourceType"] == "PractitionerRole" and validator.validate(r) == ())
    said = {"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "i mars"}
    for period in (
        {"start": "2026-03-01", "_start": {"extension": [said]}},
        {"_start": {"extension": [said]}},
    ):
        alike, right = validator.alike(), role | {"period": period}
        assert validator.validate(right) == ()
        assert alike.is_right(right)
        assert alike.is_right(right)
        for text in (" ", "", 5):
            wrong = deepcopy(right)
            wrong["period"]["_start"]["extension"][0]["valueString"] = text
            assert not alike.is_right(wrong)
        assert not alike.is_right(role | {"period": period | {"_start": {"id": "a"}, "start": None}})


def test_what_we_make_is_judged_without_a_walk(validator: Validator, made: list[Json]) -> None:
    """Each thing we make that nothing is said of is known again at once: else it costs ten times as much."""
    alike = validator.alike()
    slow = {
        r["resourceType"]
        for r in made
        if "contained" not in r and not alike.is_right(r) and not validator.validate(r)
    }
    assert slow <= WITH_RULES_OF_THEIR_OWN
