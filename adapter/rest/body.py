"""The body of a request, read with a hard limit, and refusals that the sender gets to see.

A body that is too large is refused before it is read when Content-Length tells, else at the byte
that breaks the limit. The answer goes out at once; what is still on its way is then read and thrown
away for a while, as a connection closed in the middle of an upload often loses the answer with it
(RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from adapter.rest.outcome import Problem, problem_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

BODY_READ = "overens.body_read"  # set in the scope when nothing more is to come
LINGER_BYTES = 64_000_000
LINGER_SECONDS = 5.0


async def body(request: Request, limit: int, timeout_seconds: float) -> bytes:
    """The whole body; :class:`Problem` 413 too large, 408 too slow, 400 sender went away, 415 packed."""
    _check_encoding(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large(limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_seconds):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Problem(
                        400, "incomplete", "Meddelandet kom inte fram i sin helhet. Skicka det igen."
                    )
                part: bytes = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise too_large(limit)
                parts.append(part)
                if not message.get("more_body", False):
                    request.scope[BODY_READ] = True
                    break
    except TimeoutError:
        what = f"Meddelandet kom inte fram inom {timeout_seconds:.0f} sekunder. Skicka det igen."
        raise Problem(408, "timeout", what) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def too_large(limit: int) -> Problem:
    """413: the sentence says how large it may be."""
    what = (
        f"Meddelandet är större än {limit // 1000} kB, som är det mesta servern tar emot. Dela upp det, "
        "eller be den som driver servern att höja OVERENS_MAX_BODY_BYTES."
    )
    return Problem(413, "too-long", what)


class Refusal(Response):
    """A refusal sent while the body may still be coming: answered first, then the rest is drained."""

    def __init__(self, request: Request, problem: Problem) -> None:
        told = problem_response(request, problem)
        super().__init__(told.body, told.status_code, {**told.headers, "Connection": "close"})

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer, then drain."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await _drain(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drain(receive: Receive) -> None:
    drained = 0
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while drained < LINGER_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _check_encoding(request: Request) -> None:
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in {"", "identity"}:
        what = "Packat innehåll (Content-Encoding) tas inte emot. Skicka meddelandet opackat."
        raise Problem(415, "not-supported", what, headers={"Accept-Encoding": "identity"})
