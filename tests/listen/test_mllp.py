"""The MLLP listener over real sockets: order, limits, deadlines, connections that outlive bad messages."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from adapter.fhir import merged
from adapter.listen import ClientLimits, Intake, MllpLimits, MllpListener, sources_by_type
from adapter.listen.clients import Bucket, Clients
from adapter.pipeline import Source, receive
from adapter.ports import Kept, MessageQuery, State, StoreUnavailable
from adapter.store.memory import MemoryStore
from adapter.wire.hl7v2_header import read_header
from adapter.wire.mllp import Frame, FrameReader, framed

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared"))
FRAMES = SHARED / "corpora" / "own" / "mllp_frames.py"
PEER = SHARED / "tools" / "hl7v2-peer" / "peer"
REQUEST = (ROOT / "fixtures" / "hl7v2.referral" / "request-with-sbar.hl7").read_bytes()
WRONG = (ROOT / "fixtures" / "hl7v2.referral" / "request-with-wrong-check-digit.hl7").read_bytes()
BOOKED = (ROOT / "fixtures" / "hl7v2.scheduling" / "booked-telephone-time.hl7").read_bytes()
DOCUMENT = (ROOT / "fixtures" / "hl7v2.document" / "answer-as-document.hl7").read_bytes()
LIMITS = MllpLimits(max_bytes=200_000, idle_seconds=0.5, receive_seconds=0.5, connections=5)


class Now:
    """
    A clock that stands still.
    """

    def now(self) -> datetime:
        """
        Always the same.
        """
        return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass
class Listening:
    """
    A listener of the test's own, with a store that the test can look into.
    """

    port: int
    store: MemoryStore
    listener: MllpListener
    received: list[bytes] = field(default_factory=list)


@pytest.fixture
async def listening(sources: Mapping[str, Source]) -> AsyncIterator[Listening]:
    """
    A listener with short deadlines.
    """
    async with opened(sources) as up:
        yield up


@asynccontextmanager
async def opened(
    sources: Mapping[str, Source],
    limits: MllpLimits = LIMITS,
    *,
    fail: Exception | None = None,
    tls: ssl.SSLContext | None = None,
    stations: Mapping[str, frozenset[str]] | None = None,
) -> AsyncIterator[Listening]:
    """
    A listener on a free port; ``fail`` is what keeping raises.
    """
    clock = Now()
    store = MemoryStore(merged, now=clock.now)
    received: list[bytes] = []

    async def take(raw: bytes, source: Source) -> Kept:
        received.append(raw)
        if fail:
            raise fail
        return await receive(raw, source, store, clock)

    intake = Intake(sources=sources_by_type(sources), receive=take, clock=clock)
    listener = MllpListener(intake, limits, stations or {})
    bound = socket.create_server(("127.0.0.1", 0))
    await listener.start(bound, tls)
    try:
        yield Listening(bound.getsockname()[1], store, listener, received)
    finally:
        await listener.stop(1)


class Client:
    """
    One connection that reads acknowledgements as they come.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.frames = FrameReader()
        self.waiting: list[bytes] = []

    async def send(self, *parts: bytes) -> None:
        """
        Write bytes as they are, each part by itself.
        """
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self, seconds: float = 5) -> str:
        """
        MSA-1 and MSA-2 of the next acknowledgement; empty when the connection was closed instead.
        """
        async with asyncio.timeout(seconds):
            while not self.waiting:
                data = await self.reader.read(65_536)
                if not data:
                    return ""
                self.waiting += [
                    event.payload for event in self.frames.feed(data) if isinstance(event, Frame)
                ]
        return "|".join(self.waiting.pop(0).decode("utf-8", "replace").split("\r")[1].split("|")[1:3])


