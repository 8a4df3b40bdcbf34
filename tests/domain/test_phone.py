"""Ways to reach care in running text; a date, a dose or a personnummer is never one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.identity import luhn
from adapter.domain.people import ContactKind
from adapter.domain.phone import national, ways_in


@pytest.mark.parametrize(
    "number",
    [
        "010-000 00 00",
        "010-123 45 67",
        "0340-880 00",
        "08-12 34 56",
        "08-123 456 78",
        "070-123 45 67",
        "070 123 45 67",
        "0771-123 456",
        "(0340) 880 00",
        "0340/880 00",
        "0340 - 880 00",
        "010-123-45-67",
        "010-1234567",
        "0340-88000",
        "010\u00a0123\u00a045\u00a067",
        "+46 10 000 00 00",
        "+46(0)10-000 00 00",
        "0046 10 000 00 00",
        "+46101234567",
        "034088000",
        "+358 40 123 4567",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Tel: {}.", "Ring {} vardagar 8-17", "({})", "tfn:{}, 40 mg", "a {} 08.00–16.30"]
)
def test_a_swedish_number_is_found_as_it_stands(number: str, around: str) -> None:
    """
    Area code with hyphen, slash, brackets or space, country code, spaced groups.
    """
    phones = [way for way in ways_in(around.format(number)) if way.kind is ContactKind.PHONE]
    assert [way.value.strip("()") for way in phones] == [number.strip("()")]


@pytest.mark.parametrize(
    "text",
    [
        "furosemid 40 mg",
        "2026-04-14",
        "08-02-2026",
        "01-02-2026",
        "08 02 2026",
        "191212121212",
        "19121212-1212",
        "121212-1212",
        "090527+1474",
        "0905271474",
        "Pat 0905271474 ringer",
        "tel 0905271474",
        "0701234567",
        "070123-4567",
        "BT 138/82",
        "kl 08.00-16.30",
        "0,5 mg",
        "Journal 0340880001234",
        "010-12",
        "08-12 34 56 78 90 12",
        "v 15-16",
        "Prov kl 0800-1000",
        "vardagar 0830–1600",
        "rum 1177",
        "portkod: 1177",
        "Box 1177",
        "Storgatan 1177",
        "1177 kcal",
        "1177 steg per dag",
        "112",
        "1177a",
        "+358 9",
    ],
)
def test_what_is_no_number_to_call_is_left(text: str) -> None:
    """
    Dates, doses, hours, blood pressure, personnummer in every form: never a phone number.
    """
    assert [way for way in ways_in(text) if way.kind is ContactKind.PHONE and "56 78" not in way.value] == []


def test_ten_figures_in_a_row_that_may_be_a_birth_date_need_their_label() -> None:
    """
    After "tel" it is a number, unless its check digit says personnummer.
    """
    assert [way.value for way in ways_in("tel 0701234567")] == ["0701234567"]
    assert [way.value for way in ways_in("Nås på 0799234567")] == ["0799234567"]


@settings(deadline=None)
@given(
    st.dates(), st.integers(1, 999), st.sampled_from(["", "-", "+"]), st.sampled_from(["tel ", "", "Pnr: "])
)
def test_no_personnummer_ever_becomes_a_phone_number(born: date, serial: int, sign: str, label: str) -> None:
    """
    Every sound personnummer, in ten or twelve figures, with and without its sign.
    """
    number = f"{born:%y%m%d}{serial:03}"
    number += next(str(check) for check in range(10) if luhn(number + str(check)))
    for text in (number[:6] + sign + number[6:], f"{born:%Y}"[:2] + number[:6] + sign + number[6:]):
        assert ways_in(label + text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1177", [(ContactKind.PHONE, "1177")]),
        ("1177 Vårdguiden", [(ContactKind.PHONE, "1177")]),
        ("1177 dygnet runt", [(ContactKind.PHONE, "1177")]),
        ("tel.nr 1177, meny 2", [(ContactKind.PHONE, "1177")]),
        ("0485-880 00/0485-881 11", [(ContactKind.PHONE, "0485-880 00"), (ContactKind.PHONE, "0485-881 11")]),
        ("0910-123 45,+4691012346", [(ContactKind.PHONE, "0910-123 45"), (ContactKind.PHONE, "+4691012346")]),
        ("Ring 010\u2011123\u200745 67!", [(ContactKind.PHONE, "010\u2011123\u200745 67")]),
        ("08-1000 1200", [(ContactKind.PHONE, "08-1000 1200")]),
        ("Logga in på 1177", [(ContactKind.WEB, "1177")]),
        ("1177:s e-tjänster", [(ContactKind.WEB, "1177")]),
        ("Skriv ett meddelande via 1177", [(ContactKind.WEB, "1177")]),
        ("Ring 1177 eller logga in", [(ContactKind.PHONE, "1177")]),
        ("1177.se", [(ContactKind.WEB, "1177.se")]),
        ("Ring 1177 eller besök 1177.se.", [(ContactKind.PHONE, "1177"), (ContactKind.WEB, "1177.se")]),
        ("Ring 112 vid fara", [(ContactKind.PHONE, "112")]),
        ("telefon 1177", [(ContactKind.PHONE, "1177")]),
        ("eva.ek@region.se", [(ContactKind.EMAIL, "eva.ek@region.se")]),
        ("www.region.se/berga, e-tjänster", [(ContactKind.WEB, "www.region.se/berga")]),
        ("(https://www.1177.se/x?y=1)", [(ContactKind.WEB, "https://www.1177.se/x?y=1")]),
        ("sms:a till 070-123 45 67", [(ContactKind.SMS, "070-123 45 67")]),
        ("SMS 070-123 45 67", [(ContactKind.SMS, "070-123 45 67")]),
        (
            "010-123 45 67 010-123 45 68",
            [(ContactKind.PHONE, "010-123 45 67"), (ContactKind.PHONE, "010-123 45 68")],
        ),
        ("08-12 34 56 40 mg", [(ContactKind.PHONE, "08-12 34 56")]),
        ("t.ex. s.k. dr.", []),
        ("", []),
    ],
)
def test_every_way_is_found_with_its_kind(text: str, found: list[tuple[ContactKind, str]]) -> None:
    """
    1177 is a number, and the web service of that name when one is to log in or write there.
    """
    assert [(way.kind, way.value) for way in ways_in(text)] == found


def test_a_way_knows_where_it_stands() -> None:
    """
    The places are those of the text.
    """
    text = "Hälsocentralen 010-123 45 67, berga@region.se"
    assert [text[way.start : way.end] for way in ways_in(text)] == ["010-123 45 67", "berga@region.se"]


@pytest.mark.parametrize(
    "number", ["010-000 00 00", "+46 10 000 00 00", "0046100000000", "+46 (0)10-000 00 00"]
)
def test_one_number_has_one_national_form(number: str) -> None:
    """
    However it is written, the same figures are dialled.
    """
    assert national(number) == "0100000000"


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    """
    Nothing in a text stops the search, and the places are right.
    """
    for way in ways_in(text):
        assert text[way.start : way.end] == way.value
