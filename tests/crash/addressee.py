"""Whom letters go to: a receiver on a real socket that counts them, now and then without a word."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from adapter.letters import LetterQuery, LetterState

if TYPE_CHECKING:
    from adapter.ports import Store
    from tests.crash.campaign import Report

NAME = "north"
DROPPED = 0.01  # share of letters that are taken without an answer
RECEIVERS = """\
receivers:
  north:
    units: [SE2321000115-VC07, SE2120001249-HSV01]
    format: lifecare
    url: http://127.0.0.1:{port}/letters
    connect_seconds: 1
    answer_seconds: 1
"""
MANY = 10_000_000


class Addressee:
    """Lifecare messages by HTTP, dedupped by their MessageId as a receiver does."""

    def __init__(self, chance: Random) -> None:
        self.first: dict[str, int] = {}  # MessageId: the how manyth new one it was
        self.times: Counter[str] = Counter()
        self.port = 0
        self.answers = 1  # to each letter
        self._chance = chance

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(EOFError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = next(
                    int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")
                )
                self._take(json.loads(await reader.readexactly(length))["MessageId"])
                if self._chance.random() < DROPPED:
                    break
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n" * self.answers)
        writer.close()

    def _take(self, message_id: str) -> None:
        self.first.setdefault(message_id, len(self.first))
        self.times[message_id] += 1

    @property
    def repeats(self) -> int:
        """Letters on the wire beyond the first of each."""
        return self.times.total() - len(self.times)


@asynccontextmanager
async def listening(addressee: Addressee, folder: Path) -> AsyncIterator[Path]:
    """It listens; the file that names it as the receiver of everything."""
    server = await asyncio.start_server(addressee.talk, "127.0.0.1", 0)
    addressee.port = server.sockets[0].getsockname()[1]
    file = folder / f"receivers-{addressee.port}.yaml"
    file.write_text(RECEIVERS.format(port=addressee.port), encoding="utf-8")
    try:
        yield file
    finally:
        server.close()


async def judge_letters(store: Store, addressee: Addressee, report: Report) -> int:
    """Every letter in the store came, each patient's in order, and no other did; how many there were."""
    posted = list(await store.outbox.letters(LetterQuery(receiver=NAME, limit=MANY)))[::-1]
    ids = {row.letter.id: json.loads(row.letter.body)["MessageId"] for row in posted}
    report.count(
        "letter-not-delivered", (row.letter.id for row in posted if row.state is not LetterState.DELIVERED)
    )
    report.count("letter-lost", (id_ for id_ in ids.values() if id_ not in addressee.first))
    report.count("letter-of-nothing", set(addressee.first) - set(ids.values()))
    report.count("letter-twice", (id_ for id_, times in Counter(ids.values()).items() if times > 1))
    last: dict[int, int] = {}
    for row in posted:
        came = addressee.first.get(ids[row.letter.id], MANY)
        report.count("letter-out-of-order", [row.letter.id] if came < last.get(row.letter.lane, -1) else [])
        last[row.letter.lane] = came
    return len(posted)
