"""vread: one named version of a resource.

https://hl7.org/fhir/R4/http.html#vread
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.form import form_of
from adapter.rest.outcome import Problem
from adapter.rest.resource import resource_response
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_MOST_DIGITS = 9


async def vread(request: Request) -> Response:
    """``GET /fhir/{type}/{id}/_history/{version}``: versions count from 1."""
    type_, id_ = known_type(request), sound_id(request)
    form_of(request)
    number = version_number(request.path_params["version"])
    row = await Served.of(request).store.version(type_, id_, number) if number is not None else None
    if row is None:
        what = f"Den versionen av {type_} finns inte. Se vilka som finns under _history."
        raise Problem(404, "not-found", what)
    return resource_response(request, row)


def version_number(text: str) -> int | None:
    """The number of a version; None when it is no number that a version can have."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
