"""Observation (https://hl7.org/fhir/R4/observation-vitalsigns.html): the vital signs of the SBAR checklist.

LOINC as in R4's vital signs profiles, UCUM units, our own code beside (it tells the checklist's rows
apart). What was not taken says why in dataAbsentReason; it is never passed over in silence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from adapter.domain.consultation import VitalKind, VitalSign
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, extension, pruned, reference
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties
from adapter.frozen import dataclass

_SCORE: Final = "{score}"


@dataclass(frozen=True, slots=True)
class Measure:
    """How one vital sign is written: Swedish name, LOINC codes, UCUM code, unit as people write it."""

    name: str
    loinc: tuple[str, ...]
    ucum: str = ""
    unit: str = ""
    category: str = ""  # besides vital-signs


MEASURES: Final = {
    VitalKind.BLOOD_PRESSURE: Measure("Blodtryck", ("85354-9",), "mm[Hg]", "mmHg"),
    VitalKind.PULSE: Measure("Puls", ("8867-4",), "/min", "slag/minut"),
    VitalKind.SATURATION: Measure("Saturation", ("2708-6", "59408-5"), "%", "%"),
    VitalKind.RESPIRATORY_RATE: Measure("Andningsfrekvens", ("9279-1",), "/min", "andetag/minut"),
    VitalKind.TEMPERATURE: Measure("Temperatur", ("8310-5",), "Cel", "°C"),
    VitalKind.WEIGHT: Measure("Vikt", ("29463-7",), "kg", "kg"),
    VitalKind.CONSCIOUSNESS: Measure("Medvetandegrad", ("80288-4",)),
    VitalKind.BLOOD_GLUCOSE: Measure("Blodsocker", ("15074-8",), "mmol/L", "mmol/L", "laboratory"),
    VitalKind.PAIN: Measure("Smärta", ("72514-3",), _SCORE, "av 10", "survey"),
    VitalKind.NEWS2: Measure("NEWS2", (), _SCORE, "poäng", "survey"),  # LOINC has no code for the sum
}
ACVPU_NAMES: Final = {
    "A": "Alert – vaken",
    "C": "Confusion – nytillkommen förvirring",
    "V": "Voice – reagerar på tilltal",
    "P": "Pain – reagerar på smärta",
    "U": "Unresponsive – reagerar inte",
}
SYSTOLIC: Final = "8480-6"
DIASTOLIC: Final = "8462-4"
_NOT_PERFORMED: Final = coding(systems.ABSENT_REASON, "not-performed", "Not Performed")
_UNKNOWN: Final = coding(systems.ABSENT_REASON, "unknown", "Unknown")


def observation(draft: Draft, vital: VitalSign, turn: int, parties: Parties, request: str) -> str:
    """The Observation of one vital sign; ``turn`` counts those of the same kind in the message."""
    performer = parties.sender or parties.sender_unit
    measure = MEASURES[vital.kind]
    measured_at = draft.said(vital, "measured_at")
    no_time = {} if measured_at else {"extension": [extension(systems.ABSENT, valueCode="unknown")]}
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": draft.id_of("observation", vital.kind, str(turn)),
        "meta": draft.meta(profiles.VITAL_SIGN),
        "text": told(sentence(vital)),
        **draft.extensions(),
        "basedOn": [reference(request)] if request else [],
        "status": "final",
        "category": _categories(measure),
        "code": _code(vital, measure),
        "subject": reference(parties.patient),
        "effectiveDateTime": measured_at,
        "_effectiveDateTime": no_time,
        "performer": [reference(performer)] if performer else [],
        **_result(draft, vital, measure),
    }
    return draft.add("fhir.observation", pruned(resource))


def sentence(vital: VitalSign) -> str:
    """One vital sign as a reader is told it."""
    measure = MEASURES[vital.kind]
    if vital.kind is VitalKind.BLOOD_PRESSURE and (vital.systolic is not None or vital.diastolic is not None):
        high, low = (_spoken(part) for part in (vital.systolic, vital.diastolic))
        return f"{measure.name}: {high}/{low} {measure.unit}"
    if vital.value is not None:
        return f"{measure.name}: {_spoken(vital.value)} {measure.unit}"
    if vital.code:
        return f"{measure.name}: {ACVPU_NAMES.get(vital.code, vital.code)}"
    return f"{measure.name}: inte mätt. {vital.not_taken or 'Orsaken är inte angiven.'}"


def number(value: Decimal) -> int | float:
    """A decimal as JSON has it; no source sends more digits than a double holds."""
    return int(value) if value == value.to_integral_value() else float(value)


def _categories(measure: Measure) -> list[Json]:
    kinds = ("vital-signs", measure.category) if measure.category else ("vital-signs",)
    return [{"coding": [{"system": systems.OBSERVATION_CATEGORY, "code": kind}]} for kind in kinds]


def _code(vital: VitalSign, measure: Measure) -> Json:
    codings = [{"system": systems.LOINC, "code": code} for code in measure.loinc]
    return {"coding": [*codings, {"system": systems.VITAL, "code": vital.kind.value}], "text": measure.name}


def _result(draft: Draft, vital: VitalSign, measure: Measure) -> Json:
    if vital.kind is VitalKind.BLOOD_PRESSURE:
        return _pressure(draft, vital, measure)
    if vital.value is not None:
        return {"valueQuantity": _quantity(draft, vital, "value", measure)}
    if vital.code:
        code = draft.said(vital, "code")
        return {"valueCodeableConcept": concept(coding(systems.ACVPU, code, ACVPU_NAMES.get(code, "")))}
    return {"dataAbsentReason": _absent(draft, vital)}


def _pressure(draft: Draft, vital: VitalSign, measure: Measure) -> Json:
    parts = [
        _component(draft, vital, SYSTOLIC, "systolic", measure),
        _component(draft, vital, DIASTOLIC, "diastolic", measure),
    ]
    if vital.systolic is None and vital.diastolic is None:
        return {"dataAbsentReason": _absent(draft, vital), "component": parts}
    return {"component": parts}


def _component(draft: Draft, vital: VitalSign, code: str, name: str, measure: Measure) -> Json:
    what = concept(coding(systems.LOINC, code))
    if getattr(vital, name) is None:
        return {"code": what, "dataAbsentReason": _absent(draft, vital)}
    return {"code": what, "valueQuantity": _quantity(draft, vital, name, measure)}


def _quantity(draft: Draft, vital: VitalSign, name: str, measure: Measure) -> Json:
    value = draft.said_number(vital, name, number(getattr(vital, name)))
    return {"value": value, "unit": measure.unit, "system": systems.UCUM, "code": measure.ucum}


def _absent(draft: Draft, vital: VitalSign) -> Json:
    if vital.not_taken:
        return concept(dict(_NOT_PERFORMED), text=draft.said(vital, "not_taken"))
    return concept(dict(_UNKNOWN))


def _spoken(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:f}".replace(".", ",")
