"""patch: a resource changed by JSON Patch (RFC 6902), and conditional patch.

https://hl7.org/fhir/R4/http.html#patch. The result is judged as an update's is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.rest.caller import caller
from adapter.rest.json_patch import read_patch
from adapter.rest.sent import PATCH_MEDIA, check, sent_body
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id
from adapter.rest.wishes import Wish, decided
from adapter.rest.writing import written
from adapter.rest.written import written_response
from adapter.validation.reading import Source

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.rest.writing import Change


async def patch(request: Request) -> Response:
    """``PATCH /fhir/{type}/{id}``."""
    return await _patched(request, sound_id(request), None)


async def conditional_patch(request: Request) -> Response:
    """``PATCH /fhir/{type}?…``: exactly one match."""
    return await _patched(request, "", request.scope["query_string"].decode("latin-1"))


async def _patched(request: Request, id_: str, condition: str | None) -> Response:
    served, writer, type_ = Served.of(request), caller(request), known_type(request)
    raw = await sent_body(request, PATCH_MEDIA)
    wish = Wish(
        interaction="patch",
        type=type_,
        id=id_,
        condition=condition,
        if_match=request.headers.get("if-match", ""),
        patch=read_patch(raw),
    )

    async def changes() -> list[Change]:
        change = await decided(served, served.base(request), writer, wish)
        if change.resource is not None:
            await check(served, Source(change.resource))
        return [change]

    (done,) = await written(served, writer, changes, raw)
    return written_response(request, done)
