"""update, and conditional update: the next version of a resource, by If-Match or by a search.

https://hl7.org/fhir/R4/http.html#update and #cond-update. Ids are the server's: what is not there is not made
by a PUT to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.caller import caller
from adapter.rest.fresh_id import fresh_id
from adapter.rest.outcome import Problem
from adapter.rest.sent import check, sent_resource
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id
from adapter.rest.wishes import Wish, decided
from adapter.rest.writing import written
from adapter.rest.written import written_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.rest.writing import Change


async def update(request: Request) -> Response:
    """``PUT /fhir/{type}/{id}`` with If-Match."""
    id_ = sound_id(request)
    return await _updated(request, id_, None)


async def conditional_update(request: Request) -> Response:
    """``PUT /fhir/{type}?…``: one match is updated, none creates, more are refused."""
    return await _updated(request, "", request.scope["query_string"].decode("latin-1"))


async def _updated(request: Request, id_: str, condition: str | None) -> Response:
    served, type_ = Served.of(request), known_type(request)
    source = await sent_resource(request, type_)
    if id_ and source.resource.get("id") != id_:
        what = "Resursens id saknas eller är ett annat än adressens. Gör dem lika."
        raise Problem(400, "invalid", what, where=f"{type_}.id")
    await check(served, source)
    writer, base = caller(request), served.base(request)
    wish = Wish(
        interaction="update",
        type=type_,
        id=id_ or fresh_id(served.clock.now()),
        condition=condition,
        if_match=request.headers.get("if-match", ""),
        resource=source.resource,
    )

    async def changes() -> list[Change]:
        return [await decided(served, base, writer, wish)]

    (done,) = await written(served, writer, changes, source.raw)
    return written_response(request, done)
