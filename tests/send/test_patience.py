"""How long letters and receivers are waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapter.letters import RESEND, Patience
from adapter.send.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
CHANCES = st.floats(min_value=0, max_value=1)


@given(tries=st.integers(min_value=1, max_value=10_000), chance=CHANCES)
def test_a_wait_is_a_random_part_of_what_doubles_up_to_the_cap(tries: int, chance: float) -> None:
    """
    Full jitter: from nothing to 2, 4, 8 … seconds and never more than a quarter of an hour.
    """
    wait = Patience().wait(tries, chance)
    most = min(timedelta(minutes=15), timedelta(seconds=2 ** min(tries, 20)))
    assert timedelta(0) <= wait <= most
    assert Patience().wait(tries, 1) == most


@given(tries=st.integers(min_value=1, max_value=3), chance=CHANCES)
def test_a_peer_that_counts_resends_is_sent_to_evenly(tries: int, chance: float) -> None:
    """
    After 30 minutes, whatever the chance.
    """
    assert RESEND.wait(tries, chance) == timedelta(minutes=30)


def test_a_receiver_that_fails_in_a_row_is_let_alone() -> None:
    """
    Not for the fourth failure, for the fifth; any answer in between begins the count anew.
    """
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(NOW, 1)
    assert breaker.room(NOW, 4) == 4
    breaker.worked()
    for _ in range(FAILURES - 1):
        breaker.failed(NOW, 1)
    assert breaker.room(NOW, 4) == 4
    breaker.failed(NOW, 1)
    assert breaker.room(NOW, 4) == 0
    assert breaker.away_since == NOW


@given(chances=st.lists(CHANCES, min_size=1, max_size=12))
def test_one_probe_at_a_time_finds_out_when_it_is_back(chances: list[float]) -> None:
    """
    Pauses double from half of 5 seconds up to a minute; what was under way before changes nothing; the
    probe that gets through opens everything.
    """
    breaker, now = Breaker(), NOW
    for _ in range(FAILURES):
        breaker.failed(now, chances[0])
    for number, chance in enumerate(chances):
        assert breaker.closed_until is not None
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**number)
        assert longest / 2 <= breaker.closed_until - now <= longest
        closed_until = breaker.closed_until
        breaker.failed(now, chance)
        assert breaker.closed_until == closed_until
        now = closed_until
        assert breaker.room(now, 4) == 1
        breaker.failed(now, chances[min(number + 1, len(chances) - 1)])
    assert breaker.away_since == NOW
    breaker.worked()
    assert breaker.room(now, 4) == 4


def test_a_receiver_that_says_when_is_let_alone_until_then() -> None:
    """
    Retry-After counts for all its letters, from the first time on.
    """
    breaker = Breaker()
    breaker.failed(NOW, 1, timedelta(seconds=90))
    assert breaker.room(NOW + timedelta(seconds=89), 4) == 0
    assert breaker.room(NOW + timedelta(seconds=90), 4) == 4
