"""Every campaign in its short form: the same code as ``make security``, a few seconds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.campaign import Report
from tests.security.campaign.campaigns import CAMPAIGNS

SEED = 20261122


@pytest.mark.parametrize("name", CAMPAIGNS)
async def test_nobody_sees_or_breaks_what_they_may_not(name: str, folder: Path) -> None:
    """
    Whatever is asked and however: no leak, no fault of ours, nothing that calls out.
    """
    campaign = CAMPAIGNS[name]
    with Report(name, SEED) as report:
        await campaign.run(folder, report, **campaign.short)
    if report.reason:
        pytest.skip(report.reason)
    assert report.is_good, report.examples
