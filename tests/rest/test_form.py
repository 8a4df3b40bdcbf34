"""The form of an answer: https://hl7.org/fhir/R4/http.html#mime-type and search.html#summary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.summaries import REQUIRED, SUMMARIES
from adapter.rest.types import SERVED_TYPES
from adapter.validation.core_tables import Core
from adapter.validation.model import Model
from adapter.validation.xml_reader import read_xml

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
MODEL = Model(Core())
NOTE = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json"
PLAN: Json = {
    "resourceType": "CarePlan",
    "id": "plan-1",
    "status": "active",
    "intent": "plan",
    "title": "Överenskommelse",
    "subject": {"reference": "Patient/p1"},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Text</div>'},
    "note": [{"text": "hemligt"}],
    "_description": {"extension": [{"url": "https://x", "valueString": "y"}]},
}


@pytest.fixture(autouse=True)
async def one_plan(keep) -> None:
    """A plan to look at."""
    await keep(PLAN)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/fhir+json", "json"),
        ("application/json;charset=utf-8", "json"),
        ("application/fhir+xml", "xml"),
        ("text/xml", "xml"),
        ("application/fhir+xml;q=0.3, application/fhir+json;q=0.8", "json"),
        ("application/fhir+json;q=0.3, application/xml", "xml"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml"),
        ("application/fhir+json; fhirVersion=4.0", "json"),
        ("application/fhir+json; fhirVersion=5.0, application/fhir+xml;fhirVersion=4.0", "xml"),
        ("application/fhir+json; fhirVersion=3.0", "neither"),
        ("text/html", "neither"),
        ("application/fhir+json;q=0", "neither"),
        ("application/fhir+json;q=x", "neither"),
        ("application/pdf, ;;;, =", "neither"),
    ],
)
async def test_accept_is_weighed(client: httpx.AsyncClient, accept: str, form: str) -> None:
    """
    RFC 9110 12.5.1: the highest q, the first of those; 406 when nothing fits.
    """
    answer = await client.get("/fhir/CarePlan/plan-1", headers={"Accept": accept})
    assert answer.status_code == (406 if form == "neither" else 200)
    assert ("xml" in answer.headers["content-type"]) == (form == "xml")


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("json", "json"),
        ("xml", "xml"),
        ("application/fhir+xml", "xml"),
        ("application/fhir%2Bxml", "xml"),
        ("text/xml", "xml"),
        ("html", "neither"),
    ],
)
async def test_format_comes_before_accept(client: httpx.AsyncClient, said: str, form: str) -> None:
    """
    For those who cannot set headers.
    """
    headers = {"Accept": "application/fhir+json"}
    answer = await client.get(f"/fhir/CarePlan/plan-1?_format={said}", headers=headers)
    assert answer.status_code == (406 if form == "neither" else 200)
    assert ("xml" in answer.headers["content-type"]) == (form == "xml")


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/metadata",
        "/fhir/CarePlan?_include=*&_revinclude=*",
        "/fhir/CarePlan?_summary=count",
        "/fhir/AuditEvent?type=http://dicom.nema.org/resources/ontology/DCM|110107",
    ],
)
async def test_the_same_is_told_in_both_forms(client: httpx.AsyncClient, path: str) -> None:
    """
    Read back, the XML is the JSON; and the order of elements is that of the standard.
    """
    assert (await client.post("/messages/se.cosmic.journal-notes", content=NOTE.read_bytes())).is_success
    plain = (await client.get(path)).json()
    xml = await client.get(path, headers={"Accept": "application/fhir+xml"})
    found = read_xml(xml.content, MODEL)
    assert not found.faults
    assert json.loads(json.dumps(found.resource, default=float)) == plain


async def test_pretty_is_for_people(client: httpx.AsyncClient) -> None:
    """
    Lines and indents, the same content.
    """
    for form in ("json", "xml"):
        plain = await client.get(f"/fhir/CarePlan/plan-1?_format={form}")
        pretty = await client.get(f"/fhir/CarePlan/plan-1?_format={form}&_pretty=true")
        assert plain.text.count("\n") == 0
        assert pretty.text.count("\n") > 10
        assert "".join(pretty.text.split()) == "".join(plain.text.split())


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("_summary=true", {"status", "intent", "title", "subject", "_description"}),
        ("_summary=text", {"status", "intent", "subject", "text"}),
        ("_summary=data", {"status", "intent", "title", "subject", "note", "_description"}),
        ("_elements=title", {"status", "intent", "subject", "title"}),
        ("_elements=CarePlan.note,description", {"status", "intent", "subject", "note", "_description"}),
    ],
)
async def test_a_part_of_a_resource_is_marked_as_such(
    client: httpx.AsyncClient, asked: str, names: set[str]
) -> None:
    """
    What must be there stays; the tag SUBSETTED says that something is gone.
    """
    read = (await client.get(f"/fhir/CarePlan/plan-1?{asked}")).json()
    found = (await client.get(f"/fhir/CarePlan?{asked}")).json()["entry"][0]["resource"]
    assert read == found
    assert set(read) - {"resourceType", "id", "meta"} == names
    assert read["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert read["meta"]["versionId"] == "1"


@pytest.mark.parametrize("asked", ["_summary=false", "_summary=count", "_elements=Task.code"])
async def test_a_whole_resource_is_not_marked(client: httpx.AsyncClient, asked: str) -> None:
    """
    Nothing is gone.
    """
    assert "tag" not in (await client.get(f"/fhir/CarePlan/plan-1?{asked}")).json()["meta"]


@pytest.mark.parametrize(
    "asked", ["_summary=odd", "_elements=A", "_elements=a,,b", "_elements=title&_summary=true"]
)
async def test_a_part_that_is_none_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    """
    400 for both ways to it.
    """
    assert (await client.get(f"/fhir/CarePlan/plan-1?{asked}")).status_code == 400
    assert (await client.get(f"/fhir/CarePlan?{asked}")).status_code == 400


async def test_what_xml_cannot_hold_can_be_had_as_json(client: httpx.AsyncClient, keep) -> None:
    """
    406 says so; nothing is dropped in silence.
    """
    await keep({**PLAN, "id": "plan-2", "title": "a\u0001b"})
    answer = await client.get("/fhir/CarePlan/plan-2?_format=xml")
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/fhir+xml")
    assert (await client.get("/fhir/CarePlan/plan-2")).status_code == 200


def test_every_type_that_is_served_has_its_summary() -> None:
    """
    And names elements that R4 has; those it must have are R4's.
    """
    assert set(SUMMARIES) == set(SERVED_TYPES)
    for type_, names in SUMMARIES.items():
        info = MODEL.type(type_)
        assert info is not None
        assert {name.removesuffix("[x]") for name in names | REQUIRED[type_]} <= set(info.names)
        structure = Core().structure(f"http://hl7.org/fhir/StructureDefinition/{type_}")
        assert structure is not None
        must = {
            each["path"].partition(".")[2]
            for each in structure["snapshot"]["element"]
            if each["path"].count(".") == 1 and each["min"]
        }
        assert REQUIRED[type_] == must
