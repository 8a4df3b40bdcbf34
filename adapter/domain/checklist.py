"""The vital signs that a request brings along (seed Halland, the checklist in SBAR): what is missing."""

from __future__ import annotations

from typing import Final

from adapter.domain.consultation import Consultation, MessageKind, VitalKind

CHECKLIST: Final = (
    VitalKind.RESPIRATORY_RATE,
    VitalKind.SATURATION,
    VitalKind.BLOOD_PRESSURE,
    VitalKind.PULSE,
    VitalKind.CONSCIOUSNESS,
    VitalKind.TEMPERATURE,
)  # what NEWS2 is counted from; weight, blood glucose and pain are taken when the question asks for them


def missing_vitals(asked: Consultation) -> tuple[VitalKind, ...]:
    """What of the checklist a request says nothing about; one that was not taken, with a reason, is said."""
    if asked.kind is not MessageKind.REQUEST:
        return ()
    said = {vital.kind for vital in asked.vitals}
    return tuple(kind for kind in CHECKLIST if kind not in said)
