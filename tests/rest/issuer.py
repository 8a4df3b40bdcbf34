"""An authorization server for tests: it has keys, publishes them, and signs whatever it is asked to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from joserfc import jwk, jws

ISSUER = "https://issuer.example"
AUDIENCE = "https://overens.example/fhir"
NOW = int(datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp())  # the tests' clock stands still
KEY = jwk.ECKey.generate_key("P-384", {"kid": "one"})


def published() -> bytes:
    """The JWKS."""
    return json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()


def token(key: jwk.ECKey = KEY, **claims: Any) -> str:
    """An access token that holds for five minutes, unless the claims say otherwise."""
    said = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 300, "iat": NOW, "client_id": "portal", **claims}
    header = {"alg": "ES384", "kid": "one", "typ": "at+jwt"}
    return jws.serialize_compact(header, json.dumps(said).encode(), key, algorithms=["ES384"])


def bearer(**claims: Any) -> dict[str, str]:
    """The header of a request with such a token."""
    return {"Authorization": f"Bearer {token(**claims)}"}
