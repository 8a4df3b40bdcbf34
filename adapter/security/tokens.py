"""An access token judged: a JWT signed by a key of the issuer we trust (RFC 7515, RFC 7519, RFC 9068).

Nothing of a token is believed before its signature is, and no key is ever taken from the token itself. The
algorithm is one of our list and fits the kind of key that its ``kid`` names.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from adapter.errors import OverensError, Unparsable
from adapter.frozen import dataclass
from adapter.wire import json
from adapter.wire.limits import Limits

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

LONGEST: Final = 16_384  # characters: more than any token of a ticket service, far less than an attack
_LIMITS: Final = Limits(max_bytes=LONGEST, max_depth=10, max_nodes=1_000)
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
_SIZES: Final = {"ES256": 64, "ES384": 96, "ES512": 132}  # bytes: r and s side by side (RFC 7518 §3.4)
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_FAR: Final = 2**53  # seconds; later than any clock of ours


class TokenRefused(OverensError):
    """The token is not taken. ``code`` says why, for the log; the caller is told only that it was not."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose tokens are taken."""

    issuer: str
    audience: str  # our own base address, as the issuer writes it
    algorithms: frozenset[str] = frozenset({"RS384", "ES384"})
    types: frozenset[str] = frozenset({"at+jwt", "application/at+jwt"})
    leeway: int = 5  # seconds that clocks may differ


def verified(token: str, trust: Trust, keys: KeySet, now: float) -> Mapping[str, Any]:
    """The claims of a token that holds at ``now`` (seconds UTC since 1970); raises TokenRefused.

    ``keys`` are the issuer's; a ``kid`` that they lack gives ``key-unknown``: then fetch them anew.
    """
    if len(token) > LONGEST or not _COMPACT.fullmatch(token):
        raise TokenRefused("token-malformed")
    header, claims = (_part(part) for part in token.split(".")[:2])
    _check_header(header, token, trust)
    key = _key(keys, header)
    try:
        jws.deserialize_compact(token, key, algorithms=[header["alg"]])
    except (JoseError, ValueError, TypeError) as problem:
        raise TokenRefused("signature-wrong") from problem
    check_claims(claims, trust, now)
    return claims


def key_name(token: str) -> str:
    """The ``kid`` that a token names, empty when it cannot be read; not to be believed for anything else."""
    try:
        name = _part(token.partition(".")[0]).get("kid")
    except TokenRefused:
        return ""
    return name if isinstance(name, str) else ""


def _part(text: str) -> dict[str, Any]:
    """A header or the claims, read as strictly as any message: no double key, no NaN, no depth."""
    try:
        value = json.parse_plain(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _LIMITS)
    except (Unparsable, ValueError) as problem:
        raise TokenRefused("token-malformed") from problem
    if not isinstance(value, dict):
        raise TokenRefused("token-malformed")
    return value


def _check_header(header: Mapping[str, Any], token: str, trust: Trust) -> None:
    """Only what we know stands in it: a key, an address of one or a ``crit`` of the sender's is refused."""
    if not set(header) <= _HEADER or not all(isinstance(value, str) for value in header.values()):
        raise TokenRefused("header-unknown")
    algorithm = header.get("alg", "")
    if algorithm not in trust.algorithms or algorithm[:2] not in _KEY_TYPES:
        raise TokenRefused("algorithm-not-allowed")
    if header.get("typ", "").lower() not in trust.types:
        raise TokenRefused("type-not-allowed")
    size = _SIZES.get(algorithm)
    signature = token.rpartition(".")[2]
    if size is not None and len(signature) != -(-size * 4 // 3):
        raise TokenRefused("signature-wrong")


def _key(keys: KeySet, header: Mapping[str, Any]) -> Any:
    """The one key with the token's ``kid`` that is of its algorithm's kind and made for signing."""
    found = [key for key in keys.keys if key.kid and key.kid == header.get("kid")]
    if len(found) != 1:
        raise TokenRefused("key-unknown")
    key = found[0]
    said = key.as_dict(private=False)
    if key.key_type != _KEY_TYPES[header["alg"][:2]] or said.get("alg", header["alg"]) != header["alg"]:
        raise TokenRefused("key-unfit")
    if said.get("use", "sig") != "sig":
        raise TokenRefused("key-unfit")
    return key


def check_claims(claims: Mapping[str, Any], trust: Trust, now: float) -> None:
    """The claims are of our issuer, for us, and hold at ``now``; raises TokenRefused."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != trust.issuer:
        raise TokenRefused("issuer-unknown")
    if trust.audience not in audiences:
        raise TokenRefused("audience-other")
    if _time(claims, "exp") + trust.leeway <= now:
        raise TokenRefused("expired")
    for name in ("nbf", "iat"):
        if name in claims and _time(claims, name) - trust.leeway > now:
            raise TokenRefused("not-yet")


def _time(claims: Mapping[str, Any], name: str) -> int:
    """A NumericDate in whole seconds; missing, a text, or beyond all clocks is no time."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _FAR:
        raise TokenRefused("time-unsound")
    return value
