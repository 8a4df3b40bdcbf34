"""Which blocks and consents hold, down to those that say badly for how long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapter.ports import Query
from adapter.security.staff_view import Consents, consents_of, organization_of
from tests.security.campaign.world import UNITS, as_staff, keep, world

Json = dict[str, Any]
NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
UNIT = {"reference": "Organization/u"}
DENY = {"organization": [UNIT], "provision": {"type": "deny"}}
PERMIT = {"provision": {"type": "permit", "actor": [{"reference": UNIT}]}}


def held(said: Json, period: Json) -> Consents:
    """What holds of one Consent with a period."""
    provision = {**said["provision"], "period": period}
    return consents_of([{"status": "active", **said, "provision": provision}], NOW)


@pytest.mark.parametrize(
    "period",
    [
        {"start": "i går"},
        {"start": "2026-13"},
        {"end": "okänt"},
        {"end": ""},
        {"start": 2026},
        {"start": "2026-01-01", "end": "x"},
    ],
)
def test_a_period_that_cannot_be_read_blocks_and_opens_nothing(period: Json) -> None:
    """
    It fails closed: a block holds, a consent does not.
    """
    assert held(DENY, period).blocked == {"Organization/u"}
    assert held(PERMIT, period).permitted == frozenset()


@pytest.mark.parametrize(
    ("period", "is_held"),
    [
        ({}, True),
        ({"start": "2026"}, True),
        ({"start": "2026-02-01"}, True),
        ({"start": "2026-02-01T13:00:00Z"}, False),
        ({"start": "2026-02-01T12:30:00+01:00"}, True),
        ({"end": "2026-02-01T11:59:59Z"}, False),
        ({"end": "2026-02"}, True),
        ({"end": "2026-01-31"}, False),
        ({"start": "2026-02-02"}, False),
        ({"start": "2025", "end": "2025"}, False),
    ],
)
def test_a_period_holds_from_its_first_to_its_last_moment(period: Json, is_held: bool) -> None:
    """
    To the precision that it is said with: not a moment before it begins, nor after it has ended.
    """
    assert bool(held(DENY, period).blocked) is is_held
    assert bool(held(PERMIT, period).permitted) is is_held


async def test_a_block_holds_however_many_consents_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is found on whichever page of the store it stands.
    """
    monkeypatch.setattr("adapter.security.judges.MOST_TOLD", 2)
    async with world() as made:
        who = made.people[0]
        them = {"reference": f"Patient/{who.id}"}
        blocked = {
            "organization": [{"reference": organization_of(UNITS[who.unit])}],
            "provision": {"type": "deny"},
        }
        await keep(made.store, [consent("b", them, **blocked)])
        await keep(made.store, [consent(f"c{n}", them, provision={"type": "permit"}) for n in range(5)])
        assert len((await made.store.search(Query(type="Consent"))).matches) > 5
        found = await made.ask("GET", f"CarePlan?patient={who.id}", as_staff(1))
        assert "entry" not in found.json()
        assert (await made.ask("GET", f"CarePlan?patient={who.id}", as_staff(who.unit))).json()["entry"]


def consent(id_: str, them: Json, **said: Any) -> Json:
    """An active Consent of a patient."""
    return {"resourceType": "Consent", "id": id_, "status": "active", "patient": them, **said}
