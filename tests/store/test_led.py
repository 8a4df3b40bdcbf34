"""What is remembered of where resources lead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from adapter.ports import Row
from adapter.store import led

if TYPE_CHECKING:
    import pytest


def plan(version: int, *teams: str) -> Row:
    """A version of a plan with care teams."""
    said = {"resourceType": "CarePlan", "careTeam": [{"reference": f"CareTeam/{team}"} for team in teams]}
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return Row(type="CarePlan", id="p", version=version, last_updated=at, body=orjson.dumps(said))


def test_each_version_leads_where_it_says_the_first_time_and_after() -> None:
    """
    A later version of the same resource is not taken for the one that is remembered, nor another parameter.
    """
    known = led.Led()
    for _ in range(2):
        assert known.targets(plan(1, "a", "b"), ["care-team"]) == (("CareTeam/a", "CareTeam/b"),)
        assert known.targets(plan(2, "c"), ["care-team"]) == (("CareTeam/c",),)
        assert known.targets(plan(2, "c"), ["patient", "care-team"]) == ((), ("CareTeam/c",))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither many resources nor one that leads to very many fill the memory.
    """
    monkeypatch.setattr(led, "MOST", 3)
    known = led.Led()
    for version in range(10):
        known.targets(plan(version, "a"), ["care-team"])
    assert len(known._known) <= 3
    before = dict(known._known)
    many = [f"team-{n}" for n in range(1_000)]
    assert len(known.targets(plan(99, *many), ["care-team"])[0]) == 1_000
    assert known._known == before
