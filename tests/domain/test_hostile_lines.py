"""No text, however odd, takes long to read or stops the reading."""

from __future__ import annotations

import time

import pytest

from adapter.domain.agreement import keyword_tree, read_agreement
from adapter.domain.keywords import Keyword, KeywordValue, Role, Vocabulary
from adapter.domain.staff_numbers import internal_numbers, without_numbers
from adapter.domain.when import Moment

NOTED = Moment("2026-03-12T09:45:00+01:00")
PARTS = [
    *(
        "1",
        "0",
        "01 ",
        "010-123 45 67 ",
        " ",
        "a ",
        "A ",
        "a.",
        "-",
        "2026-01-01 ",
        "mån,",
        "mån-fre ",
        "kl 10 ",
    ),
    *(
        "a@",
        "hos dr Lind ",
        "intern",
        "1-",
        "+46 ",
        "(",
        "ej ",
        "inte ",
        "tel: ",
        "- ",
        "1. ",
        "1 april ",
        "dr ",
    ),
    *(
        "helgfri ",
        "sms ",
        "x-",
        "kommunens ",
        "x\t",
        "\t",
        "övergripande ",
        " ,",
        "fr.o.m. ",
        "direktnummer ",
    ),
]


@pytest.mark.parametrize("length", [990, 50_000])
@pytest.mark.parametrize("part", PARTS)
def test_a_repeated_text_is_read_in_time(part: str, length: int, words: Vocabulary) -> None:
    """
    One part of a line over and over, under every keyword: read, masked, written back and read again.
    """
    text = (part * length)[:length] + "övergripande"
    values = (KeywordValue(text=text),)
    children = tuple(Keyword(title=words.title(role, "kalmar"), values=values) for role in Role)
    started = time.perf_counter()
    agreement = read_agreement((Keyword(title="Överenskommelse", children=children),), words, NOTED).value
    assert agreement is not None
    without_numbers(text, internal_numbers(agreement) or {"0101234567"})
    assert read_agreement((keyword_tree(agreement, words),), words, NOTED).value == agreement
    assert time.perf_counter() - started < 5  # seconds; quadratic reading took minutes
