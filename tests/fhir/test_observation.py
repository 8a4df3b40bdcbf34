"""Observation: the vital signs of the SBAR checklist."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from adapter.domain.consultation import VitalKind, VitalSign
from adapter.domain.when import Moment
from adapter.fhir import consultation_resources
from adapter.fhir.observation import MEASURES

WHEN = Moment("2026-11-02T08:40:00+01:00")


@pytest.fixture
def observed(consultation, made_by, of_type):
    """The Observations of some vital signs."""

    def build(*vitals):
        return of_type(
            consultation_resources(replace(consultation, vitals=vitals), None, made_by), "Observation"
        )

    return build


@pytest.mark.parametrize(
    ("kind", "value", "codes", "how"),
    [
        (VitalKind.PULSE, "92", ["8867-4"], ("/min", "Puls: 92 slag/minut")),
        (VitalKind.SATURATION, "93", ["2708-6", "59408-5"], ("%", "Saturation: 93 %")),
        (VitalKind.RESPIRATORY_RATE, "22", ["9279-1"], ("/min", "Andningsfrekvens: 22 andetag/minut")),
        (VitalKind.TEMPERATURE, "37.1", ["8310-5"], ("Cel", "Temperatur: 37,1 °C")),
        (VitalKind.WEIGHT, "78.4", ["29463-7"], ("kg", "Vikt: 78,4 kg")),
        (VitalKind.BLOOD_GLUCOSE, "6.5", ["15074-8"], ("mmol/L", "Blodsocker: 6,5 mmol/L")),
        (VitalKind.PAIN, "3", ["72514-3"], ("{score}", "Smärta: 3 av 10")),
        (VitalKind.NEWS2, "5", [], ("{score}", "NEWS2: 5 poäng")),
    ],
)
def test_a_measured_value_has_loinc_and_ucum(observed, kind, value, codes, how):
    """
    LOINC as in R4's vital signs, UCUM unit, our own code, and the words.
    """
    ucum, said = how
    (each,) = observed(VitalSign(kind=kind, value=Decimal(value), measured_at=WHEN))
    loinc = [c["code"] for c in each["code"]["coding"] if c["system"] == "http://loinc.org"]
    assert loinc == codes
    assert each["code"]["coding"][-1]["code"] == kind.value
    assert each["valueQuantity"]["code"] == ucum
    assert Decimal(str(each["valueQuantity"]["value"])) == Decimal(value)
    assert each["category"][0]["coding"][0]["code"] == "vital-signs"
    assert each["effectiveDateTime"] == WHEN.value
    assert said in each["text"]["div"]


def test_blood_pressure_is_a_panel_with_two_components(observed):
    """
    85354-9 with 8480-6 and 8462-4, in mm[Hg].
    """
    (each,) = observed(
        VitalSign(
            kind=VitalKind.BLOOD_PRESSURE, systolic=Decimal(138), diastolic=Decimal(82), measured_at=WHEN
        )
    )
    parts = [(c["code"]["coding"][0]["code"], c["valueQuantity"]["value"]) for c in each["component"]]
    assert parts == [("8480-6", 138), ("8462-4", 82)]
    assert "Blodtryck: 138/82 mmHg" in each["text"]["div"]


def test_half_a_blood_pressure_says_which_half_is_missing(observed):
    """
    The other component has a reason; nothing is made up.
    """
    (each,) = observed(VitalSign(kind=VitalKind.BLOOD_PRESSURE, systolic=Decimal(138)))
    assert each["component"][1]["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "138/–" in each["text"]["div"]


def test_consciousness_is_a_letter_of_acvpu(observed):
    """
    The letter and its words.
    """
    (each,) = observed(VitalSign(kind=VitalKind.CONSCIOUSNESS, code="C", measured_at=WHEN))
    assert each["valueCodeableConcept"]["coding"][0]["code"] == "C"
    assert "nytillkommen förvirring" in each["text"]["div"]


@pytest.mark.parametrize("kind", list(VitalKind))
def test_what_was_not_taken_says_why(observed, kind):
    """
    The dataAbsentReason is not-performed, with the reason in words; never silence.
    """
    (each,) = observed(VitalSign(kind=kind, not_taken="Patienten ville inte."))
    assert each["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert each["dataAbsentReason"]["text"] == "Patienten ville inte."
    assert "value" not in "".join(each)
    assert "inte mätt. Patienten ville inte." in each["text"]["div"]


def test_nothing_said_is_unknown(observed):
    """
    Neither value nor reason: the reason is unknown, and so is the time.
    """
    (each,) = observed(VitalSign(kind=VitalKind.PULSE))
    assert each["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert each["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"


def test_two_of_a_kind_are_two(observed):
    """
    A blood pressure lying and one standing are both kept.
    """
    one = VitalSign(kind=VitalKind.PULSE, value=Decimal(60), measured_at=WHEN)
    assert len({each["id"] for each in observed(one, one)}) == 2


def test_every_vital_sign_of_the_checklist_is_known():
    """
    The table is total.
    """
    assert set(MEASURES) == set(VitalKind)
