"""get(put(x)) = x: an agreement and a consultation come back from FHIR as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import orjson
import pytest
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
from adapter.domain.consultation import ContactForm, Sbar, Urgency, VitalKind, VitalSign
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.people import (
    Audience,
    CareUnit,
    ContactKind,
    ContactWay,
    Hours,
    Professional,
)
from adapter.domain.when import Moment, PartialDate
from adapter.fhir import (
    NoConsultation,
    agreement_of,
    collection,
    consultation_of,
    consultation_resources,
    note_resources,
)

NO_FIXTURE_CHECK = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
    deadline=None,
)
# What FHIR can hold (datatypes §string), blank strings aside: they say nothing.
TEXT = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\t"), min_size=1
).filter(str.strip)
LINE = st.one_of(TEXT, st.sampled_from(["Ring 070-123 45 67 endast för personal", "Promenad", "promenad "]))
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))
PARTIAL = DAYS.map(lambda day: PartialDate(day.isoformat()))
TIMES = DAYS.flatmap(
    lambda day: st.integers(0, 24 * 60 * 60 - 1).map(
        lambda second: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    )
).map(lambda time: time.astimezone(timezone(timedelta(hours=1))))
HOURS = st.builds(
    Hours,
    weekdays=st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple),
    opens=st.just("08:00"),
    closes=st.sampled_from(["12:00", "17:30"]),
) | st.just(Hours(weekdays=(1, 2, 3, 4, 5, 6, 7)))
PEOPLE = st.builds(
    Professional,
    name=TEXT,
    title=st.sampled_from(["", "dr", "sjuksköterska"]),
    unit=st.none() | st.builds(CareUnit, name=TEXT),
)


def ways(text):
    """Contact ways, some of the line's own words, some with words of their own."""
    return st.builds(
        ContactWay,
        text=st.just(text) | TEXT,
        kind=st.sampled_from(ContactKind),
        value=st.sampled_from(["010-000 00 00", "070-123 45 67", "1177.se", "1177"]),
        audience=st.sampled_from(Audience),
        hours=st.lists(HOURS, max_size=2).map(tuple),
    ) | st.builds(ContactWay, text=st.just(text))


CONTACTS = LINE.flatmap(
    lambda text: st.builds(
        FixedContact,
        text=st.just(text),
        code=st.sampled_from(FixedContactCode),
        holder=st.none() | PEOPLE,
        ways=st.lists(ways(text), max_size=2).map(tuple),
    )
) | st.builds(FixedContact, text=LINE, code=st.sampled_from(FixedContactCode), is_vacant=st.just(True))


@st.composite
def steps(draw):
    """A next step: nothing, a start, or both ends of whole days or of hours."""
    start = draw(TIMES)
    end = start + timedelta(minutes=draw(st.integers(1, 60 * 24 * 30)))
    form = draw(st.sampled_from(["none", "start", "day", "times", "days"]))
    held = {
        "none": {},
        "start": {"start": Moment(start.isoformat())},
        "day": {"start": Moment(start.date().isoformat())},
        "times": {"start": Moment(start.isoformat()), "end": Moment(end.isoformat())},
        "days": {"start": Moment(start.date().isoformat()), "end": Moment(end.date().isoformat())},
    }
    return NextStep(text=draw(LINE), holder=draw(st.none() | PEOPLE), **held[form])


@st.composite
def validities(draw):
    """A validity with what can be read of it."""
    first, second = sorted([draw(PARTIAL).value, draw(PARTIAL).value])
    start, end = draw(st.booleans()), draw(st.booleans())
    return Validity(
        text=draw(TEXT),
        start=PartialDate(first) if start else None,
        end=PartialDate(second) if end else None,
        is_open_ended=not end and draw(st.booleans()),
    )


VALUES = st.builds(KeywordValue, text=TEXT, kind=st.sampled_from(["Text", "Fixed", "Numeric"]))
KEYWORDS = st.recursive(
    st.builds(Keyword, title=TEXT, values=st.lists(VALUES, max_size=2).map(tuple)),
    lambda children: st.builds(
        Keyword,
        title=TEXT,
        values=st.lists(VALUES, max_size=2).map(tuple),
        children=st.lists(children, max_size=2).map(tuple),
        tool=st.sampled_from(["Text", "FixValue"]),
        units=st.lists(TEXT, max_size=1).map(tuple),
        ranges=st.lists(TEXT, max_size=1).map(tuple),
        secrecy_levels=st.lists(TEXT, max_size=1).map(tuple),
    ),
    max_leaves=4,
)


