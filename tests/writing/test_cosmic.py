"""COSMIC's resources on the way out: sound R4, each with the id that it is found by, and its words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapter.domain.consultation import Consultation
from adapter.domain.routes import Format, Route
from adapter.frozen import replace
from adapter.pipeline import decide
from adapter.profiles import own_validator
from adapter.sources import load_sources
from adapter.writing import Outgoing, Unwritable, Writers

ROOT = Path(__file__).parents[2]
SOURCE = load_sources()["se.lifecare.message"]
WRITERS = Writers(lifecare=SOURCE.plan)
Json = dict[str, Any]


def outgoing(name: str) -> Outgoing:
    """
    The letter that an example comes to.
    """
    effect = decide((ROOT / "fixtures/se.lifecare.message" / name).read_bytes(), SOURCE).kept[0]
    assert isinstance(effect.record, Consultation)
    return Outgoing(
        letter_id="l",
        message=effect.record,
        route=Route(receiver="cosmic", format=Format.COSMIC_FHIR),
        resources=effect.resources,
    )


def entries(name: str) -> list[Json]:
    """
    What is to be created.
    """
    entry: list[Json] = json.loads(WRITERS.written(outgoing(name)).body)["entry"]
    return entry


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("consultation-complete.json", ["ServiceRequest"]),
        ("answer.json", ["Task"]),
        ("completion-asked-for.json", ["Task"]),
        ("withdrawal.json", ["Task"]),
        ("booked-time.json", ["Task", "Appointment"]),
    ],
)
def test_each_kind_of_message_becomes_what_cosmic_has_for_it(name: str, types: list[str]) -> None:
    """
    Sound R4, claiming Cambio's profile, with a condition that its own identifier fulfils.
    """
    made = entries(name)
    assert [each["resource"]["resourceType"] for each in made] == types
    validator = own_validator(lambda: datetime(2026, 11, 2, tzinfo=UTC))
    for each in made:
        resource = each["resource"]
        (profile,) = resource.pop("meta")["profile"]
        assert profile.startswith("https://fhir.cambio.se/StructureDefinition/")
        for contained in resource.get("contained", ()):
            del contained["meta"]
        assert [issue.what_sv for issue in validator.validate(resource) if issue.is_error] == []
        own = resource["identifier"][0]["value"].replace("#", "%23")
        assert each["request"]["ifNoneExist"].endswith(f"%7C{own}")


def test_the_words_of_a_message_stand_in_its_composition() -> None:
    """
    Question, SBAR and vital signs, each under its title; nothing is left out.
    """
    message = outgoing("consultation-complete.json").message
    composition = entries("consultation-complete.json")[0]["resource"]["contained"][0]
    said = json.dumps(composition, ensure_ascii=False)
    assert message.sbar
    for text in (message.question, message.sbar.situation, message.sbar.recommendation, "138/82"):
        assert text in said
    assert composition["category"][0]["coding"][0]["code"] == "721927009"


def test_people_and_units_are_named_by_their_numbers_alone() -> None:
    """
    Our ids of resources mean nothing to COSMIC.
    """
    request = entries("consultation-complete.json")[0]["resource"]
    assert request["subject"]["identifier"]["value"] == "195009072553"
    assert request["performer"][0]["identifier"]["value"] == "SE2321000115-VC07"
    assert "reference" not in request["subject"]


def test_what_cosmic_has_no_resource_for_is_not_written() -> None:
    """
    Other kinds of messages, and one without a person.
    """
    letter = outgoing("consultation-complete.json")
    for wrong in (
        outgoing("sip-invitation.json"),
        replace(letter, message=replace(letter.message, patients=())),
    ):
        with pytest.raises(Unwritable) as stopped:
            WRITERS.written(wrong)
        assert stopped.value.finding.code == "letter-unwritable"
