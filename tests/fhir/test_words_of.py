"""Words of a message on their way back: by our keys, and those that have none."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.domain.consultation import MessageKind
from adapter.fhir import systems
from adapter.fhir.words_of import errands_in, words_of


def told(*said: tuple[str, str]) -> dict[str, Any]:
    """
    A Communication with these payloads: number and text.
    """
    return {
        "payload": [
            {
                "extension": [
                    {
                        "url": systems.SEGMENT,
                        "extension": [{"url": "identifier", "valueIdentifier": {"value": number}}],
                    }
                ],
                "contentString": text,
            }
            for number, text in said
        ]
    }


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (MessageKind.ANSWER, "answer"),
        (MessageKind.WITHDRAWAL, "reason"),
        (MessageKind.ADMINISTRATIVE, "text"),
    ],
)
def test_what_has_no_key_of_ours_is_what_its_kind_is_for(kind: MessageKind, field: str) -> None:
    """
    Another sender's answer is an answer, whatever it numbers its parts with; none of them is lost.
    """
    strange = ("7", "m#sip-origins", "m#enrolment-physician", "m#medicine-1-origins", "m#deviation", "")
    words = words_of(told(*((number, f"text {number}") for number in strange)), kind)
    assert words[field] == "\n".join(f"text {number}" for number in strange)
    assert errands_in(words, None) == {}


def test_a_part_that_cannot_be_is_refused() -> None:
    """
    A date that is none, and a record without what it cannot be without, are told to the sender.
    """
    with pytest.raises(ValueError, match=r"."):
        errands_in(words_of(told(("m#enrolment-start", "snart")), MessageKind.ENROLMENT), None)
    with pytest.raises(TypeError):
        errands_in(words_of(told(("m#self_care-performer", "Patienten")), MessageKind.SELF_CARE), None)
