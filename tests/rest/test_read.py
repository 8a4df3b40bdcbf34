"""read, vread and history: https://hl7.org/fhir/R4/http.html#read, #vread, #history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

PLAN = {"resourceType": "CarePlan", "id": "plan-1", "status": "active", "intent": "plan"}


@pytest.fixture(autouse=True)
async def two_versions(keep) -> None:
    """One plan, changed once."""
    await keep(PLAN)
    await keep({**PLAN, "status": "completed"})


async def test_read_gives_the_current_version_with_its_tag(client: httpx.AsyncClient) -> None:
    """
    The body is the stored resource; ETag and Last-Modified say which version it is.
    """
    answer = await client.get("/fhir/CarePlan/plan-1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["last-modified"].endswith("GMT")
    assert answer.json()["status"] == "completed"
    assert answer.json()["meta"]["versionId"] == "2"


@pytest.mark.parametrize("tag", ['W/"2"', '"2"', '"1", W/"2"', "*"])
async def test_a_version_that_the_caller_has_is_not_sent_again(client: httpx.AsyncClient, tag: str) -> None:
    """
    If-None-Match compares weakly (RFC 9110, 13.1.2); 304 has no body.
    """
    answer = await client.get("/fhir/CarePlan/plan-1", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == 'W/"2"'


async def test_an_older_tag_gets_the_new_version(client: httpx.AsyncClient) -> None:
    """
    What the caller has is no longer current.
    """
    answer = await client.get("/fhir/CarePlan/plan-1", headers={"If-None-Match": 'W/"1"'})
    assert answer.status_code == 200


async def test_if_modified_since_is_followed_to_the_second(client: httpx.AsyncClient) -> None:
    """
    The time of Last-Modified itself gives 304; nonsense is left out (RFC 9110, 13.1.3).
    """
    when = (await client.get("/fhir/CarePlan/plan-1")).headers["last-modified"]
    same = await client.get("/fhir/CarePlan/plan-1", headers={"If-Modified-Since": when})
    odd = await client.get("/fhir/CarePlan/plan-1", headers={"If-Modified-Since": "yesterday"})
    assert (same.status_code, odd.status_code) == (304, 200)


async def test_head_gives_the_headers_alone(client: httpx.AsyncClient) -> None:
    """
    HEAD is GET without a body.
    """
    answer = await client.head("/fhir/CarePlan/plan-1")
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'


async def test_vread_gives_the_version_that_was(client: httpx.AsyncClient) -> None:
    """
    Version 1 is still there as it was.
    """
    answer = await client.get("/fhir/CarePlan/plan-1/_history/1")
    assert answer.json()["status"] == "active"
    assert answer.headers["etag"] == 'W/"1"'


@pytest.mark.parametrize("version", ["0", "3", "-1", "x", "1.0", "9" * 40, "²"])
async def test_a_version_that_is_not_there_is_404(client: httpx.AsyncClient, version: str) -> None:
    """
    Whatever stands in the version's place.
    """
    answer = await client.get(f"/fhir/CarePlan/plan-1/_history/{version}")
    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_history_lists_every_version_the_newest_first(client: httpx.AsyncClient) -> None:
    """
    A Bundle of type history, each entry with how it came about.
    """
    bundle = (await client.get("/fhir/CarePlan/plan-1/_history")).json()
    assert (bundle["type"], bundle["total"]) == ("history", 2)
    assert [entry["response"]["etag"] for entry in bundle["entry"]] == ['W/"2"', 'W/"1"']
    assert bundle["entry"][0]["request"] == {"method": "PUT", "url": "CarePlan/plan-1"}
    assert bundle["entry"][1]["request"] == {"method": "POST", "url": "CarePlan"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/fhir/CarePlan/other", 404, "not-found"),
        ("/fhir/CarePlan/other/_history", 404, "not-found"),
        ("/fhir/CarePlan/" + "a" * 65, 404, "not-found"),
        ("/fhir/CarePlan/a%20b", 404, "not-found"),
        ("/fhir/CarePlan/a%00b", 404, "not-found"),
        ("/fhir/Medication/m1", 404, "not-supported"),
        ("/fhir/careplan/plan-1", 404, "not-supported"),
        ("/nowhere", 404, "not-found"),
        ("/fhir/CarePlan/plan-1/_history/1/more", 404, "not-found"),
    ],
)
async def test_what_is_not_there_is_an_outcome(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    """
    Every error is an OperationOutcome with a sentence in Swedish.
    """
    answer = await client.get(path)
    assert answer.status_code == status
    (issue,) = answer.json()["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert issue["details"]["text"]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/fhir/CarePlan/plan-1"), ("PATCH", "/"), ("GET", "/messages/x/y")]
)
async def test_a_method_that_is_not_there_is_an_outcome(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    """
    405 with Allow, or 404, never a page of the framework.
    """
    answer = await client.request(method, path)
    assert answer.status_code in {404, 405}
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_405_says_what_is_allowed(client: httpx.AsyncClient) -> None:
    """
    RFC 9110, 15.5.6: Allow is a must.
    """
    answer = await client.post("/fhir/CarePlan/plan-1")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "asked", [{"headers": {"Accept": "application/fhir+xml"}}, {"params": {"_format": "xml"}}]
)
async def test_a_resource_can_be_had_in_xml(client: httpx.AsyncClient, asked) -> None:
    """
    By Accept or by _format; a refusal is in the same form.
    """
    answer = await client.get("/fhir/CarePlan/plan-1", **asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/fhir+xml")
    assert answer.headers["vary"] == "Accept"
    assert b'<status value="completed"/>' in answer.content
    refused = await client.get("/fhir/CarePlan/plan-9", **asked)
    assert refused.content.startswith(b'<OperationOutcome xmlns="http://hl7.org/fhir">')


@pytest.mark.parametrize(
    "accept", ["application/fhir+json", "application/json", "*/*", "text/html,*/*;q=0.8", ""]
)
async def test_json_is_given_to_whoever_can_take_it(client: httpx.AsyncClient, accept: str) -> None:
    """
    A browser as well as a portal.
    """
    assert (await client.get("/fhir/CarePlan/plan-1", headers={"Accept": accept})).status_code == 200
