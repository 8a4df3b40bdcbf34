"""Defects that are put into a copy of the program on purpose, each for a campaign that has to see it.

Each is a few words replaced, in a copy in a temporary folder, whose campaign then runs in a process of its
own. Words that are no longer in the program stop the run, so that no defect is quietly no defect any more.
docs/crash.md lists them.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.servers import ROOT, clean

if TYPE_CHECKING:
    from tests.crash.campaign import Report

BESIDE = ("mappings", "profiles", "fixtures", "pyproject.toml")  # of the tree, unchanged
PATIENCE_SECONDS = 300.0
DATABASE = "OVERENS_TEST_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of a file that are replaced."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What is wrong, and which figure of which campaign is to tell; one of them is enough."""

    name: str
    edits: tuple[Edit, ...]
    campaign: str
    shows: tuple[str, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)  # other than those of its short form


SQLITE, POSTGRES = "adapter/store/sqlite.py", "adapter/store/postgres.py"
_KEY = "    raw {} NOT NULL,\n    PRIMARY KEY (id, lane)\n);"
_NO_KEY = "    raw {} NOT NULL\n);"
_EARLY = Edit(
    SQLITE,
    "            commit = self._disk.submit(self._writing.commit)\n",
    "            _resolve(group, outcomes)\n            commit = self._disk.submit(self._writing.commit)\n",
)
_NORMAL = Edit(
    "adapter/store/sqlite_file.py", 'pragma("synchronous", "full")', 'pragma("synchronous", "normal")'
)
DEFECTS = (
    Defect(
        name="commit-after-answer", edits=(_EARLY,), campaign="acknowledge", shows=("answered-before-sync",)
    ),
    Defect(
        name="synchronous-normal", edits=(_NORMAL,), campaign="acknowledge", shows=("answered-before-sync",)
    ),
    Defect(name="synchronous-normal-in-a-cut", edits=(_NORMAL,), campaign="power-cut", shows=("lost",)),
    Defect(
        name="asynchronous-commit",
        edits=(Edit(POSTGRES, "SET synchronous_commit TO on", "SET synchronous_commit TO off"),),
        campaign="stop-postgres",
        shows=("lost",),
        sizes={"stops": 12},  # each of them loses what was acknowledged just before, or finds it written
    ),
    Defect(
        name="no-unique-key",
        edits=(
            Edit(
                "adapter/store/sqlite_writing.py", "        if known:\n", "        if known and not known:\n"
            ),
            Edit("adapter/store/sql/sqlite/0001_first.sql", _KEY.format("BLOB"), _NO_KEY.format("BLOB")),
        ),
        campaign="kill-sqlite",
        shows=("kept-twice",),
    ),
    Defect(
        name="no-unique-key-between-processes",
        edits=(
            Edit(
                "adapter/store/postgres_writing.py",
                "    if was_here:\n",
                "    if was_here and not was_here:\n",
            ),
            Edit("adapter/store/sql/postgres/0001_first.sql", _KEY.format("BYTEA"), _NO_KEY.format("BYTEA")),
        ),
        campaign="kill-postgres",
        shows=("kept-twice",),
    ),
    Defect(
        name="no-fencing",
        edits=(
            Edit(
                "adapter/store/postgres_outbox.py",
                "holders.get(key_of(settlement)) == settlement.lease.fence for",
                "holders.get(key_of(settlement)) != 0 or settlement.lease.fence != 0 for",
            ),
        ),
        campaign="stall-workers",
        shows=("two-at-once", "false-report", "not-delivered", "never-taken-over", "queue-left"),
        sizes={"letters": 1_200, "stalls": 12},
    ),
    Defect(
        name="no-lane-lock",
        edits=(
            Edit(
                "adapter/store/sql/outbox.sql",
                "UPDATE queue SET at = ?, fence = nextval('fence') FROM due",
                "UPDATE queue SET at = least(at, ?), fence = nextval('fence') FROM due",
            ),
        ),
        campaign="order",
        shows=("sent-twice",),
    ),
    Defect(
        name="order-by-chance",
        edits=(
            Edit(
                "adapter/store/sql/outbox.sql",
                "AND queue = q.name AND state = 'waiting'\n    ORDER BY seq LIMIT ?",
                "AND queue = q.name AND state = 'waiting'\n    ORDER BY id LIMIT ?",
            ),
        ),
        campaign="order",
        shows=("out-of-order",),
    ),
)


def copied(folder: Path, defect: Defect | None = None) -> Path:
    """The program in a folder of its own, with the defect. Raises ValueError when its words are not there."""
    for name in BESIDE:
        (folder / name).symlink_to(ROOT / name)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "adapter", folder / "adapter", ignore=without)
    shutil.copytree(ROOT / "tests" / "crash", folder / "tests" / "crash", ignore=without)
    for edit in defect.edits if defect else ():
        path = folder / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.old) != 1:
            raise ValueError(f"{defect.name if defect else ''}: {edit.file} has not once: {edit.old}")
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    return folder


async def told(tree: Path, defect: Defect, seed: int) -> dict[str, int]:
    """What a campaign in its short form counts in a copy. Empty when it did not come to its end."""
    sizes = [f"{name}={size}" for name, size in defect.sizes.items()]
    command = [sys.executable, "-m", "tests.crash", defect.campaign, "--short", "--seed", str(seed)]
    command += ["--sizes", *sizes] if sizes else []
    given = {name: os.environ[name] for name in (DATABASE,) if name in os.environ}
    environment = clean(PYTHONPATH=str(tree), **given)
    with (tree / "said").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=tree, env=environment, stdout=said, stderr=said
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
    lines = tree / ".bench" / "crash.jsonl"
    if not lines.exists():
        return {}
    found: dict[str, int] = json.loads(lines.read_text(encoding="utf-8").splitlines()[-1])["wrong"]
    return found


async def see_defects(folder: Path, report: Report, *, names: Sequence[str] = ()) -> None:
    """Each defect in turn; those that were not seen are counted."""
    chosen = [defect for defect in DEFECTS if not names or defect.name in names]
    report.expect(len(chosen))
    for defect in chosen:
        tree = folder / defect.name
        tree.mkdir()
        found = await told(await asyncio.to_thread(copied, tree, defect), defect, report.seed)
        seen = {name: found[name] for name in defect.shows if found.get(name)}
        told_as = ", ".join(f"{name} {count}" for name, count in seen.items())
        report.figures(**{defect.name: f"{defect.campaign}: {told_as}"})
        report.count("not-seen", [] if seen else [f"{defect.name}: {(tree / 'said').read_text()[-400:]}"])
        report.step()
        await asyncio.to_thread(shutil.rmtree, tree)
