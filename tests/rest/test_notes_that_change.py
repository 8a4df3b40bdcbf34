"""Notes are fetched again and again: the content of a version counts, not its envelope."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

FIXTURES = Path(__file__).parents[2] / "fixtures"
COSMIC = (FIXTURES / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_text(encoding="utf-8")
RIV = (FIXTURES / "se.riv.care-documentation" / "kalmar-agreement.xml").read_text(encoding="utf-8")
YES, NO = ("approvedForPatient>true<", "approvedForPatient>false<")


async def post(client: httpx.AsyncClient, source: str, text: str, media: str) -> httpx.Response:
    """One message."""
    return await client.post(f"/messages/{source}", content=text.encode(), headers={"Content-Type": media})


async def plan(client: httpx.AsyncClient) -> dict[str, object]:
    """The one CarePlan there is."""
    entries = (await client.get("/fhir/CarePlan")).json()["entry"]
    assert len(entries) == 1
    resource: dict[str, object] = entries[0]["resource"]
    return resource


async def test_a_note_fetched_again_in_another_envelope_changes_nothing(client: httpx.AsyncClient) -> None:
    """
    Another timeCreated is no other content: accepted, and no new version of anything.
    """
    first = await post(client, "se.cosmic.journal-notes", COSMIC, "application/json")
    again = await post(
        client,
        "se.cosmic.journal-notes",
        COSMIC.replace("20260312101500", "20260313070000"),
        "application/json",
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert (await plan(client))["meta"]["versionId"] == "1"  # type: ignore[index]


async def test_a_note_released_to_the_patient_is_no_longer_hidden(client: httpx.AsyncClient) -> None:
    """
    The source may say yes later without a new version time; the plan gets a version without NOPATIENT.
    """
    assert YES in RIV
    hidden = await post(client, "se.riv.care-documentation", RIV.replace(YES, NO), "application/xml")
    assert hidden.status_code == 201
    assert "NOPATIENT" in str((await plan(client))["meta"])
    released = await post(client, "se.riv.care-documentation", RIV, "application/xml")
    assert released.status_code == 201
    assert "NOPATIENT" not in str((await plan(client))["meta"])


async def test_other_words_under_the_same_version_time_are_a_conflict(client: httpx.AsyncClient) -> None:
    """
    The same note id and version time with other content is 409, and nothing changes.
    """
    await post(client, "se.cosmic.journal-notes", COSMIC, "application/json")
    other = COSMIC.replace("Daglig promenad", "Daglig cykeltur")
    answer = await post(client, "se.cosmic.journal-notes", other, "application/json")
    assert answer.status_code == 409
    assert (await plan(client))["meta"]["versionId"] == "1"  # type: ignore[index]


async def test_one_note_of_two_that_is_contested_is_told_alone(client: httpx.AsyncClient) -> None:
    """
    201: the other takes effect; the answer and the message's own page tell which was left out, and where.
    """
    await post(client, "se.cosmic.journal-notes", COSMIC, "application/json")
    (changed,) = json.loads(COSMIC.replace("Daglig promenad", "Daglig cykeltur"))
    (new,) = json.loads(COSMIC.replace("Note:4711", "Note:4712"))
    text = json.dumps([new, changed], ensure_ascii=False, indent=1)
    answer = await post(client, "se.cosmic.journal-notes", text, "application/json")
    assert answer.status_code == 201
    (issue,) = [i for i in answer.json()["issue"] if i["severity"] == "error"]
    assert issue["code"] == "conflict"
    assert issue["location"][0] == "item[1].journalNoteEHRExtract[0]"
    kept = (await client.get(answer.headers["location"])).json()
    assert (kept["state"], kept["status"]) == ("partly", 201)
    assert "id-conflict" in {finding["code"] for finding in kept["findings"]}
    sources = {row["where"].partition(".")[0] for row in kept["sourceMap"] if "where" in row}
    assert sources == {"item[0]"}
    assert sum(made["reference"].startswith("CarePlan/") for made in kept["resources"]) == 1
    again = await post(client, "se.cosmic.journal-notes", text, "application/json")
    assert (again.status_code, again.headers["x-duplicate"], again.content) == (200, "true", answer.content)
    assert len((await client.get("/fhir/CarePlan")).json()["entry"]) == 2
