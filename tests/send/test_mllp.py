"""MLLP to a receiver that acknowledges well, oddly, of another message, or never."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapter.letters import RESEND, Delivered, Refused, TryAgain
from adapter.send.mllp import MllpSender
from adapter.send.receivers import Mllp, Tls
from adapter.wire.mllp import Frame, FrameReader, framed
from tests.send.peers import DROP, ENVELOPE, HANG, letter, listening

BODY = b"MSH|^~\\&|OVERENS|K|JOURNAL|R|20261102091500+0100||RRI^I12^RRI_I12|L17|P|2.5.1\rMSA|AA|B1\r"
OUT = letter(BODY, "x-application/hl7-v2+er7")


def ack(kind: str = "AA", of: str = "L17", error: str = "") -> bytes:
    """
    An acknowledgement in its frame.
    """
    rows = f"MSH|^~\\&|JOURNAL|R|OVERENS|K|20261102091501+0100||ACK|A1|P|2.5.1\rMSA|{kind}|{of}\r"
    return framed((rows + (f"ERR||PID^1^3|{error}^Fel^HL70357|E\r" if error else "")).encode())


@dataclass
class Peer:
    """
    Answers each frame with the next of its answers, the last one for ever; remembers what it got.
    """

    answers: Sequence[bytes]
    frames: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        One connection.
        """
        self.connections += 1
        frames = FrameReader()
        while data := await reader.read(1000):
            for frame in frames.feed(data):
                assert isinstance(frame, Frame)
                answer = self.answers[min(len(self.frames), len(self.answers) - 1)]
                self.frames.append(frame.payload)
                if answer is HANG:
                    await asyncio.Event().wait()
                if answer is DROP:
                    return
                writer.write(answer)
                await writer.drain()


def sender(port: int, answer: float = 5.0, tls: Tls | None = None) -> MllpSender:
    """
    A sender to that port.
    """
    return MllpSender(Mllp(host="localhost", port=port, connect=2.0, answer=answer, tls=tls))


def code_of(verdict: object) -> str:
    """
    The code of a trouble, marked by whether the letter is tried again.
    """
    if isinstance(verdict, TryAgain):
        return f"again {verdict.trouble.code}"
    return f"refused {verdict.trouble.code}" if isinstance(verdict, Refused) else "delivered"


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (ack(), "delivered"),
        (ack("CA"), "delivered"),
        (ack("AE"), "refused letter-refused"),
        (ack("AE", error="101"), "refused letter-refused"),
        (ack("AE", error="207"), "again receiver-failed"),
        (ack("CE"), "refused letter-refused"),
        (ack("AR"), "again receiver-failed"),
        (ack("AR", error="200"), "refused letter-refused"),
        (ack("AR", error="Tolvan"), "again receiver-failed"),
        (ack(of="L16") + ack(), "delivered"),
        (ack() + ack(), "delivered"),
        (b"\r\n" + ack() + b"\r\n", "delivered"),
        (framed(b"hej"), "again receiver-garbled"),
        (framed(b"MSH|^~\\&|A|B|C|D|2026||ACK|A1|P|2.5.1\r"), "again receiver-garbled"),
        (framed(b"MSH|^~\\&|A|B|C|D|2026||ACK|A1|P|2.5.1\rMSA|OK|L17\r"), "again receiver-garbled"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "again receiver-garbled"),
        (ack(of="L16") * 20, "again answer-of-another"),
        (framed(b"x" * 1_100_000), "again receiver-garbled"),
        (DROP, "again receiver-garbled"),
    ],
)
async def test_each_answer_ends_as_a_verdict(answer: bytes, becomes: str) -> None:
    """
    The acknowledgement with our MSH-10 decides; whatever else comes is passed by, or ends the connection.
    """
    async with listening(Peer([answer])) as port:
        out = sender(port)
        assert code_of(await out.deliver(OUT, ENVELOPE)) == becomes
        await out.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (HANG, "receiver-silent"),
        (ack(of="L16"), "answer-of-another"),
        (ack()[:-2], "receiver-silent"),
        (b"\x0b", "receiver-silent"),
    ],
)
async def test_without_its_own_acknowledgement_a_letter_waits_no_longer_than_it_may(
    answer: bytes, why: str
) -> None:
    """
    Silence, another's acknowledgement and half of one: left in time, told apart, and tried again.
    """
    async with listening(Peer([answer])) as port:
        out = sender(port, answer=0.2)
        assert code_of(await out.deliver(OUT, ENVELOPE)) == f"again {why}"
        await out.close()


