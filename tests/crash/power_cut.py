"""The power cut at a random moment: what the disk may hold then, opened again.

From a recorded server (``recorded.py``): at a random record the disk holds what was synced, and of what
was written since then any part. Whole writes are lost or kept, in any order; a write may be torn between
sectors; a file whose folder was not synced may be missing, a deleted one may be back. Each such image is
opened as any start of the program opens it, and every message whose answer had left is looked for.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from adapter.errors import OverensError
from adapter.fhir import merge
from adapter.store import open_store
from tests.crash.recorded import STORE, Answered, answered, record
from tests.crash.recording import Kind
from tests.crash.verdict import IDS, VERSIONS, judge_effects, rows

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from adapter.ports import MessageRow
    from tests.crash.campaign import Report
    from tests.crash.recording import Record

SECTOR_BYTES = 512
TORN, GONE = 0.3, 0.5


@dataclass
class File:
    """What surely lies in a file, and what was done to it since it was synced last."""

    durable: bytearray = field(default_factory=bytearray)
    since: list[Record] = field(default_factory=list)
    is_named: bool = False  # its name is in the folder, whatever happens

    def sync(self) -> None:
        """All of it is on disk."""
        for each in self.since:
            apply(self.durable, each)
        self.since.clear()
        self.is_named = True

    def after_a_cut(self, chance: Random) -> bytes:
        """What may lie in it after a power cut: what is unsynced was lost, kept in part, or kept."""
        found = bytearray(self.durable)
        share = chance.choice((0.0, chance.random(), 1.0))
        for each in self.since:
            if chance.random() >= share:
                continue
            for part in torn(each, chance):
                apply(found, part)
        return bytes(found)


def apply(content: bytearray, done: Record) -> None:
    """Carry out a write or a cut."""
    if done.kind is Kind.CUT:
        del content[done.place :]
        return
    content.extend(bytes(max(done.place - len(content), 0)))
    content[done.place : done.place + len(done.data)] = done.data


def torn(done: Record, chance: Random) -> Iterator[Record]:
    """The write as it is, or only some of its sectors."""
    if done.kind is Kind.CUT or chance.random() > TORN:
        yield done
        return
    first = -done.place % SECTOR_BYTES
    ends = [0, *range(first or SECTOR_BYTES, len(done.data), SECTOR_BYTES), len(done.data)]
    for start, end in pairwise(ends):
        if chance.random() < GONE:
            yield done._replace(place=done.place + start, data=done.data[start:end])


class Disk:
    """A folder of files that is played through record by record."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.deleted: dict[str, File] = {}  # since the folder was synced

    def play(self, done: Record) -> None:
        """One thing that happened."""
        name = done.file
        if done.kind is Kind.CREATED:
            self.files[name] = File()
        elif done.kind is Kind.DELETED:
            self.deleted[name] = self.files.pop(name, File())
            if done.place:
                self._folder_synced()
        elif done.kind is Kind.SYNCED:
            is_new = not self.files[name].is_named
            self.files[name].sync()
            if is_new and name != STORE:  # SQLite syncs the folder with a new journal or log
                self._folder_synced()
        else:
            self.files.setdefault(name, File()).since.append(done)

    def _folder_synced(self) -> None:
        self.deleted.clear()
        for file in self.files.values():
            file.is_named = True

    def image(self, folder: Path, chance: Random) -> None:
        """Write what the folder may hold after a power cut now."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        back = {name: file for name, file in self.deleted.items() if chance.random() < GONE}
        here = {name: file for name, file in self.files.items() if file.is_named or chance.random() < GONE}
        for name, file in {**back, **here}.items():
            (folder / name).write_bytes(file.after_a_cut(chance))


async def cut_power(folder: Path, report: Report, *, recordings: int, count: int, images: int) -> None:
    """So many images from so many recordings of ``count`` messages each."""
    report.expect(images)
    seen: Counter[str] = Counter()
    for number in range(recordings):
        records = await record(folder / str(number), report, number, count)
        chance = report.chance("cut", number)
        moments = Counter(chance.randrange(1, len(records)) for _ in range(images // recordings))
        seen["records"] += len(records)
        seen["images"] += moments.total()
        await play(records, moments, folder / str(number) / "image", chance, report)
        shutil.rmtree(folder / str(number))
    report.figures(recordings=recordings, **seen)


async def play(
    records: Sequence[Record], moments: Counter[int], folder: Path, chance: Random, report: Report
) -> None:
    """Play a recording through; at each of the moments, look at what a cut would leave."""
    disk, told = Disk(), dict[str, Answered]()
    for number, done in enumerate(records):
        for _ in range(moments[number]):
            disk.image(folder, chance)
            await look(folder, told, report)
            report.step()
        if done.kind is not Kind.ANSWERED:
            disk.play(done)
        elif about := answered(done):
            told[about.id] = about


async def look(folder: Path, told: dict[str, Answered], report: Report) -> None:
    """Open an image as the program does; every message that was answered is there, and nothing in part."""
    url = f"sqlite:///{folder / STORE}"
    try:
        store = await open_store(url, merge)
    except OverensError as problem:
        report.count("cannot-be-opened", [problem])
        return
    try:
        kept = {id_: await store.message(id_) for (id_,) in rows(url, IDS)}
        report.count("lost", (about.id for about in told.values() if not holds(kept.get(about.id), about)))
        judge_effects([row for row in kept.values() if row], rows(url, VERSIONS), report)
        whole = rows(url, "PRAGMA integrity_check")
        report.count("corrupt", [whole] if whole != [("ok",)] else [])
    finally:
        await store.close()


def holds(row: MessageRow | None, about: Answered) -> bool:
    """The message is there with the answer that left (a repeat of what was created is told 200)."""
    return row is not None and about.status in {row.answer.status, 200 if row.answer.status == 201 else 0}
