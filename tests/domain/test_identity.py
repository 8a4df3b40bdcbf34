"""Identity numbers are what their own form says, and no message repeats them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.identity import (
    LANES,
    HsaId,
    Oid,
    PersonId,
    PersonIdKind,
    hsa_id,
    lane,
    luhn,
    organisation_number,
    person_id,
    read_hsa_id,
    read_person_id,
)
from adapter.domain.reading import Place

VECTORS = Path(__file__).parent / "vectors"
ON = date(2026, 11, 22)


def vectors(name: str) -> list[dict[str, Any]]:
    """The rows of one file of published vectors."""
    rows: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return rows


@pytest.mark.parametrize("row", vectors("list"), ids=lambda row: row["long_format"])
@pytest.mark.parametrize("form", ["long_format", "short_format", "separated_format", "separated_long"])
def test_published_personnummer_are_judged_as_published(row: dict[str, Any], form: str) -> None:
    """
    Every form of a published number is valid or not as its vector says, with its kind.
    """
    if not row["valid"]:
        with pytest.raises(ValueError, match=r"(skicka igen|Skriv)"):
            person_id(row[form], on=ON)
        return
    found = person_id(row[form], on=ON)
    assert (
        found.kind == {"ssn": PersonIdKind.PERSONNUMMER, "con": PersonIdKind.SAMORDNINGSNUMMER}[row["type"]]
    )
    assert found.value[2:] == row["long_format"][2:]
    if form != "short_format" or not row["long_format"].startswith("1909"):  # ten digits alone: nearest past
        assert found.value == row["long_format"]


@pytest.mark.parametrize("row", vectors("interim"), ids=lambda row: row["long_format"])
@pytest.mark.parametrize("form", ["long_format", "separated_long"])
def test_published_interim_numbers_are_local_and_never_a_personnummer(row: dict[str, Any], form: str) -> None:
    """
    A T-number and its kin are taken as local, with a finding, when sent as a personnummer.
    """
    if not row["valid"]:
        with pytest.raises(ValueError, match="Skriv"):
            person_id(row[form], Oid.PERSONNUMMER)
        return
    read = read_person_id(row[form], Oid.PERSONNUMMER)
    assert read.value == PersonId(kind=PersonIdKind.LOCAL, value=row["long_format"], root=Oid.LOCAL)
    assert [finding.code for finding in read.findings] == ["person-id-kind"]


@pytest.mark.parametrize("row", vectors("orgnumber"), ids=lambda row: row["short_format"])
def test_published_organisation_numbers_are_organisations_and_no_persons(row: dict[str, Any]) -> None:
    """
    An organisationsnummer is read in its forms and refused as a personnummer.
    """
    for form in (
        row["short_format"],
        row["separated_format"],
        "16" + row["short_format"],
        "SE" + row["short_format"],
    ):
        assert organisation_number(form) == row["short_format"]
    with pytest.raises(ValueError, match=r"(skicka igen|Skriv)"):
        person_id(row["short_format"], on=ON)


@pytest.mark.parametrize("text", ["", "5567210564", "2120000", "1912121212", "212000-1356x"])
def test_a_wrong_organisation_number_is_refused(text: str) -> None:
    """
    Form, third digit and check digit must hold.
    """
    with pytest.raises(ValueError, match="tio siffror"):
        organisation_number(text)


PUBLISHED = [
    ("191212121212", "", PersonIdKind.PERSONNUMMER),
    ("195009072553", Oid.PERSONNUMMER, PersonIdKind.PERSONNUMMER),
    ("189002029800", "", PersonIdKind.PERSONNUMMER),
    ("200302022389", "", PersonIdKind.PERSONNUMMER),
    ("200001252386", "", PersonIdKind.PERSONNUMMER),
    ("196109732393", Oid.SAMORDNINGSNUMMER, PersonIdKind.SAMORDNINGSNUMMER),
    ("197010632391", "", PersonIdKind.SAMORDNINGSNUMMER),
    ("98240301AA06", Oid.NATIONAL_RESERVE, PersonIdKind.NATIONAL_RESERVE),
    ("98240301AA06", "", PersonIdKind.NATIONAL_RESERVE),
    ("20210325K069", Oid.NATIONAL_RESERVE, PersonIdKind.NATIONAL_RESERVE),
    ("991981000010", Oid.RESERVE_STOCKHOLM, PersonIdKind.REGIONAL_RESERVE),
    ("19810829M071", Oid.RESERVE_VASTRA_GOTALAND, PersonIdKind.REGIONAL_RESERVE),
    ("19810829SU3A", Oid.RESERVE_VARMLAND, PersonIdKind.REGIONAL_RESERVE),
    ("19810829AB12", Oid.RESERVE_CLNK, PersonIdKind.REGIONAL_RESERVE),
    ("R-77 b", "9.9.9", PersonIdKind.LOCAL),
]


@pytest.mark.parametrize(("text", "root", "kind"), PUBLISHED)
def test_a_number_is_of_its_kind_and_keeps_the_root_it_was_sent_under(
    text: str, root: str, kind: PersonIdKind
) -> None:
    """
    The kinds of domain.md §11.1; an unknown root is local and kept.
    """
    read = read_person_id(f" {text} ", root)
    assert read.value == PersonId(kind=kind, value=text, root=root)
    assert read.findings == ()


@pytest.mark.parametrize(
    ("text", "root", "kind"),
    [
        ("196109732393", Oid.PERSONNUMMER, PersonIdKind.SAMORDNINGSNUMMER),
        ("195009072553", Oid.SAMORDNINGSNUMMER, PersonIdKind.PERSONNUMMER),
        ("195009072553", Oid.NATIONAL_RESERVE, PersonIdKind.PERSONNUMMER),
        ("195009072553", Oid.RESERVE_VARMLAND, PersonIdKind.PERSONNUMMER),
        ("98240301aa06", Oid.PERSONNUMMER, PersonIdKind.NATIONAL_RESERVE),
    ],
)
def test_a_root_that_does_not_agree_is_a_finding_and_the_form_decides(
    text: str, root: str, kind: PersonIdKind
) -> None:
    """
    What the number is counts; the finding holds the place, and the number only as its value.
    """
    read = read_person_id(text, root, Place("patient.id"))
    assert read.value.kind == kind
    (finding,) = read.findings
    assert (finding.code, finding.where, finding.blocking) == ("person-id-kind", "patient.id", False)
    assert text not in finding.what


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("191212121213", ""),
        ("195009072554", Oid.PERSONNUMMER),
        ("194502310005", ""),
        ("201509160006", ""),
        ("170001010016", ""),
        ("1912121212", ""),
        ("19121212 1212", ""),
        ("１９１２１２１２１２１２", ""),
        ("abc", ""),
        ("", ""),
        ("20210325K069", ""),
        ("20000101T220", ""),
        ("20000101T221", Oid.PERSONNUMMER),
        ("000101-T220", Oid.PERSONNUMMER),
        ("20003301T220", Oid.PERSONNUMMER),
        ("98240301IA06", Oid.NATIONAL_RESERVE),
        ("991981000011", Oid.RESERVE_STOCKHOLM),
        ("19810829M072", Oid.RESERVE_VASTRA_GOTALAND),
        ("19810829", Oid.RESERVE_VARMLAND),
        ("", "9.9.9"),
        ("x" * 65, "9.9.9"),
        ("a\x00b", "9.9.9"),
    ],
)
def test_what_is_no_identity_is_refused_without_repeating_it(text: str, root: str) -> None:
    """
    Wrong check digit, date, birth number 000, form, or a reserve number without root: refused; the
    sentence says what to do and never holds the number.
    """
    with pytest.raises(ValueError, match=r"(skicka igen|Skriv|Skicka med)") as refusal:
        person_id(text, root)
    assert len(re.findall("[0-9]", str(refusal.value).replace("000", ""))) == 0


@pytest.mark.parametrize(
    ("text", "on", "value"),
    [
        ("121212-1212", date(2011, 1, 1), "191212121212"),
        ("121212-1212", date(2012, 12, 11), "191212121212"),
        ("121212-1212", date(2012, 12, 12), "201212121212"),
        ("121212+1212", date(2012, 1, 1), "191212121212"),
        ("121212+1212", date(2026, 1, 1), "191212121212"),
        ("090527+1474", ON, "190905271474"),
        ("0905271474", ON, "200905271474"),
        ("900202+9800", date(2026, 1, 1), "189002029800"),
        ("701063-2391", ON, "197010632391"),
    ],
)
def test_ten_digits_get_the_nearest_past_century_and_plus_the_one_before(
    text: str, on: date, value: str
) -> None:
    """
    ``+`` stands from the year in which the person turns 100 (a test of calendar years).
    """
    assert person_id(text, on=on).value == value


def test_a_birth_date_in_the_future_is_refused_when_the_day_is_known() -> None:
    """
    Nobody is born after the note.
    """
    with pytest.raises(ValueError, match="framtiden"):
        person_id("200302022389", on=date(2003, 2, 1))


def test_a_typographic_hyphen_is_a_hyphen() -> None:
    """
    Text programs change hyphens; the number is the same.
    """
    assert person_id("19121212–1212").value == "191212121212"


def test_a_national_number_is_the_same_whatever_it_was_sent_under_and_a_local_one_is_not() -> None:
    """
    The key and with it the lane: roots tell local numbers apart, not national ones.
    """
    assert person_id("191212121212").key == person_id("191212121212", Oid.PERSONNUMMER).key
    assert lane(person_id("191212121212")) == lane(person_id("191212121212", Oid.PERSONNUMMER))
    assert person_id("77", "1.2").key != person_id("77", "1.3").key


def test_a_lane_never_changes() -> None:
    """
    Lanes are stored: the hash must be the same in every process and version.
    """
    assert lane(person_id("191212121212")) == 620


@settings(deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_every_lane_is_between_1_and_1023(value: str) -> None:
    """
    0 is for reference data.
    """
    assert 1 <= lane(PersonId(kind=PersonIdKind.LOCAL, value=value, root="1.2")) <= LANES


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        ("SE2321000016-A1B2", True),
        ("se2321000016-a1b2", True),
        (" SE2120001249-HSV01 ", True),
        ("CC000123", False),
        ("SE162321000024-Cambio", False),
        ("SE2321000016-Å1", False),
        ("SE2321000016-" + "A" * 19, False),
    ],
)
def test_an_hsa_id_is_judged_softly(text: str, is_sound: bool) -> None:
    """
    Real data break the rule: the id is kept as written and marked.
    """
    found = hsa_id(text)
    assert (found.value, found.is_sound) == (text.strip(), is_sound)
    read = read_hsa_id(text)
    assert read.value == found
    assert [finding.code for finding in read.findings] == ["hsa-id-unsound"] * (not is_sound)


def test_an_empty_hsa_id_is_refused() -> None:
    """
    There is nothing to keep.
    """
    with pytest.raises(ValueError, match="Skicka med"):
        hsa_id(" ")


def test_hsa_ids_are_compared_without_case() -> None:
    """
    Case is kept and does not matter.
    """
    assert hsa_id("SE2321000016-a1b2") == hsa_id("SE2321000016-A1B2")
    assert len({hsa_id("SE2321000016-a1b2"), hsa_id("SE2321000016-A1B2")}) == 1
    assert HsaId(value="a") != "a"


@settings(deadline=None)
@given(st.text("0123456789", min_size=2, max_size=12), st.integers(0, 9))
def test_luhn_finds_every_single_changed_digit(digits: str, other: int) -> None:
    """
    Exactly one last digit is right.
    """
    rights = [last for last in range(10) if luhn(digits + str(last))]
    assert len(rights) == 1
    assert luhn(digits + str(other)) == (other in rights)
