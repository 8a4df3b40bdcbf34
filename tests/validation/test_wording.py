"""What the validator says: plain Swedish with what to do, English beside, places, and HL7's outcome."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from adapter.validation import Issue, Package, Validator, joined, operation_outcome
from adapter.validation.core_tables import BASE, RESOURCE_TYPES, Core
from adapter.validation.invariants import SENTENCES, TRANSLATION, in_both
from adapter.validation.messages import RULES
from adapter.validation.model import Model
from adapter.validation.versions import NEWER, version_of

CORE = Core()
VALIDATOR = Validator(core=CORE)
TO_DO = re.compile(
    r"[A-ZÅÄÖ]\w*a\b|(Ange|Använd|Be|Behåll|Byt|Följ|Fyll|Ge|Gör|Lägg|Läs|Skriv|Ställ|Sätt|Välj)\b"
)  # imperatives


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_sentence_ends_with_what_to_do(rule: str) -> None:
    """
    What is wrong first, then a sentence that begins with a verb: what to change.
    """
    sentence = RULES[rule].sv
    if rule == "invariant":
        return
    last = re.split(r"(?<=[.…]) (?=[A-ZÅÄÖ<{])", sentence)[-1]
    assert sentence.endswith((".", "…"))
    assert TO_DO.match(last), last


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_an_invariant_of_core_is_told_in_swedish(key: str) -> None:
    """
    The key is R4's with the words that the table knows it by, and the sentence ends with what to do.
    """
    begins, sentence = SENTENCES[key]
    humans = {
        rule["human"]
        for name in CORE._structures.namelist()
        if name != RESOURCE_TYPES
        for element in ((CORE.structure(name) or {}).get("snapshot") or {}).get("element", ())
        for rule in element.get("constraint", ())
        if rule.get("key") == key
    }
    assert any(human.startswith(begins) for human in humans)
    assert sentence.endswith(".")
    assert TO_DO.match(sentence.split(". ")[-1]) or " eller " in sentence


def test_kinds_of_json_are_told_in_words() -> None:
    """
    A value of the wrong JSON kind is named in Swedish and in English, not as a type of a language.
    """
    (issue,) = (i for i in VALIDATOR.validate({"resourceType": "Patient", "active": 1}) if i.is_error)
    assert issue.what_sv.startswith("Värdet ska vara true eller false, utan citattecken, men är ett tal.")
    assert issue.what_en == "The value must be true or false, without quotes, but is a number."


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ({"resourceType": "ActorDefinition"}, "R5"),
        ({"resourceType": "ProcedureRequest"}, "STU3"),
        ({"resourceType": "Patient", "animal": {"species": {"text": "hund"}}}, "STU3"),
        ({"resourceType": "Encounter", "actualPeriod": {"start": "2026-03-01"}}, "R5"),
    ],
)
def test_content_of_another_version_is_called_that(resource: dict[str, object], version: str) -> None:
    """
    A type or an element of STU3 or R5 is told with its version, in both tongues.
    """
    (issue,) = (i for i in VALIDATOR.validate(resource) if i.rule.endswith("-version"))
    assert f"FHIR {version}" in issue.what_sv
    assert f"FHIR {version}" in issue.what_en


def test_no_name_of_another_version_is_r4s() -> None:
    """
    What is said to belong to another version does not stand in R4.
    """
    model = Model(CORE)
    for names in NEWER.values():
        assert not [n for n in names if CORE.structure(BASE + n)]
    for kind in ("Patient", "Encounter", "Task", "CarePlan", "Observation", "Provenance"):
        info = model.type(kind)
        assert info is not None
        assert not [name for name in info.keys if version_of(kind, name)]


def test_an_outcome_has_line_column_rule_and_profile_where_hl7s_has_them() -> None:
    """
    Extensions of the issue, and the outcome is itself valid.
    """
    found = VALIDATOR.validate(b'{\n "resourceType": "Patient",\n "gender": "x"\n}')
    outcome = operation_outcome(found)
    told = {e["url"].rpartition("operationoutcome-")[2]: e for e in outcome["issue"][0]["extension"]}
    assert told["issue-line"]["valueInteger"] == 3
    assert told["issue-col"]["valueInteger"] == 12
    assert told["message-id"]["valueCode"] == "code-required"
    assert told["issue-source"]["valueString"] == BASE + "Patient"
    assert not [i for i in VALIDATOR.validate(json.dumps(outcome).encode()) if i.is_error]


def test_an_issue_takes_its_place_in_the_message_from_the_source_map() -> None:
    """
    The element's own place, else that of a leaf in it, else that of the nearest thing around it.
    """
    issue = Issue("error", "value", "format", "CarePlan.period", "x", "x", keys=("period",))
    where = {"": "rad 1", "period.end": "rad 4", "activity[1].reference": "rad 8", "activity[2]": "rad 9"}

    def found(*keys: str | int) -> str:
        return joined([replace(issue, keys=keys)], where)[0].where

    assert found("period", "end") == found("period") == "rad 4"
    assert found("activity", 2, "reference", "reference") == "rad 9"
    assert found("activity") == "rad 8"
    assert found("title") == found() == "rad 1"
    assert not joined([issue], {})[0].where


def test_an_invariant_is_told_in_the_tongues_that_it_has() -> None:
    """
    With an English text beside it its own words are another tongue's; without, they are taken for English.
    """

    def rule(**spoken: str) -> dict[str, object]:
        told = [
            {
                "url": TRANSLATION,
                "extension": [{"url": "lang", "valueCode": lang}, {"url": "content", "valueString": text}],
            }
            for lang, text in spoken.items()
        ]
        return {"key": "x-1", "human": "Skriv mer.", "expression": "true", "_human": {"extension": told}}

    english = in_both(rule(en="Write more."))
    assert (english, english.en) == ("Skriv mer.", "Write more.")
    swedish = in_both(rule(sv="Fyll i."))
    assert (swedish, swedish.en) == ("Fyll i.", "Skriv mer.")
    alone = in_both(
        {"key": "x-1", "human": "Write more.", "_human": {"extension": ["odd", {"url": TRANSLATION}]}}
    )
    assert (alone, alone.en) == ("Write more. Ändra innehållet så att regeln håller.", "Write more.")
    assert in_both({"key": "x-1", "expression": "name.exists()"}).en == "name.exists()"


@pytest.mark.parametrize(
    ("raw", "rule", "sv", "en"),
    [
        (b"", "json-malformed", "det är tomt", "it is empty"),
        (b"hej", "json-malformed", "här saknas ett värde", "Expecting value"),
        (b'{"a":' + b"9" * 5000 + b"}", "json-malformed", "för många siffror", "too many digits"),
        ('{"resourceType": "Patient"}'.encode("utf-16"), "json-encoding", "UTF-16", "UTF-16"),
        (b'<Patient xmlns="http://hl7.org/fhir"></Person>', "xml-malformed", "sluttagg", "mismatched tag"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_tongues(raw: bytes, rule: str, sv: str, en: str) -> None:
    """
    The reader's own English stands in the English sentence only.
    """
    (issue,) = VALIDATOR.validate(raw)
    assert issue.rule == rule
    assert sv in issue.what_sv
    assert en in issue.what_en


def test_a_profile_that_builds_on_itself_is_not_also_called_missing() -> None:
    """
    One fault of a definition is told once.
    """
    url = "http://example.org/StructureDefinition/ring"
    ring = {
        "resourceType": "StructureDefinition",
        "url": url,
        "type": "Patient",
        "baseDefinition": url,
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient", "path": "Patient"}]},
    }
    validator = Validator([Package("ring", (ring,))], core=CORE)
    issues = validator.validate({"resourceType": "Patient"}, [url])
    assert [i.rule for i in issues if i.is_error] == ["profile-circular"]
