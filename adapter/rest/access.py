"""Who asks, made out of the bearer token before anything else is looked at.

Without token settings everybody is the same open caller, on this machine alone. With them a request has a
token or stops here: 401 says only that it was not taken, the log says why (RFC 6750 §3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import structlog

from adapter.fhir.written import Writer
from adapter.rest.caller import SCOPE_KEY
from adapter.rest.outcome import Problem
from adapter.security.callers import Caller, CallerKind, ClaimNames, ProxyRole, caller_of
from adapter.security.guarded import GuardedStore
from adapter.security.judges import AllJudge, PatientJudge, StaffJudge
from adapter.security.keys import KeyRing, KeysUnavailable
from adapter.security.remembered import Remembered, Verified
from adapter.security.tokens import TokenRefused, Trust, key_name, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from adapter.ports import Clock, Store
    from adapter.security.judges import Judge

_LOG = structlog.get_logger("overens.access")
OPEN_PATHS: Final = frozenset({"/", "/healthz", "/readyz", "/fhir/metadata", "/openapi.json"})
"""Paths that say nothing about anybody."""

WHO: Final = "overens.who"  # where the Caller lies in the scope of a request
URGENT: Final = b"x-emergency-access"  # a header of staff: an emergency opens blocks, and is logged as such
_BEARER = re.compile(rb"[Bb]earer ([\x21-\x7e]+)")

NO_TOKEN = Problem(
    401,
    "login",
    "Anropet saknar inloggning. Skicka en åtkomsttoken i Authorization: Bearer.",
    headers={"WWW-Authenticate": "Bearer"},
)
TOKEN_REFUSED = Problem(
    401,
    "login",
    "Åtkomsttoken godtas inte. Hämta en ny hos den som utfärdar den, och skicka den i Authorization: Bearer.",
    headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
)
NO_KEYS = Problem(
    503,
    "transient",
    "Inloggningen kan inte prövas just nu. Försök igen om en stund.",
    headers={"Retry-After": "30"},
)


@dataclass(frozen=True, kw_only=True)
class Access:
    """What it takes to know a caller. ``trusted`` are clients that see everything their scopes allow."""

    trust: Trust
    names: ClaimNames
    keys: KeyRing
    clock: Clock
    trusted: frozenset[str] = frozenset()
    guardian_until_age: int = 13  # years of a child

    @cached_property
    def remembered(self) -> Remembered:
        """The tokens that were verified for this issuer and audience."""
        return Remembered(self.trust)

    async def admit(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        """Put the caller in the request's scope; raises Problem when there is none."""
        if scope["path"] in OPEN_PATHS:
            return
        match = _BEARER.fullmatch(headers.get(b"authorization", b""))
        said = sum(name == b"authorization" for name, _ in scope["headers"])
        if match is None or said != 1:  # with two of them nobody knows which one another layer has judged
            raise NO_TOKEN.anew()
        scope[WHO] = who = await self._caller(match[1].decode("ascii"), scope["request_id"])
        scope[SCOPE_KEY] = Writer(
            client=who.client,
            person=who.person,
            unit=who.unit,
            care_giver=who.care_giver,
            purpose=who.purpose,
            is_urgent=_is_urgent(scope),
            proxy=(who.user, str(who.proxy or "")) if who.user or who.proxy else None,
        )

    def guarded(self, scope: Scope, store: Store) -> GuardedStore:
        """The store as the caller of a request sees it; nothing for one that nobody made out."""
        who = scope.get(WHO, Caller(kind=CallerKind.SYSTEM))
        return GuardedStore(store, who, self._judge(store, who, is_urgent=_is_urgent(scope)))

    def view(self, store: Store, who: Caller) -> GuardedStore:
        """The store as a caller sees it who is not asking now: without a reason that it is urgent."""
        return GuardedStore(store, who, self._judge(store, who, is_urgent=False))

    def sender(self, scope: Scope) -> str:
        """The HSA-id that a caller's messages come from; empty for a system that is trusted with any."""
        who = scope.get(WHO)
        return who.unit or "nobody" if who and who.client not in self.trusted else ""

    def _judge(self, store: Store, who: Caller, *, is_urgent: bool) -> Judge:
        if who.kind is CallerKind.PATIENT:
            until_age = self.guardian_until_age if who.proxy is ProxyRole.GUARDIAN else None
            return PatientJudge(store, who.patient, self.clock, until_age)
        if who.kind is CallerKind.SYSTEM and who.client in self.trusted:
            return AllJudge()
        return StaffJudge(store, who, self.clock, urgent=is_urgent and who.kind is CallerKind.STAFF)

    async def _caller(self, token: str, request_id: str) -> Caller:
        now = self.clock.now().timestamp()
        kid = self.remembered.kid(token)
        kid = key_name(token) if kid is None else kid
        try:
            keys = await self.keys.keys(kid)
            caller = self.remembered.caller(token, keys, now)
            if caller is None:
                claims = verified(token, self.trust, keys, now)
                caller = caller_of(claims, self.names)
                self.remembered.keep(token, Verified(kid, keys, claims, caller))
        except TokenRefused as refused:
            _LOG.warning("token-refused", request_id=request_id, code=refused.code)
            raise TOKEN_REFUSED.anew() from None
        except KeysUnavailable:
            _LOG.error("keys-unavailable", request_id=request_id, code="keys-unavailable")
            raise NO_KEYS.anew() from None
        return caller


def _is_urgent(scope: Scope) -> bool:
    """The header is there with a reason in it."""
    return any(name == URGENT and value.strip() for name, value in scope["headers"])
