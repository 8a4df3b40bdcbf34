"""What the ingest bench sends: fixtures, each time with another id and about another patient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.bench.client import http
from tests.bench.server import ROOT

PERSONNUMMER_OID, RESERVE_OID = b'"1.2.752.129.2.1.3.1"', b'"1.2.752.74.9.1"'
NUMBER = re.compile(rb"(?<!\d)(?:19|20)\d{10}(?!\d)")


@dataclass(frozen=True, slots=True)
class Letter:
    """A fixture, with what is its id in it and what an id looks like."""

    title: str
    source: str
    fixture: str
    id: bytes
    made_id: bytes = b"bench:%d"
    day: bytes = b""  # when it was written; it becomes yesterday, as an old one would be overdue at once

    @property
    def raw(self) -> bytes:
        """The bytes as they stand in ``fixtures/``."""
        return (ROOT / "fixtures" / self.source / self.fixture).read_bytes()

    def requests(self, count: int, first: int) -> list[bytes]:
        """So many, each with an id of its own about a patient with a reserve number of its own."""
        raw = self.raw.replace(PERSONNUMMER_OID, RESERVE_OID)
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat().encode()
        raw = raw.replace(self.day, yesterday) if self.day else raw
        if self.id not in raw or not NUMBER.search(raw):
            raise AssertionError(f"{self.fixture} has another id, or no patient")
        return [
            http(
                "POST",
                f"/messages/{self.source}",
                NUMBER.sub(b"98%06dAA06" % number, raw.replace(self.id, self.made_id % number)),
                "application/json",
            )
            for number in range(first, first + count)
        ]


AGREEMENT = Letter(
    "full agreement note", "se.cosmic.journal-notes", "kalmar-agreement.json", b"SE2321000016-Test:Note:4711"
)
SMALL = Letter(
    "small agreement note",
    "se.cosmic.journal-notes",
    "bare-extract-with-record-as-object.json",
    b"SE2321000016-Test:Note:6010",
)
CONSULTATION = Letter(
    "SBAR consultation",
    "se.lifecare.message",
    "consultation-complete.json",
    b"6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11",
    b"6f2f4c1e-7d0c-4b53-9d7e-%012d",
    b"2026-11-02",
)
