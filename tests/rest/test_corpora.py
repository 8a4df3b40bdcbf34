"""Malformed and hostile inputs through the routes: a clear answer each, never 5xx, never taken in silence.

The corpora lie outside the tree: OVERENS_SHARED, else a folder ``shared`` beside it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

SHARED = Path(os.environ.get("OVERENS_SHARED", Path(__file__).parents[3] / "shared"))
CORPORA = SHARED / "corpora"
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the corpora are not at {CORPORA}")

JSON_FILES = sorted((CORPORA / "json" / "nst").rglob("*.json"))
XML_FILES = sorted(path for path in (CORPORA / "xml").rglob("*.xml"))


async def sent(client: httpx.AsyncClient, source: str, raw: bytes, media: str) -> httpx.Response:
    """The answer to a message; always an outcome, never a fault of ours."""
    answer = await client.post(f"/messages/{source}", content=raw, headers={"Content-Type": media})
    assert answer.status_code < 500
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["details"]["text"]
    return answer


@pytest.mark.parametrize("source", ["se.cosmic.journal-notes", "se.lifecare.message"])
async def test_no_broken_json_is_taken(client: httpx.AsyncClient, source: str) -> None:
    """
    JSONTestSuite: every ``n_`` file is refused, none of the others is a fault; the raw bytes are kept.
    """
    for file in JSON_FILES:
        raw = file.read_bytes()
        answer = await sent(client, source, raw, "application/json")
        if file.name.startswith("n_"):
            assert answer.status_code in {400, 413, 422}, file.name
        if "location" in answer.headers:
            kept = (await client.get(answer.headers["location"])).json()
            assert kept["bytes"] == len(raw), file.name


@pytest.mark.parametrize("source", ["se.riv.care-documentation", "se.lifecare.message"])
async def test_no_hostile_xml_is_taken_and_none_takes_long(client: httpx.AsyncClient, source: str) -> None:
    """
    Bombs, external entities, malformed documents: nothing is made of them; a DOCTYPE is refused.
    """
    for file in XML_FILES:
        raw = file.read_bytes()
        answer = await sent(client, source, raw, "application/xml")
        if answer.status_code == 201:  # well-formed, and nothing that the source knows
            kept = (await client.get(answer.headers["location"])).json()
            assert kept["resources"] == [], file.name
        if b"<!DOCTYPE" in raw:
            assert answer.status_code in {400, 413}, file.name


@pytest.mark.parametrize(
    "name", ["patient.identifier", "_id", "status", "identifier", "date", "_include", "_count"]
)
async def test_no_naughty_string_is_a_fault_of_the_search(client: httpx.AsyncClient, name: str) -> None:
    """
    Big list of naughty strings as search values, by POST.
    """
    texts = next((CORPORA / "strings").glob("*.txt")).read_text(encoding="utf-8").splitlines()
    for text in texts:
        answer = await client.post("/fhir/CarePlan/_search", data={name: text})
        assert answer.status_code in {200, 400}, text
