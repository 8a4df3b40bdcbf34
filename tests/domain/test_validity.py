"""How long an agreement is valid, in the words people use; nothing is guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.agreement_parts import Validity
from adapter.domain.reading import Place
from adapter.domain.validity import read_validity, validity_written
from adapter.domain.when import Moment, PartialDate

NOTED = Moment("2026-02-01T10:00:00+01:00")


def day(value: str) -> PartialDate | None:
    """A date, or None for a dash."""
    return None if value == "-" else PartialDate(value)


SURE = [
    ("2026-01-01 – 2026-12-31", "2026-01-01", "2026-12-31"),
    ("2026-01-01 - 2026-12-31", "2026-01-01", "2026-12-31"),
    ("2026-01-01-2026-12-31", "2026-01-01", "2026-12-31"),
    ("2026-01-01 till 2026-12-31.", "2026-01-01", "2026-12-31"),
    ("Gäller 2026-01-01 till och med 2026-12-31", "2026-01-01", "2026-12-31"),
    ("fr.o.m. 2026-01-01 t.o.m. 2026-12-31", "2026-01-01", "2026-12-31"),
    ("från 1 jan. 2026 till den 30 september 2026", "2026-01-01", "2026-09-30"),
    ("2026-01-01\u00a0–\u00a02026-12-31", "2026-01-01", "2026-12-31"),
    ("fr.o.m. 2026-01-01\nt.o.m. 2026-12-31", "2026-01-01", "2026-12-31"),
    ("2026-02 – 2026-09", "2026-02", "2026-09"),
    ("2026–2027", "2026", "2027"),
    ("fr.o.m. 2026-03-01", "2026-03-01", "-"),
    ("fr.o.m. 2026-01-01 i ett år", "2026-01-01", "2026-12-31"),
    ("sex månader från 2026-01-31", "2026-01-31", "2026-07-30"),
    ("1 månad från 2026-01-31", "2026-01-31", "2026-02-28"),
    ("2026", "2026", "2026"),
    ("2026-09", "2026-09", "2026-09"),
    ("september 2026", "2026-09", "2026-09"),
    ("20260101 – 20261231", "2026-01-01", "2026-12-31"),
    ("20260101-20261231", "2026-01-01", "2026-12-31"),
    ("2026-01-01/2026-12-31", "2026-01-01", "2026-12-31"),
    ("2026-01-01 -- 2026-12-31", "2026-01-01", "2026-12-31"),
    ("fr.o.m. 1 januari t.o.m. 31 december 2026", "2026-01-01", "2026-12-31"),
    ("1 jan - 31 dec 2026", "2026-01-01", "2026-12-31"),
    ("1/1-31/12 2026", "2026-01-01", "2026-12-31"),
    ("2026-01-01 – 2026-12-31, följs upp regelbundet", "2026-01-01", "2026-12-31"),
]


@pytest.mark.parametrize(("text", "start", "end"), SURE)
def test_what_both_words_and_dates_say_is_read_without_a_finding(text: str, start: str, end: str) -> None:
    """
    ISO, compact and written dates, hyphen or dash, "till" and its kin; precision is kept.
    """
    read = read_validity(text, NOTED)
    assert read.value == Validity(text=text, start=day(start), end=day(end))
    assert read.findings == ()


RULE = [
    ("t.o.m. 2026-09-30", "2026-09-30"),
    ("T.O.M. 2026-09-30", "2026-09-30"),
    ("tom 30/9 2026", "2026-09-30"),
    ("Till: 2026-09-30", "2026-09-30"),
    ("Giltig t.o.m: 2026-09-30", "2026-09-30"),
    ("Överenskommelsen gäller 1 år, uppdateras årligen", "2027-01-31"),
    ("tom 30/9-2026", "2026-09-30"),
    ("t o m 30 sept 2026", "2026-09-30"),
    ("gäller till 2026-09", "2026-09"),
    ("Gäller till och med den 30:e september 2026", "2026-09-30"),
    ("till 2026", "2026"),
    ("ett år", "2027-01-31"),
    ("12 månader", "2027-01-31"),
    ("6 mån", "2026-07-31"),
    ("i två år framåt", "2028-01-31"),
    ("åtta veckor från idag", "2026-03-28"),
    ("30 dagar", "2026-03-02"),
    ("ett halvår", "2026-07-31"),
    ("ett halvt år", "2026-07-31"),
]


@pytest.mark.parametrize(("text", "end"), RULE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_end_or_a_length_alone_counts_from_the_note_and_says_so(text: str, end: str, form: str) -> None:
    """
    The start is the note's date; the finding tells that a rule was applied.
    """
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    read = read_validity(text, NOTED, Place("note.validity"))
    assert read.value == Validity(text=text, start=PartialDate("2026-02-01"), end=day(end))
    assert [(finding.code, finding.where) for finding in read.findings] == [("rule-applied", "note.validity")]
    assert read.value.origin("end") == "note.validity"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("tills vidare", "-"),
        ("Gäller tills vidare.", "-"),
        ("TILLSVIDARE", "-"),
        ("fr.o.m. 2026-01-01 tills vidare", "2026-01-01"),
        ("tills vidare från 2026-01-01", "2026-01-01"),
        ("2026-01-01 – tills vidare", "2026-01-01"),
    ],
)
def test_tills_vidare_is_open_ended_and_no_date_is_made_up(text: str, start: str) -> None:
    """
    An open end is said, not dated.
    """
    assert read_validity(text, NOTED).value == Validity(text=text, start=day(start), is_open_ended=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "1 okt – 31 mars 2027",
        "1 tabl till 31 maj 2026",
        "t.o.m. 2026-02-30",
        "t.o.m. 31/4 2026",
        "2026-12-31 – 2026-01-01",
        "30 september 2026",
        "2026-09-30",
        "v. 40",
        "till v 40 2026",
        "till 30/9",
        "till 30/9-26",
        "t.o.m. 30 september",
        "14-16 april 2026",
        "2026-01-01, 2026-02-01, 2026-03-01",
        "t.o.m. 2026-09-30 eller tills vidare",
        "ett år om inget annat sägs",
        "till nästa besök",
        "fr.o.m. 2026-01 i ett år",
        "¤",
        "t.o.m. 2026-09-30" + " " * 1000,
        "999 år från 9900-01-01",
    ],
)
def test_what_cannot_surely_be_read_stays_as_text_with_a_finding(text: str) -> None:
    """
    An impossible date, an end before its start, a week, a date without its year: never a guess.
    """
    read = read_validity(text, NOTED)
    assert read.value == Validity(text=text)
    assert [(finding.code, finding.value) for finding in read.findings] == [("validity-unread", text)]


def test_an_agreement_that_had_ended_before_its_note_keeps_its_end() -> None:
    """
    The end is surely said; a start after it is not made up.
    """
    read = read_validity("t.o.m. 2025-12-31", NOTED)
    assert read.value == Validity(text="t.o.m. 2025-12-31", end=PartialDate("2025-12-31"))
    assert [finding.code for finding in read.findings] == ["validity-unread"]


def test_without_a_note_date_only_what_is_said_is_read() -> None:
    """
    An end stays an end; a length has nothing to count from.
    """
    assert read_validity("t.o.m. 2026-12-31").value.start is None
    assert read_validity("ett år").value == Validity(text="ett år")
    assert read_validity("ett år", Moment("2026")).value == Validity(text="ett år")


DATES = st.one_of(
    st.dates().filter(lambda d: d.year >= 1900).map(lambda d: PartialDate(d.isoformat())),
    st.builds(lambda y, m: PartialDate(f"{y}-{m:02}"), st.integers(1900, 2100), st.integers(1, 12)),
    st.integers(1900, 2099).map(lambda y: PartialDate(str(y))),
)


@settings(deadline=None)
@given(st.none() | DATES, st.none() | DATES, st.booleans())
def test_written_validity_is_read_back_to_its_dates(
    start: PartialDate | None, end: PartialDate | None, is_open: bool
) -> None:
    """
    Structured dates get words, and the words are read to the same dates.
    """
    if start and end and start.first_day() > end.last_day():
        start, end = end, start
    if not (start or end or is_open):
        return
    written = validity_written(start, end, is_open_ended=is_open)
    assert (written.start, written.end) == (start, end)
    assert written.is_open_ended == (is_open and end is None)
    assert read_validity(written.text).value == written


def test_an_empty_validity_cannot_be_written() -> None:
    """
    There are no words for nothing.
    """
    with pytest.raises(ValueError, match="Ange ett datum"):
        validity_written(None, None)
