"""Gaps between two real processes: the server, and a receiver that loses events and asks for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

import httpx
import pytest

from tests.send.test_subscriptions import FILE, asked

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
PATIENT = {"resourceType": "Patient", "name": [{"text": "Test"}]}
LOST = ("2", "3", "5")
COUNT = 6
SECONDS = 30  # that anything is waited for


class Said:
    """
    The lines of a process, read as they come so that it never waits for us.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.lines: Queue[str] = Queue()
        self.known: list[str] = []
        self.stream = stream
        self.reading = Thread(target=lambda: [self.lines.put(line) for line in stream], daemon=True)
        self.reading.start()

    def ended(self) -> None:
        """
        The process is gone, and so is its stream.
        """
        self.reading.join(SECONDS)
        self.stream.close()

    def next(self, word: str) -> str:
        """
        The next line, which has this word in it; when none comes the test fails and tells those that came.
        """
        try:
            line = self.lines.get(timeout=SECONDS)
        except Empty:
            pytest.fail(f"no {word!r} in {SECONDS} s after {self.known}")
        self.known.append(line)
        assert word in line, self.known
        return line


@contextmanager
def process(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> Iterator[Said]:
    """
    A Python process with what it says in one stream; ended when the test is.
    """
    made = subprocess.Popen(  # noqa: S603  our own modules
        [sys.executable, "-u", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert made.stdout
    said = Said(made.stdout)
    try:
        yield said
    finally:
        made.terminate()
        try:
            made.wait(timeout=SECONDS)
        finally:
            made.kill()
            said.ended()


def active(client: httpx.Client, id_: str) -> None:
    """
    Until the handshake was taken.
    """
    end = time.monotonic() + SECONDS
    while client.get(f"/fhir/Subscription/{id_}").json()["status"] != "active":
        assert time.monotonic() < end, "the handshake was never taken"
        time.sleep(0.02)


def test_a_receiver_that_loses_events_gets_them_by_their_numbers(tmp_path: Path) -> None:
    """
    It takes 1, 4 and 6, sees by the numbers that 2, 3 and 5 are missing, and $events gives it just those.
    """
    with process("-m", "tests.send.forgetful", *LOST, cwd=ROOT) as receiver:
        port = receiver.next("port").split()[1]
        (tmp_path / "receivers.yaml").write_text(FILE.replace("PORT", port), encoding="utf-8")
        env = {"OVERENS_RECEIVERS_FILE": "receivers.yaml", "OVERENS_DECIDERS": "0"}
        with process("-m", "adapter", "serve", "--port", "0", cwd=tmp_path, env=env) as server:
            url = server.next("http://").partition(" på ")[2].partition("/ ")[0]
            with httpx.Client(base_url=url, timeout=SECONDS) as client:
                wish = asked(f"http://127.0.0.1:{port}/avisering")
                made = client.post("/fhir/Subscription", json=wish)
                assert made.status_code == 201, made.text
                active(client, made.json()["id"])
                subject = f"Patient/{client.post('/fhir/Patient', json=PATIENT).json()['id']}"
                plan: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan"}
                plan["subject"] = {"reference": subject}
                plans = [client.post("/fhir/CarePlan", json=plan).json()["id"] for _ in range(COUNT)]
                known = [json.loads(receiver.next("number")) for _ in range(COUNT)]
    assert [each["number"] for each in known] == [1, 2, 3, 4, 5, 6]
    assert [each["focus"] for each in known] == [f"{url}/fhir/CarePlan/{id_}" for id_ in plans]
    by_request = [str(each["number"]) for each in known if each["by"] == "$events"]
    assert by_request == [*LOST]
