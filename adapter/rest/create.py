"""create, and conditional create: a new resource under an id that the server gives.

https://hl7.org/fhir/R4/http.html#create and #ccreate
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.caller import caller
from adapter.rest.fresh_id import fresh_id
from adapter.rest.parameters import CONTROLS
from adapter.rest.search import pairs_of
from adapter.rest.sent import check, sent_resource
from adapter.rest.served import Served
from adapter.rest.types import known_type
from adapter.rest.wishes import Wish, decided
from adapter.rest.writing import written
from adapter.rest.written import written_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.rest.writing import Change


def _condition(request: Request) -> str | None:
    """If-None-Exist, or a search in the address: some clients put it there; it is not passed over."""
    said = request.headers.get("if-none-exist")
    filters = [pair for pair in pairs_of(request.scope["query_string"]) if pair[0] not in CONTROLS]
    return said if said is not None or not filters else request.scope["query_string"].decode("latin-1")


async def create(request: Request) -> Response:
    """``POST /fhir/{type}``, with If-None-Exist unless there is one already that meets its search."""
    served, type_ = Served.of(request), known_type(request)
    source = await sent_resource(request, type_)
    await check(served, source)
    writer, base = caller(request), served.base(request)
    wish = Wish(
        interaction="create",
        type=type_,
        id=fresh_id(served.clock.now()),
        condition=_condition(request),
        resource=source.resource,
    )

    async def changes() -> list[Change]:
        return [await decided(served, base, writer, wish)]

    (done,) = await written(served, writer, changes, source.raw)
    return written_response(request, done)
