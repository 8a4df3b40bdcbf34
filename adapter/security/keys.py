"""The keys of the issuer we trust (JWKS, RFC 7517): from a file, or fetched from the address in the settings.

They are fetched when first needed, again when a token names one that is not there, and when they have been
known for ``FRESH`` seconds, so that a key which the issuer takes away is not believed for long. They are
asked for no more often than every ``PAUSE`` seconds: a flood of made-up names costs the issuer nothing. Keys
that cannot be fetched leave those that were known.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapter.errors import OverensError, Unparsable
from adapter.wire import json
from adapter.wire.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Fetch = Callable[[], Awaitable[bytes]]

PAUSE: Final = 30.0  # seconds between two fetches
FRESH: Final = 300.0  # seconds after which keys are fetched anew, whatever a token names
TIME: Final = 5.0  # seconds that a fetch may take
_LIMITS: Final = Limits(max_bytes=1_000_000, max_depth=8, max_nodes=20_000)


class KeysUnavailable(OverensError):
    """There are no keys to judge a token by: nobody can be let in now."""


class KeyRing:
    """The issuer's keys, as new as they have to be. ``clock`` gives seconds that only grow."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys = KeySet([])
        self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def keys(self, kid: str) -> KeySet:
        """The keys, fetched anew when none of them has that name or they are old; raises KeysUnavailable
        without any.

        While old ones are fetched for one request, the others go on with those that are known.
        """
        if not self._has(kid) or (self._is_old() and not self._fetching.locked()):
            async with self._fetching:
                if self._is_old() or (not self._has(kid) and self._clock() - self._asked_at >= PAUSE):
                    await self._renew()
        if not self._keys.keys:
            raise KeysUnavailable("no keys")
        return self._keys

    def _has(self, kid: str) -> bool:
        return any(key.kid == kid for key in self._keys.keys)

    def _is_old(self) -> bool:
        return self._clock() - self._asked_at >= FRESH

    async def _renew(self) -> None:
        self._asked_at = self._clock()
        try:
            self._keys = read_keys(await self._fetch())
        except (OSError, httpx.HTTPError, ValueError):
            return


def read_keys(raw: bytes) -> KeySet:
    """The public keys of a JWKS; ValueError when it is none. Keys of other kinds are passed by."""
    try:
        said = json.parse_plain(raw, _LIMITS)
    except Unparsable as problem:
        raise ValueError(problem.finding.code) from problem
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no keys")  # noqa: TRY004  a fault of what was said, as all the others
    found = [key for each in listed if (key := _key(each)) is not None]
    return KeySet([key for own in found for key in own.keys])


def fetch_of(place: str) -> Fetch:
    """How keys are had from an https address or a file. No redirect is followed, no proxy is asked."""

    async def from_file() -> bytes:
        return await asyncio.to_thread(Path(place).read_bytes)

    async def from_address() -> bytes:
        async with httpx.AsyncClient(timeout=TIME, follow_redirects=False, trust_env=False) as client:
            response = await client.get(place, headers={"Accept": "application/json"})
            response.raise_for_status()
            return response.content

    return from_address if place.startswith(("https://", "http://")) else from_file


def _key(said: Any) -> KeySet | None:
    """One key, or None for a secret or an unknown kind: neither signs for this issuer."""
    if not isinstance(said, dict) or said.get("kty") not in {"RSA", "EC"}:
        return None
    try:
        return KeySet.import_key_set({"keys": [said]})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
