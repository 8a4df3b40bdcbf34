"""delete: nothing is ever removed; what was entered in error says so from then on.

https://hl7.org/fhir/R4/http.html#delete
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.caller import caller
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id
from adapter.rest.wishes import Wish, decided
from adapter.rest.writing import written
from adapter.rest.written import written_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.rest.writing import Change


async def delete(request: Request) -> Response:
    """``DELETE /fhir/{type}/{id}``, with If-Match only that version."""
    return await _deleted(request, sound_id(request), None)


async def conditional_delete(request: Request) -> Response:
    """``DELETE /fhir/{type}?…``: exactly one match."""
    return await _deleted(request, "", request.scope["query_string"].decode("latin-1"))


async def _deleted(request: Request, id_: str, condition: str | None) -> Response:
    served, writer = Served.of(request), caller(request)
    if_match = request.headers.get("if-match", "")
    wish = Wish(
        interaction="delete", type=known_type(request), id=id_, condition=condition, if_match=if_match
    )

    async def changes() -> list[Change]:
        return [await decided(served, served.base(request), writer, wish)]

    (done,) = await written(served, writer, changes, b"")
    return written_response(request, done)
