"""A staff number never reaches the patient, wherever and however it is written (agr-tel-1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.agreement import Agreement, Responsibility, read_agreement
from adapter.domain.keywords import Keyword, KeywordValue, Vocabulary
from adapter.domain.people import Audience, ContactKind, ContactWay
from adapter.domain.staff_numbers import HIDDEN, internal_numbers, without_numbers


def agreement(words: Vocabulary, title: str, *values: str) -> Agreement:
    """An agreement with one keyword."""
    child = Keyword(title=title, values=tuple(KeywordValue(text=text) for text in values))
    read = read_agreement((Keyword(title="Överenskommelse", children=(child,)),), words)
    assert read.value
    return read.value


@pytest.mark.parametrize(
    "title",
    [
        "Patienten kan kontakta vården via",
        "Fast läkarkontakt",
        "Vården ansvarar för",
        "Patienten ansvarar för",
        "Fortsatt planering",
        "Sammanhållen planering",
        "Överenskommelsens giltighet",
        "Något okänt",
    ],
)
@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("Endast för personal: 010-123 45 67", {"0101234567"}),
        ("Läkarlinje för kommunens sjuksköterskor +46 10 123 45 67, 2026-04-14", {"0101234567"}),
        ("Jour 0340-880 00 eller jour@region.se, intern.region.se", {"034088000", "jour@region.se"}),
        ("internt kortnummer 47110", {"47110"}),
        ("Hälsocentralen 010-123 45 67", set()),
        ("För anhöriga: 010-123 45 67", set()),
        ("Direktnummer saknas", set()),
        ("Endast för personal: ０１０-１２３ ４５ ６７", {"0101234567"}),
    ],
)
def test_every_line_is_searched_for_staff_numbers(
    title: str, line: str, numbers: set[str], words: Vocabulary
) -> None:
    """
    Whatever keyword it stands under: a number that may be for staff is internal.
    """
    assert internal_numbers(agreement(words, title, "Promenad", line)) == numbers


def test_the_title_of_an_unknown_keyword_speaks_for_its_lines() -> None:
    """
    "Internt" above a number closes it, at every depth.
    """
    inner = Keyword(title="Internt", values=(KeywordValue(text="a\n010-123 45 67"),))
    found = Agreement(unknown=(Keyword(title="Övrigt", children=(inner,)),), text=("Jour 0340-880 00",))
    assert internal_numbers(found) == {"0101234567", "034088000"}


@pytest.mark.parametrize("who", list(Audience))
def test_a_way_that_is_marked_for_staff_is_internal_whatever_its_words(who: Audience) -> None:
    """
    The record's audience counts too, for numbers and addresses.
    """
    ways = (
        ContactWay(text="x", kind=ContactKind.PHONE, value="0340-880 00", audience=who),
        ContactWay(text="x", kind=ContactKind.EMAIL, value="A@b.se", audience=who),
        ContactWay(text="x", audience=who),
    )
    is_open = who in (Audience.PATIENT, Audience.RELATIVE)
    assert internal_numbers(Agreement(contact_ways=ways)) == (set() if is_open else {"034088000", "a@b.se"})


@pytest.mark.parametrize(
    "number",
    [
        "010-123 45 67",
        "0101234567",
        "+46 10 123 45 67",
        "+46(0)10-1234567",
        "0046 10 123 45 67",
        "(010) 123 45 67",
        "010.123.45.67",
        "010 - 123 - 45 - 67",
        "010\u00a0123\u00a045\u00a067",
        "０１０-１２３ ４５ ６７",
    ],
)
def test_a_number_is_masked_however_it_is_written(number: str) -> None:
    """
    Spaces, hyphens, dots, country code, wide figures: the number is gone and the words stay.
    """
    assert without_numbers(f"Ring {number}, säg till.", {"0101234567"}) == f"Ring {HIDDEN}, säg till."


def test_other_numbers_doses_and_dates_stay() -> None:
    """
    Only what is internal is masked; a short number only where it stands alone.
    """
    text = "Furosemid 40 mg, 2026-04-14 kl 10.00, 010-000 00 00"
    assert without_numbers(text, {"0101234567", "4711"}) == text
    assert (
        without_numbers("kort 4711, journal 947112, 4a7b1c1", {"4711"})
        == f"kort {HIDDEN}, journal 947112, 4a7b1c1"
    )
    assert without_numbers("4 gånger 7 och 11", {"4711"}) == "4 gånger 7 och 11"
    assert without_numbers("JOUR@region.se!", {"jour@region.se"}) == f"{HIDDEN}!"
    assert without_numbers("utan", ()) == "utan"


def test_several_and_repeated_numbers_are_all_masked() -> None:
    """
    Each occurrence of each number.
    """
    text = "010-123 45 67, 0340-880 00 och 0101234567"
    assert without_numbers(text, {"0101234567", "034088000"}) == f"{HIDDEN}, {HIDDEN} och {HIDDEN}"


@settings(deadline=None)
@given(
    st.from_regex("[1-9][0-9]{6,8}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", "-", " - ", "\u00a0", "/"]), min_size=12, max_size=12),
    st.text(st.characters(exclude_categories=["Nd"]), max_size=20),
)
def test_no_digits_of_a_staff_number_are_left(number: str, gaps: list[str], around: str) -> None:
    """
    However the number is spaced, the text without it does not hold it.
    """
    said = "".join(gap + digit for gap, digit in zip(gaps, "0" + number + "9", strict=False))
    masked = without_numbers(f"{around} {said} {around}", {"0" + number})
    assert number not in "".join(sign for sign in masked if sign.isdecimal())


def test_a_long_line_is_searched_to_its_end(words: Vocabulary) -> None:
    """
    Wherever the number stands.
    """
    line = "Endast för personal" + " x" * 1500 + " 010-123 45 67"
    assert internal_numbers(agreement(words, "Kontaktväg", line)) == {"0101234567"}


def test_a_responsibility_is_not_changed_by_the_search(words: Vocabulary) -> None:
    """
    The agreement keeps its words; masking is the narrative's.
    """
    found = agreement(words, "Egenvård", "Jour 010-123 45 67")
    internal_numbers(found)
    assert found.patient_part == (Responsibility(text="Jour 010-123 45 67"),)
