"""Modifiers, chains and parameters without rows: https://hl7.org/fhir/R4/search.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.search_index import SEARCH_PARAMETERS
from adapter.fhir.search_unindexed import UNINDEXED
from adapter.fhir.sieve import UNINDEXED_PARAMETERS, components
from adapter.rest import chains, sieving
from adapter.validation.core_tables import Core
from adapter.validation.model import Model

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TOLVAN = {"system": "http://electronichealth.se/identifier/personnummer", "value": "191212121212"}
RESERVE = {
    "type": {"coding": [{"system": "urn:kinds", "code": "RES", "display": "Reservnummer"}]},
    "system": "urn:reserve",
    "value": "R1",
}


def observation(id_: str, **said: Any) -> Json:
    """A measurement of Tolvan."""
    patient = {"reference": "Patient/p1"}
    return {"resourceType": "Observation", "id": id_, "status": "final", "subject": patient, **said}


def measured(code: str, value: str, unit: str = "mm[Hg]") -> Json:
    """A code and a quantity."""
    concept = {"coding": [{"system": LOINC, "code": code, "display": "Blodtryck"}]}
    return {
        "code": concept,
        "valueQuantity": {"value": float(value), "system": UCUM, "code": unit, "unit": unit},
    }


KEPT: list[Json] = [
    {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [TOLVAN, RESERVE],
        "gender": "male",
        "name": [{"family": "Åkerström", "given": ["Tolvan"]}],
        "telecom": [{"system": "phone", "value": "070-1"}, {"system": "email", "value": "t@example.org"}],
        "address": [{"line": ["Storgatan 1"], "city": "Umeå", "postalCode": "90325"}],
    },
    {"resourceType": "Patient", "id": "p2", "name": [{"family": "akerstroma"}]},
    observation("o1", **measured("8480-6", "138")),
    observation("o2", **measured("8462-4", "82.5")),
    observation(
        "o3",
        code={"text": "Blodtryck"},
        component=[measured("8480-6", "120"), measured("8462-4", "82")],
    ),
    observation("o4", status="cancelled", valueString="Två koppar", performer=[{"identifier": TOLVAN}]),
    observation("o5", code={"coding": [{"code": "8480-6"}]}, hasMember=[{"reference": "Observation/o1"}]),
    {
        "resourceType": "CareTeam",
        "id": "t1",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "participant": [{"member": {"reference": "Organization/u1"}}],
    },
    {"resourceType": "Organization", "id": "u1", "name": "Ersboda hälsocentral"},
    {
        "resourceType": "CarePlan",
        "id": "c1",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": "Patient/p1"},
        "careTeam": [{"reference": "CareTeam/t1"}],
        "instantiatesUri": ["https://example.org/plans/a/b"],
        "meta": {"source": "https://kommunen.example/system#1"},
    },
    {"resourceType": "CarePlan", "id": "c2", "status": "draft", "intent": "order"},
]


@pytest.fixture(autouse=True)
async def some_resources(keep) -> None:
    """Tolvan, his measurements and his plan."""
    await keep(*KEPT)


async def found(client: httpx.AsyncClient, asked: str) -> set[str]:
    """The ids that a search finds, the same by GET and by POST."""
    answer = await client.get(f"/fhir/{asked}")
    assert answer.status_code == 200, answer.text
    type_, _, form = asked.partition("?")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    by_post = await client.post(f"/fhir/{type_}/_search", content=form.encode(), headers=headers)
    entries = answer.json().get("entry", [])
    assert len(by_post.json().get("entry", [])) == len(entries)
    return {entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "match"}


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("Observation?status:not=final", {"o4"}),
        ("Observation?code:not=8480-6", {"o2", "o3", "o4"}),
        (f"Observation?code={LOINC}|", {"o1", "o2"}),
        ("Observation?code:text=blod", {"o1", "o2", "o3"}),
        ("Observation?code:missing=true", {"o4"}),
        ("Observation?code:missing=false&status=final", {"o1", "o2", "o3", "o5"}),
        ("Patient?gender:missing=true", {"p2"}),
        ("Patient?family=ÅKER", {"p1", "p2"}),
        ("Patient?family:exact=Åkerström", {"p1"}),
        ("Patient?family:exact=åkerström", set()),
        ("Patient?family:contains=STRÖM", {"p1", "p2"}),
        ("Patient?family:contains=%25", set()),
        ("Patient?family:contains=_", set()),
        ("Patient?identifier:of-type=urn:kinds|RES|R1", {"p1"}),
        ("Patient?identifier:of-type=urn:kinds|RES|R2", set()),
        ("Patient?phone=070-1", {"p1"}),
        ("Patient?email=070-1", set()),
        ("Patient?address=ume", {"p1"}),
        ("Patient?address:contains=gatan", {"p1"}),
        ("Patient?address-city:exact=Umeå", {"p1"}),
        ("Observation?performer:identifier=191212121212", {"o4"}),
        ("Observation?value-quantity=138", {"o1"}),
        ("Observation?value-quantity=82", set()),
        ("Observation?value-quantity=ap80", {"o2"}),
        ("Observation?value-quantity=gt82.5", {"o1"}),
        (f"Observation?value-quantity=le82.5|{UCUM}|mm[Hg]", {"o2"}),
        ("Observation?value-quantity=le82.5||kPa", set()),
        ("Observation?combo-value-quantity=82", {"o3"}),
        ("Observation?value-string=två", {"o4"}),
        ("Observation?code-value-quantity=8480-6$gt100", {"o1"}),
        ("Observation?component-code-value-quantity=8480-6$gt100", {"o3"}),
        ("Observation?component-code-value-quantity=8480-6$lt100", set()),
        ("Observation?combo-code-value-quantity=8480-6$gt100", {"o1", "o3"}),
        ("Observation?has-member=Observation/o1", {"o5"}),
        ("CarePlan?intent=plan", {"c1"}),
        ("CarePlan?intent:not=plan", {"c2"}),
        ("CarePlan?instantiates-uri:below=https://example.org/plans", {"c1"}),
        ("CarePlan?instantiates-uri:below=https://example.org/pl", set()),
        ("CarePlan?instantiates-uri:above=https://example.org/plans/a/b/c", {"c1"}),
        ("Task?_source=https://x", set()),
    ],
)
async def test_a_modifier_and_a_parameter_without_rows_find_what_they_should(
    client: httpx.AsyncClient, asked: str, ids: set[str]
) -> None:
    """
    Each as its chapter of the standard says.
    """
    assert await found(client, asked) == ids


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("CarePlan?care-team.status=active", {"c1"}),
        ("CarePlan?care-team.status=proposed", set()),
        ("CarePlan?patient.family=akerstrom", {"c1"}),
        ("CarePlan?subject:Patient.family:exact=Åkerström", {"c1"}),
        ("CarePlan?patient.gender:missing=true", set()),
        ("CareTeam?participant:Organization.name:contains=boda", {"t1"}),
        ("Patient?_has:Observation:patient:code=8480-6", {"p1"}),
        ("Patient?_has:Observation:patient:code=1-8", set()),
        ("Patient?_has:CarePlan:subject:status:not=draft", {"p1"}),
        ("CareTeam?_has:CarePlan:care-team:intent=plan", {"t1"}),
        ("CarePlan?patient.identifier=19121212-1212&care-team.status=active", {"c1"}),
    ],
)
async def test_a_chain_leads_one_step(client: httpx.AsyncClient, asked: str, ids: set[str]) -> None:
    """
    Forwards and backwards; the links of the answer show ids.
    """
    assert await found(client, asked) == ids
    link = (await client.get(f"/fhir/{asked}")).json()["link"][0]["url"]
    assert "kerstr" not in link
    assert "1212" not in link
    assert await found(client, link.partition("/fhir/")[2]) == ids


@pytest.mark.parametrize(
    "asked",
    [
        "CarePlan?patient.general-practitioner.name=x",
        "CarePlan?patient.colour=x",
        "CarePlan?status.code=x",
        "CarePlan?activity-reference.status=active",
        "CarePlan?care-team:Organization.name=x",
        "CarePlan?care-team:Nonsense.name=x",
        "CarePlan?colour.name=x",
        "CarePlan?status:exact=active",
        "CarePlan?status:oops=active",
        "CarePlan?date:not=2026",
        "CarePlan?_id:not=c1",
        "CarePlan?_lastUpdated:missing=true",
        "CarePlan?status:missing=yes",
        "CarePlan?status:in=http://x",
        "Patient?identifier:of-type=a|b",
        "Patient?_has:Observation:patient=x",
        "Patient?_has:Observation:code:status=final",
        "Patient?_has:Nonsense:patient:status=final",
        "Patient?_has:Observation:patient:subject.name=x",
        "Patient?_has:Observation:patient:_has:Provenance:target:recorded=2026",
        "Organization?_has:Observation:patient:status=final",
        "Observation?value-quantity=heavy",
        "Observation?value-quantity=1e999999",
        "Observation?value-quantity=NaN",
        "Observation?code-value-quantity=8480-6",
        "Observation?code-value-quantity=8480-6$",
        "Observation?code-value-quantity=8480-6$x$y",
        "Observation?code=|",
        "Observation?value-date=yesterday",
    ],
)
async def test_what_cannot_be_followed_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    """
    400 with an outcome, with Prefer: handling=lenient too where a modifier is not known.
    """
    answer = await client.get(f"/fhir/{asked}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_pages_of_sifted_rows_hold_each_once(
    client: httpx.AsyncClient, keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Whatever the size of a page and of what is looked at together: all of them, in order, none twice.
    """
    for n in range(23):
        await keep({"resourceType": "Task", "id": f"n{n:02}", "status": "draft" if n % 3 else "requested"})
    wanted = [f"n{n:02}" for n in reversed(range(23)) if n % 3 == 0]
    for together in (1, 2, 5, 100):
        monkeypatch.setattr(sieving, "_TOGETHER", together)
        for count in (1, 3, 8, 50):
            got: list[str] = []
            path = f"/fhir/Task?status:not=draft&_count={count}"
            while path:
                bundle = (await client.get(path)).json()
                got += [entry["resource"]["id"] for entry in bundle.get("entry", ())]
                assert len(bundle.get("entry", ())) <= count
                path = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
            assert got == wanted


