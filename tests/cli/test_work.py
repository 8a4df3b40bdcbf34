"""``overens work``: a process of its own that sends, ends when told, and can be followed by another."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.fhir import merge
from adapter.letters import OURSELVES, LetterQuery, LetterState
from adapter.store import open_store
from tests.store.conftest import Post
from tests.store.conftest import postgres_url as postgres_url  # noqa: PLC0414  a fixture here too
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from adapter.letters import LetterRow
    from adapter.ports import Desk

ROOT = Path(__file__).parents[2]
EVENT = (ROOT / "fixtures" / "overens.event" / "overdue.json").read_bytes()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"OVERENS_DATABASE_URL": "sqlite:///x.db"}, "bara med PostgreSQL"),
        ({"OVERENS_DATABASE_URL": "postgresql://x@127.0.0.1:9/x", "OVERENS_WORKERS": "0"}, "minst 1"),
    ],
)
def test_what_cannot_send_is_told(settings: dict[str, str], told: str) -> None:
    """
    Exit code 2, and what to do instead.
    """
    ended = CliRunner().invoke(commands, ["work"], env=settings)
    assert ended.exit_code == 2
    assert told in ended.stderr


async def test_a_worker_sends_what_another_process_posted_and_ends_when_told(postgres_url: str) -> None:
    """
    A reminder to ourselves, kept by a process that sends nothing, is taken in by the worker; SIGTERM ends it.
    """
    store = await open_store(postgres_url, merge)
    worker = await asyncio.to_thread(_started, postgres_url)
    try:
        await store.keep(with_letters(Post(), letter("a", receiver=OURSELVES, body=EVENT)))
        row = await asyncio.wait_for(_tried(store), 30)
    finally:
        worker.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(worker.wait, 20)
        worker.stderr.close()  # type: ignore[union-attr]
    assert (code, row.state) == (0, LetterState.DELIVERED)
    assert b"OperationOutcome" in row.answer
    await store.close()


async def _tried(store: Desk) -> LetterRow:
    while True:
        (row,) = await store.outbox.letters(LetterQuery())
        if row.tries:
            return row
        await asyncio.sleep(0.05)


def _started(url: str) -> subprocess.Popen[bytes]:
    """A worker that is up: it says so."""
    env = {**os.environ, "OVERENS_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen(
        [sys.executable, "-m", "adapter", "work"], cwd=ROOT, env=env, stderr=subprocess.PIPE
    )
    assert b"skickar brev" in worker.stderr.readline()  # type: ignore[union-attr]
    return worker
