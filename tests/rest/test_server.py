"""The real server, as its own process: what only shows on a real connection."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from adapter.wire.mllp import Frame, FrameReader, framed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NOTE = (ROOT / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_bytes()
MARKED = "196101182803"
ENV = {name: value for name, value in os.environ.items() if not name.startswith("OVERENS_")}
COSMIC = "/messages/se.cosmic.journal-notes"


class Server:
    """A server in its own process; what it said on stdout and stderr is in ``said`` after ``stop``."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        env = {**ENV, "OVERENS_DATABASE_URL": f"sqlite:///{folder}/overens.db", **settings}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "adapter", "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(  # noqa: S603  our own program
                command, cwd=ROOT, env=env, stdout=log, stderr=log
            )
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.address, timeout=20)
        self._until_ready()

    def _until_ready(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(f"the server did not start: {self.said}")

    @property
    def said(self) -> str:
        """Everything it wrote."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Tell it to stop; its exit code."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server, shared by the tests that leave it running."""
    running = Server(tmp_path_factory.mktemp("server"), OVERENS_BODY_TIMEOUT_SECONDS="1")
    yield running
    running.stop()


def ended_at_once(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What ``overens serve`` says when it will not start."""
    command = [sys.executable, "-m", "adapter", "serve", *arguments]
    env = {**ENV, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(  # noqa: S603  our own program
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=20, check=False
    )


def raw_exchange(server: Server, sent: bytes, *, wait_seconds: float = 10) -> bytes:
    """Bytes out, bytes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait_seconds) as wire:
        wire.sendall(sent)
        answer = b""
        while part := wire.recv(65536):
            answer += part
        return answer


def test_it_starts_stops_when_told_and_keeps_what_it_took(tmp_path: Path) -> None:
    """
    SIGTERM ends it with 0; a new one on the same file still has the message.
    """
    first = Server(tmp_path)
    answer = first.client.post(COSMIC, content=NOTE)
    assert answer.status_code == 201
    assert "Demoläge" in first.said
    assert first.stop() == 0
    again = Server(tmp_path)
    assert again.client.get(answer.headers["location"]).json()["state"] == "done"
    assert again.client.post(COSMIC, content=NOTE).headers["x-duplicate"] == "true"
    assert again.stop() == 0


@pytest.mark.parametrize("is_chunked", [False, True])
def test_fifty_megabytes_are_413_and_the_sender_gets_to_read_it(server: Server, is_chunked: bool) -> None:
    """
    With or without Content-Length; the connection is not torn down in the middle of the upload.
    """

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    answer = server.client.post(COSMIC, content=pieces() if is_chunked else b" " * 50_000_000)
    assert answer.status_code == 413
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert server.client.get("/healthz").status_code == 200


def test_a_large_body_is_refused_before_it_is_sent(server: Server) -> None:
    """
    Who asks with Expect: 100-continue is told no, and sends nothing.
    """
    head = f"POST {COSMIC} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
        wire.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_that_never_comes_is_408(server: Server) -> None:
    """
    A slow sender does not hold on to the server.
    """
    head = f"POST {COSMIC} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
    assert raw_exchange(server, head.encode()).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /x%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"GET /fhir/CarePlan?"
        + b"a=1&" * 20_000
        + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_that_is_none_is_4xx_and_the_server_goes_on(server: Server, sent: bytes) -> None:
    """
    Never 5xx, never silence.
    """
    status = int(raw_exchange(server, sent).split(b" ")[1])
    assert 400 <= status < 500
    assert server.client.get("/healthz").status_code == 200


def test_no_log_line_holds_an_identity(tmp_path: Path) -> None:
    """
    A marked number through every route, in body, address, query and header: the log has none of it.
    """
    server = Server(tmp_path, OVERENS_LOG_LEVEL="debug")
    note = NOTE.replace(b"195009072553", MARKED.encode())
    assert MARKED.encode() in note
    client = server.client
    for raw in (
        note,
        note[:-30],
        note.replace(MARKED.encode(), b"196101182804"),
        b'{"%s": 1}' % MARKED.encode(),
    ):
        answer = client.post(
            COSMIC, content=raw, headers={"X-Request-Id": MARKED, "X-Correlation-Id": MARKED}
        )
        client.get(answer.headers["location"])
    for path in (
        "/fhir/CarePlan/{}",
        "/fhir/Patient/{}/_history/{}",
        "/messages/{}",
        "/{}",
        "/fhir/{}",
        "/fhir/CarePlan?{}=x",
    ):
        client.get(path.replace("{}", MARKED), headers={"Cookie": MARKED, "If-None-Match": MARKED})
    for name in ("patient.identifier", "identifier", "patient", "date", "_page", "_sort", "_include"):
        client.get("/fhir/CarePlan", params={name: MARKED})
        client.post("/fhir/CarePlan/_search", data={name: MARKED})
    client.post(f"/messages/{MARKED}", content=b"x")
    client.post(COSMIC, content=b"x", headers={"Content-Type": MARKED})
    client.get("/", headers={"Host": f"{MARKED}.example"})
    server.stop()
    assert '"event": "message"' in server.said
    assert MARKED not in server.said
    assert "196101182804" not in server.said


@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        (["--host", "0.0.0.0"], {}, "127.0.0.1"),  # noqa: S104
        ([], {"OVERENS_HOST": "::"}, "127.0.0.1"),
        ([], {"OVERENS_PRT": "8000"}, "OVERENS_PORT"),
        ([], {"OVERENS_DATABASE_URL": "mysql://x"}, "OVERENS_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_what_to_do(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], told: str
) -> None:
    """
    Exit 2 and a sentence, no traceback.
    """
    ended = ended_at_once(tmp_path, "--port", "0", *arguments, **settings)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    """
    With what to do about it.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = ended_at_once(tmp_path, "--port", port)
    assert ended.returncode == 2
    assert port in ended.stderr
    assert "--port" in ended.stderr


def test_hl7_v2_is_taken_over_mllp_and_kept_when_the_server_stops(tmp_path: Path) -> None:
    """
    ``--mllp-port``: a request, its booked time and its answer get AA on one connection; a bad one AE between.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mllp_port = free.getsockname()[1]
    server = Server(tmp_path, OVERENS_MLLP_PORT=str(mllp_port))
    names = (
        "hl7v2.referral/request-with-sbar",
        "hl7v2.scheduling/booked-telephone-time",
        "hl7v2.referral/request-that-is-acute",
        "hl7v2.document/answer-as-document",
    )
    messages = b"".join(framed((ROOT / "fixtures" / f"{name}.hl7").read_bytes()) for name in names)
    frames, answers = FrameReader(), []
    with socket.create_connection(("127.0.0.1", mllp_port), timeout=10) as wire:
        wire.sendall(messages)
        while len(answers) < len(names):
            answers += [event.payload for event in frames.feed(wire.recv(65_536)) if isinstance(event, Frame)]
    assert [answer.partition(b"\rMSA|")[2][:2] for answer in answers] == [b"AA", b"AA", b"AE", b"AA"]
    task = server.client.get("/fhir/Task").json()["entry"][0]["resource"]
    appointment = server.client.get("/fhir/Appointment").json()["entry"][0]["resource"]
    assert (task["status"], appointment["status"]) == ("completed", "booked")
    assert server.stop() == 0
    assert "MLLP" in server.said
    assert "195009072553" not in server.said
