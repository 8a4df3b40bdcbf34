"""FHIR messages over HTTP: judged, taken in once, answered; each row of the reliable-messaging table."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapter.bootstrap import running
from adapter.domain.consultation import Consultation
from adapter.domain.routes import Address, Format, Route
from adapter.letters import RESEND
from adapter.pipeline import decide
from adapter.ports import StoreUnavailable
from adapter.profiles import own_validator
from adapter.settings import Settings
from adapter.sources import load_sources
from adapter.store.sqlite import SqliteStore
from adapter.writing import Outgoing, Writers
from adapter.writing.fhir_message import in_envelope

ROOT = Path(__file__).parents[2]
LIFECARE = load_sources()["se.lifecare.message"]
WRITERS = Writers(lifecare=LIFECARE.plan)
FHIR = "application/fhir+json"
AT = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
REQUEST, ANSWER, WITHDRAWAL, COMPLETION = (
    "consultation-complete.json",
    "answer.json",
    "withdrawal.json",
    "completion-asked-for.json",
)
Json = dict[str, Any]


def message(name: str, header: str, envelope: str) -> bytes:
    """
    An example of Lifecare's as a FHIR message with these ids.
    """
    effect = decide((ROOT / "fixtures/se.lifecare.message" / name).read_bytes(), LIFECARE).kept[0]
    assert isinstance(effect.record, Consultation)
    route = Route(receiver="a", format=Format.FHIR_MESSAGE, address=Address(endpoint="https://a.example/"))
    letter = Outgoing(
        letter_id=header,
        message=effect.record,
        route=route,
        own=Address(endpoint="https://b.example/"),
        resources=effect.resources,
    )
    return in_envelope(WRITERS.written(letter).body, envelope, AT)


@dataclass
class Caller:
    """
    Whoever sends us messages.
    """

    client: httpx.AsyncClient

    async def send(self, body: bytes, media_type: str = FHIR) -> httpx.Response:
        """
        Post a message.
        """
        return await self.client.post(
            "/fhir/$process-message", content=body, headers={"Content-Type": media_type}
        )

    async def count(self) -> int:
        """
        How many Communications have come of it all, with every version.
        """
        found = (await self.client.get("/fhir/Communication?_count=100")).json()
        kept = [entry["resource"] for entry in found.get("entry", ())]
        return sum(int(each["meta"]["versionId"]) for each in kept if each["status"] == "completed")


@asynccontextmanager
async def server(tmp_path: Path) -> AsyncIterator[Caller]:
    """
    The real application on a store of its own.
    """
    settings = Settings(database_url=f"sqlite:///{tmp_path}/overens.db", workers=0)
    async with running(settings) as up:
        transport = httpx.ASGITransport(up.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield Caller(client)


def response_of(answer: httpx.Response) -> Json:
    """
    MessageHeader.response of an answer, which is a message that our profile takes.
    """
    assert answer.status_code == 200
    bundle = answer.json()
    issues = own_validator(lambda: AT).validate(answer.content)
    assert [issue.what_sv for issue in issues if issue.is_error] == []
    response: Json = bundle["entry"][0]["resource"]["response"]
    outcomes = [each for each in bundle["entry"] if each["resource"]["resourceType"] == "OperationOutcome"]
    assert (response["code"] == "ok") != bool(outcomes)
    return response


async def new_and_new(caller: Caller) -> None:
    """Both new: processed once, acknowledged."""
    answer = await caller.send(message(REQUEST, "h1", "b1"))
    assert response_of(answer) == {"identifier": "h1", "code": "ok"}
    assert await caller.count() == 1


async def seen_and_seen(caller: Caller) -> None:
    """Both seen: no effect, the answer again, byte by byte."""
    first = await caller.send(message(REQUEST, "h1", "b1"))
    again = await caller.send(message(REQUEST, "h1", "b1"))
    assert again.content == first.content
    assert again.headers["X-Duplicate"] == "true"
    assert await caller.count() == 1


async def new_envelope(caller: Caller) -> None:
    """Bundle new, header seen: no effect, the same answer."""
    first = await caller.send(message(REQUEST, "h1", "b1"))
    again = await caller.send(message(REQUEST, "h1", "b2"))
    assert again.content == first.content
    assert await caller.count() == 1


async def envelope_reused(caller: Caller) -> None:
    """Bundle seen, header new: an error, no effect."""
    await caller.send(message(REQUEST, "h1", "b1"))
    answer = await caller.send(message(WITHDRAWAL, "h2", "b1"))
    assert response_of(answer)["code"] == "fatal-error"
    assert "envelope-reused" in answer.text
    assert await caller.count() == 1


async def positive_duplicates(caller: Caller) -> None:
    """However often it comes."""
    answers = [await caller.send(message(REQUEST, "h1", "b1")) for _ in range(4)]
    assert len({answer.content for answer in answers}) == 1
    assert await caller.count() == 1


async def negative_duplicates(caller: Caller) -> None:
    """The first was invalid: the same negative answer again."""
    broken = message(REQUEST, "h1", "b1").replace(b'"intent":"order"', b'"intent":"wish"')
    first, again = await caller.send(broken), await caller.send(broken)
    assert response_of(first)["code"] == "fatal-error"
    assert again.content == first.content
    assert await caller.count() == 0


async def correction_first(caller: Caller) -> None:
    """A completion before its request is kept, and taken up when that comes."""
    answer = await caller.send(message(COMPLETION, "h2", "b2"))
    assert response_of(answer)["code"] == "ok"
    assert await caller.count() == 0
    assert response_of(await caller.send(message(REQUEST, "h1", "b1")))["code"] == "ok"


async def cancellation_first(caller: Caller) -> None:
    """A withdrawal before its request as well."""
    answer = await caller.send(message(WITHDRAWAL, "h2", "b2"))
    assert response_of(answer)["code"] == "ok"
    assert await caller.count() == 0
    assert response_of(await caller.send(message(REQUEST, "h1", "b1")))["code"] == "ok"


async def answer_lost(caller: Caller) -> None:
    """The answer never came: sent again in a new envelope, it is answered as before."""
    first = await caller.send(message(REQUEST, "h1", "b1"))
    for envelope in ("b2", "b3"):
        assert (await caller.send(message(REQUEST, "h1", envelope))).content == first.content
    assert await caller.count() == 1


async def answer_to_us(caller: Caller) -> None:
    """An acknowledgement that comes to us, once or twice, is not acknowledged and does nothing."""
    bundle = json.loads(message(REQUEST, "h1", "b1"))
    bundle["entry"][0]["resource"]["response"] = {"identifier": "x", "code": "ok"}
    for _ in range(2):
        answer = await caller.send(json.dumps(bundle).encode())
        assert (answer.status_code, answer.json()["resourceType"]) == (200, "OperationOutcome")
    assert await caller.count() == 0


async def resent_at_most_twice(caller: Caller) -> None:
    """Without an answer for 30 minutes, twice more; the letter unchanged in a new envelope."""
    assert (RESEND.base.total_seconds(), RESEND.most, RESEND.is_even) == (1800, 3, True)
    first, again = json.loads(message(REQUEST, "h1", "b1")), json.loads(message(REQUEST, "h1", "b2"))
    assert first.pop("id") != again.pop("id")
    assert first == again
    assert await caller.count() == 0


async def never_positive_then_negative(caller: Caller) -> None:
    """Other content under the same header is a conflict; what was taken in stays taken in."""
    first = await caller.send(message(REQUEST, "h1", "b1"))
    other = message(REQUEST, "h1", "b2").replace(b"furosemiddosen", b"dosen")
    answer = await caller.send(other)
    assert response_of(answer)["code"] == "fatal-error"
    assert '"conflict"' in answer.text
    assert (await caller.send(message(REQUEST, "h1", "b3"))).content == first.content
    assert await caller.count() == 1


ROWS = [
    new_and_new,
    seen_and_seen,
    new_envelope,
    envelope_reused,
    positive_duplicates,
    negative_duplicates,
    correction_first,
    cancellation_first,
    answer_lost,
    answer_to_us,
    resent_at_most_twice,
    never_positive_then_negative,
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
async def test_each_row_of_the_table_of_reliable_messaging(tmp_path: Path, row: Callable[..., Any]) -> None:
    """
    FHIR's table and MedCom's additions: one effect, one answer, and its sign never changes.
    """
    async with server(tmp_path) as caller:
        await row(caller)


async def test_an_answer_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """
    A reply in the thread of a request takes its Task along.
    """
    async with server(tmp_path) as caller:
        assert response_of(await caller.send(message(REQUEST, "h1", "b1")))["code"] == "ok"
        assert response_of(await caller.send(message(ANSWER, "h2", "b2")))["code"] == "ok"
        told = (await caller.client.get("/fhir/Communication?_count=10")).text
        task = (await caller.client.get("/fhir/Task")).json()["entry"][0]["resource"]
    said = json.loads((ROOT / "fixtures/se.lifecare.message" / ANSWER).read_bytes())
    assert said["Answer"] in told
    assert task["status"] == "completed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Bundle","type":"message"}',
        b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"MessageHeader","id":"a"}}]}',
        b'{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader"}}]}',
        b'{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","id":["a"]}}]}',
    ],
)
async def test_without_a_header_there_is_nothing_to_answer(tmp_path: Path, body: bytes) -> None:
    """
    400 with an OperationOutcome that says what to send; nothing is kept.
    """
    async with server(tmp_path) as caller:
        answer = await caller.send(body)
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_another_media_type_is_refused(tmp_path: Path) -> None:
    """
    415 when it is said not to be JSON.
    """
    async with server(tmp_path) as caller:
        answer = await caller.send(message(REQUEST, "h1", "b1"), "text/plain")
    assert answer.status_code == 415


async def test_a_store_that_is_away_is_a_transient_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nothing is kept, and the sender is asked to send the same message again.
    """

    async def away(*_: object) -> None:
        raise StoreUnavailable("gone")

    async with server(tmp_path) as caller:
        with monkeypatch.context() as patched:
            patched.setattr(SqliteStore, "keep", away)
            answer = await caller.send(message(REQUEST, "h1", "b1"))
        assert response_of(answer)["code"] == "transient-error"
        assert response_of(await caller.send(message(REQUEST, "h1", "b1")))["code"] == "ok"


async def test_what_nobody_here_uses_is_told(tmp_path: Path) -> None:
    """
    A value that is not taken further is named among the findings of the message.
    """
    body = json.loads(message(REQUEST, str(uuid4()), "b1"))
    told = next(
        each["resource"] for each in body["entry"] if each["resource"]["resourceType"] == "Communication"
    )
    told["note"] = [{"text": "Bara en anteckning."}]
    async with server(tmp_path) as caller:
        answer = await caller.send(json.dumps(body).encode())
        assert response_of(answer)["code"] == "ok"
        found = (await caller.client.get(answer.headers["Location"])).json()
    assert [finding["value"] for finding in found["findings"] if finding["code"] == "unread"] == [
        "Bara en anteckning."
    ]
