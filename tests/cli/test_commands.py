"""The frame of the command line, and the commands that look at the whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.cli.fixtures import fixture_messages
from adapter.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = sorted(get_command(commands).commands)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests, no store of theirs."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OVERENS_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def overens(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in its own process."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "adapter", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_a_help_with_an_example(name: str) -> None:
    """
    The example can be copied.
    """
    ended = CliRunner().invoke(commands, [name, "--help"])
    assert ended.exit_code == 0
    assert f"Exempel: overens {name}" in ended.stdout


def test_the_help_comes_at_once() -> None:
    """
    Nothing heavy is imported before it is asked for: the web framework least of all.
    """
    heavy = ("fastapi", "uvicorn", "lxml", "rich", "httpx", "apsw", "pydantic")
    told = subprocess.run(
        [sys.executable, "-c", "import sys, adapter.cli; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert [name for name in heavy if name in told] == []
    start = time.perf_counter()
    assert overens("--help").returncode == 0
    assert time.perf_counter() - start < 3  # the aim, 0.3 s, is measured by the bench


def test_a_server_starts_without_the_web_framework() -> None:
    """
    Its import takes as long as all the rest of ours: it waits for the first address that no route takes.
    """
    told = subprocess.run(
        [sys.executable, "-c", "import sys, adapter.cli.serve; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "uvicorn" in told
    assert "fastapi" not in told


def test_no_command_is_wrong_use() -> None:
    """
    The help is shown, and the exit code says that nothing was done.
    """
    assert overens("no-such-command").returncode == 2


def test_sources_are_listed_with_format_owner_version_and_example() -> None:
    """
    Every folder of mappings.
    """
    told = CliRunner().invoke(commands, ["sources"]).stdout
    for folder in (ROOT / "mappings").glob("*/source.yaml"):
        assert folder.parent.name in told
    assert told.count("exempel:") == told.count("ägare:") == told.count("version:") == told.count("format:")


def test_the_doctor_finds_nothing_wrong_here() -> None:
    """
    0, a line for each thing, and no store is made by looking.
    """
    ended = CliRunner().invoke(commands, ["doctor"])
    assert ended.exit_code == 0, ended.stdout
    assert all(line.startswith("ok ") for line in ended.stdout.splitlines())
    assert not Path("overens.db").exists()


def test_the_doctor_opens_a_store_that_is_there() -> None:
    """
    And writes to it.
    """
    ended = CliRunner().invoke(commands, ["doctor"], env={"OVERENS_DATABASE_URL": "sqlite:///there.db"})
    assert "skapas" in ended.stdout
    Path("there.db").touch()
    ended = CliRunner().invoke(commands, ["doctor"], env={"OVERENS_DATABASE_URL": "sqlite:///there.db"})
    assert ended.exit_code == 0, ended.stdout
    assert "tar emot skrivningar; loggen över åtkomst är hel" in ended.stdout
    assert "servern är öppen" in ended.stdout


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"OVERENS_PROT": "1"}, "OVERENS_PORT"),
        ({"OVERENS_DATABASE_URL": "sqlite:////no/such/folder/x.db"}, "/no/such/folder"),
        ({"OVERENS_DATABASE_URL": "mysql://x"}, "OVERENS_DATABASE_URL"),
        (
            {
                "OVERENS_TOKEN_ISSUER": "https://issuer.example",
                "OVERENS_TOKEN_AUDIENCE": "https://overens.example/fhir",
                "OVERENS_TOKEN_KEYS": "/no/such/jwks.json",
            },
            "OVERENS_TOKEN_KEYS",
        ),
    ],
)
def test_the_doctor_says_what_is_wrong_and_ends_with_1(settings: dict[str, str], told: str) -> None:
    """
    With what to do.
    """
    ended = CliRunner().invoke(commands, ["doctor"], env=settings)
    assert ended.exit_code == 1
    assert any(line.startswith("FEL") and told in line for line in ended.stdout.splitlines())


def test_the_demo_shows_what_became_of_every_fixture() -> None:
    """
    One row for each message that a sender may send, through the real API; answers after their questions;
    links to what was made; its store is gone afterwards.
    """
    ended = overens("demo", "--once", "--port", "0")
    assert ended.returncode == 0, ended.stderr
    assert "thread-unknown" not in ended.stdout
    messages = [path for path in fixture_messages() if path.parent.name != "overens.event"]
    assert f"Vad det blev av {len(messages)} meddelanden" in ended.stdout
    for message in messages:
        assert message.name in ended.stdout
    assert "/fhir/CarePlan/" in ended.stdout
    assert "/fhir/Communication/" in ended.stdout
    assert not Path("overens.db").exists()


def test_a_demo_on_a_busy_port_says_so(tmp_path: Path) -> None:
    """
    Exit 2, with what to do.
    """
    import socket  # noqa: PLC0415  used here alone

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = overens("demo", "--once", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "--port" in ended.stderr
    assert list(tmp_path.iterdir()) == []