async def test_letters_share_a_connection_and_a_doubled_acknowledgement_does_no_harm() -> None:
    """
    The second acknowledgement of the first letter is not taken for that of the second.
    """
    second = letter(BODY.replace(b"L17", b"L18"), OUT.media_type)
    peer = Peer([ack() + ack(), ack("AE", "L18")])
    async with listening(peer) as port:
        out = sender(port)
        assert await out.deliver(OUT, ENVELOPE) == Delivered(answer=ack()[1:-2])
        assert code_of(await out.deliver(second, ENVELOPE)) == "refused letter-refused"
        await out.close()
    assert peer.connections == 1
    assert peer.frames == [OUT.body, second.body]


async def test_a_connection_that_is_gone_is_opened_anew() -> None:
    """
    What the other end closed between two letters costs no letter.
    """

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x1c\r")
        writer.write(ack())
        await writer.drain()
        writer.write_eof()

    async with listening(once) as port:
        out = sender(port)
        first = await out.deliver(OUT, ENVELOPE)
        while not out._idle[0].reader.at_eof():  # noqa: ASYNC110  the stream says its end to nobody
            await asyncio.sleep(0)
        verdicts = [first, await out.deliver(OUT, ENVELOPE)]
        await out.close()
    assert [code_of(one) for one in verdicts] == ["delivered"] * 2


async def test_nobody_there_is_tried_again() -> None:
    """
    A port where nobody listens.
    """
    async with listening(Peer([ack()])) as port:
        pass
    assert code_of(await sender(port).deliver(OUT, ENVELOPE)) == "again receiver-away"


async def test_what_is_no_hl7_v2_is_not_sent() -> None:
    """
    Without MSH-10 nothing could be acknowledged.
    """
    peer = Peer([ack()])
    async with listening(peer) as port:
        assert (
            code_of(await sender(port).deliver(letter(b"MSH|^~\\&|A\r"), ENVELOPE))
            == "refused letter-refused"
        )
    assert peer.connections == 0


async def test_over_tls_both_show_their_certificates(certificates: Path) -> None:
    """
    Theirs is judged by the authority of the file, ours is asked for and shown.
    """
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificates / "klient.pem", certificates / "klient.key")
    theirs.load_verify_locations(certificates / "ca.pem")
    theirs.verify_mode = ssl.CERT_REQUIRED
    known = Tls(
        ca=certificates / "ca.pem", certificate=certificates / "klient.pem", key=certificates / "klient.key"
    )
    async with listening(Peer([ack()]), ssl=theirs) as port:
        for tls, becomes in ((known, "delivered"), (Tls(), "again receiver-certificate")):
            out = sender(port, tls=tls)
            assert code_of(await out.deliver(OUT, ENVELOPE)) == becomes
            await out.close()
        nameless = sender(port, tls=Tls(ca=certificates / "ca.pem"))
        assert code_of(await nameless.deliver(OUT, ENVELOPE)) != "delivered"
        await nameless.close()


def test_a_medcom_like_receiver_has_its_own_patience() -> None:
    """
    Every thirty minutes and at most twice again; others as the settings say.
    """
    way = Mllp(host="localhost", port=1)
    assert MllpSender(way).manner.patience is None
    assert MllpSender(way, is_medcom_like=True).manner.patience is RESEND
