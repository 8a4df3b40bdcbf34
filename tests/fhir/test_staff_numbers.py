"""A staff number never reaches what a patient reads (agr-tel-1; seed Värmland)."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.domain.agreement import (
    Agreement,
    FixedContact,
    FixedContactCode,
    JointPlan,
    NextStep,
    Responsibility,
    Validity,
)
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.people import Audience, ContactKind, ContactWay
from adapter.fhir import note_resources, systems

DIGITS = "0701234567"
SPACINGS = ("070-123 45 67", "0701234567", "+46 70 123 45 67", "070/12 34 567", "070 1234567")
STAFF_WAYS = ContactWay(
    text="Direktnummer 070-123 45 67 endast för kommunens sjuksköterskor",
    kind=ContactKind.PHONE,
    value="070-123 45 67",
    audience=Audience.MUNICIPAL_LICENSED,
)


def says(text):
    """Whether a text has the number in it, however it is written."""
    return DIGITS.removeprefix("0") in re.sub(r"\D", "", re.sub(r"&#?\w+;", "", text))


def shown(value, key=""):
    """Every text that a reader sees: not the words kept beside, nor what only staff read."""
    if isinstance(value, dict):
        if value.get("url") in {systems.ORIGINAL_TEXT, systems.KEYWORD}:
            return
        if any(e.get("valueCode") in {"internt", "kommunal-legitimerad"} for e in value.get("extension", ())):
            return
        for name, part in value.items():
            yield from shown(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from shown(part, key)
    elif isinstance(value, str) and key not in {"id", "reference", "data", "hash"}:
        yield value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(
    number=st.sampled_from(SPACINGS),
    before=st.sampled_from(["Ring ", "tfn: ", "Vid oro, ", "(", ""]),
    after=st.sampled_from(["", " vardagar", ".", ")", ", fråga efter Eva"]),
)
def test_no_text_that_is_shown_has_a_staff_number(number, before, after, note, made_by):
    """
    Wherever the number stands in an agreement, and however it is spaced: no narrative, title, description,
    note or display has it. The words themselves are kept in originalText, which is for staff.
    """
    line = f"{before}{number}{after}"
    said = Agreement(
        text=(line, "Övrigt"),
        validity=Validity(text=line),
        patient_part=(Responsibility(text=line),),
        care_part=(Responsibility(text=line),),
        contacts=(
            FixedContact(text=line, code=FixedContactCode.PHYSICIAN),
            FixedContact(text=line, code=FixedContactCode.CARE_CONTACT, is_vacant=True),
        ),
        contact_ways=(STAFF_WAYS,),
        next_steps=(NextStep(text=line),),
        joint_plans=(JointPlan(text=line),),
        unknown=(Keyword(title=line, values=(KeywordValue(text=line),)),),
    )
    built = note_resources(replace(note, title=line), said, made_by)
    for resource in built.resources:
        assert not says(resource["text"]["div"])
        assert not [text for text in shown(resource) if says(text)], resource["resourceType"]


def test_the_verbatim_note_with_a_staff_number_is_labelled(note, agreement, made_by, of_type):
    """
    The note is never cut: it is labelled as staff's own instead.
    """
    built = note_resources(note, replace(agreement, contact_ways=(STAFF_WAYS,)), made_by)
    (document,) = of_type(built, "DocumentReference")
    assert systems.STAFF_ONLY in [label["code"] for label in document["meta"]["security"]]


def test_the_number_for_the_patient_is_told(note, agreement, made_by, of_type):
    """
    What the patient may dial stands in the narrative as written.
    """
    (plan,) = of_type(note_resources(note, agreement, made_by), "CarePlan")
    assert "Hälsocentralen 010-000 00 00, vardagar 08.00–17.00" in plan["text"]["div"]
    assert "010-111 11 11" not in plan["text"]["div"]
