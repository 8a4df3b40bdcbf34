"""Vital signs that nobody can have, and fixed contacts that two hold, are told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapter.domain.agreement import Agreement, FixedContact, FixedContactCode
from adapter.domain.consultation import Consultation, MessageKind, VitalKind, VitalSign
from adapter.domain.holders import doubled_contacts
from adapter.domain.people import CareUnit
from adapter.domain.plausible import implausible_vitals
from adapter.domain.when import Moment


def asked(*vitals: VitalSign) -> Consultation:
    """A consultation with vital signs."""
    return Consultation(
        message_id="1",
        kind=MessageKind.REQUEST,
        created_at=Moment("2026-11-02"),
        patients=(),
        sender_unit=CareUnit(),
        receiver_unit=CareUnit(),
        vitals=vitals,
    )


@pytest.mark.parametrize(
    ("kind", "value", "is_told"),
    [
        (VitalKind.SATURATION, "93", False),
        (VitalKind.SATURATION, "193", True),
        (VitalKind.PULSE, "-5", True),
        (VitalKind.TEMPERATURE, "371", True),
        (VitalKind.TEMPERATURE, "37.1", False),
        (VitalKind.PAIN, "10", False),
        (VitalKind.PAIN, "11", True),
        (VitalKind.CONSCIOUSNESS, "1", False),
    ],
)
def test_a_value_that_nobody_can_have_is_told(kind: VitalKind, value: str, is_told: bool) -> None:
    """
    A lost decimal point or a wrong field is seen; an ill patient is not a fault.
    """
    found = implausible_vitals(asked(VitalSign(kind=kind, value=Decimal(value))))
    assert [finding.code for finding in found] == (["vital-implausible"] if is_told else [])
    assert not any(finding.blocking for finding in found)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "is_told"),
    [
        ("138", "82", False),
        ("82", "138", True),
        ("1380", "82", True),
        (None, None, False),
        ("120", None, False),
    ],
)
def test_a_blood_pressure_falls_and_has_bounds(
    systolic: str | None, diastolic: str | None, is_told: bool
) -> None:
    """
    Systolic is the higher one.
    """
    vital = VitalSign(
        kind=VitalKind.BLOOD_PRESSURE,
        systolic=Decimal(systolic) if systolic else None,
        diastolic=Decimal(diastolic) if diastolic else None,
    )
    assert bool(implausible_vitals(asked(vital))) is is_told


def test_a_vital_sign_that_was_not_taken_is_no_fault() -> None:
    """
    Without a value there is nothing to judge.
    """
    assert not implausible_vitals(asked(VitalSign(kind=VitalKind.PULSE, not_taken="ville inte")))


@pytest.mark.parametrize(
    ("codes", "times"),
    [
        ("123", 0),
        ("22", 1),
        ("33", 1),
        ("11", 1),
        ("114", 0),
        ("2233", 2),
    ],
)
def test_what_one_should_hold_is_held_by_one(codes: str, times: int) -> None:
    """
    At most one of code 2 and of code 3; with several of code 1 there is a code 4 (agr-team-3).
    """
    contacts = tuple(FixedContact(text=f"N {i}", code=FixedContactCode(c)) for i, c in enumerate(codes))
    found = doubled_contacts(Agreement(contacts=contacts))
    assert [finding.code for finding in found] == ["contact-doubled"] * times


def test_a_vacant_contact_is_nobody() -> None:
    """
    "Ej utsedd" beside a holder is no second holder.
    """
    held = FixedContact(text="dr Lind", code=FixedContactCode.PHYSICIAN)
    vacant = FixedContact(text="Ej utsedd", code=FixedContactCode.PHYSICIAN, is_vacant=True)
    assert not doubled_contacts(Agreement(contacts=(held, vacant)))
