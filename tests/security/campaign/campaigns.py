"""The campaigns by name, each with its long and its short sizes; the code is the same."""

from __future__ import annotations

from tests.crash.campaigns import Campaign
from tests.security.campaign.audited import count_events
from tests.security.campaign.bodies import bombs, send
from tests.security.campaign.openapi import hold_against_openapi
from tests.security.campaign.other_patient import MIXES, probe
from tests.security.campaign.over_sockets import serve
from tests.security.campaign.searches import search_at_random
from tests.security.campaign.tokens import attack, routes, scopes
from tests.security.campaign.wrapped import wrap

CAMPAIGNS = {
    "other-patient": Campaign(
        run=probe, long={"pairs": 6, "mixes": len(MIXES)}, short={"pairs": 1, "mixes": 2}
    ),
    "tokens": Campaign(run=attack),
    "scopes": Campaign(run=scopes, long={"fuzzed": 3_000}, short={"fuzzed": 200}),
    "routes": Campaign(run=routes),
    "searches": Campaign(run=search_at_random, long={"searches": 6_000}, short={"searches": 300}),
    "bodies": Campaign(run=send, long={"most": 20_000}, short={"most": 300}),
    "bombs": Campaign(run=bombs),
    "wrapped": Campaign(
        run=wrap,
        long={"most": 20_000, "largest": 20_000_000},
        short={"most": 80, "largest": 20_000},
    ),
    "over-sockets": Campaign(
        run=serve,
        long={"pairs": 3, "slow": 200, "wait_for_heads": True},
        short={"pairs": 1, "slow": 8, "wait_for_heads": False},
    ),
    "openapi": Campaign(
        run=hold_against_openapi,
        long={"examples": 100, "callers": 3},
        short={"examples": 1, "callers": 1},
    ),
    "audited": Campaign(run=count_events, long={"searches": 300}, short={"searches": 20}),
}
