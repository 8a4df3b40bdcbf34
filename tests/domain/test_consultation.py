"""Deadlines and phone guidance on Stockholm's clock (canonical-models §4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.consultation import RequestId, Urgency, deadline, review
from adapter.domain.guidance import PhoneSchedule, is_public_holiday, phone_guidance
from adapter.domain.people import Audience
from adapter.domain.when import STOCKHOLM, Moment, written


@pytest.mark.parametrize(
    ("urgency", "created", "end"),
    [
        (Urgency.WITHIN_1_DAY, "2026-11-02T09:15:00+01:00", "2026-11-03T09:15:00+01:00"),
        (Urgency.WITHIN_1_DAY, "2026-10-24T12:00:00+02:00", "2026-10-25T11:00:00+01:00"),
        (Urgency.WITHIN_72_HOURS, "2026-11-06T16:00:00+01:00", "2026-11-09T16:00:00+01:00"),
        (Urgency.WITHIN_72_HOURS, "2026-03-27T16:00:00+01:00", "2026-03-30T17:00:00+02:00"),
        (Urgency.WITHIN_1_WEEK, "2026-10-20T09:15:00+02:00", "2026-10-27T09:15:00+01:00"),
        (Urgency.WITHIN_1_WEEK, "2026-03-25T09:15:00+01:00", "2026-04-01T09:15:00+02:00"),
        (Urgency.WITHIN_1_WEEK, "2026-03-22T02:30:00+01:00", "2026-03-29T03:30:00+02:00"),
        (Urgency.WITHIN_1_WEEK, "2026-10-18T02:30:00+02:00", "2026-10-25T02:30:00+02:00"),
        (Urgency.WITHIN_1_WEEK, "2026-10-20T07:15:00+00:00", "2026-10-27T09:15:00+01:00"),
    ],
)
def test_a_deadline_counts_hours_or_local_days(urgency: Urgency, created: str, end: str) -> None:
    """
    72 hours are hours, weekends and summer time and all; a week is the same local time.
    """
    assert deadline(urgency, Moment(created)) == Moment(end)


@pytest.mark.parametrize(
    ("urgency", "since", "end"),
    [
        (Urgency.LONG_TERM, "2026-11-02T09:15:00+01:00", Moment("2027-01-31T09:15:00+01:00")),
        (Urgency.LONG_TERM, "2026-09-02T09:15:00+02:00", Moment("2026-12-01T09:15:00+01:00")),
        (Urgency.LONG_TERM, "2026-11-02", None),
        (Urgency.LONG_TERM, "9999-12-01T09:15:00+01:00", None),
        (Urgency.WITHIN_1_WEEK, "2026-11-02T09:15:00+01:00", None),
        (None, "2026-11-02T09:15:00+01:00", None),
    ],
)
def test_what_is_long_term_is_looked_at_again_after_so_many_local_days(
    urgency: Urgency | None, since: str, end: Moment | None
) -> None:
    """
    The same local time, whatever the clocks did meanwhile; no other level has a review.
    """
    assert review(urgency, Moment(since), 90) == end


def test_one_day_may_be_set_otherwise() -> None:
    """
    The seed does not say what a day is: a setting.
    """
    created = Moment("2026-11-02T09:15:00+01:00")
    assert deadline(Urgency.WITHIN_1_DAY, created, timedelta(hours=12)) == Moment("2026-11-02T21:15:00+01:00")


@pytest.mark.parametrize(
    ("urgency", "created"),
    [
        (Urgency.AKUT, "2026-11-02T09:15:00+01:00"),
        (Urgency.LONG_TERM, "2026-11-02T09:15:00+01:00"),
        (Urgency.WITHIN_1_DAY, "2026-11-02"),
    ],
)
def test_where_no_end_can_be_said_there_is_none(urgency: Urgency, created: str) -> None:
    """
    Akut is now, långsiktigt has no end, and a date has no hour to count from.
    """
    assert deadline(urgency, Moment(created)) is None


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2036, 12, 31), timezones=st.just(STOCKHOLM)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_a_week_is_within_an_hour_of_168(created: datetime) -> None:
    """
    167 to 169 hours, never another number.
    """
    start = written(created)
    end = deadline(Urgency.WITHIN_1_WEEK, start)
    assert end is not None
    assert 167 <= (end.earliest() - start.earliest()).total_seconds() / 3600 <= 169


SCHEDULE = PhoneSchedule(switchboard="010-831 50 00", direct_number="010-000 00 00")


@pytest.mark.parametrize(
    ("role", "at", "is_direct"),
    [
        ("Sjuksköterska", "2026-11-02T07:59:59+01:00", False),
        ("Sjuksköterska", "2026-11-02T08:00:00+01:00", True),
        (" sjuksköterska ", "2026-11-02T16:59:59+01:00", True),
        ("Sjuksköterska", "2026-11-02T17:00:00+01:00", False),
        ("Arbetsterapeut", "2026-11-02T07:30:00+00:00", True),
        ("Fysioterapeut", "2026-07-01T06:30:00+00:00", True),
        ("Undersköterska", "2026-11-02T10:00:00+01:00", False),
        ("", "2026-11-02T10:00:00+01:00", False),
        ("Sjuksköterska", "2026-11-07T10:00:00+01:00", False),
        ("Sjuksköterska", "2026-12-24T10:00:00+01:00", False),
        ("Sjuksköterska", "2026-05-01T10:00:00+02:00", False),
        ("Sjuksköterska", "2026-11-02", False),
    ],
)
def test_the_direct_number_is_for_licensed_staff_on_working_days(role: str, at: str, is_direct: bool) -> None:
    """
    08:00 to before 17:00 on a day that is no holiday; else the switchboard, for everybody.
    """
    guidance = phone_guidance(role, Moment(at), SCHEDULE)
    assert guidance.number == ("010-000 00 00" if is_direct else "010-831 50 00")
    assert guidance.audience is (Audience.MUNICIPAL_LICENSED if is_direct else Audience.PATIENT)
    assert guidance.text.endswith(guidance.number)


def test_holidays_and_numbers_are_the_callers() -> None:
    """
    A region without a direct number has its switchboard; a calendar of one's own may be given.
    """
    at = Moment("2026-12-24T10:00:00+01:00")
    assert phone_guidance("Sjuksköterska", at, SCHEDULE, lambda _: False).number == "010-000 00 00"
    only = PhoneSchedule(switchboard="010-831 50 00")
    assert phone_guidance("Sjuksköterska", at, only, lambda _: False).number == "010-831 50 00"


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-01-06",
        "2026-04-03",
        "2026-04-05",
        "2026-04-06",
        "2026-05-01",
        "2026-05-14",
        "2026-05-24",
        "2026-06-06",
        "2026-06-19",
        "2026-06-20",
        "2026-10-31",
        "2026-12-24",
        "2026-12-31",
        "2024-03-29",
        "2025-04-21",
        "2027-11-06",
    ],
)
def test_a_swedish_holiday_is_known(day: str) -> None:
    """
    Fixed days, those around Easter, midsummer, All Saints, and the three eves.
    """
    assert is_public_holiday(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2026-01-02", "2026-04-02", "2026-04-07", "2026-05-15", "2026-06-18", "2026-12-23"]
)
def test_a_working_day_is_no_holiday(day: str) -> None:
    """
    The days beside a holiday are ordinary.
    """
    assert not is_public_holiday(date.fromisoformat(day))


@pytest.mark.parametrize("urgency", [Urgency.WITHIN_1_DAY, Urgency.WITHIN_1_WEEK])
def test_there_is_no_deadline_after_the_last_day_of_the_calendar(urgency: Urgency) -> None:
    """
    A time that nobody can have meant stops nothing.
    """
    assert deadline(urgency, Moment("9999-12-31T23:59:59+01:00")) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (RequestId(value="R-1"), RequestId(value="R-1"), True),
        (RequestId(value="R-1", assigner="COSMIC"), RequestId(value="R-1"), True),
        (RequestId(value="R-1"), RequestId(value="R-1", assigner="COSMIC"), True),
        (RequestId(value="R-1", assigner="COSMIC"), RequestId(value="R-1", assigner="COSMIC"), True),
        (RequestId(value="R-1", assigner="COSMIC"), RequestId(value="R-1", assigner="LIFECARE"), False),
        (RequestId(value="R-1"), RequestId(value="R-2"), False),
    ],
)
def test_a_request_is_the_same_by_its_number_and_who_gave_it(
    one: RequestId, other: RequestId, is_same: bool
) -> None:
    """
    Whoever repeats a number without saying who gave it means the same request.
    """
    assert one.is_same(other) is is_same
