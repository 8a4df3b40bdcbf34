"""The server with a recorder between SQLite and the disk, and between the server and its sockets.

    python -m tests.crash.recording LOG PORT CHECKPOINT_PAGES

It is ``run_serve`` with the settings of the environment; a VFS that passes everything on writes down, in the
order in which things happened, what was written where, each sync once it has returned, and each answer
before its first byte leaves. ``read`` gives the records back.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import threading
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import apsw

from adapter.cli.connection import Connection
from adapter.store import sqlite_file


class Kind(Enum):
    """What happened."""

    CREATED = "created"
    WRITTEN = "written"  # data at a place of a file
    CUT = "cut"  # a file to a length
    SYNCED = "synced"  # a file: fsync or fdatasync has returned
    DELETED = "deleted"  # a file; place 1 when the folder was synced after it
    ANSWERED = "answered"  # bytes that are about to leave by a socket


class Record(NamedTuple):
    """One thing that happened to a file, or an answer."""

    kind: Kind
    file: str = ""
    place: int = 0
    data: bytes = b""


def read(log: Path) -> Iterator[Record]:
    """The records in their order; a last one that was cut off is left out."""
    with log.open("rb") as lines:
        while True:
            try:
                kind, *rest = pickle.load(lines)  # noqa: S301  written by our own process
            except (EOFError, pickle.UnpicklingError):
                return
            yield Record(Kind(kind), *rest)


class Recorder:
    """Writes records down, one after the other whichever thread they come from."""

    def __init__(self, log: BinaryIO) -> None:
        self._log = log
        self._one_by_one = threading.Lock()

    def note(self, kind: Kind, file: str = "", place: int = 0, data: bytes = b"") -> None:
        """One record, out of our hands when this returns: a kill loses none."""
        line = pickle.dumps((kind.value, file, place, data))
        with self._one_by_one:
            self._log.write(line)


class RecordedFile(apsw.VFSFile):
    """A file of SQLite's that tells the recorder what was done to it."""

    def __init__(self, recorder: Recorder, name: Any, flags: list[int]) -> None:
        self._name = (
            Path(name.filename()).name
            if isinstance(name, apsw.URIFilename)
            else Path(name or "temporary").name
        )
        self._recorder = recorder
        is_new = (
            bool(name)
            and not Path(str(name.filename() if isinstance(name, apsw.URIFilename) else name)).exists()
        )
        super().__init__("unix", name, flags)
        if is_new:
            recorder.note(Kind.CREATED, self._name)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  SQLite's name
        """Write, then tell."""
        super().xWrite(data, offset)
        self._recorder.note(Kind.WRITTEN, self._name, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  SQLite's name
        """Cut, then tell."""
        super().xTruncate(newsize)
        self._recorder.note(Kind.CUT, self._name, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802  SQLite's name
        """Wait for the disk, then tell."""
        super().xSync(flags)
        self._recorder.note(Kind.SYNCED, self._name)


class RecordedDisk(apsw.VFS):
    """The system's own files, with the recorder in between."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__("recorded", "unix", makedefault=True)
        self._recorder = recorder

    def xOpen(self, name: Any, flags: list[int]) -> RecordedFile:  # noqa: N802  SQLite's name
        """Open a file that tells."""
        return RecordedFile(self._recorder, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  SQLite's name
        """Delete, then tell."""
        super().xDelete(filename, syncdir)
        self._recorder.note(Kind.DELETED, Path(filename).name, int(syncdir))


class RecordedSocket:
    """A transport that tells before bytes leave."""

    def __init__(self, recorder: Recorder, transport: asyncio.Transport) -> None:
        self._recorder = recorder
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Tell, then let them go."""
        self._recorder.note(Kind.ANSWERED, data=bytes(data))
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def main() -> None:
    """Serve, with everything written down."""
    log, port, pages = sys.argv[1:]
    with open(log, "ab", buffering=0, opener=lambda path, flags: os.open(path, flags, 0o600)) as lines:
        recorder = Recorder(lines)
        disk = RecordedDisk(recorder)

        class Recorded(Connection):
            """A connection whose answers are written down."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                """With the recorder in between."""
                super().connection_made(RecordedSocket(recorder, transport))  # type: ignore[arg-type]

        serve = import_module("adapter.cli.serve")  # the package has a command of the same name
        serve.Connection = Recorded
        sqlite_file.CHECKPOINT_PAGES = int(pages)
        code = serve.run_serve("127.0.0.1", int(port))
        del disk
    sys.exit(code)


if __name__ == "__main__":
    main()
