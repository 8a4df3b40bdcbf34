"""search through HTTP: https://hl7.org/fhir/R4/http.html#search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapter.rest.app import application
from adapter.rest.include import rev_includable
from adapter.rest.types import SERVED_TYPES

if TYPE_CHECKING:
    from adapter.rest.served import Served

PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
TOLVAN = "191212121212"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def patient(id_: str, number: str) -> dict[str, object]:
    """A patient with a personnummer."""
    return {"resourceType": "Patient", "id": id_, "identifier": [{"system": PERSONNUMMER, "value": number}]}


def plan(id_: str, patient_id: str, **more: object) -> dict[str, object]:
    """An agreement of a patient."""
    subject = {"reference": f"Patient/{patient_id}"}
    return {
        "resourceType": "CarePlan",
        "id": id_,
        "status": "active",
        "intent": "plan",
        "subject": subject,
        **more,
    }


@pytest.fixture(autouse=True)
async def two_patients(keep) -> None:
    """Tolvan has three agreements, another has one."""
    await keep(patient("tolvan", TOLVAN), patient("other", "195009072553"))
    team = {"resourceType": "CareTeam", "id": "team-1", "subject": {"reference": "Patient/tolvan"}}
    task = {"resourceType": "Task", "id": "task-1", "status": "requested", "intent": "order"}
    await keep(team, task)
    await keep(
        plan("plan-1", "tolvan", careTeam=[{"reference": "CareTeam/team-1"}], period={"start": "2026-02-01"}),
        plan("plan-2", "tolvan", activity=[{"reference": {"reference": "Task/task-1"}}], status="draft"),
        plan("plan-3", "tolvan"),
        plan("plan-4", "other"),
    )
    await keep({"resourceType": "Provenance", "id": "prov-1", "target": [{"reference": "CarePlan/plan-1"}]})


def ids(bundle: dict, mode: str = "match") -> set[str]:
    """Ids of what was found."""
    return {e["resource"]["id"] for e in bundle.get("entry", []) if e["search"]["mode"] == mode}


@pytest.mark.parametrize(
    "name", ["patient.identifier", "patient:Patient.identifier", "subject:Patient.identifier"]
)
@pytest.mark.parametrize(
    "value", [f"{PERSONNUMMER}|{TOLVAN}", f"urn:oid:1.2.752.129.2.1.3.1|{TOLVAN}", TOLVAN]
)
async def test_a_portal_finds_a_patients_agreements_by_identity(
    client: httpx.AsyncClient, name: str, value: str
) -> None:
    """
    By GET and by POST, in every form of the identity; never somebody else's.
    """
    by_get = await client.get("/fhir/CarePlan", params={name: value})
    by_post = await client.post("/fhir/CarePlan/_search", data={name: value})
    for answer in (by_get, by_post):
        assert answer.status_code == 200
        assert ids(answer.json()) == {"plan-1", "plan-2", "plan-3"}


async def test_no_identity_stands_in_any_link_or_header(client: httpx.AsyncClient) -> None:
    """
    Links are followed by GET and end up in logs: they name the patient by id.
    """
    form = {"patient.identifier": TOLVAN, "_count": "1"}
    answer = await client.post("/fhir/CarePlan/_search", data=form)
    links = {link["relation"]: link["url"] for link in answer.json()["link"]}
    assert set(links) == {"self", "next"}
    assert TOLVAN not in str(links) + str(answer.headers)
    assert parse_qs(urlsplit(links["next"]).query)["patient"] == ["Patient/tolvan"]


async def test_following_next_gives_every_match_once(client: httpx.AsyncClient) -> None:
    """
    Pages neither overlap nor leave anything out; the last has no next.
    """
    seen: list[str] = []
    answer = await client.post("/fhir/CarePlan/_search", data={"patient.identifier": TOLVAN, "_count": "2"})
    while True:
        bundle = answer.json()
        seen += sorted(ids(bundle))
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not following:
            break
        answer = await client.get(following[0])
    assert sorted(seen) == ["plan-1", "plan-2", "plan-3"]


async def test_an_identity_that_is_nobodys_finds_nothing(client: httpx.AsyncClient) -> None:
    """
    An empty searchset without entry, and its self link still holds a patient filter.
    """
    bundle = (await client.get("/fhir/CarePlan", params={"patient.identifier": "196101182803"})).json()
    assert "entry" not in bundle
    again = await client.get(bundle["link"][0]["url"])
    assert "entry" not in again.json()


async def test_a_patient_is_found_by_the_number(client: httpx.AsyncClient) -> None:
    """
    ``Patient?identifier=`` with the OID, and no number in the self link.
    """
    answer = await client.get("/fhir/Patient", params={"identifier": f"urn:oid:1.2.752.129.2.1.3.1|{TOLVAN}"})
    assert ids(answer.json()) == {"tolvan"}
    assert TOLVAN not in str(answer.json()["link"])


async def test_what_belongs_to_an_agreement_comes_along(client: httpx.AsyncClient) -> None:
    """
    ``_include`` of teams and activities, ``_revinclude`` of the Provenance; mode include.
    """
    params = [
        ("patient", "tolvan"),
        ("_include", "CarePlan:care-team"),
        ("_include", "CarePlan:activity-reference"),
        ("_revinclude", "Provenance:target"),
    ]
    bundle = (await client.get("/fhir/CarePlan", params=params)).json()
    assert ids(bundle, "include") == {"team-1", "task-1", "prov-1"}
    assert ids(bundle) == {"plan-1", "plan-2", "plan-3"}
    assert all(
        e["fullUrl"].endswith(f"{e['resource']['resourceType']}/{e['resource']['id']}")
        for e in bundle["entry"]
    )


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"status": "active"}, {"plan-1", "plan-3", "plan-4"}),
        ({"status": "active,draft", "patient": "Patient/tolvan"}, {"plan-1", "plan-2", "plan-3"}),
        ({"_id": "plan-1,plan-4"}, {"plan-1", "plan-4"}),
        ({"_id": "å"}, set()),
        ({"date": "ge2026-01"}, {"plan-1"}),
        ({"_lastUpdated": "ge2000"}, {"plan-1", "plan-2", "plan-3", "plan-4"}),
        ({"_lastUpdated": "lt2000"}, set()),
        ({"care-team": "team-1"}, {"plan-1"}),
        ({"patient": "nobody"}, set()),
    ],
)
async def test_filters_find_what_they_say(
    client: httpx.AsyncClient, params: dict[str, str], found: set[str]
) -> None:
    """
    By status, id, date, time of change and reference.
    """
    assert ids((await client.get("/fhir/CarePlan", params=params)).json()) == found


@pytest.mark.parametrize("params", [{"_summary": "count"}, {"_count": "0"}])
async def test_a_count_has_a_total_and_nothing_else(
    client: httpx.AsyncClient, params: dict[str, str]
) -> None:
    """
    https://hl7.org/fhir/R4/search.html#count.
    """
    bundle = (await client.get("/fhir/CarePlan", params=params)).json()
    assert bundle["total"] == 4
    assert "entry" not in bundle
    assert [link["relation"] for link in bundle["link"]] == ["self"]


@pytest.mark.parametrize(("params", "entries"), [({}, 2), ({"_count": "1"}, 1), ({"_count": "99"}, 3)])
async def test_a_page_is_as_large_as_the_settings_let_it_be(
    served: Served, params: dict[str, str], entries: int
) -> None:
    """
    ``page_size`` without ``_count``, and never more than ``max_page_size``.
    """
    app = application(replace(served, page_size=2, max_page_size=3))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as caller:
        found = (await caller.get("/fhir/CarePlan", params=params)).json()
    assert len(found["entry"]) == entries
    assert [link["relation"] for link in found["link"]] == ["self", "next"]


async def test_a_total_is_counted_when_asked_for(client: httpx.AsyncClient) -> None:
    """
    ``_total=accurate`` counts all pages; without it there is none.
    """
    counted = (await client.get("/fhir/CarePlan", params={"_total": "accurate", "_count": "1"})).json()
    assert counted["total"] == 4
    assert "total" not in (await client.get("/fhir/CarePlan")).json()


async def test_a_search_that_the_caller_has_is_not_sent_again(client: httpx.AsyncClient, keep) -> None:
    """
    Searches have an ETag that changes with what they find.
    """
    params = {"patient": "tolvan", "_include": "CarePlan:care-team"}
    first = await client.get("/fhir/CarePlan", params=params)
    same = await client.get("/fhir/CarePlan", params=params, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await keep({"resourceType": "CareTeam", "id": "team-1", "status": "inactive"})
    other = await client.get(
        "/fhir/CarePlan", params=params, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200


async def test_whoever_a_reference_may_lead_to_is_found_by_identifier(
    client: httpx.AsyncClient, keep
) -> None:
    """
    ``owner.identifier`` without a type: a unit, somebody in care or a patient, each by its own.
    """
    owners = ("Organization", "PractitionerRole", "Patient")
    for n, type_ in enumerate(owners):
        named = {"identifier": [{"system": "http://a.example", "value": f"n{n}"}]}
        await keep({"resourceType": type_, "id": f"o{n}", **named})
        await keep({"resourceType": "Task", "id": f"t{n}", "owner": {"reference": f"{type_}/o{n}"}})
    for n in range(len(owners)):
        bundle = (
            await client.get("/fhir/Task", params={"owner.identifier": f"http://a.example|n{n}"})
        ).json()
        assert [entry["resource"]["id"] for entry in bundle["entry"]] == [f"t{n}"]
        assert f"n{n}" not in bundle["link"][0]["url"]
    none = await client.get("/fhir/Task", params={"owner.identifier": "http://a.example|n9"})
    assert "entry" not in none.json()


async def test_what_was_left_out_leniently_is_said_in_the_answer(client: httpx.AsyncClient) -> None:
    """
    An outcome entry in the Bundle (search.html#errors).
    """
    headers = {"Prefer": "handling=lenient"}
    bundle = (
        await client.get("/fhir/CarePlan", params={"patient": "tolvan", "x": "y"}, headers=headers)
    ).json()
    outcome = next(e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "outcome")
    assert outcome["issue"][0]["severity"] == "warning"


@pytest.mark.parametrize(
    "query",
    [
        "patinet=p1",
        "patient=",
        "_count=x",
        "status=%ff",
        "_page=x",
        "_page=W10",
        "_sort=status",
        "a=b&" * 300,
        "_has:x=1",
    ],
)
async def test_a_search_that_cannot_be_followed_is_refused(client: httpx.AsyncClient, query: str) -> None:
    """
    400 and an OperationOutcome, never a wider answer than was asked for.
    """
    answer = await client.get(f"/fhir/CarePlan?{query}")
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_search_by_post_is_a_form(client: httpx.AsyncClient) -> None:
    """
    JSON is refused with what to send; a form may be empty; parameters of the address count too.
    """
    wrong = await client.post("/fhir/CarePlan/_search", json={"patient": "tolvan"})
    assert wrong.status_code == 415
    both = await client.post("/fhir/CarePlan/_search?status=draft", content="patient=tolvan", headers=FORM)
    assert ids(both.json()) == {"plan-2"}
    assert (
        await client.post("/fhir/CarePlan/_search", content="a=b&" * 30_000, headers=FORM)
    ).status_code == 413


async def test_an_unknown_type_is_404_with_those_that_are_there(client: httpx.AsyncClient) -> None:
    """
    Also for POST.
    """
    for answer in (
        await client.get("/fhir/Medication"),
        await client.post("/fhir/Medication/_search", content=b""),
    ):
        assert answer.status_code == 404
        assert "CarePlan" in answer.json()["issue"][0]["details"]["text"]


async def test_links_use_the_address_that_the_caller_used(client: httpx.AsyncClient) -> None:
    """
    ``fullUrl`` and links begin with the caller's own address for us.
    """
    bundle = (await client.get("http://localhost:9000/fhir/CarePlan", params={"_id": "plan-1"})).json()
    assert bundle["entry"][0]["fullUrl"] == "http://localhost:9000/fhir/CarePlan/plan-1"
    assert bundle["link"][0]["url"] == "http://localhost:9000/fhir/CarePlan?_id=plan-1"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=a&" * 199 + "_count=1", 200),
        ("status=a&" * 200 + "_count=1", 400),
        ("&&_count=1&", 200),
        ("status=%FF", 400),
        ("status=\xff", 400),
        ("st%61tus=active&_count=%31", 200),
    ],
)
async def test_a_query_that_is_too_long_or_not_utf_8_is_refused(
    client: httpx.AsyncClient, query: str, status: int
) -> None:
    """
    At most 200 parameters, in UTF-8; an empty place between two & is none, and escapes are read in names too.
    """
    answer = await client.post(
        "/fhir/CarePlan/_search",
        content=query.encode("latin-1"),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == status


async def test_the_origin_of_every_served_type_is_found(client: httpx.AsyncClient, keep) -> None:
    """
    Provenance?target= takes each type, and _revinclude=Provenance:target comes along with each.
    """
    for type_ in SERVED_TYPES:
        origin = {
            "resourceType": "Provenance",
            "id": f"of-{type_.lower()}",
            "target": [{"reference": f"{type_}/x"}],
        }
        await keep(origin)
        found = (await client.get(f"/fhir/Provenance?target={type_}/x")).json()
        assert ids(found) == {origin["id"]}
        assert "Provenance:target" in rev_includable(type_)
