"""read: the current version of a resource.

https://hl7.org/fhir/R4/http.html#read
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


async def read(request: Request) -> Response:
    """``GET /fhir/{type}/{id}``."""
    type_, id_ = known_type(request), sound_id(request)
    form_of(request)
    row = await Served.of(request).store.read(type_, id_)
    if row is None:
        raise not_found(type_)
    return resource_response(request, row)


def not_found(type_: str) -> Problem:
    """404; the id is not repeated, as an id is no place for a person's number but may hold one."""
    return Problem(
        404, "not-found", f"Det finns ingen {type_} med detta id. Kontrollera id:t, eller sök efter den."
    )