def some(strategy, most=3):
    """A tuple of a few."""
    return st.lists(strategy, max_size=most).map(tuple)


AGREEMENTS = st.builds(
    Agreement,
    text=some(LINE),
    validity=st.none() | validities(),
    patient_part=some(st.builds(Responsibility, text=LINE)),
    care_part=some(st.builds(Responsibility, text=LINE)),
    contacts=some(CONTACTS),
    contact_ways=some(LINE.flatmap(ways)),
    next_steps=some(steps()),
    joint_plans=some(st.builds(JointPlan, text=LINE, plan_type=st.sampled_from(["", "SIP", "RP"]))),
    unknown=some(KEYWORDS, most=2),
)


@NO_FIXTURE_CHECK
@given(said=AGREEMENTS)
def test_an_agreement_comes_back_as_it_was(said, note, made_by):
    """
    The law, over generated agreements, through JSON: no word, date, number, hour or order is lost.
    """
    bundle = orjson.loads(orjson.dumps(collection(note_resources(note, said, made_by).resources)))
    ((_, back),) = agreement_of(bundle)
    assert back == said


def test_the_note_comes_back_with_it(note, agreement, made_by):
    """
    Whose, by whom, when, where and of what kind; the keyword tree too.
    """
    ((back, _),) = agreement_of(note_resources(note, agreement, made_by).resources)
    assert back == note


def test_a_hidden_note_comes_back_hidden(note, agreement, made_by):
    """
    What FHIR cannot tell apart comes back as the stricter: NOPATIENT as not approved.
    """
    hidden = replace(note, visibility=replace(note.visibility, is_approved_for_patient=False))
    ((back, _),) = agreement_of(note_resources(hidden, agreement, made_by).resources)
    assert back.visibility.is_approved_for_patient is False


NUMBERS = st.decimals(min_value=0, max_value=500, places=2)
VITALS = st.one_of(
    st.builds(
        VitalSign,
        kind=st.just(VitalKind.BLOOD_PRESSURE),
        systolic=st.none() | NUMBERS,
        diastolic=NUMBERS,
        measured_at=TIMES.map(lambda t: Moment(t.isoformat())),
    ),
    st.builds(VitalSign, kind=st.sampled_from([VitalKind.PULSE, VitalKind.NEWS2]), value=NUMBERS),
    st.builds(VitalSign, kind=st.just(VitalKind.CONSCIOUSNESS), code=st.sampled_from("ACVPU")),
    st.builds(VitalSign, kind=st.sampled_from(VitalKind), not_taken=TEXT),
)


@NO_FIXTURE_CHECK
@given(
    question=TEXT,
    urgency=st.sampled_from(Urgency),
    wanted=st.none() | st.sampled_from(ContactForm),
    consent=st.sampled_from([True, False, None]),
    sbar=st.none() | st.builds(Sbar, situation=TEXT, background=TEXT, recommendation=st.just("") | TEXT),
    vitals=some(VITALS),
)
def test_a_consultation_comes_back_as_it_was(  # noqa: PLR0913, PLR0917 - one argument for each part
    question, urgency, wanted, consent, sbar, vitals, consultation, deadline, made_by
):
    """
    The same law for a request; a number keeps its value.
    """
    said = replace(
        consultation,
        question=question,
        urgency=urgency,
        contact_wanted=wanted,
        has_consent=consent,
        sbar=sbar,
        vitals=vitals,
    )
    built = consultation_resources(said, deadline, made_by)
    bundle = orjson.loads(orjson.dumps(collection(built.resources)))
    assert consultation_of(bundle) == said


def test_without_a_communication_there_is_no_consultation(note, agreement, made_by):
    """
    Nothing is made of resources that tell of something else.
    """
    with pytest.raises(NoConsultation):
        consultation_of(note_resources(note, agreement, made_by).resources)


