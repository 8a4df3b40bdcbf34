"""``POST /fhir/$process-message``: a message in, and its answer out in the same exchange.

https://hl7.org/fhir/R4/messageheader-operation-process-message.html. The answer is a Bundle of type message
with status 200 whenever there is a header to answer; an OperationOutcome is in it if and only if the code is
not ok.
The same message again, in whatever envelope, has no effect and the same answer (canonical-models §5.2).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from starlette.responses import Response

from adapter.fhir import operation_outcome
from adapter.fhir.message_bundle import MEDIA_TYPE, answer_bundle
from adapter.findings import Finding
from adapter.ports import Outcome, StoreUnavailable
from adapter.rest.body import body
from adapter.rest.messages import check_media, received
from adapter.rest.outcome import Problem, outcome, outcome_response
from adapter.rest.served import Served

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

_LOG = structlog.get_logger("overens.messages")
SOURCE = "fhir.message"
_NAMESPACE = uuid.UUID("9a0c1f7e-6a52-5d0b-8f0e-2c6d1f7b3a94")  # of what we answer with
_TAKEN = 201
_AWAITS = "thread-unknown"
_NO_HEADER = (
    "Detta är inget FHIR-meddelande. Skicka en Bundle av typen message i JSON, vars första post är ett "
    "MessageHeader med id."
)
_AWAY = "Meddelandet kunde inte sparas just nu. Skicka det igen om en stund, med samma MessageHeader.id."
_ACKNOWLEDGED = "Kvittensen är mottagen; inget mer görs med den."


async def process_message(request: Request) -> Response:
    """200 with the answer; 400 without a header, 413, 415, 408 as for every body."""
    served = Served.of(request)
    source = served.sources.get(SOURCE)
    if source is None or source.envelope is None:
        raise Problem(404, "not-supported", "Servern tar inte emot FHIR-meddelanden. Välj en annan adress.")
    check_media(request, source)
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    if source.envelope(raw) is None:
        raise Problem(400, "invalid", _NO_HEADER)
    header = orjson.loads(raw)["entry"][0]["resource"]
    if "response" in header:  # nobody answers an answer
        _LOG.info("answer-to-us", source=source.name, code="answer-to-us")
        told = outcome("informational", _ACKNOWLEDGED, severity="information")
        return outcome_response(request, 200, orjson.dumps(told))
    where = f"{served.base(request)}/$process-message"
    try:
        kept = await received(raw, source, served)
    except StoreUnavailable:
        told = operation_outcome(
            [Finding("store-unavailable", "", "rest.process_message", _AWAY, blocking=True)]
        )
        return _answered(header, "transient-error", told, served.clock.now(), str(uuid.uuid4()), where, {})
    _LOG.info(
        "message", message_id=kept.id, source=source.name, code=kept.outcome.value, status=kept.answer.status
    )
    row = await served.whole.message(kept.id)
    at = row.received_at if row else served.clock.now()
    told = orjson.loads(kept.answer.body)
    is_taken = kept.answer.status == _TAKEN or _waits(told)
    told = {} if is_taken else told
    headers = {"X-Duplicate": "true"} if kept.outcome is Outcome.SAME else {}
    headers["Location"] = f"/messages/{kept.id}"
    return _answered(header, "ok" if is_taken else "fatal-error", told, at, kept.id, where, headers)


def _waits(told: dict[str, Any]) -> bool:
    """Whether only what it answers is missing: it is kept, and taken up when that comes."""
    stops = [issue for issue in told["issue"] if issue["severity"] in {"error", "fatal"}]
    codes = {coding["code"] for issue in stops for coding in issue["details"].get("coding", ())}
    return codes == {_AWAITS}


def _answered(  # noqa: PLR0913, PLR0917  what an answer is made of
    header: dict[str, Any],
    code: str,
    told: dict[str, Any],
    at: datetime,
    of: str,
    where: str,
    headers: dict[str, str],
) -> Response:
    """The answer: the same whenever the same message is answered, its ids and time too."""
    told = {"resourceType": "OperationOutcome", "id": _id(of, "utfall"), **told} if told else {}
    bundle = answer_bundle(header, code, told, id_=_id(of, "huvud"), source=where)
    opening = {"resourceType": "Bundle", "id": _id(of, "svar")}
    meta = {"meta": bundle["meta"]}
    whole = {**opening, **meta, "type": "message", "timestamp": at.isoformat(), "entry": bundle["entry"]}
    return Response(orjson.dumps(whole), 200, headers, MEDIA_TYPE)


def _id(of: str, what: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{of}|{what}"))
