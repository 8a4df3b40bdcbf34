"""The checklist of vital signs."""

from __future__ import annotations

from dataclasses import replace

from adapter.domain.checklist import CHECKLIST, missing_vitals
from adapter.domain.consultation import Consultation, MessageKind, VitalKind, VitalSign
from adapter.domain.people import CareUnit
from adapter.domain.when import Moment

ASKED = Consultation(
    message_id="1",
    kind=MessageKind.REQUEST,
    created_at=Moment("2026-11-02"),
    patients=(),
    sender_unit=CareUnit(),
    receiver_unit=CareUnit(),
)


def test_what_is_not_said_is_missing() -> None:
    """
    All of it in a request without vital signs; nothing in other messages.
    """
    assert missing_vitals(ASKED) == CHECKLIST
    assert missing_vitals(replace(ASKED, kind=MessageKind.ANSWER)) == ()


def test_what_was_not_taken_is_said() -> None:
    """
    A reason stands in its place, and weight is not of the checklist.
    """
    vitals = (
        VitalSign(kind=VitalKind.PULSE, not_taken="Patienten vill inte."),
        VitalSign(kind=VitalKind.WEIGHT),
    )
    missing = missing_vitals(replace(ASKED, vitals=vitals))
    assert VitalKind.PULSE not in missing
    assert len(missing) == len(CHECKLIST) - 1
