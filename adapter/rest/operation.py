"""Operations that are asked for by POST: what stands in the address by GET stands in a Parameters resource.

https://hl7.org/fhir/R4/operations.html#executing
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request

from adapter.rest.body import body
from adapter.rest.outcome import Problem
from adapter.rest.sent import FHIR_MEDIA, media_of, read_resource
from adapter.rest.served import Served
from adapter.rest.storable import check_storable

if TYPE_CHECKING:
    from starlette.responses import Response

    from adapter.rest.direct import Handler

Json = dict[str, Any]


def by_post(operation: Handler) -> Handler:
    """The same operation, which changes nothing, by POST; without a body it is asked for nothing more."""

    async def asked(request: Request) -> Response:
        pairs = [*request.query_params.multi_items(), *await _parameters(request)]
        scope = {**request.scope, "query_string": urlencode(pairs).encode()}
        return await operation(Request(scope, request.receive))

    asked.__name__ = f"{operation.__name__}_by_post"
    asked.__doc__ = (operation.__doc__ or "").replace("GET", "POST", 1)
    return asked


async def _parameters(request: Request) -> list[tuple[str, str]]:
    """The names and values of the body. Problem 400 when it is no Parameters of plain values, or 415."""
    served = Served.of(request)
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    if not raw.strip():
        return []
    if media_of(request) not in FHIR_MEDIA:
        raise Problem(415, "not-supported", "Skicka parametrarna som application/fhir+json.")
    resource = read_resource(served, raw).resource
    check_storable(resource)
    parts = resource.get("parameter", [])
    if resource.get("resourceType") != "Parameters" or not isinstance(parts, list):
        raise _no_parameters()
    return [_pair(part) for part in parts]


def _pair(part: Any) -> tuple[str, str]:
    said: Json = part if isinstance(part, dict) else {}
    values = [value for name, value in said.items() if name.startswith("value")]
    if len(values) != 1 or not isinstance(said.get("name"), str) or isinstance(values[0], dict | list):
        raise _no_parameters()
    value = values[0]
    return said["name"], str(value).lower() if isinstance(value, bool) else str(value)


def _no_parameters() -> Problem:
    what = "Skicka en Parameters där varje parameter har ett enkelt värde, eller ingen kropp."
    return Problem(400, "invalid", what, where="Parameters")
