"""Messages beside the consultation: what is worth a word about them."""

from __future__ import annotations

import pytest

from adapter.domain.errands import HomeVisits, long_visits
from adapter.domain.when import PartialDate


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-11-09", "2026-11-09", []),
        ("2026-11-09", "2026-11-22", []),
        ("2026-11-09", "2026-11-23", ["visits-long"]),
        ("2026-11-09", "2026-11-08", ["visits-backwards"]),
    ],
)
def test_visits_for_more_than_fourteen_days_call_for_enrolment(start: str, end: str, code: list[str]) -> None:
    """
    Fourteen days, the first and the last counted, are short; visits that run backwards are told.
    """
    visits = HomeVisits(start=PartialDate(start), end=PartialDate(end), task="Såromläggning")
    assert [finding.code for finding in long_visits(visits)] == code
    assert not any(finding.blocking for finding in long_visits(visits))


def test_where_there_are_no_visits_nothing_is_said() -> None:
    """
    Of other messages.
    """
    assert long_visits(None) == ()
