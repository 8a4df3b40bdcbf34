"""An access token is taken when it is whole, meant for us, of now, and signed by the issuer's own key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwk, jws

from adapter.security import TokenRefused, Trust, verified

NOW = 1_800_000_000
TRUST = Trust(issuer="https://issuer.example", audience="https://overens.example/fhir")
CLAIMS: dict[str, Any] = {
    "iss": TRUST.issuer,
    "aud": TRUST.audience,
    "exp": NOW + 300,
    "sub": "portal",
    "scope": "patient/*.rs",
}
RSA = jwk.RSAKey.generate_key(2048, {"kid": "r"})
EC = jwk.ECKey.generate_key("P-384", {"kid": "e"})
OTHER = jwk.ECKey.generate_key("P-384", {"kid": "e"})
HEADER = {"alg": "ES384", "kid": "e", "typ": "at+jwt"}


def public(*keys: jwk.RSAKey | jwk.ECKey) -> jwk.KeySet:
    """What the issuer publishes."""
    return jwk.KeySet.import_key_set({"keys": [key.as_dict(private=False) for key in keys]})


KEYS = public(RSA, EC)


def signed(claims: dict[str, Any] | bytes, header: dict[str, Any] | None = None, key: Any = EC) -> str:
    """A token in one piece."""
    head = {**HEADER, **(header or {})}
    head = {name: value for name, value in head.items() if value is not None}
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
    return jws.serialize_compact(head, body, key, registry=registry)


def part(value: object) -> str:
    """A piece of a token, written by hand."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def code_of(token: str, trust: Trust = TRUST, keys: jwk.KeySet = KEYS) -> str:
    """Why a token is refused; empty when it is taken."""
    try:
        verified(token, trust, keys, NOW)
    except TokenRefused as refused:
        return refused.code
    return ""


def pem_secret() -> str:
    """Signed with the public key as though it were a shared secret."""
    head = part({**HEADER, "alg": "HS256", "kid": "r"})
    message = f"{head}.{part(CLAIMS)}"
    secret = RSA.as_pem(private=False)
    return f"{message}.{part(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


def with_signature(signature: bytes) -> str:
    """A sound header and sound claims under a signature of somebody's own making."""
    return f"{part(HEADER)}.{part(CLAIMS)}.{part(signature)}"


