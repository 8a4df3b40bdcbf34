"""Every resource is FHIR R4: parsed by another implementation, references resolve, narratives are XHTML."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.domain.agreement import Responsibility
from adapter.fhir import collection, consultation_resources, note_resources, operation_outcome
from adapter.findings import Finding

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared"))


def parsed(resource):
    """The resource as the library fhir.resources reads it."""
    kind = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return model.model_validate(resource)


def references(value):
    """Every literal reference in a resource."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def no_empties(value):
    """Whether nothing in a resource is empty or null."""
    if isinstance(value, dict):
        return bool(value) and all(no_empties(part) for part in value.values())
    if isinstance(value, list):
        return bool(value) and all(no_empties(part) for part in value)
    return value is not None and value != ""


@pytest.fixture
def everything(note, agreement, consultation, deadline, made_by):
    """All that a note and a consultation make."""
    return (
        *note_resources(note, agreement, made_by).resources,
        *consultation_resources(consultation, deadline, made_by).resources,
    )


def test_every_resource_parses_as_r4(everything):
    """
    fhir.resources (R4B) takes every resource, and the Bundle that holds them.
    """
    for resource in everything:
        parsed(resource)
    parsed(collection(everything))


def test_every_reference_resolves_within_the_bundle(everything):
    """
    A Bundle can be read alone: nothing in it points outside.
    """
    bundle = collection(everything)
    names = {f"{r['resourceType']}/{r['id']}" for r in everything}
    assert {
        entry["fullUrl"].removeprefix("https://overens.example/fhir/") for entry in bundle["entry"]
    } == names
    assert {target for resource in everything for target in references(resource)} <= names


def test_nothing_empty_is_written(everything):
    """
    FHIR knows no empty strings, lists or objects.
    """
    assert all(no_empties(resource) for resource in everything)


def test_every_narrative_is_well_formed_and_says_something(everything):
    """
    Each resource has a narrative in Swedish; ids are unique within it (txt-1, txt-2).
    """
    for resource in everything:
        tree = ET.fromstring(resource["text"]["div"])  # noqa: S314 - our own output
        ids = [part.get("id") for part in tree.iter() if part.get("id")]
        assert len(ids) == len(set(ids))
        assert "".join(tree.itertext()).strip()


def test_resources_are_plain_json(everything):
    """
    Both JSON writers give the same; nothing of our own types is left in a resource.
    """
    assert json.loads(orjson.dumps(everything)) == json.loads(json.dumps(everything))


def test_each_resource_claims_one_profile(everything):
    """
    Whoever reads it knows by which rules it was made.
    """
    assert all(len(resource["meta"]["profile"]) == 1 for resource in everything)


def naughty_strings():
    """Strings that break things, from the shared corpora."""
    path = SHARED / "corpora" / "strings" / "blns.json"
    return (
        [each for each in json.loads(path.read_text(encoding="utf-8")) if each.strip()]
        if path.exists()
        else []
    )


@pytest.mark.skipif(not naughty_strings(), reason="the shared corpora are not on this machine")
def test_naughty_strings_stay_text(note, agreement, made_by):
    """
    Markup, right-to-left marks and control characters come out as text, well-formed.
    """
    lines = tuple(Responsibility(text=each) for each in naughty_strings())
    built = note_resources(note, replace(agreement, patient_part=lines), made_by)
    for resource in built.resources:
        parsed(resource)
        ET.fromstring(resource["text"]["div"])  # noqa: S314 - our own output
    said = [r["description"] for r in built.resources if r["resourceType"] == "Task"]
    assert len(said) == len(lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(text=st.text(alphabet=st.characters(), min_size=1).filter(str.strip))
def test_any_text_gives_json_and_xhtml(text, note, agreement, made_by):
    """
    Whatever stands in a line, also lone surrogates: it can be written, and the narrative parses.
    """
    line = Responsibility(text=text, origins={"": "here"})
    built = note_resources(note, replace(agreement, care_part=(line,), text=(text,)), made_by)
    orjson.dumps(built.resources)
    for resource in built.resources:
        ET.fromstring(resource["text"]["div"])  # noqa: S314 - our own output


def test_a_character_that_fhir_cannot_hold_is_replaced_and_told(note, agreement, made_by):
    """
    NUL is no character of FHIR: it is shown as U+FFFD, with a finding at its place; all else stays.
    """
    line = Responsibility(text="  Ta\x00 2 tabletter\t\n", origins={"": "records.care"})
    built = note_resources(note, replace(agreement, care_part=(line,)), made_by)
    (request,) = [r for r in built.resources if r["resourceType"] == "ServiceRequest" and "performer" in r][
        :1
    ]
    assert request["code"]["text"] == "  Ta\ufffd 2 tabletter\t\n"
    assert [(f.code, f.where) for f in built.findings] == [("illegal-character", "records.care")]


def test_an_operation_outcome_parses_as_r4():
    """
    The answer to a sender is FHIR too.
    """
    parsed(operation_outcome([Finding("unread", "a.b", "x.yaml:1", "Läs.", "värde", line=3, column=4)]))
    parsed(operation_outcome([]))
