"""What is told of a message is bounded, whatever the message holds; its raw bytes hold all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapter.answers import answer
from adapter.conflicts import NAMING, contested_in
from adapter.findings import LONGEST_VALUE, MOST, Finding, told
from adapter.pipeline import decide
from adapter.sources import load_sources

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOTE = json.loads((FIXTURES / "se.cosmic.journal-notes" / "kalmar-agreement.json").read_bytes())[0]
SOURCE = load_sources()["se.cosmic.journal-notes"]


def beside(more: object, depth: int = 0, name: str = "k" * 900) -> bytes:
    """
    A good note with something in it that nobody asked for, so many levels down.
    """
    for _ in range(depth):
        more = {name: more}
    return json.dumps([{**NOTE, "other": more}]).encode()


@pytest.mark.parametrize(
    "raw",
    [
        beside("x" * 1_000_000),
        beside({"k" * 100_000: [{"a": "b"}] * 90}),
        beside([{f"a{n}": "b"} for n in range(10_000)]),
        beside([{f"a{n}": "b"} for n in range(2_000)], depth=150),
        beside([{"a": "b"}] * 2_000, depth=150),
    ],
    ids=["a long value", "a long name", "many places", "many places far down", "one place far down"],
)
def test_a_note_full_of_what_nobody_asked_for_is_kept_and_answered_in_few_words(raw: bytes) -> None:
    """
    Not a place, a name or a value of the sender's makes the answer larger than what stands in a screenful.
    """
    decision = decide(raw, SOURCE)
    assert [effect.is_parked for effect in decision.effects] == [False]
    assert decision.loss is not None
    assert decision.loss.unread >= 1
    assert len(answer(decision).body) < 4_000_000
    assert sum(map(len, decision.loss.unread_places)) < 20_000_000


def test_two_long_names_that_begin_alike_have_each_its_place() -> None:
    """
    A name is cut in a place, and the place is still that of one value, with its line.
    """
    raw = json.dumps([{**NOTE, "k" * 500 + "1": "a", "k" * 500 + "2": "b"}], indent=1).encode()
    first, second = decide(raw, SOURCE).findings
    assert first.where != second.where
    assert (first.value, second.value, second.line - first.line) == ("a", "b", 1)


def test_of_too_many_findings_one_of_each_code_stays_and_those_that_block() -> None:
    """
    Then the first, in their order, and the last says how many there are beside them.
    """
    many = [Finding("a", f"n{n}", "", "A.") for n in range(MOST)]
    stop = [Finding("b", f"n{n}", "", "B.", blocking=True) for n in range(3)]
    *shown, last = told([*many, *stop, Finding("c", "", "", "C.")])
    assert [finding.code for finding in shown[-4:]] == ["b", "b", "b", "c"]
    assert [finding.where for finding in shown[:-4]] == [f"n{n}" for n in range(MOST - 4)]
    assert (len(shown), last.code, last.what.split()[1]) == (MOST, "more-findings", "4")


def test_a_long_value_is_cut_and_its_length_is_told() -> None:
    """
    But not a key: a message that is read again is read with the keys that are held.
    """
    long = "å" * (LONGEST_VALUE + 1)
    cut, key = told([Finding("a", "", "", "A.", long), Finding("id-conflict", "", "", "B.", long)], NAMING)
    assert cut.value == "å" * LONGEST_VALUE + f" … ({LONGEST_VALUE + 1} tecken)"
    assert contested_in([{"code": key.code, "value": key.value}]) == {long}
