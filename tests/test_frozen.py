"""``adapter.frozen``: records that are values, and that nothing of ours changes once they are made."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from adapter.domain.identity import HsaId
from adapter.domain.when import PartialDate

ROOT = Path(__file__).resolve().parents[1]
IN_EARNEST = """
from dataclasses import FrozenInstanceError
from pathlib import Path
from adapter.domain.when import PartialDate
from adapter.pipeline import decide
from adapter.sources import load_sources

try:
    PartialDate("2026").value = "2027"
except FrozenInstanceError:
    print("frozen")
for source in load_sources().values():
    if source.is_internal:
        continue
    raw = Path("fixtures", source.name, source.example).read_bytes()
    print(len(decide(raw, source, trace=True).resources) > 0)
"""


def test_records_are_compared_and_hashed_by_what_they_say() -> None:
    """
    As frozen dataclasses are; a record's own equality stays its own.
    """
    assert PartialDate("2026-03") == PartialDate("2026-03")
    assert hash(PartialDate("2026-03")) == hash(PartialDate("2026-03"))
    assert replace(PartialDate("2026-03"), value="2027").value == "2027"
    assert len({HsaId(value="se1-a"), HsaId(value="SE1-A")}) == 1


def test_nothing_changes_a_record_that_is_made() -> None:
    """
    In development mode the records are frozen in earnest, and every sender's example is decided as before.
    """
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-X", "dev", "-W", "ignore", "-c", IN_EARNEST],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, set(run.stdout.split()), run.stderr) == (0, {"frozen", "True"}, "")
