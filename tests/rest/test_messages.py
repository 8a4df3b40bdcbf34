"""Messages in, and what can be seen of them afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest

from adapter.rest.app import application
from adapter.validation import Issue
from tests.store.conftest import Post
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from adapter.ports import Store
    from adapter.rest.served import Served

ROOT = Path(__file__).parents[2]
COSMIC = "/messages/se.cosmic.journal-notes"
NOTE = (ROOT / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_bytes()
JSON = {"Content-Type": "application/json"}


def changed_note() -> bytes:
    """The same note id and version, with another text."""
    return NOTE.replace("Överenskommelse".encode(), "Överenskommelsen".encode(), 1)


async def test_a_message_is_kept_and_its_place_told(client: httpx.AsyncClient) -> None:
    """
    201 with Location and an OperationOutcome; what was made can be fetched at once.
    """
    answer = await client.post(COSMIC, content=NOTE, headers=JSON)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert "x-duplicate" not in answer.headers
    kept = (await client.get(answer.headers["location"])).json()
    assert kept["state"] == "done"
    plan = next(made for made in kept["resources"] if made["reference"].startswith("CarePlan/"))
    assert (await client.get(plan["url"])).json()["resourceType"] == "CarePlan"


async def test_what_is_shown_of_a_message_tells_where_everything_came_from(client: httpx.AsyncClient) -> None:
    """
    Source map with places, loss that adds up, findings as they were kept, no letters of an agreement.
    """
    answer = await client.post(COSMIC, content=NOTE, headers=JSON)
    kept = (await client.get(answer.headers["location"])).json()
    loss = kept["loss"]
    assert loss["mapped"] + loss["ignored"] + loss["unread"] == loss["leaves"] > 0
    period = next(
        row
        for row in kept["sourceMap"]
        if row["element"].startswith("CarePlan/") and row["element"].endswith(".period.end")
    )
    assert period["line"] > 1
    assert kept["letters"] == []
    assert kept["mapping"]["isSame"]
    assert all(finding["code"] and finding["what"] for finding in kept["findings"])


async def test_what_is_shown_of_a_message_tells_what_became_of_its_letters(
    client: httpx.AsyncClient, store: Store
) -> None:
    """
    In the order they were made, without what they say.
    """
    arrival = with_letters(Post(), letter("a"), letter("b", lane=8))
    await store.keep(arrival)
    shown = (await client.get(f"/messages/{arrival.id}")).json()["letters"]
    assert [(each["id"], each["receiver"], each["state"]) for each in shown] == [
        (letter("a").id, "north", "waiting"),
        (letter("b").id, "north", "waiting"),
    ]
    assert "body" not in shown[0]


async def test_the_same_message_again_gets_the_stored_answer(client: httpx.AsyncClient) -> None:
    """
    200, X-Duplicate, the same Location and body; no new version of anything.
    """
    first = await client.post(COSMIC, content=NOTE, headers=JSON)
    again = await client.post(COSMIC, content=NOTE, headers=JSON)
    assert (again.status_code, again.headers["x-duplicate"]) == (200, "true")
    assert (again.headers["location"], again.content) == (first.headers["location"], first.content)
    plans = (await client.get("/fhir/CarePlan")).json()["entry"]
    assert {plan["resource"]["meta"]["versionId"] for plan in plans} == {"1"}


async def test_the_same_id_with_other_content_is_a_conflict(client: httpx.AsyncClient) -> None:
    """
    409; the other content is kept to be looked at, and sent again it gets 409 again.
    """
    await client.post(COSMIC, content=NOTE, headers=JSON)
    other = await client.post(COSMIC, content=changed_note(), headers=JSON)
    assert other.status_code == 409
    assert other.json()["resourceType"] == "OperationOutcome"
    assert (await client.get(other.headers["location"])).json()["state"] == "refused"
    again = await client.post(COSMIC, content=changed_note(), headers=JSON)
    assert (again.status_code, again.headers["x-duplicate"]) == (409, "true")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        NOTE[:-20],
        b"\xff\xfe\x00",
        b"[NaN]",
        b'{"a":1,"a":2}',
        b"[" * 5000,
        b'"\\ud800"',
    ],
)
async def test_what_cannot_be_read_is_refused_and_kept(client: httpx.AsyncClient, raw: bytes) -> None:
    """
    400 or 422 with place and remedy, and the bytes can be looked at under Location.
    """
    answer = await client.post(COSMIC, content=raw, headers=JSON)
    assert answer.status_code in {400, 422}
    (issue, *_) = answer.json()["issue"]
    assert issue["severity"] == "error"
    assert issue["details"]["text"]
    kept = (await client.get(answer.headers["location"])).json()
    assert kept["bytes"] == len(raw)
    assert kept["state"] in {"unreadable", "parked"}


async def test_a_refused_message_again_gets_its_first_status(client: httpx.AsyncClient) -> None:
    """
    400 stays 400, with X-Duplicate.
    """
    first = await client.post(COSMIC, content=b"{", headers=JSON)
    again = await client.post(COSMIC, content=b"{", headers=JSON)
    assert (again.status_code, again.headers["x-duplicate"], again.content) == (400, "true", first.content)


async def test_an_unknown_source_is_404_and_the_known_ones_are_named(client: httpx.AsyncClient) -> None:
    """
    A misspelt address says what to write.
    """
    answer = await client.post("/messages/se.cosmic.notes", content=NOTE, headers=JSON)
    assert answer.status_code == 404
    assert "se.cosmic.journal-notes" in answer.json()["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    "media",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/xml",
        "application/octet-stream",
        "application/json; charset=iso-8859-1",
        "nonsense",
    ],
)
async def test_another_type_than_the_sources_is_415(client: httpx.AsyncClient, media: str) -> None:
    """
    With what to send instead; JSON is UTF-8.
    """
    answer = await client.post(COSMIC, content=NOTE, headers={"Content-Type": media})
    assert answer.status_code == 415
    text = answer.json()["issue"][0]["details"]["text"]
    assert "application/json" in text or "UTF-8" in text


@pytest.mark.parametrize(
    "media", ["application/json", "APPLICATION/JSON;charset=UTF-8", "application/vnd.x+json", None]
)
async def test_the_sources_type_or_none_is_taken(client: httpx.AsyncClient, media: str | None) -> None:
    """
    Without Content-Type the bytes decide.
    """
    answer = await client.post(COSMIC, content=NOTE, headers={"Content-Type": media} if media else {})
    assert answer.status_code == 201


async def test_a_packed_body_is_refused(client: httpx.AsyncClient) -> None:
    """
    No gzip: what is unpacked has no known size.
    """
    answer = await client.post(COSMIC, content=NOTE, headers={**JSON, "Content-Encoding": "gzip"})
    assert answer.status_code == 415


async def test_a_body_over_the_limit_is_413(client: httpx.AsyncClient) -> None:
    """
    By Content-Length before it is read, and by counting when no length was said.
    """

    async def in_pieces():
        for _ in range(30):
            yield b" " * 10_000

    for content in (b" " * 200_000, in_pieces()):
        answer = await client.post(COSMIC, content=content, headers=JSON)
        assert answer.status_code == 413
        assert answer.json()["issue"][0]["code"] == "too-long"


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/xml, */*;q=0.1", "application/xml"])
async def test_the_answer_comes_as_xml_when_asked_for(client: httpx.AsyncClient, accept: str) -> None:
    """
    FHIR XML of the same OperationOutcome: severity, code, details, in the standard's order.
    """
    from lxml import etree  # noqa: PLC0415  an XML reader that is not ours

    answer = await client.post(COSMIC, content=b"{", headers={**JSON, "Accept": accept})
    assert answer.headers["content-type"].startswith("application/fhir+xml")
    root = etree.fromstring(answer.content)
    assert root.tag == "{http://hl7.org/fhir}OperationOutcome"
    names = [etree.QName(part).localname for part in root[0]]
    assert names[:3] == ["severity", "code", "details"]
    plain = (await client.post(COSMIC, content=b"{", headers=JSON)).json()
    assert root[0][2].find("{*}text").get("value") == plain["issue"][0]["details"]["text"]


@pytest.mark.parametrize("id_", ["x", "00000000-0000-5000-8000-000000000000", "a" * 300, "%00"])
async def test_a_message_that_is_not_there_is_404(client: httpx.AsyncClient, id_: str) -> None:
    """
    Whatever the id looks like.
    """
    answer = await client.get(f"/messages/{id_}")
    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_large_message_is_decided_beside_the_loop_with_the_same_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Size changes where the work is done, not what comes of it.
    """
    from adapter.rest import messages  # noqa: PLC0415  patched here alone

    monkeypatch.setattr(messages, "LARGE", 10)
    answer = await client.post(COSMIC, content=NOTE, headers=JSON)
    monkeypatch.undo()
    again = await client.post(COSMIC, content=NOTE, headers=JSON)
    assert (answer.status_code, again.status_code) == (201, 200)
    assert again.content == answer.content