FOREIGN = {
    "resourceType": "Bundle",
    "type": "searchset",
    "entry": [
        {
            "fullUrl": "https://other.example/fhir/CarePlan/1",
            "resource": {
                "resourceType": "CarePlan",
                "id": "1",
                "status": "active",
                "intent": "plan",
                "title": "Överenskommelse",
                "description": "Gemensam plan",
                "subject": {"reference": "urn:uuid:patient"},
                "period": {"start": "2026-01-01", "end": "2026-12-31"},
                "careTeam": [{"reference": "https://other.example/fhir/CareTeam/t"}],
                "activity": [
                    {"reference": {"reference": "Task/mine"}},
                    {"reference": {"reference": "ServiceRequest/care"}},
                    {"reference": {"reference": "ServiceRequest/next"}},
                    {"detail": {"status": "in-progress", "description": "Uppföljning varje vecka"}},
                ],
                "note": [{"text": "Patienten är med på detta."}],
                "supportingInfo": [{"reference": "CarePlan/sip", "display": "SIP 2026"}],
            },
        },
        {
            "fullUrl": "urn:uuid:patient",
            "resource": {
                "resourceType": "Patient",
                "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "191212121212"}],
                "name": [{"family": "Tolvansson", "given": ["Tolvan"]}],
            },
        },
        {
            "fullUrl": "https://other.example/fhir/CareTeam/t",
            "resource": {
                "resourceType": "CareTeam",
                "id": "t",
                "participant": [
                    {
                        "role": [
                            {
                                "coding": [
                                    {
                                        "system": "https://terminologitjansten.inera.se/"
                                        "inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt",
                                        "code": "1",
                                    }
                                ]
                            }
                        ],
                        "member": {"reference": "PractitionerRole/eva"},
                    }
                ],
            },
        },
        {
            "resource": {
                "resourceType": "PractitionerRole",
                "id": "eva",
                "practitioner": {"reference": "Practitioner/eva"},
                "code": [{"text": "sjuksköterska"}],
            }
        },
        {
            "resource": {
                "resourceType": "Practitioner",
                "id": "eva",
                "identifier": [{"system": "urn:oid:1.2.752.129.2.1.4.1", "value": "SE2321000016-P101"}],
                "name": [{"family": "Svensson", "given": ["Eva"]}],
            }
        },
        {
            "resource": {
                "resourceType": "Task",
                "id": "mine",
                "description": "Promenera dagligen",
                "owner": {"reference": "Patient/p"},
            }
        },
        {
            "resource": {
                "resourceType": "ServiceRequest",
                "id": "care",
                "code": {"coding": [{"display": "Blodtryckskontroll"}]},
            }
        },
        {
            "resource": {
                "resourceType": "ServiceRequest",
                "id": "next",
                "code": {"text": "Återbesök"},
                "occurrenceDateTime": "2026-04-14T10:00:00+02:00",
            }
        },
    ],
}


def test_a_plan_from_another_system_gets_words_that_read_back():
    """
    No keyword words in it: they are written; absolute and urn:uuid references are followed.
    """
    ((note, back),) = agreement_of(FOREIGN)
    assert note.patients[0].ids[0].value == "191212121212"
    assert back.text == ("Gemensam plan",)
    assert (back.validity.start, back.validity.end) == (PartialDate("2026-01-01"), PartialDate("2026-12-31"))
    assert [line.text for line in back.patient_part] == ["Promenera dagligen"]
    assert [line.text for line in back.care_part] == ["Blodtryckskontroll", "Uppföljning varje vecka"]
    (contact,) = back.contacts
    assert contact.text.startswith("Eva Svensson, sjuksköterska")
    (step,) = back.next_steps
    assert "Återbesök" in step.text
    assert step.start == Moment("2026-04-14T10:00:00+02:00")
    assert [plan.text for plan in back.joint_plans] == ["SIP 2026"]
    assert [keyword.values[0].text for keyword in back.unknown] == ["Patienten är med på detta."]


def test_numbers_keep_what_json_can_hold(consultation, deadline, made_by):
    """
    37.10 and 37.1 are the same number; 138 is written without decimals.
    """
    built = consultation_resources(consultation, deadline, made_by)
    values = [r["valueQuantity"]["value"] for r in built.resources if "valueQuantity" in r]
    assert orjson.dumps(values) == b"[37.1,93]"
    assert Decimal("37.10") == Decimal("37.1")
