"""With token settings nobody comes in without a token, and nobody sees what is not theirs, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from adapter.fhir import merge
from adapter.ports import Store
from adapter.rest.access import Access
from adapter.rest.app import ROUTES, application
from adapter.rest.served import Served
from adapter.security.callers import ClaimNames
from adapter.security.keys import KeyRing
from adapter.security.tokens import Trust
from adapter.store import open_store
from tests.clocks import StillClock
from tests.conftest import ROOT
from tests.rest.issuer import AUDIENCE, ISSUER, bearer, published, token

SYSTEM: dict[str, Any] = {"scope": "system/*.cruds", "client_id": "trusted"}
COSMIC = ROOT / "fixtures/se.cosmic.journal-notes"
OPEN = {"/", "/healthz", "/readyz", "/fhir/metadata", "/openapi.json"}


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty store with the real merge."""
    opened = await open_store("memory://", merge)
    yield opened
    await opened.close()


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """The application with token settings, fed with two patients' agreements by a trusted system."""

    async def fetch() -> bytes:
        return published()

    access = Access(
        trust=Trust(issuer=ISSUER, audience=AUDIENCE),
        names=ClaimNames(),
        keys=KeyRing(fetch, lambda: 0.0),
        clock=StillClock(),
        trusted=frozenset({"trusted"}),
    )
    app = application(replace(served, access=access))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://overens.example"
    ) as made:
        for name in ("kalmar-agreement.json", "vasterbotten-agreement.json"):
            answer = await made.post(
                "/messages/se.cosmic.journal-notes",
                content=(COSMIC / name).read_bytes(),
                headers={"Content-Type": "application/json", **bearer(**SYSTEM)},
            )
            assert answer.status_code == 201
        yield made


async def patient_id(client: httpx.AsyncClient, number: str) -> str:
    """The Patient of an identity number."""
    found = await client.get(f"/fhir/Patient?identifier={number}", headers=bearer(**SYSTEM))
    return str(found.json()["entry"][0]["resource"]["id"])


