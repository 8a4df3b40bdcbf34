"""HTTP to a receiver that answers well, badly, late or never: each ends as a verdict with its reason."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapter.letters import RESEND, Delivered, Refused, TryAgain
from adapter.send.http_way import MOST_BYTES
from adapter.send.lifecare import LifecareSender
from adapter.send.receivers import Http, OAuth, Tls
from adapter.send.troubles import CODES, trouble
from tests.clocks import StillClock
from tests.send.peers import DROP, ENVELOPE, HANG, Web, http, letter, listening

SECRET = "å&"
NOW = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def sender(port: int, **way: object) -> LifecareSender:
    """
    A sender to that port, with short times.
    """
    how = {"connect": 2.0, "answer": 5.0, **way}
    return LifecareSender(Http(url=f"http://127.0.0.1:{port}/in", **how), StillClock(NOW))


async def verdict_of(said: bytes, **way: object) -> Delivered | TryAgain | Refused:
    """
    What becomes of a letter that is answered like this.
    """
    async with listening(Web([said])) as port:
        out = sender(port, **way)
        found = await out.deliver(letter(), ENVELOPE)
        await out.close()
        return found


def code_of(verdict: object) -> str:
    """
    The code of a trouble, marked by whether the letter is tried again.
    """
    if isinstance(verdict, TryAgain):
        return f"again {verdict.trouble.code}"
    return f"refused {verdict.trouble.code}" if isinstance(verdict, Refused) else "delivered"


async def test_a_letter_is_posted_as_it_is_with_its_own_id_and_the_envelopes() -> None:
    """
    The bytes are the letter's; its id is the same at every try, the request's id is new.
    """
    web = Web([http(201, b'{"ok":true}')])
    async with listening(web) as port:
        out = sender(port, headers={"Authorization": "Bearer hemlig"})
        assert await out.deliver(letter(b'{"a":"\xc3\xa5"}'), ENVELOPE) == Delivered(answer=b'{"ok":true}')
        await out.deliver(letter(b'{"a":"\xc3\xa5"}'), "another")
        await out.close()
    first, second = (request.decode().lower() for request in web.requests)
    assert first.startswith("post /in http/1.1")
    assert first.endswith('{"a":"å"}')
    for text in (letter().id, "bearer hemlig", "content-type: application/json", ENVELOPE):
        assert text in first
    assert letter().id in second
    assert ENVELOPE not in second


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (http(200), "delivered"),
        (http(202, b"{}"), "delivered"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "delivered"),
        (http(200, b"<html>Logga in</html>", "text/html"), "again receiver-garbled"),
        (http(206, b"{}"), "again receiver-garbled"),
        (http(302, b"", "text/html", "Location: http://127.0.0.1:1/"), "again receiver-moved"),
        (http(307, b"", "text/html", "Location: http://127.0.0.1:1/"), "again receiver-moved"),
        (http(400, b"{}"), "refused letter-refused"),
        (http(401), "again receiver-denies"),
        (http(403), "again receiver-denies"),
        (http(404), "again receiver-address"),
        (http(408), "again receiver-silent"),
        (http(409), "refused letter-conflict"),
        (http(413), "refused letter-refused"),
        (http(422, b"{}"), "refused letter-refused"),
        (http(429), "again receiver-busy"),
        (http(500, b"x", "text/plain"), "again receiver-failed"),
        (http(501), "refused letter-not-supported"),
        (http(503), "again receiver-busy"),
        (http(599), "again receiver-failed"),
        (b"\x16\x03\x01garbage\r\n\r\n", "again receiver-garbled"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", None),
        (DROP, "again receiver-garbled"),
        (http(200, b"\x1f\x8b\x08", "application/json", "Content-Encoding: gzip"), "delivered"),
    ],
)
async def test_each_answer_ends_as_a_verdict(answer: bytes, becomes: str | None) -> None:
    """
    Success is delivered, what the letter cannot help is tried again, what it can is refused; nothing raises.
    """
    found = await verdict_of(answer, answer=0.3 if becomes is None else 5.0)
    assert code_of(found) == (becomes or "again receiver-silent")


async def test_a_receiver_that_hangs_is_left_in_time() -> None:
    """
    The whole exchange has a limit, also for a receiver that sends one byte now and then.
    """

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.02)

    began = asyncio.get_running_loop().time()
    assert code_of(await verdict_of(HANG, answer=0.2)) == "again receiver-silent"
    async with listening(drip) as port:
        out = sender(port, connect=0.1, answer=0.2)
        assert isinstance(await out.deliver(letter(), ENVELOPE), TryAgain)
        await out.close()
    assert asyncio.get_running_loop().time() - began < 5


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    """
    No more than a limit is held; what the status says still counts.
    """
    found = await verdict_of(http(200, b" " * (MOST_BYTES + 1)))
    assert found == Delivered(answer=b"")


async def test_nobody_there_is_tried_again() -> None:
    """
    A port where nobody listens, and a name that leads nowhere.
    """
    async with listening(Web([http(200)])) as port:
        pass
    assert code_of(await sender(port).deliver(letter(), ENVELOPE)) == "again receiver-away"
    out = LifecareSender(Http(url="https://finns-inte.invalid/", connect=2.0, answer=2.0), StillClock(NOW))
    assert code_of(await out.deliver(letter(), ENVELOPE)) == "again receiver-away"


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("5", timedelta(seconds=5)),
        ("Mon, 02 Nov 2026 09:17:00 GMT", timedelta(minutes=2)),
        ("Mon, 02 Nov 2020 09:17:00 GMT", timedelta()),
        ("999999999999", timedelta(hours=1)),
        ("snart", None),
        ("-1", None),
    ],
)
async def test_a_receiver_says_when_to_come_again(said: str, after: timedelta | None) -> None:
    """
    Retry-After in seconds or as a date, never longer than an hour.
    """
    found = await verdict_of(http(429, b"", "text/plain", f"Retry-After: {said}"))
    assert isinstance(found, TryAgain)
    assert found.after == after


async def test_a_certificate_is_always_judged(certificates: Path) -> None:
    """
    An authority that nobody named is refused; the one that the file names is taken, and only for its host.
    """
    import ssl  # noqa: PLC0415  for this test alone

    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificates / "klient.pem", certificates / "klient.key")
    async with listening(Web([http(200)]), ssl=theirs) as port:
        for host, tls, becomes in (
            ("localhost", Tls(), "again receiver-certificate"),
            ("localhost", Tls(ca=certificates / "ca.pem"), "delivered"),
            ("127.0.0.2", Tls(ca=certificates / "ca.pem"), "again receiver-certificate"),
        ):
            way = Http(url=f"https://{host}:{port}/", tls=tls, connect=2.0, answer=5.0)
            out = LifecareSender(way, StillClock(NOW))
            found = code_of(await out.deliver(letter(), ENVELOPE))
            await out.close()
            if host == "127.0.0.2":
                assert found != "delivered"
            else:
                assert found == becomes


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A variable that somebody set for another program does not lead patient data astray.
    """
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert code_of(await verdict_of(http(200))) == "delivered"


