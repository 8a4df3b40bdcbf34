"""Every search parameter that the CapabilityStatement tells of finds what R4 says, and nothing beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapter.rest.metadata import what_it_does
from tests.rest.meanings import MEANINGS
from tests.rest.meanings.forms import SYSTEM, Case, Meanings, canonical, coding, uri

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
TYPES = sorted(MEANINGS)
OF_ALL: Meanings = {  # https://hl7.org/fhir/R4/search.html#all
    "_profile": canonical("meta.profile[]")[:1],
    "_security": coding("meta.security[]"),
    "_source": uri("meta.source"),
    "_tag": coding("meta.tag[]"),
}
BY_ITSELF = frozenset({"_id", "_lastUpdated"})
IDENTIFIED = ("patient.identifier", "subject.identifier")


def told() -> dict[str, dict[str, str]]:
    """The parameters of each type by what the CapabilityStatement says, with their types."""
    (rest,) = what_it_does()
    return {
        each["type"]: {said["name"]: said["type"] for said in each["searchParam"]}
        for each in rest["resource"]
    }


def cases(type_: str) -> list[tuple[str, Case]]:
    """Each with the name of its parameter."""
    known = {**MEANINGS[type_], **OF_ALL}
    return [(name, case) for name, several in known.items() for case in several]


@pytest.mark.parametrize("type_", sorted(told()))
def test_every_parameter_that_is_told_of_has_its_meaning_written_down(type_: str) -> None:
    """
    A new one without a line in ``meanings`` is refused here, and so is a line of none.
    """
    plain = {name for name in told()[type_] if name not in {*BY_ITSELF, *IDENTIFIED}}
    assert plain == {*MEANINGS[type_], *OF_ALL}
    assert all(MEANINGS[type_].values())


@pytest.mark.parametrize("type_", TYPES)
async def test_a_parameter_finds_what_it_means_and_nothing_else(
    client: httpx.AsyncClient, keep: Any, type_: str
) -> None:
    """
    Of two resources that differ in the one element, the one; and never one without the element.
    """
    asked = cases(type_)
    await keep(
        {"resourceType": type_, "id": "none"},
        *({"resourceType": type_, "id": f"found{n}", **case.found} for n, (_, case) in enumerate(asked)),
        *({"resourceType": type_, "id": f"other{n}", **case.other} for n, (_, case) in enumerate(asked)),
    )
    wrong = []
    for n, (name, case) in enumerate(asked):
        params = {name: case.asked, "_id": f"found{n},other{n},none"}
        answer = await client.get(f"/fhir/{type_}", params=params)
        found = [entry["resource"]["id"] for entry in answer.json().get("entry", ()) if "search" in entry]
        if (answer.status_code, found) != (200, [f"found{n}"]):
            wrong.append((name, case, answer.status_code, found))
    assert wrong == []


@pytest.mark.parametrize("type_", TYPES)
async def test_each_type_is_searched_by_id_and_by_when_it_was_changed(
    client: httpx.AsyncClient, keep: Any, type_: str
) -> None:
    """
    ``_id`` and ``_lastUpdated`` are every resource's.
    """
    await keep({"resourceType": type_, "id": "before"})
    await asyncio.sleep(0.005)  # the store's times are of milliseconds
    await keep({"resourceType": type_, "id": "after"})
    at = (await client.get(f"/fhir/{type_}/after")).json()["meta"]["lastUpdated"]
    for params in ({"_id": "after"}, {"_lastUpdated": f"ge{at}", "_id": "before,after"}):
        bundle = (await client.get(f"/fhir/{type_}", params=params)).json()
        assert [entry["resource"]["id"] for entry in bundle["entry"]] == ["after"]


@pytest.mark.parametrize(
    ("type_", "name"), [(type_, name) for type_ in TYPES for name in IDENTIFIED if name in told()[type_]]
)
async def test_whom_a_resource_is_about_is_found_by_identifier(
    client: httpx.AsyncClient, keep: Any, type_: str, name: str
) -> None:
    """
    ``patient.identifier`` and ``subject.identifier`` lead through the Patient.
    """
    element = name.partition(".")[0]
    (case, *_) = [each for each in MEANINGS[type_][element] if each.asked == "Patient/a"]
    who = [
        {"resourceType": "Patient", "id": id_, "identifier": [{"system": SYSTEM, "value": id_}]}
        for id_ in "ab"
    ]
    await keep(*who)
    rows = {"found": case.found, "other": case.other}
    await keep(*({"resourceType": type_, "id": id_, **said} for id_, said in rows.items()))
    bundle = (await client.get(f"/fhir/{type_}", params={name: f"{SYSTEM}|a"})).json()
    assert [entry["resource"]["id"] for entry in bundle["entry"]] == ["found"]


def test_instantiated_definitions_are_told_as_references() -> None:
    """
    R4's type of a parameter over canonicals.
    """
    for type_ in ("CarePlan", "Communication", "ServiceRequest"):
        assert told()[type_]["instantiates-canonical"] == "reference"
