"""Verified tokens are remembered, and never longer or for more than what was verified."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from joserfc import jwk

from adapter.rest.access import WHO, Access
from adapter.rest.outcome import Problem
from adapter.security import keys as key_ring
from adapter.security.callers import Caller, CallerKind, ClaimNames
from adapter.security.keys import FRESH, PAUSE, KeyRing, read_keys
from adapter.security.remembered import Remembered, Verified
from adapter.security.tokens import TokenRefused, Trust
from tests.rest.issuer import AUDIENCE, ISSUER, KEY, NOW, published, token

TRUST = Trust(issuer=ISSUER, audience=AUDIENCE)
OTHER = jwk.ECKey.generate_key("P-384", {"kid": "one"})  # another key of the same name


class Issuer:
    """An issuer whose keys and time are as the test says; it counts how often it is asked."""

    def __init__(self) -> None:
        self.published = published()
        self.seconds = 0.0
        self.asked = 0

    async def fetch(self) -> bytes:
        """The JWKS of now."""
        self.asked += 1
        if not self.published:
            raise OSError("away")
        return self.published

    def now(self) -> datetime:
        """The time of now."""
        return datetime.fromtimestamp(NOW + self.seconds, UTC)

    def access(self, trust: Trust = TRUST) -> Access:
        """What lets its tokens in."""
        return Access(
            trust=trust, names=ClaimNames(), keys=KeyRing(self.fetch, lambda: self.seconds), clock=self
        )


def jwks(*keys: jwk.ECKey) -> bytes:
    """Keys as they are published."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


async def status(access: Access, signed: str) -> int:
    """What a request with a token is answered: 200 when it is let in."""
    scope = {
        "path": "/fhir/Task",
        "request_id": "1",
        "headers": [(b"authorization", b"Bearer " + signed.encode())],
    }
    try:
        await access.admit(scope, dict(scope["headers"]))  # type: ignore[arg-type]
    except Problem as problem:
        return problem.status
    assert isinstance(scope[WHO], Caller)
    return 200


async def test_a_signature_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same token comes again without being verified, and speaks for the same caller."""
    access, signed = Issuer().access(), token(patient="p1")
    assert await status(access, signed) == 200

    def not_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("adapter.rest.access.verified", not_again)
    assert await status(access, signed) == 200
    with pytest.raises(AssertionError):
        await status(access, token(patient="p1"))  # signed anew, so it is another


@pytest.mark.parametrize("others", [(), (OTHER,)], ids=["gone", "another of its name"])
async def test_a_key_that_the_issuer_takes_away_is_soon_believed_no_more(others: tuple[jwk.ECKey]) -> None:
    """A remembered token falls with its key, also when another key has taken its name."""
    issuer = Issuer()
    access, signed = issuer.access(), token(exp=NOW + 86_400)
    assert await status(access, signed) == 200
    issuer.published = jwks(*others, jwk.ECKey.generate_key("P-384", {"kid": "two"}))
    issuer.seconds = FRESH
    assert await status(access, signed) == 401
    assert await status(access, signed) == 401


async def test_a_name_that_is_new_brings_the_keys_at_once() -> None:
    """A token of a new key makes the keys be fetched, and what was remembered is judged by these."""
    issuer = Issuer()
    access, signed = issuer.access(), token(exp=NOW + 86_400)
    assert await status(access, signed) == 200
    new = jwk.ECKey.generate_key("P-384", {"kid": "two"})
    issuer.published, issuer.seconds = jwks(new), PAUSE
    assert await status(access, token(new)) == 401  # it says kid one
    assert await status(access, signed) == 200  # nobody has asked for two yet, and one is known
    header = '{"alg":"ES384","kid":"two","typ":"at+jwt"}'
    named = f"{_part(header)}.{_part('{}')}.{'A' * 128}"
    assert await status(access, named) == 401
    assert await status(access, signed) == 401


async def test_keys_that_cannot_be_fetched_leave_the_known_ones() -> None:
    """An issuer that is away shuts nobody out, and is not asked for each request."""
    issuer = Issuer()
    access, signed = issuer.access(), token(exp=NOW + 86_400)
    assert await status(access, signed) == 200
    issuer.published, issuer.seconds = b"", FRESH
    assert [await status(access, signed) for _ in range(5)] == [200] * 5
    assert issuer.asked == 2


@pytest.mark.parametrize(("seconds", "said"), [(304, 200), (305, 401), (-6, 401)])
async def test_the_times_of_a_remembered_token_are_judged_each_time(
    monkeypatch: pytest.MonkeyPatch, seconds: int, said: int
) -> None:
    """``exp`` and ``iat`` hold for the moment of the request, with the leeway of any token."""
    monkeypatch.setattr(key_ring, "FRESH", 10_000.0)
    issuer = Issuer()
    access, signed = issuer.access(), token()
    assert await status(access, signed) == 200
    issuer.seconds = seconds
    assert await status(access, signed) == said


async def test_nothing_is_remembered_across_issuers_or_audiences() -> None:
    """A token that one trust takes is judged by another as if it were new."""
    issuer, signed = Issuer(), token()
    assert await status(issuer.access(), signed) == 200
    for trust in (
        Trust(issuer="https://other.example", audience=AUDIENCE),
        Trust(issuer=ISSUER, audience="https://other.example/fhir"),
    ):
        assert await status(issuer.access(trust), signed) == 401


async def test_a_token_changed_by_a_letter_is_another() -> None:
    """The whole token is what is known, its signature too."""
    access, signed = Issuer().access(), token()
    assert await status(access, signed) == 200
    head, _, signature = signed.rpartition(".")
    for changed in (
        f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        f"{head[:-1]}{'B' if head[-1] == 'A' else 'A'}.{signature}",
        signed + "A",
    ):
        assert await status(access, changed) == 401


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    """The one that has been quiet the longest is forgotten; a token that is over leaves at once."""
    keys, claims = read_keys(jwks(KEY)), {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 300}
    kept = Remembered(TRUST, most=2)
    verified = Verified("one", keys, claims, Caller(kind=CallerKind.SYSTEM))
    kept.keep("a", verified)
    kept.keep("b", verified)
    assert kept.caller("a", keys, NOW) is verified.caller
    kept.keep("c", verified)
    assert [kept.kid(each) for each in "abc"] == ["one", None, "one"]
    with pytest.raises(TokenRefused):
        kept.caller("a", keys, NOW + 400)
    assert kept.kid("a") is None


def _part(text: str) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
