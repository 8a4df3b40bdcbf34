"""FHIR's XML form: what is written is read back as the same tree. https://hl7.org/fhir/R4/xml.html."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapter.profiles import own_examples
from adapter.validation import Validator
from adapter.validation.core_tables import Core
from adapter.validation.json_reader import read_json
from adapter.validation.model import Model
from adapter.validation.xml_reader import read_xml
from adapter.validation.xml_tree import parse, serialize
from adapter.validation.xml_writer import NotWritable, write_xml
from tests.validation.recorded import files, recorded

Json = dict[str, Any]
MODEL = Model(Core())
FIXTURES = sorted(Path(__file__).parents[2].glob("fixtures/*/*.expected.json"))
NOT_XML = re.compile(r"\\u00[01]|[\ud800-\udfff]")  # control characters, half a pair
MANY = {"data-types-and-documents", "forms", "narrative", "primitives"}  # files with plain valid probes
XHTML = "http://www.w3.org/1999/xhtml"


def resources(tree: Any) -> list[Json]:
    """Every resource in a tree that is in no other."""
    if isinstance(tree, dict) and "resourceType" in tree:
        return [tree]
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [found for each in inner for found in resources(each)]


def back(resource: Json, *, is_pretty: bool = False) -> Json:
    """Written and read again, without a fault of form."""
    found = read_xml(write_xml(resource, MODEL, is_pretty=is_pretty), MODEL)
    assert not {rule for rule, _, _ in found.faults} - {"object-empty"}
    return found.resource


def told_alike(tree: Any) -> Any:
    """Without gaps at the end of a list (JSON may leave them out); ``<hr></hr>`` is ``<hr/>``."""
    if isinstance(tree, list):
        parts = [told_alike(part) for part in tree]
        while parts and parts[-1] is None:
            parts.pop()
        return parts
    if not isinstance(tree, dict):
        return tree
    kept = {k: serialize(parse(v.encode())) if k == "div" else told_alike(v) for k, v in tree.items()}
    return {k: v for k, v in kept.items() if v != []}


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_everything_that_is_made_can_be_told_in_xml(file: Path) -> None:
    """
    Every resource of every fixture, by itself and indented.
    """
    for resource in resources(read_json(file.read_bytes())[0]):
        assert back(resource) == resource
        assert back(resource, is_pretty=True) == resource


def test_the_examples_of_the_profiles_can_be_told_in_xml() -> None:
    """
    Those too that no fixture makes.
    """
    for example in own_examples():
        assert back(example) == example


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_what_is_valid_among_the_recorded_probes_can_be_told_in_xml(file: Path) -> None:
    """
    Whatever our validator finds no fault in has an XML form with the same tree.
    """
    validator = Validator()
    tried = 0
    for probe in recorded(file):
        if probe.profile or probe.error or not probe.text.startswith("{"):
            continue
        if any(issue.is_error for issue in validator.validate(probe.text.encode())):
            continue
        tree = read_json(probe.text.encode())[0]
        if NOT_XML.search(json.dumps(tree, default=str, ensure_ascii=False)):
            with pytest.raises(NotWritable):
                back(tree)
            continue
        assert told_alike(back(tree)) == told_alike(tree), probe.name
        tried += 1
    assert tried or file.stem not in MANY


def test_a_primitive_keeps_its_extensions_its_digits_and_its_gaps() -> None:
    """
    Siblings with ``_``, null where a value or an extension is missing, decimals as they were written.
    """
    told = [{"url": "http://example.org/x", "valueString": "é\t<&\">'"}]
    patient: Json = {
        "resourceType": "Patient",
        "id": "p",
        "_birthDate": {"extension": told},
        "name": [{"id": "n1", "given": ["A", None], "_given": [None, {"id": "g", "extension": told}]}],
        "extension": [{"url": "http://example.org/d", "valueDecimal": Decimal("1.10")}],
        "contained": [{"resourceType": "Organization", "id": "o", "active": False}],
        "text": {
            "status": "generated",
            "div": f'<div xmlns="{XHTML}"><p title="a">b &amp; <b>c</b></p></div>',
        },
    }
    assert back(patient) == patient
    xml = write_xml(patient, MODEL).decode()
    assert xml.index("<text>") < xml.index("<contained>") < xml.index("<extension") < xml.index("<name")
    assert '<valueDecimal value="1.10"/>' in xml
    assert '<name id="n1">' in xml


def test_the_order_is_that_of_the_tables_whatever_that_of_the_tree() -> None:
    """
    JSON has no order, XML has.
    """
    tree = {
        "status": "draft",
        "intent": "plan",
        "id": "1",
        "resourceType": "CarePlan",
        "subject": {"display": "x"},
    }
    assert back(tree) == tree


@pytest.mark.parametrize(
    "tree",
    [
        {"resourceType": "Nonsense"},
        {"resourceType": "Patient", "colour": "blue"},
        {"resourceType": "Patient", "gender": "\x01"},
        {"resourceType": "Patient", "name": "text"},
        {"resourceType": "Patient", "contained": [{}]},
        {"resourceType": "Patient", "text": {"div": "<div><br></div>"}},
        {"resourceType": "Patient", "text": {"div": f'<p xmlns="{XHTML}"/>'}},
        {
            "resourceType": "Patient",
            "text": {"div": '<!DOCTYPE div><div xmlns="http://www.w3.org/1999/xhtml"/>'},
        },
    ],
)
def test_what_has_no_place_in_xml_is_never_dropped(tree: Json) -> None:
    """
    Who asks is told rather than given less.
    """
    with pytest.raises(NotWritable):
        write_xml(tree, MODEL)


def test_a_bundle_holds_its_resources() -> None:
    """
    entry.resource has one child, named by its type.
    """
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient"}}],
    }
    assert back(bundle) == json.loads(json.dumps(bundle))
