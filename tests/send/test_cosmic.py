"""COSMIC's FHIR API: created once, three shapes of errors, a gateway that has enough, and half a letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from adapter.letters import Delivered, Refused, TryAgain
from adapter.send.cosmic import CosmicSender
from adapter.send.receivers import Http
from tests.clocks import StillClock
from tests.send.peers import DROP, ENVELOPE, Web, http, letter, listening

FHIR = "application/fhir+json"
BODY = orjson.dumps(
    {
        "entry": [
            {
                "resource": {"resourceType": kind, "id": kind},
                "request": {"method": "POST", "url": kind, "ifNoneExist": f"identifier=a%7C{kind}"},
            }
            for kind in ("Task", "Appointment")
        ]
    }
)
OUT = letter(BODY, FHIR)
CREATED = http(201, b'{"resourceType":"Task","id":"1"}', FHIR)
OUTCOME = b'{"resourceType":"OperationOutcome","issue":[{"code":"invalid","diagnostics":"Tolvan"}]}'
APPLICATION = b'{"error":"Forbidden","path":"/fhir/Task","status":403,"timestamp":1762070400000}'
GATEWAY = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 5 seconds."}'
CLOCK = StillClock(datetime(2026, 11, 2, 9, 15, tzinfo=UTC))


async def delivered(web: Web) -> Delivered | TryAgain | Refused:
    """
    What becomes of the letter.
    """
    async with listening(web) as port:
        way = Http(url=f"http://127.0.0.1:{port}/fhir/", connect=2.0, answer=5.0, headers={"X-Key": "k"})
        out = CosmicSender(way, CLOCK)
        found = await out.deliver(OUT, ENVELOPE)
        await out.close()
        return found


async def test_each_resource_is_created_unless_it_is_there() -> None:
    """
    In their order, each at its own address, under its own condition.
    """
    web = Web([CREATED, http(200, b'{"resourceType":"Appointment"}', FHIR)])
    assert isinstance(await delivered(web), Delivered)
    heads = [request.partition(b"\r\n\r\n")[0].decode() for request in web.requests]
    assert [head.split(" ")[1] for head in heads] == ["/fhir/Task", "/fhir/Appointment"]
    assert "If-None-Exist: identifier=a%7CTask" in heads[0]
    assert web.requests[1].endswith(b'{"resourceType":"Appointment","id":"Appointment"}')


@pytest.mark.parametrize(
    ("answers", "becomes", "after"),
    [
        ([http(422, OUTCOME, FHIR)], "refused letter-refused", None),
        ([CREATED, http(422, OUTCOME, FHIR)], "refused letter-refused", None),
        ([http(403, APPLICATION)], "again receiver-denies", None),
        ([http(429, GATEWAY)], "again receiver-busy", timedelta(seconds=5)),
        ([http(200, GATEWAY)], "again receiver-busy", timedelta(seconds=5)),
        (
            [http(429, GATEWAY, "application/json", "Retry-After: 9")],
            "again receiver-busy",
            timedelta(seconds=9),
        ),
        ([http(412, OUTCOME, FHIR)], "refused letter-conflict", None),
        ([http(501, OUTCOME, FHIR)], "refused letter-not-supported", None),
        ([http(500, b'{"error":7,"status":"x","message":8}')], "again receiver-failed", None),
        ([http(500, b"[1]")], "again receiver-failed", None),
        ([http(201, b"<html>", "text/html")], "again receiver-garbled", None),
        ([CREATED, DROP], "again receiver-garbled", None),
    ],
)
async def test_each_error_ends_as_a_verdict(
    answers: list[bytes], becomes: str, after: timedelta | None
) -> None:
    """
    The three shapes are told apart; the words of none of them get into the trouble.
    """
    found = await delivered(Web(answers))
    assert isinstance(found, TryAgain | Refused)
    word = "again" if isinstance(found, TryAgain) else "refused"
    assert f"{word} {found.trouble.code}" == becomes
    assert "Tolvan" not in repr(found)
    if isinstance(found, TryAgain):
        assert found.after == after


async def test_half_a_letter_is_begun_anew_and_does_nothing_twice() -> None:
    """
    What was created the first time is asked for under the same condition the second.
    """
    web = Web([CREATED, http(503), http(200, b"", FHIR), CREATED])
    async with listening(web) as port:
        out = CosmicSender(Http(url=f"http://127.0.0.1:{port}/fhir"), CLOCK)
        assert isinstance(await out.deliver(OUT, ENVELOPE), TryAgain)
        assert isinstance(await out.deliver(OUT, "another"), Delivered)
        await out.close()
    conditions = [request.split(b"If-None-Exist: ")[1].split(b"\r\n")[0] for request in web.requests]
    assert conditions == [b"identifier=a%7CTask", b"identifier=a%7CAppointment"] * 2
