"""The gate: ids, foreign hosts, and whatever nobody foresaw."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from adapter.log_lines import set_up_logging
from adapter.ports import StoreUnavailable
from adapter.rest.app import application
from adapter.rest.gate import loggable

if TYPE_CHECKING:
    from adapter.rest.served import Served

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Broken:
    """A store in which everything goes wrong in the same way."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def __getattr__(self, name: str):
        async def fail(*_: object) -> None:
            raise self.fault

        return fail


def caller(served: Served) -> httpx.AsyncClient:
    """Somebody who sees what a real client sees: the answer, never the exception."""
    transport = httpx.ASGITransport(application(served), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def test_ids_are_made_when_none_are_sent(client: httpx.AsyncClient) -> None:
    """
    X-Request-Id is a new UUID; X-Correlation-Id is the same until somebody says otherwise.
    """
    answer = await client.get("/healthz")
    assert UUID.fullmatch(answer.headers["x-request-id"])
    assert answer.headers["x-correlation-id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/fhir/CarePlan?patient="])
async def test_ids_that_are_sent_are_returned_also_with_errors(client: httpx.AsyncClient, path: str) -> None:
    """
    The caller's own ids, on every answer.
    """
    sent = {"X-Request-Id": "req-1", "X-Correlation-Id": "flow/7"}
    answer = await client.get(path, headers=sent)
    assert answer.headers["x-request-id"] == "req-1"
    assert answer.headers["x-correlation-id"] == "flow/7"


@pytest.mark.parametrize("sent", ["", " ", "a b", "x" * 200, "<script>", "a\tb"])
async def test_an_id_that_cannot_be_one_is_replaced(client: httpx.AsyncClient, sent: str) -> None:
    """
    What we return in a header is short and plain.
    """
    answer = await client.get("/healthz", headers={"X-Request-Id": sent})
    assert UUID.fullmatch(answer.headers["x-request-id"])


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "a@localhost", "10.0.0.1:8000"],
)
async def test_an_open_server_answers_only_to_its_own_names(client: httpx.AsyncClient, host: str) -> None:
    """
    DNS rebinding: a page on the web must not reach the server through the user's browser.
    """
    answer = await client.get("/fhir/CarePlan", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["issue"][0]["code"] == "security"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000"])
async def test_this_machines_own_names_are_answered(client: httpx.AsyncClient, host: str) -> None:
    """
    With any port.
    """
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://[::", ""]
)
async def test_a_page_of_another_site_cannot_send(client: httpx.AsyncClient, origin: str) -> None:
    """
    A browser says in Origin whose page it is; a forged request is 403, with or without Content-Type.
    """
    answer = await client.post("/messages/se.cosmic.journal-notes", content=b"[]", headers={"Origin": origin})
    assert answer.status_code == 403
    assert answer.json()["issue"][0]["code"] == "security"


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:8000"])
async def test_a_page_of_this_machine_can(client: httpx.AsyncClient, origin: str) -> None:
    """
    Whoever develops a portal has it on this machine.
    """
    assert (await client.get("/fhir/CarePlan", headers={"Origin": origin})).status_code == 200


async def test_the_public_address_is_answered_and_used_in_links(served: Served) -> None:
    """
    OVERENS_PUBLIC_URL names the address of a proxy in front.
    """
    behind = caller(replace(served, public_url="https://fhir.region.example"))
    answer = await behind.get("/fhir/CarePlan", headers={"Host": "fhir.region.example"})
    assert answer.json()["link"][0]["url"] == "https://fhir.region.example/fhir/CarePlan"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/fhir/CarePlan/a"), ("GET", "/fhir/CarePlan?status=active"), ("GET", "/readyz")],
)
async def test_a_store_that_is_away_is_503_with_when_to_try_again(
    served: Served, method: str, path: str
) -> None:
    """
    Nothing was kept, and the sender is told so.
    """
    answer = await caller(replace(served, store=Broken(StoreUnavailable("disk full")))).request(method, path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["issue"][0]["code"] == "transient"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_store_that_is_away_is_logged_by_the_name_of_its_error(
    served: Served, method: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """
    Whoever runs the server sees that nothing can be kept and why; never the text of the error.
    """
    set_up_logging("info")
    away = StoreUnavailable("the disk is full")
    away.__cause__ = OSError("191212121212")
    await caller(replace(served, store=Broken(away))).request(
        method, "/fhir/CarePlan/a", headers={"X-Request-Id": "r-1"}
    )
    logged = capfd.readouterr().err
    for said in ('"event": "store-unavailable"', '"code": "OSError"', '"code": "access-not-logged"'):
        assert logged.count(said) == 1
    assert logged.count('"request_id": "r-1"') == 2
    assert "191212121212" not in logged


async def test_what_was_not_foreseen_is_500_without_details(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    """
    Neither the answer nor the log repeats the exception's text; the log says where it was.
    """
    set_up_logging("info")
    broken = replace(served, store=Broken(RuntimeError("191212121212 is in the way")))
    answer = await caller(broken).get("/fhir/CarePlan/a")
    assert answer.status_code == 500
    assert answer.json()["issue"][0]["code"] == "exception"
    logged = capfd.readouterr().err
    assert '"code": "RuntimeError"' in logged
    assert "rest/read.py:" in logged
    assert "191212121212" not in answer.text + logged


def test_an_id_that_looks_like_an_identity_is_logged_as_a_hash() -> None:
    """
    A caller may use a personnummer as request id; the log never holds it.
    """
    assert "191212121212" not in loggable("x-191212121212")
    assert "121212-1212" not in loggable("121212-1212")
    assert loggable("req-1") == "req-1"


async def test_the_capability_statement_says_what_is_served(client: httpx.AsyncClient) -> None:
    """
    Every type with its interactions, parameters and includes.
    """
    statement = (await client.get("/fhir/metadata")).json()
    assert (statement["resourceType"], statement["fhirVersion"], statement["kind"]) == (
        "CapabilityStatement",
        "4.0.1",
        "instance",
    )
    by_type = {resource["type"]: resource for resource in statement["rest"][0]["resource"]}
    plan = by_type["CarePlan"]
    assert {"patient", "patient.identifier", "category", "status", "date", "_id", "_lastUpdated"} <= {
        parameter["name"] for parameter in plan["searchParam"]
    }
    assert "CarePlan:care-team" in plan["searchInclude"]
    assert "Provenance:target" in plan["searchRevInclude"]
    for type_ in by_type:
        for parameter in by_type[type_]["searchParam"]:
            answer = await client.get(f"/fhir/{type_}", params={parameter["name"]: "2026"})
            assert answer.status_code in {200, 400}, (type_, parameter)
            assert answer.status_code == 200 or "okänd" not in answer.text


async def test_the_first_page_says_what_this_is(client: httpx.AsyncClient) -> None:
    """
    Swedish, says that it is open, links to what can be read; runs no script.
    """
    page = await client.get("/")
    assert "Demoläge" in page.text
    assert 'href="/fhir/metadata"' in page.text
    assert "se.cosmic.journal-notes" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_health_and_readiness_are_answered(client: httpx.AsyncClient) -> None:
    """
    Readiness does a real write.
    """
    assert (await client.get("/healthz")).text == "ok\n"
    assert (await client.get("/readyz")).text == "ready\n"
