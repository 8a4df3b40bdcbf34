"""delete: https://hl7.org/fhir/R4/http.html#delete, as entered in error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.mistaken import MISTAKABLE

if TYPE_CHECKING:
    import httpx

PLAN: dict[str, Any] = {"resourceType": "CarePlan", "id": "p1", "status": "active", "intent": "plan"}


@pytest.fixture(autouse=True)
async def one_plan(keep) -> None:
    """A plan that a message made."""
    await keep(PLAN)


async def test_what_is_deleted_says_that_it_was_entered_in_error(client: httpx.AsyncClient) -> None:
    """
    Nothing is removed: its next version says so, and the one before is in history.
    """
    answer = await client.delete("/fhir/CarePlan/p1")
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.json()["issue"][0]["severity"] == "information"
    assert (await client.get("/fhir/CarePlan/p1")).json()["status"] == "entered-in-error"
    assert (await client.get("/fhir/CarePlan/p1/_history/1")).json()["status"] == "active"
    (origin,) = (await client.get("/fhir/Provenance?target=CarePlan/p1")).json()["entry"]
    assert origin["resource"]["activity"]["coding"][0]["code"] == "NULLIFY"


async def test_what_is_deleted_twice_is_deleted_once(client: httpx.AsyncClient) -> None:
    """
    The second time changes nothing.
    """
    await client.delete("/fhir/CarePlan/p1")
    answer = await client.delete("/fhir/CarePlan/p1")
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')


@pytest.mark.parametrize(("tag", "status"), [('W/"1"', 200), ('W/"2"', 412)])
async def test_if_match_says_which_version_is_meant(client: httpx.AsyncClient, tag: str, status: int) -> None:
    """
    Another than the current one is not deleted.
    """
    assert (await client.delete("/fhir/CarePlan/p1", headers={"If-Match": tag})).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fhir/CarePlan/p2", 404),
        ("/fhir/CarePlan?status=active", 200),
        ("/fhir/CarePlan?status=draft", 404),
        ("/fhir/CarePlan", 412),
        ("/fhir/Organization/o1", 405),
        ("/fhir/AuditEvent/a1", 405),
    ],
)
async def test_what_cannot_be_deleted_is_an_outcome(
    client: httpx.AsyncClient, keep, path: str, status: int
) -> None:
    """
    404 for what is not there, 412 for no condition, 405 for what cannot be entered in error.
    """
    await keep({"resourceType": "Organization", "id": "o1", "name": "Hälsocentralen"})
    answer = await client.delete(path)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_condition_that_many_meet_deletes_nothing(client: httpx.AsyncClient, keep) -> None:
    """
    412, and both stay.
    """
    await keep({**PLAN, "id": "p2"})
    assert (await client.delete("/fhir/CarePlan?status=active")).status_code == 412
    assert (await client.get("/fhir/CarePlan/p1")).json()["status"] == "active"


async def test_every_type_that_can_be_deleted_has_the_status(served) -> None:
    """
    entered-in-error is a code of each type's status, or the next version could not be read.
    """
    for type_ in sorted(MISTAKABLE):
        issues = served.validator().validate({"resourceType": type_, "status": "entered-in-error"})
        assert "code-required" not in {
            issue.rule for issue in issues if issue.expression == f"{type_}.status"
        }
