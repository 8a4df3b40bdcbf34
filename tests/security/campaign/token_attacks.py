"""Known attacks on JWTs as access tokens: each is refused, and what is allowed is let in.

The names are those of the corpus, which are about client assertions at an authorization server. What applies
to a resource server is said here as an access token; the rest is left out by name, with the reason.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc import jwk, jws

from tests.rest.issuer import AUDIENCE, ISSUER, KEY, NOW

Json = dict[str, Any]
Sent = list[tuple[str, str]]
RSA: Final = jwk.RSAKey.generate_key(2048, {"kid": "two"})
TWIN: Final = jwk.ECKey.generate_key("P-384", {"kid": "twin"})
_HEADER: Final = {"alg": "ES384", "kid": "one", "typ": "at+jwt"}


def published() -> bytes:
    """The issuer's JWKS: an EC key, an RSA key, and two keys of one name."""
    keys = [KEY, RSA, TWIN, jwk.ECKey.generate_key("P-384", {"kid": "twin"})]
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


class Attacks:
    """Every attack for one patient, as the headers of a request."""

    def __init__(self, patient: str) -> None:
        self.claims: Json = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": NOW + 300,
            "iat": NOW,
            "jti": "j",
            "client_id": "portal",
            "sub": "portal",
            "patient": patient,
            "scope": "patient/*.rs",
        }

    def refused(self) -> Mapping[str, Sent]:
        """What is answered with 401, by its name in the corpus."""
        raw, token = self._raw, self._token
        whole = token()
        head, claims, signature = whole.split(".")
        tokens = {
            "alg none": f"{_part({**_HEADER, 'alg': 'none'})}.{claims}.",
            "alg none, mixed case (nOnE)": f"{_part({**_HEADER, 'alg': 'nOnE'})}.{claims}.",
            "alg HS256 signed with the public PEM as secret": self._shared(
                "HS256", RSA.as_pem(private=False)
            ),
            "alg HS384 signed with JWK n as secret": self._shared(
                "HS384", str(RSA.as_dict(private=False)["n"]).encode()
            ),
            "alg RS256 when only RS384/ES384 are allowed": token({"alg": "RS256", "kid": "two"}, key=RSA),
            "alg ES384 header with an RSA key": token({"kid": "two"}),
            "kid missing": token({"kid": None}),
            "kid unknown": token({"kid": "three"}),
            "kid duplicated in JWKS": token({"kid": "twin"}, key=TWIN),
            "kid with path traversal ../../dev/null": token({"kid": "../../dev/null"}),
            "kid with SQL quote": token({"kid": "' OR 1=1 --"}),
            "jku to attacker host": token({"jku": "https://attacker.test/jwks"}),
            "jku with allowed host as prefix (https://good.example.com.attacker.test/jwks)": token(
                {"jku": "https://good.example.com.attacker.test/jwks"}
            ),
            "jku userinfo trick (https://good.example.com@attacker.test/jwks)": token(
                {"jku": "https://good.example.com@attacker.test/jwks"}
            ),
            "embedded jwk header": token({"jwk": KEY.as_dict(private=False)}),
            "x5u header": token({"x5u": "https://attacker.test/c"}),
            "crit header unknown": f"{_part({**_HEADER, 'crit': ['x'], 'x': 1})}.{claims}.{signature}",
            "typ missing": token({"typ": None}),
            "signature stripped": f"{head}.{claims}.",
            "signature of other message": f"{head}.{claims}.{token(sub='other').split('.')[2]}",
            "ES384 r=s=0 (psychic signature)": f"{head}.{claims}.{_part(bytes(96))}",
            "ES384 signature in DER form": f"{head}.{claims}.{_part(_der(signature))}",
            "iss unknown client": token(iss="https://unknown.example"),
            "iss of another registered client": token(iss="portal"),
            "aud missing": token(aud=None),
            "aud = FHIR base instead of token URL": token(aud=f"{ISSUER}/token"),
            "aud list holding token URL and others": token(aud=[f"{ISSUER}/token", "https://other.example"]),
            "aud with trailing slash": token(aud=f"{AUDIENCE}/"),
            "exp missing": token(exp=None),
            "exp past": token(exp=NOW - 600),
            "exp 1e400": raw(json.dumps(self.claims).replace(str(NOW + 300), "1e400")),
            "exp as string": token(exp=str(NOW + 300)),
            "exp negative": token(exp=-1),
            "nbf in future": token(nbf=NOW + 600),
            "iat in future by 1 h": token(iat=NOW + 3600),
            "token 64 kB": token(x="y" * 64_000),
            "token with 10 000-deep JSON claim": raw(
                json.dumps(self.claims)[:-1] + ',"x":' + "[" * 10_000 + "]" * 10_000 + "}"
            ),
            "duplicate claim keys in payload": raw(json.dumps(self.claims)[:-1] + ',"patient":"x"}'),
            "payload with NaN exp": raw(json.dumps(self.claims).replace(str(NOW + 300), "NaN")),
            "base64 with padding/newlines": f"{head}=.{claims}.{signature}",
            "client assertion used as access token": token({"typ": "JWT"}, iss="portal"),
            "access token of another issuer": token(iss="https://issuer.example.attacker.test"),
            "access token expired 1 s ago": token(exp=NOW - 6),  # clocks may differ by five seconds
            "access token before nbf": token(nbf=NOW + 6),
            "access token aud for another resource server": token(aud="https://other.example/fhir"),
            "id_token used as access token": token({"typ": "JWT"}, nonce="n", aud="portal"),
        }
        sent = {name: [("Authorization", f"Bearer {each}")] for name, each in tokens.items()}
        good = ("Authorization", f"Bearer {whole}")
        return {
            **sent,
            "token in query string ?access_token=": [],
            "two Authorization headers": [good, good],
            "Authorization: Bearer with leading space": [("Authorization", f"Bearer  {whole}")],
        }

    def allowed(self) -> Mapping[str, Sent]:
        """What is let in: the two that the corpus marks so, and what is right of an access token."""
        good = self._token()
        return {
            "jti same, other iss (allowed)": [("Authorization", f"Bearer {good}")],  # a token is used often
            "Authorization: bearer lower case (allowed)": [("Authorization", f"bearer {good}")],
        }

    def query(self) -> str:
        """A token where none belongs."""
        return f"?access_token={self._token()}"

    def without_scope(self) -> Sent:
        """A sound token that grants nothing."""
        return [("Authorization", f"Bearer {self._token(scope='')}")]

    def _token(self, header: Json | None = None, key: Any = KEY, **claims: Any) -> str:
        said = {**self.claims, **claims}
        return self._raw(
            json.dumps({name: each for name, each in said.items() if each is not None}), header, key
        )

    @staticmethod
    def _raw(claims: str, header: Json | None = None, key: Any = KEY) -> str:
        head = {name: each for name, each in {**_HEADER, **(header or {})}.items() if each is not None}
        registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        return str(jws.serialize_compact(head, claims.encode(), key, registry=registry))

    def _shared(self, algorithm: str, secret: bytes) -> str:
        message = f"{_part({**_HEADER, 'alg': algorithm, 'kid': 'two'})}.{_part(self.claims)}"
        hashed = hmac.new(secret, message.encode(), f"sha{algorithm[2:]}").digest()
        return f"{message}.{_part(hashed)}"


LEFT_OUT: Final[Mapping[str, str]] = {
    "iss != sub": "an access token's issuer is not its subject",
    "exp 6 minutes ahead": "how long an access token holds is its issuer's choice",
    "jti missing": "an access token may be used many times",
    "jti replayed within 5 minutes": "an access token may be used many times",
    "jti replayed after process restart": "an access token may be used many times",
    "jti replayed in parallel on 20 connections (exactly 1 wins)": "an access token may be used many times",
    "two client_assertion parameters": "there is no /token here",
    "client_assertion_type wrong": "there is no /token here",
    "grant_type wrong": "there is no /token here",
    "scope broader than registered": "what a client may have is its issuer's to know",
    "access token used as client assertion": "there is no /token here",
    "access token revoked/introspection active=false": "tokens are judged by themselves; let them be short",
}
WITHOUT_SCOPE: Final = "scope empty"


def _part(value: Json | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _der(signature: str) -> bytes:
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    return encode_dss_signature(int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