@asynccontextmanager
async def client(port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[Client]:
    """
    A connection to the listener.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


async def test_messages_are_answered_in_their_order_and_the_connection_outlives_bad_ones(
    listening: Listening,
) -> None:
    """
    AA, AE, AR and AA again on one connection, sent without waiting; the same bytes get the same answer.
    """
    unknown = REQUEST.replace(b"REF^I12^REF_I12", b"ORU^R01^ORU_R01").replace(b"L-0001", b"X-1")
    no_header = b"hej\r"
    async with client(listening.port) as sender:
        await sender.send(
            b"".join(map(framed, (REQUEST, WRONG, unknown, no_header, BOOKED, DOCUMENT, REQUEST)))
        )
        answers = [await sender.answer() for _ in range(7)]
    assert answers == ["AA|L-0001", "AE|L-0009", "AR|X-1", "AR", "AA|C-0101", "AA|C-0201", "AA|L-0001"]


async def test_the_same_id_with_other_content_is_refused_and_has_no_effect(listening: Listening) -> None:
    """
    Identity is MSH-3, MSH-4 and MSH-10.
    """
    async with client(listening.port) as sender:
        await sender.send(framed(REQUEST), framed(REQUEST.replace(b"dosen", b"halva dosen")))
        assert [await sender.answer(), await sender.answer()] == ["AA|L-0001", "AE|L-0001"]


async def test_an_id_is_held_also_against_what_cannot_be_mapped(listening: Listening) -> None:
    """
    Other content under the id is told as such, whatever else is wrong with it; and the other way round.
    """
    unmappable = REQUEST.replace(b"195009072553", b"195009072554")
    parked = WRONG.replace(b"195009072554", b"195009072553")
    async with client(listening.port) as sender:
        await sender.send(*map(framed, (REQUEST, unmappable, unmappable, WRONG, parked, WRONG)))
        answers = [await sender.answer() for _ in range(6)]
        assert answers == ["AA|L-0001", "AE|L-0001", "AE|L-0001", "AE|L-0009", "AE|L-0009", "AE|L-0009"]


async def test_a_frame_may_come_byte_by_byte(listening: Listening) -> None:
    """
    The network parts a message as it likes.
    """
    async with client(listening.port) as sender:
        for octet in framed(REQUEST)[:-1]:
            sender.writer.write(bytes([octet]))
        await asyncio.sleep(0)
        await sender.send(b"\r")
        assert await sender.answer() == "AA|L-0001"


async def test_enhanced_mode_acknowledges_receipt_and_then_the_result(listening: Listening) -> None:
    """
    MSH-15 and MSH-16 filled: CA after the commit, then AA.
    """
    asked = REQUEST.replace(b"|2.5.1||||||", b"|2.5.1|||AL|AL||")
    async with client(listening.port) as sender:
        await sender.send(framed(asked))
        assert [await sender.answer(), await sender.answer()] == ["CA|L-0001", "AA|L-0001"]


async def test_an_acknowledgement_is_never_acknowledged(listening: Listening) -> None:
    """
    Two systems that did would go on for ever.
    """
    async with client(listening.port) as sender:
        await sender.send(framed(b"MSH|^~\\&|A|B|C|D|2026||ACK|K|P|2.5\rMSA|AA|x\r"), framed(REQUEST))
        assert await sender.answer() == "AA|L-0001"


@pytest.mark.parametrize(
    "stream",
    [b"GET / HTTP/1.1\r\n\r\n", REQUEST, framed(REQUEST)[:-2], b"\x0b", b"", b"\x0b" + b"x" * 300_000],
    ids=["http", "no start", "never ended", "only a start", "silence", "too large"],
)
async def test_a_connection_that_breaks_the_frame_or_keeps_silent_is_closed(
    stream: bytes, listening: Listening
) -> None:
    """
    Within its deadline, without a word and without an effect; others are served meanwhile.
    """
    async with client(listening.port) as bad, client(listening.port) as good:
        bad.writer.write(stream)
        await good.send(framed(REQUEST))
        assert await good.answer(1) == "AA|L-0001"
        assert await bad.answer() == ""
    assert listening.received == [REQUEST]


async def test_a_message_cut_by_an_end_block_in_its_text_is_rejected(listening: Listening) -> None:
    """
    What was left of it would be kept as if it were all; without anything behind it, it is whole.
    """
    cut = REQUEST + b"NTE|1||a"
    async with client(listening.port) as sender:
        await sender.send(framed(cut) + b"b\r\x1c\r")
        assert await sender.answer() == "AR|L-0001"
        assert await sender.answer() == ""
    async with client(listening.port) as sender:
        await sender.send(framed(REQUEST.rstrip(b"\r")))
        assert await sender.answer() == "AA|L-0001"
    assert len(listening.received) == 1


async def test_one_connection_more_than_there_may_be_is_closed(listening: Listening) -> None:
    """
    The others go on.
    """
    async with AsyncExitStack() as held:
        lines = [await held.enter_async_context(client(listening.port)) for _ in range(LIMITS.connections)]
        await lines[0].send(framed(REQUEST))
        assert await lines[0].answer() == "AA|L-0001"
        late = await held.enter_async_context(client(listening.port))
        with suppress(OSError):  # told as such, or as an end
            await late.send(framed(BOOKED))
            assert await late.answer() == ""
        await lines[1].send(framed(DOCUMENT))
        assert await lines[1].answer() == "AA|C-0201"
    assert BOOKED not in listening.received


async def test_a_message_of_a_type_that_nobody_takes_is_rejected_and_kept(listening: Listening) -> None:
    """
    AR, and the bytes lie parked where an operator sees them: a known sender's message is never gone.
    """
    other = REQUEST.replace(b"REF^I12^REF_I12", b"ORU^R01^ORU_R01")
    async with client(listening.port) as sender:
        await sender.send(framed(other), framed(other), framed(REQUEST.replace(b"L-0001", b"L-0002")))
        assert [await sender.answer() for _ in range(3)] == ["AR|L-0001", "AR|L-0001", "AA|L-0002"]
    (row,) = await listening.store.messages(MessageQuery(states=(State.PARKED,)))
    assert row.raw == other
    assert [each["code"] for each in row.findings if each["code"] == "hl7-not-taken"] == ["hl7-not-taken"]


async def test_a_client_has_no_more_connections_than_it_may(sources: Mapping[str, Source]) -> None:
    """
    One more is closed; when one of its own ends there is room again.
    """
    limits = replace(LIMITS, client=ClientLimits(connections=1))

    async def served(up: Listening) -> bool:
        with suppress(ConnectionError):
            async with client(up.port) as other:
                await other.send(framed(REQUEST))
                return await other.answer() == "AA|L-0001"
        return False

    async with opened(sources, limits) as up:
        async with client(up.port) as first:
            await first.send(framed(REQUEST))
            assert await first.answer() == "AA|L-0001"
            assert not await served(up)
        async with asyncio.timeout(5):
            while not await served(up):
                pass


async def test_a_client_that_is_fast_is_read_slowly_and_loses_nothing(sources: Mapping[str, Source]) -> None:
    """
    All are answered, in their order; the pause ends at once when the listener is told to stop.
    """
    limits = replace(
        LIMITS, idle_seconds=60, client=ClientLimits(messages_per_second=0.2, bytes_per_second=1)
    )
    async with opened(sources, limits) as up, client(up.port) as sender:
        await sender.send(*(framed(REQUEST.replace(b"L-0001", b"L-%d" % number)) for number in range(3)))
        assert await sender.answer() == "AA|L-0"
        assert up.received == [REQUEST.replace(b"L-0001", b"L-0")]
        async with asyncio.timeout(5):
            await up.listener.stop(4)


async def test_a_client_that_connects_anew_goes_on_where_it_was(sources: Mapping[str, Source]) -> None:
    """
    What it has spent is not forgotten with its connection: its next message is read when it may be.
    """
    limits = replace(LIMITS, idle_seconds=60, client=ClientLimits(bytes_per_second=1))
    async with opened(sources, limits) as up:
        async with client(up.port) as sender:
            await sender.send(framed(REQUEST))
            assert await sender.answer() == "AA|L-0001"
        async with client(up.port) as sender:
            await sender.send(framed(REQUEST.replace(b"L-0001", b"L-0002")))
            with pytest.raises(TimeoutError):
                await sender.answer(0.2)
        assert up.received == [REQUEST]


def test_a_client_that_is_rested_is_forgotten() -> None:
    """
    So that not all who have ever called are kept; one that still owes is.
    """
    now = [0.0]
    clients = Clients(ClientLimits(messages_per_second=1), lambda: now[0])
    with clients.connected("a") as first:
        first.spend(10)
    with clients.connected("b"), clients.connected("a") as again:
        assert again is first
    now[0] = 1.0
    with clients.connected("b"), clients.connected("a") as again:
        assert again is not first


def test_tokens_fill_with_time_and_what_is_owed_is_waited_for() -> None:
    """
    Ten seconds' worth at once, then as fast as it fills; 0 is no limit.
    """
    now = [0.0]
    bucket = Bucket(2, lambda: now[0])
    assert [bucket.take(20), bucket.take(1), bucket.take(3)] == [0, 0.5, 2]
    now[0] = 2.0
    assert bucket.take(0) == 0
    now[0] = 1000.0
    assert [bucket.take(20), bucket.take(2)] == [0, 1]
    assert Bucket(0, lambda: now[0]).take(1e9) == 0


@pytest.mark.parametrize("problem", [StoreUnavailable("full"), RuntimeError("ours")], ids=["store", "fault"])
async def test_what_could_not_be_kept_is_rejected_as_ours(
    problem: Exception, sources: Mapping[str, Source]
) -> None:
    """
    AR with 207, so that it is sent again; the connection stays.
    """
    async with opened(sources, fail=problem) as up, client(up.port) as sender:
        await sender.send(framed(REQUEST), framed(REQUEST))
        assert [await sender.answer(), await sender.answer()] == ["AR|L-0001", "AR|L-0001"]


async def test_a_stop_answers_what_is_under_way_and_takes_nothing_new(sources: Mapping[str, Source]) -> None:
    """
    An answer is never lost to a restart; whoever is silent is let go at once.
    """
    limits = MllpLimits(max_bytes=200_000, idle_seconds=60, receive_seconds=60, connections=5)
    async with opened(sources, limits) as up, client(up.port) as silent, client(up.port) as sender:
        await sender.send(framed(REQUEST))
        assert await sender.answer() == "AA|L-0001"
        async with asyncio.timeout(5):
            await up.listener.stop(4)
        assert await silent.answer() == ""
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", up.port)


def certificates(folder: Path) -> Callable[[str], tuple[Path, Path]]:
    """
    An authority of the test's own, and certificates that it signs.
    """
    run = partial(subprocess.run, check=True, capture_output=True, cwd=folder)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run(
        [
            "openssl",
            "req",
            "-x509",
            *key,
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=ca",
            "-days",
            "2",
        ]
    )

    def signed(name: str) -> tuple[Path, Path]:
        stem = name.partition(".")[0]
        run(["openssl", "req", *key, "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={name}"])
        (folder / "san").write_text(f"subjectAltName=DNS:{name}")
        run(
            [
                "openssl",
                "x509",
                "-req",
                "-in",
                f"{stem}.csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-days",
                "2",
                "-extfile",
                "san",
                "-out",
                f"{stem}.pem",
            ]
        )
        return folder / f"{stem}.pem", folder / f"{stem}.key"

    return signed


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates")
async def test_a_client_certificate_is_bound_to_who_it_may_send_for(
    tmp_path: Path, sources: Mapping[str, Source]
) -> None:
    """
    TLS with client certificates: without one nobody gets in, and nobody sends in another's name.
    """
    signed = certificates(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(*signed("localhost"))
    ours = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    ours.check_hostname = False
    ours.load_cert_chain(*signed("kommun.example"))
    stranger = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    stranger.check_hostname = False
    stations = {"kommun.example": frozenset({"SE2120001249-HSV01"})}
    async with opened(sources, tls=server, stations=stations) as up:
        async with client(up.port, ours) as sender:
            await sender.send(framed(REQUEST), framed(BOOKED), framed(WRONG))
            assert [await sender.answer() for _ in range(3)] == ["AA|L-0001", "AR|C-0101", "AE|L-0009"]
        with suppress(OSError):
            async with client(up.port, stranger) as sender:
                await sender.send(framed(REQUEST))
                assert await sender.answer() == ""
    assert BOOKED not in up.received


def shared_frames() -> ModuleType:
    """
    The byte sequences of the shared corpus, with a referral of ours in the place of its message.
    """
    spec = importlib.util.spec_from_file_location("mllp_frames", FRAMES)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    source = FRAMES.read_text()
    ours = REQUEST.replace(b"UNICODE UTF-8", b"%CS%").replace(b"L-0001", b"%ID%")
    namespace = module.__dict__
    before, _, after = source.partition("M=adt()")
    exec(before, namespace)  # noqa: S102  the corpus is data that is written as code

    def adt(mid: bytes = b"X1", extra: bytes = b"", cs: bytes = b"UNICODE UTF-8") -> bytes:
        text = ours.decode()
        codec = "utf-8" if cs == b"UNICODE UTF-8" else "latin-1"
        return text.encode(codec).replace(b"%CS%", cs).replace(b"%ID%", mid) + extra

    namespace["adt"] = adt
    exec("M=adt()" + after, namespace)  # noqa: S102
    return module


@pytest.mark.skipif(not FRAMES.exists(), reason="the shared corpus of frames is not here")
async def test_every_byte_sequence_of_the_shared_corpus_has_its_reaction(
    sources: Mapping[str, Source],
) -> None:
    """
    As expected of each: acknowledged, refused or closed; a fresh client is served within a second meanwhile.
    """
    limits = MllpLimits(max_bytes=10_000_000, idle_seconds=0.4, receive_seconds=0.4, connections=20)
    few = asyncio.Semaphore(8)

    async def told(name: str, parts: list[tuple[bytes, float]], expected: str) -> str:
        async with few, opened(sources, limits) as up, client(up.port) as sender:
            codes = await reaction(sender, parts)
            async with client(up.port) as other:
                await other.send(framed(REQUEST.replace(b"L-0001", b"OTHER")))
                assert await other.answer(1) == "AA|OTHER", name
        return "" if is_as_expected(codes, expected) else f"{name}: {expected}, not {codes}"

    cases = shared_frames().CASES
    assert len(cases) >= 36
    assert [odd for odd in await asyncio.gather(*(told(*case) for case in cases)) if odd] == []


async def reaction(sender: Client, parts: list[tuple[bytes, float]]) -> list[str]:
    """
    MSA-1 of each answer, until the connection is closed or nothing more comes; long pauses are cut short.
    """
    codes: list[str] = []
    try:
        for data, pause in parts:
            if data:
                await sender.send(data)
            if pause < 0:
                return codes
            if pause:
                await asyncio.sleep(min(pause, 0.05))
        while code := await sender.answer(3):
            codes.append(code.partition("|")[0])
    except OSError:
        pass
    return [*codes, "closed"]


def is_as_expected(codes: list[str], expected: str) -> bool:
    """
    Whether the answers are what the corpus says, in its own words.
    """
    told = [code for code in codes if code != "closed"]
    refused = {"AE", "AR", "CE", "CR"}
    if expected.startswith("ack then nack"):
        return told[:1] == ["AA"] and told[1] in refused
    if expected.startswith("ack2"):
        return told == ["AA", "AA"]
    if expected.startswith("stored once"):
        return True
    return {
        "ack": told == ["AA"],
        "nack": len(told) == 1 and told[0] in refused,
        "close": told == [],
        "ack|nack": len(told) == 1,
        "no ACK of an ACK": told == [],
    }[expected]


@pytest.mark.skipif(
    not PEER.exists() or not shutil.which("java"), reason="the HL7 v2 system of others is not here"
)
async def test_a_system_of_others_sends_to_us(tmp_path: Path, sources: Mapping[str, Source]) -> None:
    """
    HAPI HL7v2 over one connection: REF, SIU and MDM get AA, a bad one AE, an unknown one AR, and then AA.
    """
    unknown = (
        REQUEST.replace(b"REF^I12^REF_I12", b"REF^I13^REF_I12")
        .replace(b"L-0001", b"X-1")
        .replace(b"|2.5.1|", b"|2.4|")
    )
    again = REQUEST.replace(b"L-0001", b"L-0099")
    limits = MllpLimits(max_bytes=200_000, idle_seconds=20, receive_seconds=5, connections=5)
    files = []
    for number, raw in enumerate((REQUEST, BOOKED, DOCUMENT, WRONG, unknown, again)):
        files.append(tmp_path / f"{number}.hl7")
        files[-1].write_bytes(raw)
    async with opened(sources, limits) as up:
        command = [str(PEER), "send", "127.0.0.1", str(up.port), *map(str, files)]
        peer = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        out, _ = await peer.communicate()
    told = [
        line.split()[0] for line in out.decode().splitlines() if line.split()[:1] and line.endswith(".hl7")
    ]
    assert told[:4] == ["AA", "AA", "AA", "AE"]
    assert told[5] == "AA"
    header = read_header(up.received[0])
    assert header is not None
    assert header.control_id == "L-0001"
