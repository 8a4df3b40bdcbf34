"""Dates and times keep their precision, and Stockholm's clock is what senders mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.reading import Place
from adapter.domain.when import Moment, PartialDate, local_moment, moment, months_after, partial_date, written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026", "2026"),
        ("202603", "2026-03"),
        ("2026-03", "2026-03"),
        ("20260312", "2026-03-12"),
        (" 2026-03-12 ", "2026-03-12"),
        ("202603121014", "2026-03-12T10:14:00+01:00"),
        ("20260312101405", "2026-03-12T10:14:05+01:00"),
        ("20260812101405", "2026-08-12T10:14:05+02:00"),
        ("20260312101405.25", "2026-03-12T10:14:05.250000+01:00"),
        ("20260312101405+0200", "2026-03-12T09:14:05+01:00"),
        ("2026-03-12T10:14", "2026-03-12T10:14:00+01:00"),
        ("2026-03-12 10.14", "2026-03-12T10:14:00+01:00"),
        ("2026-03-12T10:14:05,1", "2026-03-12T10:14:05.100000+01:00"),
        ("2026-08-11T07:30:00Z", "2026-08-11T09:30:00+02:00"),
        ("2026-08-11T07:30:00z", "2026-08-11T09:30:00+02:00"),
        ("2026-08-11T09:30:00+02:00", "2026-08-11T09:30:00+02:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("2026-03-12T10:14:05+01", "2026-03-12T10:14:05+01:00"),
        ("1890-06-01T12:00", "1890-06-01T12:00:00+01:00"),
    ],
)
def test_a_senders_time_keeps_its_precision_and_gets_stockholms_offset(text: str, value: str) -> None:
    """
    ISO 21090 and ISO 8601 are read as precisely as they are written; no zone means Stockholm's.
    """
    assert moment(text).value == Moment(value)
    assert moment(text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "igår",
        "2026-3-1",
        "20260230",
        "2026-02-30",
        "20261301",
        "2026-13",
        "20260312240000",
        "20260312106000",
        "2026-03-12T10:14:61",
        "2026-03-12T10:14:00+99:00",
        "9999-12-31T23:59:59-14:00",
        "00010101000000",
        "1799-01-01",
        "202603121",
        "２０２６",
        "2026-03-29T02:30:00",
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_to_do(text: str) -> None:
    """
    Impossible dates, skipped hours and a system's "no date" are refused; the sentence says what to do.
    """
    with pytest.raises(ValueError, match=r"(Skriv|Rätta)"):
        moment(text)


def test_a_doubled_hour_means_its_first_occurrence_and_is_said() -> None:
    """
    When summer time ends the hour comes twice: the first is taken and a finding tells it.
    """
    read = moment("20261025023000", Place("note.time", "Överenskommelse"))
    assert read.value == Moment("2026-10-25T02:30:00+02:00")
    (finding,) = read.findings
    assert (finding.code, finding.where, finding.keyword) == ("time-doubled", "note.time", "Överenskommelse")
    assert not finding.blocking


def test_an_hour_without_minutes_is_kept_as_its_date() -> None:
    """
    Minutes are never invented; the date is kept and a finding tells it.
    """
    read = moment("2026031209")
    assert read.value == Moment("2026-03-12")
    assert [finding.code for finding in read.findings] == ["rule-applied"]


@pytest.mark.parametrize(
    ("text", "value"), [("2026", "2026"), ("2026-09", "2026-09"), ("20260930", "2026-09-30")]
)
def test_a_date_is_read_as_precise_as_it_is(text: str, value: str) -> None:
    """
    Year, month and day are read as far as they are said.
    """
    assert partial_date(text) == PartialDate(value)


@pytest.mark.parametrize("text", ["20260312101400", "2026-02-30", "x"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """
    A time of day is no date, and an impossible day is none.
    """
    with pytest.raises(ValueError, match=r"(Skriv|Rätta)"):
        partial_date(text)


@pytest.mark.parametrize(
    "value", ["", "2026-3", "2026-02-30", "26-01-01", "1500-01-01", "2026-01-01T10:00:00+01:00"]
)
def test_a_partial_date_cannot_hold_what_is_no_date(value: str) -> None:
    """
    The record itself refuses: a wrong date cannot exist.
    """
    with pytest.raises(ValueError, match=r"(Skriv|Rätta)"):
        PartialDate(value)


@pytest.mark.parametrize(
    "value", ["", "2026-03-12T10:14", "2026-03-12T10:14:00", "2026-03-12T25:00:00Z", "2026-00"]
)
def test_a_moment_cannot_hold_what_is_no_moment(value: str) -> None:
    """
    A time of day always has seconds and an offset; anything else is refused.
    """
    with pytest.raises(ValueError, match=r"(Skriv|Rätta)"):
        Moment(value)


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
        ("2026-03-12", date(2026, 3, 12), date(2026, 3, 12)),
    ],
)
def test_a_partial_date_knows_the_days_it_can_mean(value: str, first: date, last: date) -> None:
    """
    A month is its first to its last day.
    """
    assert (PartialDate(value).first_day(), PartialDate(value).last_day()) == (first, last)


def test_moments_are_ordered_by_the_first_instant_they_can_mean() -> None:
    """
    A date begins at midnight in Stockholm; a year long ago at standard time.
    """
    values = ["1850", "2026", "2026-03-12", "2026-03-12T00:00:01+01:00", "2026-03-12T10:00:00+01:00"]
    assert sorted(map(Moment, reversed(values)), key=Moment.earliest) == [Moment(value) for value in values]
    assert Moment("2026-03-12").earliest() == datetime(2026, 3, 11, 23, tzinfo=UTC)


def test_an_instant_needs_a_time_of_day() -> None:
    """
    A date has no instant; a time of day has one, with its offset.
    """
    assert Moment("2026-03-12").instant() is None
    instant = Moment("2026-03-12T10:14:00+01:00").instant()
    assert instant is not None
    assert instant.utcoffset() == timedelta(hours=1)
    assert Moment("2026-03-12T10:14:00+01:00").day == PartialDate("2026-03-12")


def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month() -> None:
    """
    31 January and a month is the end of February.
    """
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 11, 5), 3) == date(2027, 2, 5)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_what_is_written_is_the_same_instant(instant: datetime) -> None:
    """
    Stockholm's offset changes how an instant is written, never which it is; and it is read back.
    """
    value = written(instant)
    assert value.instant() == instant
    assert moment(value.value).value == value


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2037, 12, 31)))  # noqa: DTZ001 - local times are naive
def test_every_local_time_is_read_as_itself_or_refused(naive: datetime) -> None:
    """
    A local time is never moved: it is written as it was said, or refused.
    """
    try:
        read = local_moment(naive)
    except ValueError:
        assert naive.month == 3
        return
    assert read.value.value.startswith(naive.isoformat())
