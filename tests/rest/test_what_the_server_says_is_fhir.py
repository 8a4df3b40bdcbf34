"""What the server says about itself and its resources is valid FHIR R4, and claims no more than that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapter.profiles import own_validator

if TYPE_CHECKING:
    import httpx

    from adapter.validation import Validator

FIXTURES = Path(__file__).parents[2] / "fixtures"
COSMIC = "/messages/se.cosmic.journal-notes"
NOTE = (FIXTURES / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_bytes()
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Core, HL7 Sweden's definitions and ours."""
    return own_validator()


def errors(validator: Validator, answer: httpx.Response) -> list[str]:
    """What is wrong with the body of an answer."""
    issues = validator.validate(answer.content)
    return [f"{issue.expression}: {issue.what_en}" for issue in issues if issue.is_error]


async def test_the_capabilities_are_valid(client: httpx.AsyncClient, validator: Validator) -> None:
    """
    CapabilityStatement.
    """
    answer = await client.get("/fhir/metadata")
    assert answer.json()["resourceType"] == "CapabilityStatement"
    assert not errors(validator, answer)


@pytest.mark.parametrize(
    "query",
    [
        "CarePlan",
        "CarePlan?_include=*&_revinclude=*&_count=1",
        "CarePlan?category=there-is-none",
        "Task?_summary=count",
        "CarePlan?patient=a&unknown-parameter=x",  # lenient: an outcome among the entries
        "AuditEvent",
        "CareTeam?_total=none",
    ],
)
async def test_a_search_gives_a_valid_bundle(
    client: httpx.AsyncClient, validator: Validator, query: str
) -> None:
    """
    Search sets, with what they hold judged by the profiles that it claims.
    """
    assert (await client.post(COSMIC, content=NOTE, headers=JSON)).status_code == 201
    answer = await client.get(f"/fhir/{query}", headers={"Prefer": "handling=lenient"})
    assert answer.json()["resourceType"] == "Bundle"
    assert not errors(validator, answer)


async def test_what_is_read_is_valid_with_its_version_and_its_history(
    client: httpx.AsyncClient, validator: Validator
) -> None:
    """
    Stored resources get a version and a time, and still follow their profiles.
    """
    assert (await client.post(COSMIC, content=NOTE, headers=JSON)).status_code == 201
    (plan,) = (await client.get("/fhir/CarePlan")).json()["entry"]
    place = f"/fhir/CarePlan/{plan['resource']['id']}"
    for answer in (await client.get(place), await client.get(f"{place}/_history")):
        assert answer.status_code == 200
        assert not errors(validator, answer)


@pytest.mark.parametrize(
    ("asked", "body", "status"),
    [
        ("GET /fhir/CarePlan/there-is-none", b"", 404),
        ("GET /fhir/Nonsense", b"", 404),
        ("GET /fhir/CarePlan?date=yesterday", b"", 400),
        ("POST /messages/se.nobody", b"{}", 404),
        (f"POST {COSMIC}", b"{", 400),
        ("POST /fhir/$validate", b'{"resourceType": "Patient", "gender": "x"}', 200),
        ("POST /fhir/$validate", b'{"resourceType": "Patient"}', 200),
        ("POST /fhir/CarePlan/a", b"", 405),
    ],
)
async def test_whatever_is_refused_is_told_as_a_valid_outcome(
    client: httpx.AsyncClient, validator: Validator, asked: str, body: bytes, status: int
) -> None:
    """
    OperationOutcome for each kind of fault.
    """
    answer = await client.request(*asked.split(" "), content=body, headers=JSON)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert not errors(validator, answer)