async def test_a_message_with_a_mapping_that_has_changed_says_so(
    client: httpx.AsyncClient, served, store
) -> None:
    """
    The source map is made again; whether by the same mapping is told.
    """
    from dataclasses import replace  # noqa: PLC0415  used here alone

    from adapter.rest.messages import message_json  # noqa: PLC0415  used here alone

    answer = await client.post(COSMIC, content=NOTE, headers=JSON)
    row = await store.message(answer.headers["location"].rsplit("/", 1)[1])
    source = served.sources["se.cosmic.journal-notes"]
    assert not message_json(replace(row, mapping_version="older"), source, "")["mapping"]["isSame"]
    gone = message_json(row, None, "")
    assert (gone["sourceMap"], gone["loss"]) == ([], {})
    assert json.loads(orjson.dumps(gone))["state"] == "done"


async def test_a_fault_in_what_we_make_is_told_as_ours_and_nothing_of_it_can_be_read(
    served: Served,
) -> None:
    """
    422, parked with the raw bytes; the AuditEvent is all that /fhir has.
    """
    wrong = Issue("error", "invariant", "agr-x", "CarePlan", "Rätta.", "Mend it.")
    app = application(replace(served, check=lambda _: (wrong,)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as caller:
        answer = await caller.post(COSMIC, content=NOTE, headers=JSON)
        kept = (await caller.get(answer.headers["location"])).json()
        found = (await caller.get("/fhir/CarePlan")).json()
    assert answer.status_code == 422
    codes = [issue["details"]["coding"][0]["code"] for issue in answer.json()["issue"]]
    assert "fhir-not-valid" in codes
    assert kept["state"] == "parked"
    assert not [made for made in kept["resources"] if not made["reference"].startswith("AuditEvent/")]
    assert "entry" not in found


HL7 = ROOT / "fixtures" / "hl7v2.referral"
REFERRAL = "/messages/hl7v2.referral"


@pytest.mark.parametrize(
    "media",
    ["application/hl7-v2", "x-application/hl7-v2+er7", "application/hl7-v2+er7; charset=utf-8", "text/plain"],
)
async def test_hl7_v2_is_answered_with_an_acknowledgement(media: str, client: httpx.AsyncClient) -> None:
    """
    201 with AA, and 200 with the same bytes when it comes again; 409 with AE when it says something else.
    """
    raw = (HL7 / "request-with-sbar.hl7").read_bytes()
    headers = {"Content-Type": media}
    answer = await client.post(REFERRAL, content=raw, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/hl7-v2"
    assert b"\rMSA|AA|L-0001\r" in answer.content
    again = await client.post(REFERRAL, content=raw, headers=headers)
    assert (again.status_code, again.headers["x-duplicate"], again.content) == (200, "true", answer.content)
    other = await client.post(REFERRAL, content=raw.replace(b"dosen", b"halva dosen"), headers=headers)
    assert other.status_code == 409
    assert b"\rMSA|AE|L-0001\r" in other.content
    assert b"|205^Duplicate key identifier^HL70357|E|id-conflict^^OVERENS|" in other.content


@pytest.mark.parametrize(
    ("fixture", "status", "code"),
    [("request-that-is-acute", 422, "AE"), ("unknown-event", 422, "AR"), ("without-control-id", 422, "AE")],
)
async def test_hl7_v2_that_is_stopped_is_told_so(
    fixture: str, status: int, code: str, client: httpx.AsyncClient
) -> None:
    """
    The status is that of every format, the reason stands in ERR; Location leads to the kept message.
    """
    raw = (HL7 / f"{fixture}.hl7").read_bytes()
    answer = await client.post(REFERRAL, content=raw, headers={"Content-Type": "application/hl7-v2"})
    assert answer.status_code == status
    assert f"\rMSA|{code}".encode() in answer.content
    kept = (await client.get(answer.headers["location"])).json()
    assert kept["findings"][0]["line"] >= 1


async def test_hl7_v2_that_is_no_message_is_rejected(client: httpx.AsyncClient) -> None:
    """
    400 with AR and an empty MSA-2, whatever the bytes are; another media type is 415.
    """
    headers = {"Content-Type": "application/hl7-v2"}
    answer = await client.post(REFERRAL, content=b"hej", headers=headers)
    assert answer.status_code == 400
    assert b"\rMSA|AR\r" in answer.content
    assert (await client.post(REFERRAL, content=b"{}", headers=JSON)).status_code == 415
