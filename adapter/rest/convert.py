"""$convert: what a message would become, without keeping anything.

Our own operation (profiles/input/fsh/operations.fsh); https://hl7.org/fhir/R4/operations.html
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import orjson

from adapter.answers import answer
from adapter.fhir import profiles
from adapter.fhir.bundle import collection
from adapter.pipeline import decide
from adapter.ports import State
from adapter.rest.body import body
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.report import source_map
from adapter.rest.served import Served
from adapter.validation.json_reader import JsonFault, read_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.mapping import Loss
    from adapter.pipeline import Source

Json = dict[str, Any]


async def convert(request: Request) -> Response:
    """``POST /fhir/$convert?source=NAME`` with the message as it is, or Parameters that hold it."""
    served, form = Served.of(request), form_of(request)
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    name, message = _asked(raw, request.query_params.get("source", ""))
    source = _source(served, name, message)
    received_at = served.clock.now().isoformat()
    try:
        told = await served.beside(lambda: _converted(message, source, served, received_at))
    except TimeoutError:
        raise Problem(422, "too-costly", "Meddelandet tog för lång tid. Dela upp det.") from None
    return formed(request, form, orjson.dumps(told))


def _asked(raw: bytes, name: str) -> tuple[str, bytes]:
    """The source and the message: out of Parameters, or the body itself. Problem 400 when it is missing."""
    if not raw.strip():
        raise Problem(400, "required", "Anropet saknar meddelande. Skicka det i kroppen.")
    if b'"Parameters"' not in raw[:2000]:
        return name, raw
    try:
        tree = read_json(raw)[0]
    except JsonFault:
        return name, raw
    if not isinstance(tree, dict) or tree.get("resourceType") != "Parameters":
        return name, raw
    parameters = tree.get("parameter")
    listed = parameters if isinstance(parameters, list) else []
    said = {str(p.get("name")): p for p in listed if isinstance(p, dict)}
    try:
        message = base64.b64decode(said["message"]["valueBase64Binary"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        what = "Parametern message saknas. Skicka meddelandet som valueBase64Binary."
        raise Problem(400, "required", what, where="message") from None
    named = said.get("source", {}).get("valueString", name)
    return named if isinstance(named, str) else name, message


def _source(served: Served, name: str, message: bytes) -> Source:
    known = ", ".join(served.sources)
    found = name or served.recognise(message, served.sources) or ""
    if found not in served.sources:
        what = f"Källan är inte känd. Ange source som någon av {known}."
        raise Problem(404 if name else 422, "not-found", what, where="source")
    return served.sources[found]


def _converted(message: bytes, source: Source, served: Served, received_at: str) -> Json:
    decision = decide(message, source, received_at=received_at, trace=True, check=served.check)
    parts: list[Json] = [{"name": "source", "valueString": source.name}]
    if decision.state in {State.DONE, State.PARTLY}:
        parts.append({"name": "return", "resource": collection(decision.resources)})
    parts.append({"name": "outcome", "resource": orjson.loads(answer(decision).body)})
    if decision.loss:
        parts.append({"name": "loss", "resource": _loss(decision.loss)})
    parts += [_trace(row) for row in source_map(message, source, decision.traces)]
    return {"resourceType": "Parameters", "parameter": parts}


def _loss(loss: Loss) -> Json:
    """What became of every place, by the profile bortfall."""
    numbers = (
        ("mappat", loss.mapped),
        ("uppskjutet", loss.ignored),
        ("forlorat", loss.unread),
        ("alla", loss.leaves),
    )
    places = [(place, "ignored") for place in loss.ignored_places]
    places += [(place, "unread") for place in loss.unread_places]
    return {
        "resourceType": "Parameters",
        "meta": {"profile": [profiles.LOSS]},
        "parameter": [
            *({"name": name, "valueInteger": number} for name, number in numbers),
            *({"name": "plats", "part": _place(*place)} for place in places),
        ],
    }


def _place(where: str, reason: str) -> list[Json]:
    said = (("var", where), ("skal", reason))
    return [{"name": name, "valueString": text} for name, text in said if text]


def _trace(row: Json) -> Json:
    parts = [
        {"name": name, ("valueInteger" if isinstance(value, int) else "valueString"): value}
        for name, value in row.items()
    ]
    return {"name": "sourceMap", "part": parts}
