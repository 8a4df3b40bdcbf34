"""Liveness and readiness: is the process there, and can it keep a message right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from adapter.rest.served import Served

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def healthz(_: Request) -> Response:
    """``GET /healthz``: the process answers."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """``GET /readyz``: the store takes a real write; 503 when it does not."""
    await Served.of(request).store.ready()
    return PlainTextResponse("ready\n")
