"""What the routes answer is FHIR, judged by a typed model that is not ours (R4B; our types do not differ)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

if TYPE_CHECKING:
    import httpx

NOTE = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json"


@pytest.fixture(autouse=True)
async def one_agreement(client: httpx.AsyncClient) -> None:
    """An agreement to search for."""
    assert (
        await client.post("/messages/se.cosmic.journal-notes", content=NOTE.read_bytes())
    ).status_code == 201


async def test_the_capability_statement_is_one(client: httpx.AsyncClient) -> None:
    """
    https://hl7.org/fhir/R4/capabilitystatement.html.
    """
    CapabilityStatement.model_validate_json((await client.get("/fhir/metadata")).content)


@pytest.mark.parametrize(
    "path", ["/fhir/CarePlan?_include=*&_revinclude=*", "/fhir/Task?_summary=count", "/fhir/Task?_id=x"]
)
async def test_a_searchset_is_a_bundle(client: httpx.AsyncClient, path: str) -> None:
    """
    https://hl7.org/fhir/R4/bundle.html, with and without entries.
    """
    Bundle.model_validate_json((await client.get(path)).content)


async def test_a_history_is_a_bundle(client: httpx.AsyncClient) -> None:
    """
    Each entry with request and response (bdl-3, bdl-4).
    """
    plan = (await client.get("/fhir/CarePlan")).json()["entry"][0]["resource"]["id"]
    Bundle.model_validate_json((await client.get(f"/fhir/CarePlan/{plan}/_history")).content)


@pytest.mark.parametrize("path", ["/nowhere", "/fhir/CarePlan/x", "/fhir/CarePlan?x=y", "/messages/x"])
async def test_a_refusal_is_an_operation_outcome(client: httpx.AsyncClient, path: str) -> None:
    """
    https://hl7.org/fhir/R4/operationoutcome.html.
    """
    OperationOutcome.model_validate_json((await client.get(path)).content)
