"""Booked times in a line of planning: one sure time, or the text with a finding."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.agreement_parts import NextStep
from adapter.domain.booking import next_step_written, read_next_step
from adapter.domain.people import Professional
from adapter.domain.reading import Place
from adapter.domain.when import STOCKHOLM, Moment, written

NOTED = Moment("2026-02-01T10:00:00+01:00")
TEN = "2026-04-14T10:00:00+02:00"
HALF_PAST = "2026-04-14T10:30:00+02:00"

SURE = [
    ("Återbesök 2026-04-14 kl 10.00 hos dr Lind", TEN, "", "Lind"),
    ("Återbesök 2026-04-14 kl. 10:00-10:30", TEN, HALF_PAST, ""),
    ("2026-04-14 klockan 10–10.30", TEN, HALF_PAST, ""),
    ("2026-04-14 kl 10 till kl 10.30 med distriktssköterska Karin Ek", TEN, HALF_PAST, "Karin Ek"),
    ("14 april 2026 kl 10", TEN, "", ""),
    ("14 april 2026 kl 1000", TEN, "", ""),
    ("14 april 2026 kl. 1000-1030", TEN, HALF_PAST, ""),
    ("Kl 10 den 14 april 2026, provtagning", TEN, "", ""),
    ("14/4 2026 kl 10.00", TEN, "", ""),
    ("Kl. 10, tisdag den 14 april 2026", TEN, "", ""),
    ("2026-04-14 (tisdag) kl 10", TEN, "", ""),
    ("2026-04-14 10:00", TEN, "", ""),
    ("Hembesök på tisdagen den 14 april 2026 kl 10, prov på onsdag", TEN, "", ""),
    ("Telefontid varje tisdag i april 2026", "2026-04", "", ""),
    ("Den 14 april 2026 kl 10", TEN, "", ""),
    ("2026-04-14T10:00", TEN, "", ""),
    ("2026-04-14, 10.00-10.30", TEN, HALF_PAST, ""),
    ("2026-04-14 kl 10, 30 min", TEN, HALF_PAST, ""),
    ("2026-04-14 kl 10 (30 minuter)", TEN, HALF_PAST, ""),
    ("2026-04-14 kl 10, 30 min före provtagning", TEN, "", ""),
    ("2026-04-14 kl 10, 0 min", TEN, "", ""),
    ("Besök 20260414 kl 10", TEN, "", ""),
    ("Återbesök 2026-04-14", "2026-04-14", "", ""),
    ("İstanbulvaccin 2026-04-14", "2026-04-14", "", ""),
    ("Telefontid i april 2026", "2026-04", "", ""),
    ("ÅTERBESÖK 14 APRIL 2026 KL 10", TEN, "", ""),
    ("Återbesök\u00a02026-04-14\u00a0kl\u00a010.00", TEN, "", ""),
    ("Läkarbesök samma dag 2026-02-01", "2026-02-01", "", ""),
]


@pytest.mark.parametrize(("text", "start", "end", "holder"), SURE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_sure_time_is_read_with_its_precision(
    text: str, start: str, end: str, holder: str, form: str
) -> None:
    """
    One date with its year, at most one time of day, an end only when it is said.
    """
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    read = read_next_step(text, NOTED)
    assert read.findings == ()
    assert read.value.start == Moment(start)
    assert read.value.end == (Moment(end) if end else None)
    assert (read.value.holder.name if read.value.holder else "") == holder


@pytest.mark.parametrize(
    "text",
    [
        "v 15",
        "Återbesök vecka 15 2026",
        "Återbesök 14 april",
        "Återbesök 14/4",
        "Återbesök 14/4-26",
        "14-16 april 2026",
        "Prov 2026-04-14 eller 2026-04-15",
        "2026-04-14 – 2026-04-16",
        "2026-02-30 kl 10",
        "2026-04-14 kl 25",
        "2026-04-14 kl 10.75",
        "2026-04-14 kl 10-9",
        "2026-04-14 kl 10 eller kl 11",
        "Hembesök 2026-04-14 mellan kl 10 och 12",
        "senast 2026-04-14",
        "före den 14 april 2026",
        "ca 2026-04-14",
        "prel. 2026-04-14",
        "Sjukskriven fr. o. m. 2026-04-14",
        "Gäller till och med den 14 april 2026",
        "april 2026 kl 10",
        "Avbokad: återbesök 2026-04-14 kl 10",
        "2026-03-29 kl 02.30",
        "Senaste provet 2025-12-01",
        "Född 1950-09-07",
        "2 tabletter kl 8, start 2026-04-14",
        "2026-04-14 fastande från kl 22",
        "Återbesök 2026-4-14",
        "Återbesök 14.4.2026 kl 10",
        "Återbesök 260414 kl 10",
        "2026-04-14 kl 10" + " x" * 500,
        "Hembesök onsdag 2026-04-14 kl 10",
        "Hembesök 2026-04-14 (Onsdag) kl 10",
        "Ej återbesök 2026-04-14 kl 10",
        "Inget besök den 14 april 2026",
        "Senast: 2026-04-14",
        "Sjukskriven till: 2026-04-14",
        "T.o.m.: den 14 april 2026",
    ],
)
def test_what_is_not_one_sure_time_stays_as_text_with_a_finding(text: str) -> None:
    """
    Several dates, a week, no year, a limit, another weekday, an hour that is not, a time called off or past.
    """
    read = read_next_step(text, NOTED, Place("a#L2"))
    assert read.value == NextStep(text=text)
    assert [(finding.code, finding.where) for finding in read.findings] == [("booking-unread", "a#L2")]


@pytest.mark.parametrize(
    "text", ["Ny bedömning", "Furosemid 40 mg dagligen", "Ta 1/2 tablett", "BT 138/82", "Ring 010-000 00 00"]
)
def test_a_plan_without_a_date_is_a_plan(text: str) -> None:
    """
    No date, no finding.
    """
    assert read_next_step(text, NOTED).value == NextStep(text=text)
    assert read_next_step(text, NOTED).findings == ()


def test_a_doubled_hour_takes_the_first_and_says_so() -> None:
    """
    The end of summer time: the first 02:30.
    """
    read = read_next_step("2026-10-25 kl 02.30", NOTED)
    assert read.value.start == Moment("2026-10-25T02:30:00+02:00")
    assert [finding.code for finding in read.findings] == ["time-doubled"]


def test_without_a_note_date_an_old_date_is_taken_as_said() -> None:
    """
    Nothing to compare with.
    """
    assert read_next_step("Prov 2020-01-01").value.start == Moment("2020-01-01")


def test_whom_is_read_also_without_a_date() -> None:
    """
    A planned visit has its person.
    """
    assert read_next_step("Återbesök hos dr Lind").value.holder == Professional(name="Lind", title="dr")
    assert read_next_step("Återbesök hos Hälsocentralen").value.holder is None


@settings(deadline=None)
@given(
    st.datetimes(
        min_value=NOTED.earliest().replace(tzinfo=None),
        max_value=NOTED.earliest().replace(tzinfo=None, year=2036),
    ),
    st.none() | st.integers(1, 600),
    st.booleans(),
)
def test_a_written_step_is_read_back(start: datetime, minutes: int | None, has_time: bool) -> None:
    """
    Structured times get words, and the words are read to the same times.
    """
    at = start.replace(second=0, microsecond=0, hour=min(start.hour, 13) or 4, tzinfo=STOCKHOLM)
    begins = written(at) if has_time else Moment(f"{at:%Y-%m-%d}")
    ends = written(at + timedelta(minutes=minutes)) if has_time and minutes else None
    if begins.value[:10] < "2026-02-01" or (at.month in (3, 10) and at.hour < 4):
        return
    step = next_step_written("Återbesök", begins, ends, Professional(name="Anna Lind", title="dr"))
    assert (step.start, step.end) == (begins, ends)
    assert step.holder == Professional(name="Anna Lind", title="dr")
    assert read_next_step(step.text).value == step


def test_a_step_without_words_of_its_own_is_a_visit() -> None:
    """
    A line is never empty; a holder without a title stays in the text.
    """
    assert next_step_written("", Moment("2026-04-14")).text == "Besök 2026-04-14"
    step = next_step_written("Besök", holder=Professional(name="Anna Lind"))
    assert (step.text, step.holder) == ("Besök hos Anna Lind", None)


def test_an_end_on_another_day_is_not_written() -> None:
    """
    A line has one date; the start is what counts.
    """
    step = next_step_written("Dygn", Moment(TEN), Moment("2026-04-15T10:00:00+02:00"))
    assert (step.text, step.end) == ("Dygn 2026-04-14 kl 10:00", None)


@pytest.mark.parametrize("dose", ["1000 mg", "1000mg", "0800 ie", "1000 g"])
def test_a_dose_after_kl_is_no_time_of_day(dose: str) -> None:
    """
    The four figures of a dose are not hours and minutes; the date is all that is sure.
    """
    assert read_next_step(f"2026-04-14 kl {dose}", NOTED).value.start == Moment("2026-04-14")
