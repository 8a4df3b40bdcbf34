"""Messages: raw bytes come in as their sender writes them, and can be looked at afterwards.

Not FHIR's own: the routes are ours, the answers are OperationOutcomes.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from starlette.responses import Response

from adapter.conflicts import contested_in
from adapter.letters import LetterQuery
from adapter.pipeline import Needs, arrival, decide, keep
from adapter.ports import Outcome
from adapter.rest.body import body
from adapter.rest.outcome import Problem, outcome_response
from adapter.rest.report import loss, source_map
from adapter.rest.served import Served

if TYPE_CHECKING:
    from starlette.requests import Request

    from adapter.known import Known
    from adapter.letters import LetterRow
    from adapter.pipeline import Source
    from adapter.ports import Arrival, Kept, MessageRow, Ready

_LOG = structlog.get_logger("overens.messages")
LARGE = 256_000  # bytes; a larger message is decided beside the event loop, so that others do not wait
_BESIDE = asyncio.Semaphore(2)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEDIA = {
    "hl7": re.compile(r"application/hl7-v2(\+er7)?|x-application/hl7-v2\+er7|text/plain"),
    "json": re.compile(r"(application|text)/(.+\+)?json"),
    "xml": re.compile(r"(application|text)/(.+\+)?xml"),
}
_SAYS = {"hl7": "application/hl7-v2", "json": "application/json", "xml": "application/xml"}
OUTCOME = "application/fhir+json"  # what an answer is unless it is written as the sender's own format has it
_MOST = 1_000  # characters of a Content-Type that are read
_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii"})


async def post_message(request: Request) -> Response:
    """``POST /messages/{source}``: 201 kept, 200 seen before, 409, 422 parked, 400, 413, 415, 404, 503."""
    served = Served.of(request)
    source = _source(served, request.path_params["name"])
    check_media(request, source)
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    kept = await received(raw, source, served)
    _LOG.info(
        "message", message_id=kept.id, source=source.name, code=kept.outcome.value, status=kept.answer.status
    )
    headers = {"Location": f"/messages/{kept.id}"}
    status = kept.answer.status
    if kept.outcome is Outcome.SAME:
        headers["X-Duplicate"] = "true"
        status = 200 if status == 201 else status  # noqa: PLR2004  Created
    if kept.answer.media_type == OUTCOME:
        return outcome_response(request, status, kept.answer.body, headers)
    return Response(kept.answer.body, status, headers, kept.answer.media_type)


async def read_message(request: Request) -> Response:
    """``GET /messages/{id}``: state, findings, source map, loss, what was made of it, what it caused."""
    served = Served.of(request)
    id_ = request.path_params["name"]
    row = await served.store.message(id_) if _ID.fullmatch(id_) else None
    if row is None:
        what = (
            "Det finns inget meddelande med detta id. Använd adressen i Location från svaret på meddelandet."
        )
        raise Problem(404, "not-found", what)
    shown = await asyncio.to_thread(message_json, row, served.sources.get(row.source), served.base(request))
    caused = await served.whole.outbox.letters(LetterQuery(message=id_))  # who sees the message sees these
    shown["letters"] = [_letter_json(letter) for letter in reversed(caused)]
    return Response(orjson.dumps(shown), media_type="application/json")


def message_json(row: MessageRow, source: Source | None, base: str) -> dict[str, Any]:
    """A kept message as its own sender and the operator may see it.

    The source map and the loss are made again from the raw bytes; ``mapping.isSame`` tells whether
    the mapping that is loaded now is the one the message was taken in with.
    """
    again = None
    if source:
        received_at, contested = row.received_at.isoformat(), contested_in(row.findings)
        again = decide(row.raw, source, received_at=received_at, trace=True, contested=contested)
    now = source.plan.version if source else ""
    return {
        "id": row.id,
        "source": row.source,
        "sender": row.sender,
        "messageId": row.message_id,
        "state": row.state.value,
        "receivedAt": row.received_at.isoformat(),
        "sha256": row.sha256,
        "bytes": len(row.raw),
        "status": row.answer.status,
        "replays": row.replays,
        "takenAs": row.taken_as,
        "findings": list(row.findings),
        "resources": [{"reference": made, "url": f"{base}/{made}"} for made in row.made],
        "mapping": {"version": row.mapping_version, "now": now, "isSame": row.mapping_version == now},
        "sourceMap": source_map(row.raw, source, again.traces) if source and again else [],
        "loss": loss(again.loss if again else None),
    }


def _letter_json(row: LetterRow) -> dict[str, Any]:
    """A letter for the sender of what caused it: whether it came through, never what it says."""
    return {
        "id": row.letter.id,
        "kind": row.letter.kind,
        "receiver": row.letter.receiver,
        "state": row.state.value,
        "tries": row.tries,
        "code": row.trouble.code if row.trouble else "",
    }


async def received(raw: bytes, source: Source, served: Served) -> Kept:
    """``receive``, done where it delays nobody: elsewhere when there is an elsewhere."""
    received_at = served.clock.now()

    async def made(contested: frozenset[str], known: Known) -> Arrival | Ready | Needs:
        up = [decider for decider in served.deciders if decider.is_up]
        if up and len(raw) < LARGE and not known.asked:
            least_busy = min(up, key=lambda decider: len(decider.waiting))
            found = await least_busy.ready(raw, source.name, received_at, contested, served.sender)
            if found is not None:
                return found
        decided = partial(
            decide,
            raw,
            source,
            received_at=received_at.isoformat(),
            check=served.check,
            contested=contested,
            known=known,
            policy=served.policy,
        )
        if len(raw) < LARGE:
            decision = decided()
        else:
            async with _BESIDE:
                decision = await asyncio.to_thread(decided)
        if decision.needs:
            return Needs(decision.needs)
        sender = "" if decision.sender else served.sender
        return arrival(raw, source, decision, received_at, sender=sender, policy=served.policy)

    return await keep(made, served.store, served.whole)


def _source(served: Served, name: str) -> Source:
    source = served.sources.get(name)
    if source is None or source.is_internal:
        others = (known.name for known in served.sources.values() if not known.is_internal)
        what = f"Källan finns inte. De som finns är {', '.join(others)}. Rätta adressen."
        raise Problem(404, "not-found", what)
    return source


def check_media(request: Request, source: Source) -> None:
    """415 when Content-Type says another format than the source's; without one the bytes decide."""
    if what := _media_refused(request.headers.get("content-type", "")[:_MOST], source.name, source.formats):
        raise Problem(415, "not-supported", what)


@lru_cache(maxsize=256)  # senders say the same again and again
def _media_refused(sent: str, source: str, formats: tuple[str, ...]) -> str:
    """What is wrong with a Content-Type, if anything."""
    media, _, parameters = sent.partition(";")
    media = media.strip().lower()
    if not media:
        return ""
    form = next((form for form in formats if _MEDIA[form].fullmatch(media)), "")
    if not form:
        says = " eller ".join(_SAYS[form] for form in formats)
        return f"Källan {source} tar emot Content-Type: {says}. Rätta rubriken, eller välj rätt källa."
    charset = parameters.lower().partition("charset=")[2].strip().strip('"').partition(";")[0]
    if form == "json" and charset not in _UTF8:
        return "JSON är alltid UTF-8. Skicka meddelandet i UTF-8."
    return ""
