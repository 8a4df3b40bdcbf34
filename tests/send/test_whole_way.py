"""A message in over HTTP and out to the receiver that answers for its unit: the whole way, over sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import orjson
import pytest

from adapter.bootstrap import running
from adapter.settings import Settings
from tests.send.peers import Web, http, listening

REQUEST = (Path(__file__).parents[2] / "fixtures/se.lifecare.message/consultation-complete.json").read_bytes()
FILE = """
own: {endpoint: https://overens.example/fhir/$process-message}
receivers:
  vc-hasten:
    units: [SE2321000115-VC07]
    format: FORMAT
    url: http://127.0.0.1:PORT/in
"""


async def sent(tmp_path: Path, web: Web, form: str, body: bytes) -> tuple[httpx.Response, list[bytes]]:
    """
    The answer to a message, and what the receiver was sent within some seconds.
    """
    async with listening(web) as port:
        file = tmp_path / "receivers.yaml"
        file.write_text(FILE.replace("FORMAT", form).replace("PORT", str(port)), encoding="utf-8")
        settings = Settings(
            database_url=f"sqlite:///{tmp_path}/overens.db", receivers_file=str(file), check_output="off"
        )
        async with running(settings) as up:
            transport = httpx.ASGITransport(up.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                answer = await client.post("/messages/se.lifecare.message", content=body)
            async with asyncio.timeout(5):
                while answer.status_code == 201 and not web.requests:  # noqa: ASYNC110  the peer tells nobody
                    await asyncio.sleep(0.01)
    return answer, [request.partition(b"\r\n\r\n")[2] for request in web.requests]


async def test_a_request_reaches_the_unit_that_it_names_as_lifecare_has_it(tmp_path: Path) -> None:
    """
    What came in goes out with the same id and the same words.
    """
    answer, (body,) = await sent(tmp_path, Web([http(201)]), "lifecare", REQUEST)
    said, asked = orjson.loads(body), orjson.loads(REQUEST)
    assert answer.status_code == 201
    assert {name: said[name] for name in ("MessageId", "Question", "Sbar", "Client")} == {
        name: asked[name] for name in ("MessageId", "Question", "Sbar", "Client")
    }


async def test_a_request_reaches_the_unit_that_it_names_as_a_fhir_message(tmp_path: Path) -> None:
    """
    The Bundle has its header first, and an envelope of its own.
    """
    answer, (body, *_) = await sent(tmp_path, Web([http(202)]), "fhir-message", REQUEST)
    bundle = orjson.loads(body)
    assert answer.status_code == 201
    assert bundle["id"]
    assert bundle["entry"][0]["resource"]["eventCoding"]["code"] == "konsultation-begaran"


async def test_a_unit_that_nobody_answers_for_parks_its_message(tmp_path: Path) -> None:
    """
    The sender is told at once; nothing is sent anywhere.
    """
    body = REQUEST.replace(b"SE2321000115-VC07", b"SE2321000115-VC99")
    answer, bodies = await sent(tmp_path, Web([http(201)]), "lifecare", body)
    assert answer.status_code == 422
    assert "receiver-unknown" in answer.text
    assert bodies == []


@pytest.mark.parametrize("form", ["lifecare", "fhir-message"])
async def test_a_message_that_comes_twice_is_sent_once(tmp_path: Path, form: str) -> None:
    """
    The second time its sender gets the stored answer, and the receiver nothing.
    """
    web = Web([http(201)])
    first, _ = await sent(tmp_path, web, form, REQUEST)
    count = len(web.requests)
    second, _ = await sent(tmp_path, Web([http(201)]), form, REQUEST)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["X-Duplicate"] == "true"
    assert count >= 1
