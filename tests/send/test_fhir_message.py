"""FHIR messages to a receiver: the answer Bundle decides, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from adapter.letters import RESEND, Delivered, Refused, TryAgain
from adapter.send.fhir_message import FhirMessageSender
from adapter.send.receivers import Http
from tests.clocks import StillClock
from tests.send.peers import DROP, ENVELOPE, Web, http, letter, listening

FHIR = "application/fhir+json"
BODY = b'{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader"}}]}'
OUT = letter(BODY, FHIR)
CLOCK = StillClock(datetime(2026, 11, 2, 9, 15, 0, 999, tzinfo=UTC))


def answered(code: object = "ok", of: object = OUT.id, *issues: object, type_: str = "message") -> bytes:
    """
    An HTTP answer with an answer Bundle.
    """
    header = {"resourceType": "MessageHeader", "response": {"identifier": of, "code": code}}
    outcome = {"resourceType": "OperationOutcome", "issue": [{"code": issue} for issue in issues]}
    entry = [{"resource": header}, {"resource": outcome}] if issues else [{"resource": header}]
    return http(200, orjson.dumps({"resourceType": "Bundle", "type": type_, "entry": entry}), FHIR)


def code_of(verdict: object) -> str:
    """
    The code of a trouble, marked by whether the letter is tried again.
    """
    if isinstance(verdict, TryAgain):
        return f"again {verdict.trouble.code}"
    return f"refused {verdict.trouble.code}" if isinstance(verdict, Refused) else "delivered"


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (answered(), "delivered"),
        (answered(of=ENVELOPE), "delivered"),
        (answered(of="another"), "again answer-of-another"),
        (answered("transient-error", OUT.id, "transient"), "again receiver-failed"),
        (answered("fatal-error", OUT.id, "invalid"), "refused letter-refused"),
        (answered("fatal-error", OUT.id, "conflict"), "refused letter-conflict"),
        (answered("fatal-error", OUT.id, 17, "Tolvan Tolvansson"), "refused letter-refused"),
        (answered("well"), "again receiver-garbled"),
        (answered(["ok"]), "again receiver-garbled"),
        (answered(of=17), "again receiver-garbled"),
        (answered(type_="collection"), "again receiver-garbled"),
        (http(200, b"<html>", "text/html"), "again receiver-garbled"),
        (http(200, b"[1]", FHIR), "again receiver-garbled"),
        (http(200, b'{"entry":[]}', FHIR), "again receiver-garbled"),
        (http(200, b'{"entry":{"resource":7}}', FHIR), "again receiver-garbled"),
        (http(202), "again receiver-garbled"),
        (http(422, b'{"resourceType":"OperationOutcome"}', FHIR), "refused letter-refused"),
        (http(503), "again receiver-busy"),
        (DROP, "again receiver-garbled"),
    ],
)
async def test_the_answer_bundle_decides(answer: bytes, becomes: str) -> None:
    """
    Only ok for this very message is delivered; nothing that a receiver writes gets into the trouble's words.
    """
    async with listening(Web([answer])) as port:
        out = FhirMessageSender(
            Http(url=f"http://127.0.0.1:{port}/", connect=2.0, answer=5.0),
            CLOCK,
        )
        found = await out.deliver(OUT, ENVELOPE)
        await out.close()
    assert code_of(found) == becomes
    assert "Tolvan" not in repr(found) or isinstance(found, Delivered)


async def test_each_time_it_is_sent_only_the_envelope_is_new() -> None:
    """
    Bundle.id and timestamp come first; the letter's bytes follow unchanged.
    """
    web = Web([answered()])
    async with listening(web) as port:
        out = FhirMessageSender(
            Http(url=f"http://127.0.0.1:{port}/"),
            CLOCK,
        )
        await out.deliver(OUT, ENVELOPE)
        await out.deliver(replace(OUT), "another")
        await out.close()
    bodies = [request.partition(b"\r\n\r\n")[2] for request in web.requests]
    for body, envelope in zip(bodies, (ENVELOPE, "another"), strict=True):
        said = orjson.loads(body)
        assert (said.pop("id"), said.pop("timestamp")) == (envelope, "2026-11-02T09:15:00+00:00")
        assert orjson.dumps(said) == BODY


def test_a_medcom_like_receiver_has_its_own_patience() -> None:
    """
    Every thirty minutes and at most twice again; others as the settings say.
    """
    way = Http(url="http://127.0.0.1:1/")
    assert FhirMessageSender(way, CLOCK).manner.patience is None
    assert FhirMessageSender(way, CLOCK, is_medcom_like=True).manner.patience is RESEND
