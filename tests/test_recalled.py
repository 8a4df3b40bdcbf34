"""What is remembered from message to message is short: nobody can fill the memory by sending long texts."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from adapter.pipeline import decide
from adapter.profiles import own_validator
from adapter.recalled import LONGEST, recalled
from adapter.sources import load_sources
from adapter.store.terms import rows_of
from adapter.validation import Validator

Json = dict[str, Any]
LONG = 200_000  # characters
FIXTURES = Path(__file__).parent.parent / "fixtures"
NOTE = (FIXTURES / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_text(encoding="utf-8")
CONTACT = "Eva Svensson, sjuksköterska, 010-000 00 00"
SOURCE = load_sources()["se.cosmic.journal-notes"]


@cache
def validator() -> Validator:
    """
    With our own profiles.
    """
    return own_validator()


def long(number: int, sign: str = "x") -> str:
    """
    A text that nobody sent before.
    """
    return f"{number}{sign * LONG}"


def plan(number: int) -> Json:
    """
    A plan that is long wherever it can be.
    """
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": f"Patient/{long(number)}", "display": long(number, "d")},
        "category": [{"coding": [{"system": long(number, "s"), "code": long(number, "c")}]}],
        "period": {"start": long(number, "9")},
        "meta": {"profile": [long(number, "p")]},
        "contained": [{"resourceType": long(number, "T")}],
        "extension": [{"url": long(number, "u"), "valueUri": long(number, "v")}],
        f"a{long(number, 'n')}": "x",
    }


def person(number: int) -> Json:
    """
    A person with long names.
    """
    return {"resourceType": "Practitioner", "name": [{"family": long(number)}], "gender": long(number, "g")}


def decided(number: int) -> None:
    """
    A note with a long line about a contact.
    """
    assert CONTACT in NOTE
    assert decide(NOTE.replace(CONTACT, f"{CONTACT} {long(number)}").encode(), SOURCE).kept


def indexed(number: int) -> None:
    """
    The search rows of both.
    """
    assert rows_of(plan(number)).terms
    assert rows_of(person(number)).words


def judged(number: int) -> None:
    """
    Both are read and judged, as what a caller sends is.
    """
    assert any(issue.is_error for issue in validator().validate(json.dumps(plan(number)).encode()))
    assert any(issue.is_error for issue in validator().validate(json.dumps(person(number)).encode()))


@pytest.mark.parametrize("take", [decided, indexed, judged])
def test_a_long_text_is_forgotten_when_it_has_been_read(take: Callable[[int], None]) -> None:
    """
    After six of them there is less in memory than one of them more.
    """
    take(0)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(1, 7):
            take(number)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < LONG
    finally:
        tracemalloc.stop()


def test_a_short_text_is_read_once_and_a_long_one_every_time() -> None:
    """
    The same function, by what it is asked about.
    """
    asked: list[str] = []
    read = recalled(10)(lambda text: asked.append(text) or len(text))  # type: ignore[func-returns-value]
    short, over = "a" * LONGEST, "a" * (LONGEST + 1)
    assert [read(text) for text in (short, short, over, over)] == [LONGEST, LONGEST, LONGEST + 1, LONGEST + 1]
    assert asked == [short, over, over]
