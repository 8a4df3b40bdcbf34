"""The campaigns by name, each with its long and its short sizes; the code is the same."""

from __future__ import annotations

from tests.crash.campaigns import Campaign
from tests.security.campaign.other_patient import MIXES, probe

CAMPAIGNS = {
    "other-patient": Campaign(
        run=probe, long={"pairs": 10, "mixes": len(MIXES)}, short={"pairs": 1, "mixes": 3}
    ),
}
