"""HTTP to one receiver: no redirects, no proxies of the environment, limits on time and size, TLS judged.

No body is logged. What comes back is a ``Reply`` or, when there is none, the ``TryAgain`` that says why.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import httpx

from adapter.frozen import dataclass
from adapter.letters import TryAgain
from adapter.send.oauth import Tokens
from adapter.send.troubles import refused, try_again

if TYPE_CHECKING:
    from adapter.letters import Verdict
    from adapter.ports import Clock
    from adapter.send.receivers import Http

MOST_BYTES: Final = 1_000_000  # of an answer
_LONGEST_WAIT: Final = timedelta(hours=1)
_AT_ONCE: Final = 20  # connections to one receiver
_OK: Final = frozenset({200, 201, 202, 204})
_DENIED: Final = 401
_BY_STATUS: Final = {
    **dict.fromkeys((425, 429, 503), "receiver-busy"),
    **dict.fromkeys((401, 403, 407), "receiver-denies"),
    **dict.fromkeys((404, 405, 410), "receiver-address"),
    408: "receiver-silent",
    409: "letter-conflict",
    501: "letter-not-supported",
}
_BY_HUNDRED: Final = {3: "receiver-moved", 4: "letter-refused", 5: "receiver-failed"}
_OF_THE_LETTER: Final = frozenset({"letter-refused", "letter-conflict", "letter-not-supported"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a receiver answered; ``body`` is empty when it was larger than is taken."""

    status: int
    media_type: str = ""
    body: bytes = b""
    after: timedelta | None = None  # Retry-After
    is_whole: bool = True

    @property
    def is_ok(self) -> bool:
        """Whether the receiver says that it went well."""
        return self.status in _OK


class HttpWay:
    """The connections to one receiver, and its tokens."""

    def __init__(self, way: Http, clock: Clock) -> None:
        """``clock`` tells how long a date in Retry-After is from now."""
        self.way = way
        self._clock = clock
        self._client = httpx.AsyncClient(
            verify=way.tls.context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(way.answer, connect=way.connect, pool=way.answer),
            limits=httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE),
            headers={"User-Agent": "overens", "Accept-Encoding": "identity"},
        )
        self._tokens = Tokens(way.oauth) if way.oauth else None

    @property
    def seconds(self) -> float:
        """The longest that a post may take: with a token that is renewed it is done twice."""
        return (self.way.connect + self.way.answer) * (2 if self._tokens else 1) + 1

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply | TryAgain:
        """Post once; with a token that the receiver no longer takes, once more with a new one."""
        found = await self._post(path, body, headers)
        if self._tokens and isinstance(found, Reply) and found.status == _DENIED:
            self._tokens.forget()
            return await self._post(path, body, headers)
        return found

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply | TryAgain:
        said = {**self.way.headers, **headers}
        try:
            async with asyncio.timeout(self.way.connect + self.way.answer):
                if self._tokens:
                    token = await self._tokens.token(self._form)
                    if isinstance(token, TryAgain):
                        return token
                    said["Authorization"] = f"Bearer {token}"
                return await self._exchange(self.way.url + path, body, said)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            return try_again(_code(problem))

    async def _form(self, url: str, form: bytes, headers: Mapping[str, str]) -> Reply:
        return await self._exchange(url, form, headers)

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        async with self._client.stream("POST", url, content=body, headers=headers) as answer:
            said, is_whole = await _read(answer)
            return Reply(
                status=answer.status_code,
                media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
                body=said,
                after=self._after(answer.headers.get("retry-after", "")),
                is_whole=is_whole,
            )

    def _after(self, text: str) -> timedelta | None:
        """Seconds, or a date (RFC 9110 §10.2.3); never longer than an hour."""
        if text.isascii() and text.isdigit():
            return min(timedelta(seconds=min(int(text), 86_400)), _LONGEST_WAIT)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        until = (at if at.tzinfo else at.replace(tzinfo=UTC)) - self._clock.now()
        return max(timedelta(), min(until, _LONGEST_WAIT))


def verdict(reply: Reply, codes: str = "") -> Verdict | None:
    """What a status means that is no success; None for a success. ``codes`` is what else was said."""
    if reply.is_ok:
        return None
    code = _BY_STATUS.get(reply.status) or _BY_HUNDRED.get(reply.status // 100, "receiver-garbled")
    said = f"HTTP {reply.status} {codes}".strip()
    return refused(code, said) if code in _OF_THE_LETTER else try_again(code, said, reply.after)


async def _read(answer: httpx.Response) -> tuple[bytes, bool]:
    """The answer's bytes as they came; nothing when they are too many, or packed though that was refused."""
    read = bytearray()
    async for part in answer.aiter_raw():
        read += part
        if len(read) > MOST_BYTES:
            return b"", False
    is_plain = answer.headers.get("content-encoding", "identity").lower() == "identity"
    return (bytes(read), True) if is_plain else (b"", False)


def _code(problem: Exception) -> str:
    if _is_of_tls(problem):
        return "receiver-certificate"
    if isinstance(problem, (httpx.ConnectTimeout, httpx.ConnectError, httpx.PoolTimeout)):
        return "receiver-away"
    if isinstance(problem, (httpx.TimeoutException, TimeoutError)):
        return "receiver-silent"
    if isinstance(problem, (httpx.ProtocolError, httpx.ReadError, httpx.WriteError)):
        return "receiver-garbled"
    return "receiver-away"


def _is_of_tls(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False
