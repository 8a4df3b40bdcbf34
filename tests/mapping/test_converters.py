"""Named converters: text to value and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.identity import HsaId, PersonId, PersonIdKind
from adapter.domain.reading import Read
from adapter.domain.when import Moment, PartialDate, written
from adapter.mapping.converters import CONVERTERS


def read(name: str, text: str) -> Any:
    """The value of a text, its findings left out."""
    value = CONVERTERS[name].read(text)
    return value.value if isinstance(value, Read) else value


@pytest.mark.parametrize(
    ("name", "text", "value", "back"),
    [
        ("text", " a b ", "a b", "a b"),
        ("verbatim", " a ", " a ", " a "),
        ("boolean", "true", True, "true"),
        ("boolean", " FALSE ", False, "false"),
        ("boolean", "1", True, "true"),
        ("is-a-time", "20260312", True, ""),
        ("is-a-time", "x", False, ""),
        ("code", " a  b\n", "a b", "a b"),
        ("decimal", "37.10", Decimal("37.10"), "37.10"),
        ("decimal", "-0.5", Decimal("-0.5"), "-0.5"),
        ("count", " 04 ", "4", "4"),
        ("date", "20260312", PartialDate("2026-03-12"), "2026-03-12"),
        ("date", "2026-03", PartialDate("2026-03"), "2026-03"),
        ("moment", "20260312101400", Moment("2026-03-12T10:14:00+01:00"), "2026-03-12T10:14:00+01:00"),
        (
            "moment",
            "2026-08-11T09:30:00+02:00",
            Moment("2026-08-11T09:30:00+02:00"),
            "2026-08-11T09:30:00+02:00",
        ),
        ("timestamp", "20260812101400", Moment("2026-08-12T10:14:00+02:00"), "20260812101400"),
        ("timestamp", "202603", Moment("2026-03"), "202603"),
        ("timestamp", "2026-07-12T10:14:00Z", Moment("2026-07-12T12:14:00+02:00"), "20260712121400"),
        (
            "person-id",
            "191212121212",
            PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212"),
            "191212121212",
        ),
        ("hsa-id", " SE2321000016-A1 ", HsaId(value="SE2321000016-A1"), "SE2321000016-A1"),
    ],
)
def test_a_text_becomes_a_value_and_goes_back(name: str, text: str, value: Any, back: str) -> None:
    """
    Each converter reads what its documentation says, and writes it in its own form.
    """
    assert read(name, text) == value
    assert CONVERTERS[name].write(value) == back
    assert isinstance(value, CONVERTERS[name].makes)
    assert CONVERTERS[name].doc


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("boolean", "ja"),
        ("decimal", "37,1"),
        ("decimal", "NaN"),
        ("decimal", "Infinity"),
        ("decimal", "1_000"),
        ("decimal", "1e999"),
        ("decimal", "1e-999"),
        ("decimal", "1234567890123456"),
        ("count", "4.0"),
        ("count", "1234567890123456"),
        ("date", "igår"),
        ("moment", "20260230"),
        ("timestamp", "20260329023000"),
        ("person-id", "191212121213"),
        ("hsa-id", " "),
    ],
)
def test_what_cannot_surely_be_read_is_refused_in_swedish(name: str, text: str) -> None:
    """
    The sentence says what to do and does not repeat the value.
    """
    with pytest.raises(ValueError, match=r"[.]$") as raised:
        CONVERTERS[name].read(text)
    assert text.strip() == "" or text not in str(raised.value)


def test_a_time_of_another_zone_keeps_its_offset() -> None:
    """
    What Stockholm's clock never showed cannot be written as Stockholm's time.
    """
    assert CONVERTERS["timestamp"].write(Moment("2026-03-29T02:30:00+05:00")) == "20260329023000+0500"


@settings(max_examples=50, deadline=None)
@given(st.datetimes(timezones=st.timezones()).filter(lambda at: 1900 < at.year < 2100))
def test_every_moment_comes_back_from_a_timestamp(at: Any) -> None:
    """
    Also in the doubled hour, when the time alone would mean the other one.
    """
    moment = written(at.replace(second=at.second))
    assert read("timestamp", CONVERTERS["timestamp"].write(moment)).earliest() == moment.earliest()
