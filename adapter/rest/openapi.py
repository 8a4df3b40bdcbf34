"""OpenAPI 3.1 of every route, made of the table of routes: for tools that know no FHIR.

https://spec.openapis.org/oas/v3.1.0. What each type can be searched by is told in the CapabilityStatement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from starlette.responses import Response

from adapter.rest.access import OPEN_PATHS
from adapter.rest.served import Served
from adapter.rest.types import SERVED_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from adapter.rest.direct import Direct, Handler

    Route = tuple[str, str, Handler]

Json = dict[str, Any]
_FHIR: Final = ("application/fhir+json", "application/fhir+xml")
_SAME: Final = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
_PATH_SCHEMAS: Final[dict[str, Json]] = {
    "type": {"type": "string", "enum": list(SERVED_TYPES)},
    "id": _SAME,
    "version": {"type": "integer", "minimum": 1},
    "name": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"},  # of a source, or the id of a message
}
_FORM: Final = ("_format", "_pretty")
_QUERIES: Final = {
    "read": ("_summary", "_elements", *_FORM),
    "vread": ("_summary", "_elements", *_FORM),
    "search": ("_id", "_lastUpdated", "_count", "_sort", "_total", "_summary", "_elements", *_FORM),
    "history": ("_since", "_count", *_FORM),
    "history_of_type": ("_since", "_count", *_FORM),
    "history_of_all": ("_since", "_count", *_FORM),
    "everything": ("_type", "_since", "_count", *_FORM),
    "access_log": ("_page", *_FORM),
    "diff": ("from", *_FORM),
    "subscriptions_status": ("id", "status", *_FORM),
    "subscription_events": ("eventsSinceNumber", "eventsUntilNumber", *_FORM),
    "convert": ("source", *_FORM),
    "metadata": _FORM,
}
_HEADERS: Final = {
    "read": ("If-None-Match", "If-Modified-Since"),
    "search": ("If-None-Match", "Prefer"),
    "create": ("If-None-Exist", "Prefer"),
    "update": ("If-Match", "Prefer"),
    "conditional_update": ("If-Match", "Prefer"),
    "patch": ("If-Match", "Prefer"),
    "conditional_patch": ("If-Match", "Prefer"),
    "delete": ("If-Match",),
    "conditional_delete": ("If-Match",),
    "batch": ("Prefer",),
}
_BODIES: Final = {
    "patch": ("application/json-patch+json",),
    "conditional_patch": ("application/json-patch+json",),
    "search_by_post": ("application/x-www-form-urlencoded",),
    "post_message": ("application/json", "application/xml"),
    "convert": ("application/json", "application/xml"),
}
_PLAIN: Final = ("application/json", "text/html", "text/plain")
_ANSWERS: Final = {
    "read_message": ("application/json",),
    "post_message": (*_FHIR, "application/json", "application/xml", "application/hl7-v2"),
}
_MADE: Final = frozenset({"create", "conditional_update", "post_message"})


def document(routes: Iterable[Route], version: str, *, has_tokens: bool = False) -> Json:
    """The whole document; ``has_tokens`` when callers must have one."""
    paths: dict[str, Json] = {}
    for method, path, handler in routes:
        if path == "/fhir/":  # as /fhir
            continue
        said = _operation(method, path, handler)
        if has_tokens and path not in OPEN_PATHS:
            said["security"] = [{"bearer": []}]
        paths.setdefault(path, {})[method.lower()] = said
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Överens", "version": version},
        "paths": paths,
        "components": {
            "schemas": {
                "Resource": {
                    "type": "object",
                    "properties": {"resourceType": {"type": "string"}},
                    "required": ["resourceType"],
                }
            },
            **({"securitySchemes": {"bearer": bearer}} if has_tokens else {}),
        },
    }


async def openapi(request: Request) -> Response:
    """``GET /openapi.json``."""
    served = Served.of(request)
    table = cast("Direct", request.scope["routes"]).table
    told = document(table, served.version, has_tokens=served.access is not None)
    return Response(orjson.dumps(told), media_type="application/json")


def _operation(method: str, path: str, handler: Handler) -> Json:
    name = getattr(handler, "__name__", "")
    said: Json = {
        "operationId": f"{name}_{re.sub('[^A-Za-z]+', '_', path).strip('_')}",
        "summary": (handler.__doc__ or "").strip().splitlines()[0],
        "responses": _responses(name, path),
    }
    inside = re.findall(r"\{(\w+)\}", path)
    if parameters := [
        *({"name": p, "in": "path", "required": True, "schema": _PATH_SCHEMAS[p]} for p in inside),
        *({"name": p, "in": "query", "schema": {"type": "string"}} for p in _QUERIES.get(name, ())),
        *({"name": p, "in": "header", "schema": {"type": "string"}} for p in _HEADERS.get(name, ())),
    ]:
        said["parameters"] = parameters
    if method in {"POST", "PUT", "PATCH"}:
        media = _BODIES.get(name, _FHIR)
        needs_body = name != "validate" and name.removesuffix("_by_post") not in _QUERIES
        said["requestBody"] = {"required": needs_body, "content": _content(media)}
    return said


def _responses(name: str, path: str) -> Json:
    media = _ANSWERS.get(name, _FHIR if path.startswith("/fhir") else _PLAIN)
    told = {"200": {"description": "Svaret", "content": _content(media)}}
    if name in _MADE:
        told["201"] = {"description": "Sparat", "content": _content(media)}
    if "If-None-Match" in _HEADERS.get(name, ()):
        told["304"] = {"description": "Oförändrat"}
    told["default"] = {"description": "Varför det inte gick, och vad man gör", "content": _content(_FHIR)}
    return told


def _content(media: Iterable[str]) -> Json:
    resource = {"schema": {"$ref": "#/components/schemas/Resource"}}
    return {each: resource if "fhir" in each else {} for each in media}
