"""Access tokens by client credentials (RFC 6749 §4.4), each used until shortly before it ends."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode

import orjson

from adapter.send.troubles import try_again

if TYPE_CHECKING:
    from adapter.letters import TryAgain
    from adapter.send.http_way import Reply
    from adapter.send.receivers import OAuth

_MARGIN: Final = 30.0  # seconds before its end that a token is no longer used
_USUAL: Final = 60.0  # a token that does not say how long it holds
_SHORTEST, _LONGEST = 5.0, 3600.0
_BUSY: Final = frozenset({408, 425, 429})
_SERVER: Final = 500

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable["Reply"]]


class Tokens:
    """The token of one client; asked for once however many wait for it."""

    def __init__(self, oauth: OAuth) -> None:
        """Nothing is asked for until the first is needed."""
        self._oauth = oauth
        self._token = ""
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def token(self, post: Post) -> str | TryAgain:
        """A token that holds, or why there is none."""
        async with self._asking:
            if not self._token or time.monotonic() >= self._until:
                self._token = ""
                problem = await self._ask(post)
                if problem:
                    return problem
            return self._token

    def forget(self) -> None:
        """The receiver does not take it any more."""
        self._token = ""

    async def _ask(self, post: Post) -> TryAgain | None:
        who = f"{quote_plus(self._oauth.client_id)}:{quote_plus(self._oauth.client_secret)}"
        form = {"grant_type": "client_credentials"} | (
            {"scope": self._oauth.scope} if self._oauth.scope else {}
        )
        headers = {
            "Authorization": f"Basic {b64encode(who.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        reply = await post(self._oauth.token_url, urlencode(form).encode(), headers)
        if reply.status in _BUSY or reply.status >= _SERVER:
            return try_again("receiver-busy", f"HTTP {reply.status}", reply.after)
        found = _said(reply.body) if reply.is_ok else {}
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
            return try_again("token-refused", f"HTTP {reply.status}")
        holds = (
            float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else _USUAL
        )
        self._token = token
        self._until = time.monotonic() + max(_SHORTEST, min(holds, _LONGEST) - _MARGIN)
        return None


def _said(body: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
