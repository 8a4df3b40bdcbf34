"""history: all versions of one resource, the newest first: one that came late stands where it belongs.

https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.bundle import history_bundle
from adapter.rest.form import form_of, formed
from adapter.rest.read import not_found
from adapter.rest.resource import http_date
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def history(request: Request) -> Response:
    """``GET /fhir/{type}/{id}/_history``."""
    type_, id_ = known_type(request), sound_id(request)
    form = form_of(request)
    served = Served.of(request)
    rows = await served.store.history(type_, id_)
    if not rows:
        raise not_found(type_)
    headers = {"Last-Modified": http_date(max(row.last_updated for row in rows))}
    return formed(request, form, history_bundle(served.base(request), rows), headers=headers)
