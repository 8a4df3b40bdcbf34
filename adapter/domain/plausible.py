"""What can be measured on a person: a value outside is told and never changed.

The bounds are wide on purpose: they catch a lost decimal point or a wrong field, not an ill patient.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from adapter.domain.consultation import Consultation, VitalKind, VitalSign
from adapter.findings import Finding

_AT = "domain.plausible"
_BOUNDS: Final[dict[VitalKind, tuple[Decimal, Decimal]]] = {
    VitalKind.PULSE: (Decimal(0), Decimal(350)),
    VitalKind.SATURATION: (Decimal(0), Decimal(100)),
    VitalKind.RESPIRATORY_RATE: (Decimal(0), Decimal(120)),
    VitalKind.TEMPERATURE: (Decimal(20), Decimal(46)),
    VitalKind.WEIGHT: (Decimal("0.2"), Decimal(600)),
    VitalKind.BLOOD_GLUCOSE: (Decimal(0), Decimal(100)),
    VitalKind.PAIN: (Decimal(0), Decimal(10)),
    VitalKind.NEWS2: (Decimal(0), Decimal(20)),
}
_MOST_PRESSURE: Final = 350  # mmHg


def implausible_vitals(asked: Consultation) -> tuple[Finding, ...]:
    """A finding for each vital sign that nobody can have."""
    what = (
        "Värdet på {kind} är utanför vad som kan mätas och har sparats som det skrevs. "
        "Kontrollera värdet och enheten, och skicka rätt värde i ett nytt meddelande."
    )
    return tuple(
        Finding("vital-implausible", vital.origin(), _AT, what.format(kind=vital.kind.value), _value(vital))
        for vital in asked.vitals
        if not _is_plausible(vital)
    )


def _is_plausible(vital: VitalSign) -> bool:
    if vital.kind is VitalKind.BLOOD_PRESSURE:
        pressures = [pressure for pressure in (vital.systolic, vital.diastolic) if pressure is not None]
        falling = sorted(pressures, reverse=True) == pressures
        return falling and all(0 <= pressure <= _MOST_PRESSURE for pressure in pressures)
    bounds = _BOUNDS.get(vital.kind)
    return bounds is None or vital.value is None or bounds[0] <= vital.value <= bounds[1]


def _value(vital: VitalSign) -> str:
    said = (vital.systolic, vital.diastolic, vital.value)
    return "/".join(str(number) for number in said if number is not None)
