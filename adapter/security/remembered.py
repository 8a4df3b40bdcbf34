"""Tokens that were verified: their signatures are not computed anew for each request.

A token is known by the hash of all of it, so that another one, down to its last letter, is judged from the
beginning. What is remembered holds for the very keys it was verified with: when the issuer's keys are fetched
anew, every token is. Its times, issuer and audience are judged each time it comes.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from adapter.security.tokens import check_claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joserfc.jwk import KeySet

    from adapter.security.callers import Caller
    from adapter.security.tokens import Trust

MOST: Final = 4_096  # tokens; the one that has been quiet the longest is forgotten


class Verified(NamedTuple):
    """A token whose signature held: by which key of which keys, and what it says."""

    kid: str
    keys: KeySet
    claims: Mapping[str, Any]
    caller: Caller


class Remembered:
    """The verified tokens of one issuer and one audience. Tokens themselves are not kept."""

    def __init__(self, trust: Trust, most: int = MOST) -> None:
        self._trust = trust
        self._most = most
        self._known: OrderedDict[bytes, Verified] = OrderedDict()

    def kid(self, token: str) -> str | None:
        """The name of the key that a remembered token was verified with; None for one that is not."""
        known = self._known.get(_hash(token))
        return known.kid if known else None

    def caller(self, token: str, keys: KeySet, now: float) -> Caller | None:
        """The caller of a token that was verified with these keys; None when it has to be.

        Raises TokenRefused when it does not hold at ``now`` (seconds UTC since 1970).
        """
        name = _hash(token)
        known = self._known.pop(name, None)
        if known is None or known.keys is not keys:
            return None
        check_claims(known.claims, self._trust, now)
        self._known[name] = known
        return known.caller

    def keep(self, token: str, verified: Verified) -> None:
        """One more token that was verified."""
        self._known[_hash(token)] = verified
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
