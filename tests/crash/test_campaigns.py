"""Every campaign in its short form: the same code as ``make crash``, a few seconds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.campaign import Report
from tests.crash.campaigns import CAMPAIGNS
from tests.crash.defects import DEFECTS, Defect, copied
from tests.crash.servers import ROOT

SEED = 20261102


@pytest.mark.parametrize("name", CAMPAIGNS)
async def test_what_was_acknowledged_is_kept_once_and_in_order(name: str, tmp_path: Path) -> None:
    """
    Whatever is killed, stopped or cut off: nothing acknowledged is lost, done twice or out of order.
    """
    campaign = CAMPAIGNS[name]
    with Report(name, SEED) as report:
        await campaign.run(tmp_path, report, **campaign.short)
    if report.reason:
        pytest.skip(report.reason)
    assert report.is_good, report.examples


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_every_seeded_defect_is_one(defect: Defect, tmp_path: Path) -> None:
    """
    The words that a seeded defect replaces are in the program, and the page on the campaigns names it.
    """
    copied(tmp_path, defect)
    page = (ROOT / "docs" / "crash.md").read_text(encoding="utf-8")
    assert f"| `{defect.name}` | " in page
    assert defect.campaign in CAMPAIGNS