async def test_a_page_of_sifted_rows_ends_where_enough_was_looked_at(
    client: httpx.AsyncClient, keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It may be empty; the next link goes on from there. A count that would take too much is refused.
    """
    monkeypatch.setattr(sieving, "_TOGETHER", 2)
    monkeypatch.setattr(sieving, "MOST_SIFTED", 4)
    for n in range(6):
        await keep({"resourceType": "Task", "id": f"n{n}", "status": "requested" if n == 0 else "draft"})
    first = (await client.get("/fhir/Task?status:not=draft")).json()
    assert "entry" not in first
    after = (await client.get(first["link"][1]["url"])).json()
    assert [entry["resource"]["id"] for entry in after["entry"]] == ["n0"]
    total = await client.get("/fhir/Task?status:not=draft&_total=accurate")
    assert (total.status_code, total.json()["issue"][0]["code"]) == (400, "too-costly")


async def test_sifted_rows_are_counted_and_bring_what_they_refer_to(client: httpx.AsyncClient) -> None:
    """
    _total, _summary=count and _include go by what passes.
    """
    count = (await client.get("/fhir/Observation?status:not=final&_summary=count")).json()
    assert (count["total"], "entry" in count) == (1, False)
    whole = (
        await client.get("/fhir/CarePlan?intent=plan&_include=CarePlan:care-team&_total=accurate")
    ).json()
    assert whole["total"] == 1
    assert [entry["search"]["mode"] for entry in whole["entry"]] == ["match", "include"]


async def test_a_chain_through_too_much_is_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    400 rather than an answer that leaves some out.
    """
    monkeypatch.setattr(chains, "MOST_CHAINED", 1)
    answer = await client.get("/fhir/CarePlan?patient.family=akerstrom")
    assert answer.status_code == 400


async def test_a_condition_may_have_a_modifier(client: httpx.AsyncClient) -> None:
    """
    Conditional writes understand what searches do.
    """
    plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"display": "x"}}
    headers = {"If-None-Exist": "intent:not=plan"}
    answer = await client.post("/fhir/CarePlan", json=plan, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (200, "c2")


async def test_hostile_values_are_refused_or_find_nothing(client: httpx.AsyncClient) -> None:
    """
    Ten thousand alternatives, huge counts, includes of everything, signs of LIKE and of expressions.
    """
    many = ",".join(f"a{n}" for n in range(10_000))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/fhir/Patient/_search", content=f"family:contains={many}", headers=form)
    assert answer.status_code in {400, 413}
    for asked in ("_count=1000000000", "_include=*&_revinclude=*&_include:iterate=*&_revinclude:iterate=*"):
        assert (await client.get(f"/fhir/CarePlan?{asked}")).status_code == 200
    for value in ("%25", "_", "'", "(a+)+$", "\\", "[", "%2B", "a%5C%7Cb"):
        assert (await client.get(f"/fhir/Patient?family:contains={value}")).status_code == 200
        assert (await client.get(f"/fhir/Patient?phone={value}")).status_code == 200


def test_what_has_no_rows_is_not_also_indexed_and_leads_to_elements_that_there_are() -> None:
    """
    A name stands in one of the two tables; each path is one of R4's.
    """
    model = Model(Core())

    def is_path(type_: str, path: str) -> bool:
        for step in path.split("."):
            info = model.type(type_)
            found = info.keys.get(step.partition("(")[0]) if info else None
            if found is None:
                return False
            type_ = found[1]
        return True

    for type_, known in UNINDEXED_PARAMETERS.items():
        assert not set(known) & set(SEARCH_PARAMETERS[type_])
        for parameter in known.values():
            for path in parameter.path.split("|"):
                assert path == "." or is_path(type_, path), (type_, parameter)
                if parameter.kind == "composite":
                    inside = type_ if path == "." else f"{type_}.{path}"
                    ways = [way for part in components(parameter) for way in part.path.split("|")]
                    assert any(is_path(inside, way) for way in ways)
    assert set(UNINDEXED) <= set(SEARCH_PARAMETERS)