@pytest.mark.parametrize(("method", "path"), sorted({(m, p) for m, p, _ in ROUTES if p not in OPEN}))
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic dTpw"},
        {"Authorization": "Bearer x"},
        {"Authorization": f"Bearer {token(iss='https://other.example', scope='system/*.cruds')}"},
        {"Authorization": f"Bearer {token(exp=1, scope='system/*.cruds')}"},
    ],
    ids=["none", "basic", "broken", "other-issuer", "expired"],
)
async def test_without_a_token_that_holds_every_route_says_401(
    client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    """The answer tells how to log in and nothing else; a new route is tried by itself."""
    address = path.format(type="CarePlan", id="1", version="1", name="se.cosmic.journal-notes")
    answer = await client.request(method, address, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if method != "HEAD":
        assert answer.json()["issue"][0]["code"] == "login"


@pytest.mark.parametrize("path", sorted(OPEN))
async def test_what_says_nothing_of_anybody_is_open(client: httpx.AsyncClient, path: str) -> None:
    """Those who watch over the server, and those who look for what it can, need no token."""
    assert (await client.get(path)).status_code == 200


async def test_a_patient_fetches_the_own_agreement_in_one_request(client: httpx.AsyncClient) -> None:
    """The portal's question with a patient's token: the plan, its teams and people; again: 304."""
    who = bearer(patient=await patient_id(client, "191212121212"), scope="patient/*.rs")
    asked = "/fhir/CarePlan?patient.identifier=191212121212&_include=CarePlan:care-team"
    answer = await client.get(asked, headers=who)
    types = {entry["resource"]["resourceType"] for entry in answer.json()["entry"]}
    assert {"CarePlan", "CareTeam"} <= types
    again = await client.get(asked, headers={**who, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


async def test_anothers_agreement_is_as_one_that_does_not_exist(client: httpx.AsyncClient) -> None:
    """By id, by identity number and by search: the answer is that for an id never used."""
    other = await patient_id(client, "195009072553")
    plans = await client.get(f"/fhir/CarePlan?patient={other}", headers=bearer(**SYSTEM))
    plan = plans.json()["entry"][0]["resource"]["id"]
    who = bearer(patient=await patient_id(client, "191212121212"), scope="patient/*.cruds")
    known = await client.get(f"/fhir/CarePlan/{plan}", headers=who)
    unknown = await client.get("/fhir/CarePlan/5f0c0a0e-0000-5000-8000-000000000000", headers=who)
    assert known.status_code == unknown.status_code == 404
    assert known.json() == unknown.json()
    for asked in (f"patient={other}", "patient.identifier=195009072553", f"_id={plan}"):
        found = await client.get(f"/fhir/CarePlan?{asked}", headers=who)
        assert found.json().get("entry", []) == []
        assert plan not in found.text.replace(asked, "")


async def test_a_scope_that_is_missing_is_403(client: httpx.AsyncClient) -> None:
    """Known or unknown, a type that no scope covers is forbidden; a patient sends no messages."""
    who = bearer(patient=await patient_id(client, "191212121212"), scope="patient/CarePlan.rs")
    assert (await client.get("/fhir/Task/1", headers=who)).status_code == 403
    assert (await client.get("/fhir/Task", headers=who)).status_code == 403
    sent = await client.post(
        "/messages/se.cosmic.journal-notes",
        content=(COSMIC / "kalmar-agreement.json").read_bytes(),
        headers={"Content-Type": "application/json", **who},
    )
    assert sent.status_code == 403


async def test_a_message_is_shown_to_its_sender_alone(client: httpx.AsyncClient) -> None:
    """What was sent, and what became of it, is for the one who sent it and for the operator."""
    sent = await client.post(
        "/messages/se.cosmic.journal-notes",
        content=(COSMIC / "kalmar-agreement.json").read_bytes(),
        headers={"Content-Type": "application/json", **bearer(**SYSTEM)},
    )
    where = sent.headers["Location"]
    patient = bearer(patient=await patient_id(client, "195009072553"), scope="patient/*.rs")
    other = bearer(
        scope="system/*.cruds", healthCareUnitHsaId="SE1-X", healthCareProviderHsaId="SE1", client_id="o"
    )
    assert (await client.get(where, headers=bearer(**SYSTEM))).status_code == 200
    assert (await client.get(where, headers=patient)).status_code == 404
    assert (await client.get(where, headers=other)).status_code == 404


@pytest.mark.parametrize(("unit", "status"), [("SE2120001249-HSV01", 201), ("SE2120001249-OTHER", 403)])
async def test_a_system_sends_for_its_own_unit_alone(
    client: httpx.AsyncClient, unit: str, status: int
) -> None:
    """The unit that a message says it comes from is that of the token, or the message is not taken."""
    raw = (ROOT / "fixtures/se.lifecare.message/consultation-complete.json").read_bytes()
    who = bearer(
        scope="system/Communication.c",
        client_id="lifecare",
        healthCareUnitHsaId=unit,
        healthCareProviderHsaId="SE2120001249-VG01",
    )
    sent = await client.post(
        "/messages/se.lifecare.message", content=raw, headers={"Content-Type": "application/json", **who}
    )
    assert sent.status_code == status
    if status == 201:
        assert (await client.get(sent.headers["Location"], headers=who)).status_code == 200
    else:
        assert (await client.get("/fhir/Communication", headers=bearer(**SYSTEM))).json().get("entry") is None


WAYS = (
    ("GET", "CarePlan/_history"),
    ("GET", "_history?_count=500"),
    ("GET", "CarePlan/{plan}/_history"),
    ("GET", "CarePlan/{plan}/$diff"),
    ("GET", "Patient/{other}/$everything"),
    ("GET", "Patient/{me}/$everything"),
    ("GET", "CarePlan?intent=plan&_include=*&_revinclude=*"),
    ("GET", "CarePlan?status:not=draft&_summary=count"),
    ("GET", "CarePlan?patient.birthdate=1950-09-07"),
    ("GET", "CarePlan?patient.gender:missing=true"),
    ("GET", "Patient?_has:CarePlan:patient:status=active"),
    ("GET", "Patient?identifier:missing=false"),
    ("GET", "Task?patient:Patient.identifier=195009072553&intent=order"),
    ("PUT", "CarePlan/{plan}"),
    ("PATCH", "CarePlan/{plan}"),
    ("DELETE", "CarePlan/{plan}"),
    ("DELETE", "CarePlan?_id={plan}"),
    ("POST", ""),
)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(("method", "path"), WAYS)
async def test_no_way_leads_to_anothers_data(
    client: httpx.AsyncClient, method: str, path: str, form: str
) -> None:
    """History, operations, chains, modifiers, writes, Bundles: neither shown, nor counted, nor changed."""
    me, other = await patient_id(client, "191212121212"), await patient_id(client, "195009072553")
    trusted = bearer(**SYSTEM)
    plans = (await client.get(f"/fhir/CarePlan?patient={other}", headers=trusted)).json()
    before = plans["entry"][0]["resource"]
    plan = before["id"]
    address = path.format(plan=plan, other=other, me=me)
    bodies: dict[str, Any] = {
        "PUT": {**before, "status": "revoked"},
        "PATCH": [{"op": "replace", "path": "/status", "value": "revoked"}],
        "POST": {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [
                {"request": {"method": m, "url": p.format(plan=plan, other=other, me=me)}}
                for m, p in WAYS
                if m in {"GET", "DELETE"}
            ],
        },
    }
    media = "application/json-patch+json" if method == "PATCH" else "application/fhir+json"
    headers = {
        **bearer(patient=me, scope="patient/*.cruds"),
        "Accept": f"application/fhir+{form}",
        "Content-Type": media,
        "If-Match": f'W/"{before["meta"]["versionId"]}"',
    }
    answer = await client.request(method, f"/fhir/{address}", headers=headers, json=bodies.get(method))
    assert answer.status_code in {200, 403, 404, 405}, answer.text
    told = answer.text.replace(f"CarePlan?_id={plan}", "")
    for secret in ("195009072553", f"Patient/{other}", plan, '<total value="2"', '"total":2'):
        assert secret not in told.replace("identifier=195009072553", ""), secret
    after = (await client.get(f"/fhir/CarePlan/{plan}", headers=trusted)).json()
    assert after == before