async def test_a_token_is_asked_for_once_and_used_until_it_ends() -> None:
    """
    Client credentials: many letters share one token; one that is no longer taken is renewed at once.
    """
    tokens = Web(
        [http(200, b'{"access_token":"ett","expires_in":300}'), http(200, b'{"access_token":"two"}')]
    )
    web = Web([http(201), http(201), http(401), http(201)])
    async with listening(tokens) as token_port, listening(web) as port:
        oauth = OAuth(
            token_url=f"http://127.0.0.1:{token_port}/token",
            client_id="o:s",
            client_secret=SECRET,
            scope="a b",
        )
        out = sender(port, oauth=oauth)
        verdicts = [await out.deliver(letter(), ENVELOPE) for _ in range(3)]
        await out.close()
    assert [code_of(one) for one in verdicts] == ["delivered"] * 3
    used = [request.lower().split(b"authorization: ")[1].split(b"\r\n")[0] for request in web.requests]
    assert used == [b"bearer ett", b"bearer ett", b"bearer ett", b"bearer two"]
    assert len(tokens.requests) == 2
    assert tokens.requests[0].endswith(b"grant_type=client_credentials&scope=a+b")
    assert b"Authorization: Basic byUzQXM6JUMzJUE1JTI2" in tokens.requests[0]


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (http(401, b'{"error":"invalid_client"}'), "again token-refused"),
        (http(200, b"<html>"), "again token-refused"),
        (http(200, b'{"access_token":"a\\nb"}'), "again token-refused"),
        (http(200, b'["access_token"]'), "again token-refused"),
        (http(503), "again receiver-busy"),
        (HANG, "again receiver-silent"),
        (DROP, "again receiver-garbled"),
    ],
)
async def test_without_a_token_nothing_is_sent(answer: bytes, becomes: str) -> None:
    """
    A token server that fails in any way leaves the letter for another time.
    """
    web = Web([http(201)])
    async with listening(Web([answer])) as token_port, listening(web) as port:
        oauth = OAuth(token_url=f"http://127.0.0.1:{token_port}/", client_id="a", client_secret=SECRET)
        out = sender(port, oauth=oauth, connect=0.2, answer=0.3)
        assert code_of(await out.deliver(letter(), ENVELOPE)) == becomes
        await out.close()
    assert web.requests == []


def test_a_medcom_like_receiver_has_its_own_patience() -> None:
    """
    Every thirty minutes and at most twice again; others as the settings say.
    """
    way = Http(url="http://127.0.0.1:1/")
    assert LifecareSender(way, StillClock(NOW)).manner.patience is None
    assert LifecareSender(way, StillClock(NOW), is_medcom_like=True).manner.patience is RESEND


def test_each_trouble_says_what_to_do() -> None:
    """
    Swedish sentences, a cause and a remedy, and a line in docs/receivers.md.
    """
    page = (Path(__file__).parents[2] / "docs/receivers.md").read_text(encoding="utf-8")
    for code in CODES:
        told = trouble(code)
        assert told.cause.endswith(".")
        assert told.remedy.endswith(".")
        assert f"| `{code}` |" in page
