"""Of a protected person no number leaves, in whatever words; and nothing else is lost with it."""

from __future__ import annotations

import pytest

from adapter.domain.agreement import Responsibility
from adapter.domain.people import CareUnit, Professional
from adapter.domain.protected import protected
from adapter.domain.staff_numbers import HIDDEN, without_numbers

FIGURES = "Ta 5 mg 2 ggr, blodtryck 120/80, puls 138, vikt 85 kg, 2026-04-14 kl 10.00, 11313"


@pytest.mark.parametrize(
    "phone",
    [
        "0",
        "+46",
        "(0)",
        "5",
        "2",
        "120",
        "ankn 138",
        "-",
        "okänd",
        "1177",
        "112",
        "11313",
        "0485-880 00 ankn 5",
    ],
)
def test_what_a_unit_has_for_a_phone_masks_no_dose_and_no_reading(phone: str) -> None:
    """
    A phone that is no whole number to call hides nothing in the texts beside it.
    """
    unit, line = protected((CareUnit(name="Norr", phone=phone), Responsibility(text=FIGURES)))
    assert (unit.phone, line.text) == ("", FIGURES)


@pytest.mark.parametrize(
    "phone", ["0485-880 00, 0485-881 11", "0485-880 00/0485-881 11", "Vxl 0485-88000 el. +46 485 881 11"]
)
def test_each_number_of_a_unit_s_phone_is_masked(phone: str) -> None:
    """
    A field for a phone that holds two numbers is two numbers.
    """
    said = (CareUnit(phone=phone), Responsibility(text="Ring 048588000 eller 0485/881 11."))
    assert protected(said)[1].text == f"Ring {HIDDEN} eller {HIDDEN}."


@pytest.mark.parametrize("between", ["/", ",", ";", " / ", ", ", " - "])
def test_numbers_side_by_side_are_masked_each(between: str) -> None:
    """
    Two numbers with one sign between them are read as the two that they are.
    """
    line = protected(Responsibility(text=f"Ring 0485-123 45{between}0485-678 90 vid 120/80"))
    assert not {"12345", "67890"} & {line.text.replace(" ", "")[n : n + 5] for n in range(len(line.text))}
    assert line.text.endswith("vid 120/80")


@pytest.mark.parametrize(
    "number",
    [
        "０４８５-８８０ ００",
        "0485\u00a0-\u00a088000",
        "+46 (0)485 880 00",
        "0701234567",
        "0485\u2011880\u200700",
        "0485\u2212880 00",
        "0485\u2010\t88000",
    ],
)
def test_a_number_is_masked_in_every_script_and_spacing(number: str) -> None:
    """
    The figures may be of any script, the spaces of any kind.
    """
    assert protected(Responsibility(text=f"Ring {number} nu")).text == f"Ring {HIDDEN} nu"


def test_a_time_of_day_is_kept() -> None:
    """
    Hours in four figures are no number.
    """
    text = "Prov 2026-04-14 kl 0800-1000, vardagar 0830–1600"
    assert protected(Responsibility(text=text)).text == text


def test_names_are_searched_too() -> None:
    """
    Somebody wrote the number into the name of the unit, or of whoever works there.
    """
    unit = CareUnit(name="Borgholms HC 0485-880 00")
    person = protected(Professional(name="Eva Ek 0485-880 00", role_name="Läkare 0485-880 00", unit=unit))
    said = (person.name, person.role_name, person.unit and person.unit.name)
    assert said == (f"Eva Ek {HIDDEN}", f"Läkare {HIDDEN}", f"Borgholms HC {HIDDEN}")


@pytest.mark.parametrize("number", ["0", "", "00"])
def test_a_number_without_figures_to_look_for_masks_nothing(number: str) -> None:
    """
    Nothing to look for is nothing found.
    """
    assert without_numbers(FIGURES, {number} if number != "00" else {"0", ""}) == FIGURES


def test_an_address_on_the_web_stays() -> None:
    """
    It tells nobody where a person is; the number beside it goes.
    """
    line = protected(Responsibility(text="Logga in på 1177.se eller ring 0485-123 45"))
    assert line.text == f"Logga in på 1177.se eller ring {HIDDEN}"
