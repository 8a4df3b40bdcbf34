"""A request inside another: an entry of a Bundle goes the way that it would go by itself.

The same routes, the same caller, the same refusals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from adapter.rest.served import SEEN, Served
from adapter.rest.trail import TRAIL, begin, end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """What such a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_OWN = (b"host", b"prefer", b"x-emergency-access")  # headers of the whole that count for each of its entries


async def inner(
    request: Request, method: str, address: str, headers: Mapping[str, str], body: bytes = b""
) -> Inner:
    """Answer ``method`` of ``address`` (below the FHIR base, with its query) as the same caller."""
    path, _, query = address.partition("?")
    said = {"accept": "application/fhir+json", **headers}
    scope = {
        **request.scope,
        "method": method,
        "path": f"/fhir/{path}",
        "raw_path": f"/fhir/{path}".encode(),
        "query_string": query.encode(),
        "headers": [
            *((name, value) for name, value in request.scope["headers"] if name in _OWN),
            *((name.encode(), value.encode()) for name, value in said.items()),
        ],
    }
    for known in ("path_params", SEEN):
        scope.pop(known, None)
    begin(scope)
    request.scope[TRAIL].is_split = True
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await cast("ASGIApp", request.scope["routes"])(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    await end(scope, Served.of(request), start["status"])
    return Inner(
        status=start["status"],
        headers={name.decode().lower(): value.decode() for name, value in start["headers"]},
        body=b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body"),
    )
