"""A PostgreSQL cluster of our own in a temporary folder, that may be stopped in the rudest way."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.crash.servers import free_port

NO_POSTGRES = "no PostgreSQL server on this machine (initdb is not found)"


def binaries() -> Path | None:
    """The folder of the newest server on this machine."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    by_name = shutil.which("initdb")
    return Path(by_name).resolve().parent if by_name else None


def owner() -> str:
    """Who may run it: a database server refuses to run as root. Empty: ourselves."""
    if os.getuid():
        return ""
    return "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"


class Cluster:
    """Its folder, port and commands."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._programs = programs
        self._owner = owner()
        self._secret = secrets.token_hex(16)

    @property
    def url(self) -> str:
        """Its database."""
        return f"postgresql://overens:{self._secret}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """A new cluster with the durable settings that it is born with."""
        secret = self.folder / "secret"
        secret.write_text(self._secret + "\n", encoding="ascii")
        self.folder.chmod(0o700)
        if self._owner:
            for path in (self.folder, secret):
                shutil.chown(path, self._owner)
        words = ["-D", self.data, "-U", "overens", "-A", "scram-sha-256", f"--pwfile={secret}"]
        self._run("initdb", *words, "--encoding=UTF8", "--locale=C")

    @property
    def data(self) -> str:
        """Where its data lie."""
        return str(self.folder / "data")

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}"
        self._run("pg_ctl", "-D", self.data, "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def stop_at_once(self) -> None:
        """As in a crash: no checkpoint, no goodbyes."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *words: str) -> None:
        become = ["runuser", "-u", self._owner, "--"] if self._owner else []
        command = [*become, str(self._programs / program), *words]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120
        )
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace")
            raise OSError(f"{program}: exit {done.returncode}: {said[-500:]}")


@contextmanager
def cluster() -> Iterator[Cluster | None]:
    """A cluster that runs; None when this machine has no PostgreSQL."""
    programs = binaries()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="overens-pg-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), programs)
        made.make()
        made.start()
        try:
            yield made
        finally:
            made.stop_at_once()


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database: in the server that the tests use, or else in one of our own.

    Empty when there is neither.
    """
    given = os.environ.get("OVERENS_TEST_DATABASE_URL", "")
    if not given:
        with cluster() as own:
            yield own.url if own else ""
        return
    schema = f"crash_{uuid.uuid4().hex}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{given}?options={quote(f'-c search_path={schema}')}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
