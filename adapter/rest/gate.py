"""The gate: the outermost layer around the routes, as plain ASGI.

It gives every request its ids, refuses a foreign Host or Origin in demo mode (a page on the web must not
reach the open server through the user's browser: DNS rebinding, forged requests), and turns whatever was
not foreseen into an OperationOutcome without details and a log line without values.
"""

from __future__ import annotations

import hashlib
import re
import traceback
import uuid
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request

from adapter.ports import StoreUnavailable
from adapter.rest.caller import SCOPE_KEY
from adapter.rest.crowd import Crowd
from adapter.rest.outcome import Problem, problem_response
from adapter.rest.trail import TRAIL, begin, end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapter.rest.served import Served

_LOG = structlog.get_logger("overens.rest")
_SOUND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_LIKE_IDENTITY = re.compile(r"\d{6}[-+]?\d{4}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]/@\s]+)(?::\d{1,5})?")
_LOCAL = frozenset({"127.0.0.1", "[::1]", "localhost"})

NOT_FORESEEN = Problem(
    500,
    "exception",
    "Ett oväntat fel i servern. Inget av detta anrop är sparat; försök igen, och ge X-Request-Id till den "
    "som driver servern om felet står kvar.",
)
BUSY = Problem(
    503,
    "transient",
    "Servern kan inte spara just nu, och inget är sparat. Skicka samma sak igen om en stund.",
    headers={"Retry-After": "5"},
)


NOT_ALLOWED = Problem(
    403,
    "forbidden",
    "Inloggningen ger inte rätt till detta. Begär en åtkomsttoken med den behörighet (scope) som krävs.",
)
ONE_HOST = Problem(
    400,
    "invalid",
    "Anropet ska ha precis en rubrik Host. Rätta anropet, eller mellanledet som ändrar det.",
)
FOREIGN_HOST = Problem(
    421,
    "security",
    "Servern är öppen (demoläge) och svarar bara på den egna datorns namn. Anropa den som 127.0.0.1 "
    "eller localhost, eller sätt OVERENS_PUBLIC_URL till den adress som används.",
)
FOREIGN_PAGE = Problem(
    403,
    "security",
    "Servern är öppen (demoläge) och tar inte emot anrop från andra webbplatsers sidor. Anropa den utan "
    "webbläsare, eller från en sida på den här datorn.",
)


class Gate:
    """Wraps the application; a request passes here first and its answer last."""

    def __init__(self, app: ASGIApp, served: Served) -> None:
        self.app = app
        self.served = served
        self.hosts = _LOCAL | ({urlsplit(served.public_url).hostname or ""} - {""})
        self.access = served.access
        self.unlogged = 0  # answers of this process that the log of accesses lacks
        self.crowd = Crowd(served.most_at_once, served.requests_per_second, monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, from first byte to last."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _taken_or_made(headers.get(b"x-request-id", b""))
        correlation_id = _taken_or_made(headers.get(b"x-correlation-id", b""), request_id)
        scope["request_id"] = request_id
        scope["served"] = self.served
        ids = [(b"x-request-id", request_id.encode()), (b"x-correlation-id", correlation_id.encode())]
        has_started = is_away = False
        begin(scope)

        async def send_with_ids(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                if is_away or not await end(scope, self.served, message["status"]):
                    self.miss(scope, message["status"])
                has_started = True
                message = {**message, "headers": [*message.get("headers", ()), *ids]}
            await send(message)

        try:
            with self.crowd.entered():
                await self.admit(scope, headers)
                await self.app(scope, receive, send_with_ids)
        except Problem as told:
            problem = told
        except StoreUnavailable:  # the request cannot be logged, so it gets no answer of its own
            problem, is_away = BUSY, True
        except Exception as fault:  # noqa: BLE001  the last resort: whatever it is, the caller gets an answer
            _LOG.error(
                "not-foreseen", request_id=loggable(request_id), at=_place(fault), code=type(fault).__name__
            )
            problem = NOT_FORESEEN
        else:
            return
        if not has_started:
            await problem_response(Request(scope), problem)(scope, receive, send_with_ids)

    def miss(self, scope: Scope, status: int) -> None:
        """Say, and count, that an answer leaves without its entry in the log of accesses."""
        if TRAIL in scope:
            self.unlogged += 1
            _LOG.error(
                "not-logged",
                request_id=loggable(scope["request_id"]),
                code="access-not-logged",
                status=status,
                count=self.unlogged,
            )

    async def admit(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        """Let a request in, its caller known; raises Problem when it stays outside."""
        if sum(name == b"host" for name, _ in scope["headers"]) != 1:
            raise ONE_HOST.anew()
        if self.access is not None:
            await self.access.admit(scope, headers)
        elif not self.is_local(headers.get(b"host", b"")):
            raise FOREIGN_HOST.anew()
        elif b"origin" in headers and not self.is_own_page(headers[b"origin"]):
            raise FOREIGN_PAGE.anew()
        self.crowd.count(_who(scope))

    def is_local(self, host: bytes) -> bool:
        """The Host header names this machine (any port), or the address the setting gives."""
        match = _HOST.fullmatch(host.decode("latin-1"))
        return match is not None and match[1].lower() in self.hosts

    def is_own_page(self, origin: bytes) -> bool:
        """The page that calls (browsers say which, in Origin) was served by this machine."""
        try:
            name = urlsplit(origin.decode("latin-1")).hostname or ""
        except ValueError:
            return False
        return name in self.hosts or f"[{name}]" in self.hosts


def _who(scope: Scope) -> str:
    """The caller whose requests are counted: its client, or the address it calls from."""
    writer = scope.get(SCOPE_KEY)
    return writer.client if writer else (scope.get("client") or ("",))[0]


def loggable(request_id: str) -> str:
    """The caller's id as the log may hold it: one that looks like an identity number becomes a hash."""
    if _LIKE_IDENTITY.search(request_id):
        return "sha256:" + hashlib.sha256(request_id.encode()).hexdigest()[:16]
    return request_id


def _taken_or_made(sent: bytes, otherwise: str = "") -> str:
    text = sent.decode("latin-1")
    return text if _SOUND_ID.fullmatch(text) else otherwise or str(uuid.uuid4())


def _place(fault: BaseException) -> str:
    """Where it went wrong, as ``module.py:line`` of our own code; never the text of the exception."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.filename.rsplit('/adapter/')[-1]}:{frame.lineno}" for frame in frames[:-4:-1])