@pytest.mark.parametrize(
    ("token", "claims"),
    [
        (signed(CLAIMS), CLAIMS),
        (signed(CLAIMS, {"alg": "RS384", "kid": "r"}, RSA), CLAIMS),
        (signed(CLAIMS, {"typ": "application/at+jwt"}), CLAIMS),
        (signed({**CLAIMS, "aud": ["other", TRUST.audience]}), {**CLAIMS, "aud": ["other", TRUST.audience]}),
        (signed({**CLAIMS, "exp": NOW - 3}), {**CLAIMS, "exp": NOW - 3}),
    ],
)
def test_a_sound_token_gives_its_claims(token: str, claims: dict[str, Any]) -> None:
    """Both kinds of key, an audience in a list, and a clock some seconds off are taken."""
    assert verified(token, TRUST, KEYS, NOW) == claims


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (f"{part({**HEADER, 'alg': 'none'})}.{part(CLAIMS)}.", "token-malformed"),
        (f"{part({**HEADER, 'alg': 'nOnE'})}.{part(CLAIMS)}.AA", "algorithm-not-allowed"),
        (pem_secret(), "algorithm-not-allowed"),
        (signed(CLAIMS, {"alg": "RS256", "kid": "r"}, RSA), "algorithm-not-allowed"),
        (signed(CLAIMS, {"kid": None}), "key-unknown"),
        (signed(CLAIMS, {"kid": "x"}), "key-unknown"),
        (signed(CLAIMS, {"kid": "../../dev/null"}), "key-unknown"),
        (signed(CLAIMS, {"kid": "' OR 1=1 --"}), "key-unknown"),
        (signed(CLAIMS, {"kid": "r"}), "key-unfit"),
        (signed(CLAIMS, {"jku": "https://attacker.example/jwks"}), "header-unknown"),
        (signed(CLAIMS, {"x5u": "https://attacker.example/c"}), "header-unknown"),
        (signed(CLAIMS, {"jwk": EC.as_dict(private=False)}), "header-unknown"),
        (f"{part({**HEADER, 'crit': ['x']})}.{part(CLAIMS)}.{part(b'0' * 96)}", "header-unknown"),
        (signed(CLAIMS, {"typ": None}), "type-not-allowed"),
        (signed(CLAIMS, {"typ": "JWT"}), "type-not-allowed"),
        (f"{part(HEADER)}.{part(CLAIMS)}", "token-malformed"),
        (signed(CLAIMS, key=OTHER), "signature-wrong"),
        (with_signature(bytes(96)), "signature-wrong"),
        (with_signature(b"0" * 102), "signature-wrong"),
        (f"{part(HEADER)}.{part({**CLAIMS, 'sub': 'x'})}.{signed(CLAIMS).split('.')[2]}", "signature-wrong"),
        (signed({**CLAIMS, "iss": "https://issuer.example.evil"}), "issuer-unknown"),
        (signed({**CLAIMS, "iss": None}), "issuer-unknown"),
        (signed({**CLAIMS, "aud": None}), "audience-other"),
        (signed({**CLAIMS, "aud": f"{TRUST.audience}/"}), "audience-other"),
        (signed({**CLAIMS, "aud": "https://other.example"}), "audience-other"),
        (signed({**CLAIMS, "exp": None}), "time-unsound"),
        (signed({**CLAIMS, "exp": str(NOW + 300)}), "time-unsound"),
        (signed({**CLAIMS, "exp": -1}), "time-unsound"),
        (signed({**CLAIMS, "exp": NOW - 6}), "expired"),
        (signed({**CLAIMS, "nbf": NOW + 60}), "not-yet"),
        (signed({**CLAIMS, "iat": NOW + 3600}), "not-yet"),
        (signed(b'{"exp": 1e400}'), "issuer-unknown"),
        (signed(json.dumps(CLAIMS).replace(str(NOW + 300), "1e400").encode()), "time-unsound"),
        (signed(json.dumps(CLAIMS).replace(str(NOW + 300), "NaN").encode()), "token-malformed"),
        (signed(json.dumps(CLAIMS).replace("{", '{"sub": "a", ', 1).encode()), "token-malformed"),
        (signed(b'{"a":' * 9_000 + b"1" + b"}" * 9_000), "token-malformed"),
        (signed({**CLAIMS, "x": "y" * 64_000}), "token-malformed"),
        (signed(CLAIMS) + "=", "token-malformed"),
        (signed(CLAIMS).replace(".", ".\n", 1), "token-malformed"),
        (signed(b"[]"), "token-malformed"),
        ("", "token-malformed"),
    ],
)
def test_every_known_attack_is_refused_for_its_own_reason(token: str, code: str) -> None:
    """Each attack meets the rule that is there against it, and not another by luck."""
    assert code_of(token) == code


def test_two_keys_of_one_name_are_none() -> None:
    """Which of them signed cannot be known, so neither did."""
    assert code_of(signed(CLAIMS), keys=public(EC, OTHER)) == "key-unknown"


def test_a_key_for_encryption_signs_nothing() -> None:
    """``use`` says what a key is for."""
    wrapped = jwk.KeySet.import_key_set({"keys": [{**EC.as_dict(private=False), "use": "enc"}]})
    assert code_of(signed(CLAIMS), keys=wrapped) == "key-unfit"


@settings(max_examples=200)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=63))
def test_a_token_changed_anywhere_is_refused(place: int, step: int) -> None:
    """One letter exchanged for another, wherever it stands, leaves no token that is taken.

    The last letter of a part may hold bits that mean nothing (RFC 4648 §3.5): those are left alone.
    """
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = signed(CLAIMS)
    at = place % len(token)
    if token[at] == "." or at + 1 == len(token) or token[at + 1] == ".":
        return
    other = letters[(letters.index(token[at]) + step) % 64]
    assert code_of(token[:at] + other + token[at + 1 :])
