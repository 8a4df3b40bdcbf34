"""batch and transaction: many requests in one Bundle, each by itself or all or none.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

from adapter.rest.entries import read_entries
from adapter.rest.form import digits, form_of, formed
from adapter.rest.inner import inner
from adapter.rest.outcome import Problem
from adapter.rest.sent import sent_resource
from adapter.rest.served import Served
from adapter.rest.storable import check_storable
from adapter.rest.transaction import carried_out
from adapter.rest.written import written_headers

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.rest.entries import Entry
    from adapter.rest.inner import Inner
    from adapter.rest.writing import Written

Json = dict[str, Any]
_READING = frozenset({"GET", "HEAD"})


async def batch(request: Request) -> Response:
    """``POST /fhir`` with a Bundle of type batch or transaction."""
    form = form_of(request)
    source = await sent_resource(request, "Bundle")
    bundle = source.resource
    kind = bundle.get("type")
    if kind not in {"batch", "transaction"}:
        what = "En Bundle till /fhir har type batch eller transaction. Andra skickas till sin egen adress."
        raise Problem(400, "invalid", what, where="Bundle.type")
    entries = read_entries(bundle, Served.of(request).base(request))
    done: dict[int, Written] = {}
    if kind == "transaction":
        writing = [entry for entry in entries if entry.method not in _READING]
        done = await carried_out(request, writing, source.raw)
    told = [await _told(request, entry, done.get(entry.number)) for entry in entries]
    answer = {"resourceType": "Bundle", "type": f"{kind}-response"} | ({"entry": told} if told else {})
    return formed(request, form, orjson.dumps(answer))


async def _told(request: Request, entry: Entry, written: Written | None) -> Json:
    if written is not None:
        return _told_of(request, written)
    media = {
        "POST": "application/fhir+json",
        "PUT": "application/fhir+json",
        "PATCH": "application/json-patch+json",
    }
    headers = dict(entry.headers)
    body = b""
    try:
        check_storable(entry.resource)  # or it cannot be written down either
        if entry.method in media:
            headers["content-type"] = media[entry.method]
            body = entry.patch() if entry.method == "PATCH" else orjson.dumps(entry.resource, digits)
    except Problem as problem:
        return {"response": {"status": _status(problem.status), "outcome": problem.told}}
    return _answered(await inner(request, entry.method, entry.address, headers, body))


def _answered(answer: Inner) -> Json:
    """One answer as an entry; a refusal stands as its outcome."""
    said: Json = {"status": _status(answer.status)}
    for name, key in (("location", "location"), ("etag", "etag")):
        if name in answer.headers and _is_version(answer.headers[name], key):
            said[key] = answer.headers[name]
    if not answer.body:
        return {"response": said}
    is_refused = answer.status >= HTTPStatus.BAD_REQUEST
    if is_refused or answer.body.startswith(b'{"resourceType":"OperationOutcome"'):
        return {"response": {**said, "outcome": orjson.Fragment(answer.body)}}
    return {"resource": orjson.Fragment(answer.body), "response": said}


def _is_version(text: str, key: str) -> bool:
    return key == "location" or text.removeprefix('W/"').removesuffix('"').isdecimal()


def _told_of(request: Request, written: Written) -> Json:
    base = Served.of(request).base(request)
    headers = written_headers(base, written)
    row = written.row
    said: Json = {
        "status": _status(written.change.status),
        "location": f"{base}/{row.type}/{row.id}/_history/{row.version}",
        "etag": headers["ETag"],
        "lastModified": row.last_updated.isoformat(),
    }
    told: Json = {"fullUrl": f"{base}/{row.type}/{row.id}", "response": said}
    if "return=representation" in request.headers.get("prefer", ""):
        told["resource"] = orjson.Fragment(row.body)
    return told


def _status(number: int) -> str:
    return f"{number} {HTTPStatus(number).phrase}"
