"""CarePlan: one for each agreement (canonical-models §2.4, §3)."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from adapter.domain.agreement import Validity
from adapter.domain.when import PartialDate
from adapter.fhir import note_resources, systems

ENDS = Validity(text="t.o.m. 2026-09-30", end=PartialDate("2026-09-30"), origins={"": "v"})


@pytest.fixture
def plan_of(note, agreement, made_by, of_type):
    """The CarePlan of the note with some of its fields, or the agreement's, changed."""

    def build(*, of_note=None, **of_agreement):
        built = note_resources(replace(note, **(of_note or {})), replace(agreement, **of_agreement), made_by)
        (plan,) = of_type(built, "CarePlan")
        return plan

    return build


def test_activities_are_references_only(plan_of):
    """
    agr-plan-2: no activity.detail.
    """
    activities = plan_of()["activity"]
    assert [set(activity) for activity in activities] == [{"extension", "reference"}] * 6
    kinds = [activity["reference"]["reference"].partition("/")[0] for activity in activities]
    assert kinds == ["Task", "Task", "ServiceRequest", "Appointment", "ServiceRequest", "ServiceRequest"]


def test_the_category_says_care_plan_and_agreement(plan_of):
    """
    SNOMED CT 734163000 and our own plan-typ, in one concept.
    """
    (category,) = plan_of()["category"]
    assert [(each["system"], each["code"]) for each in category["coding"]] == [
        ("http://snomed.info/sct", "734163000"),
        (systems.PLAN_KIND, "dokumenterad-overenskommelse"),
    ]


def test_a_patient_finds_it_by_the_word(plan_of):
    """
    Title and narrative contain "överenskommelse": that is what patients search for in 1177.
    """
    plan = plan_of()
    assert plan["title"] == "Överenskommelse – Hälsocentralen Borgholm"
    assert "Överenskommelse, gäller 2026-03-12 till 2026-09-30." in plan["text"]["div"]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-03-12", "2026", "2026-03-12", "2026-12-31"),
        ("2026-02-12", "2026-02", "2026-02-12", "2026-02-28"),
        ("2026", "2026-09-30", "2026-01-01", "2026-09-30"),
        ("2026-03-12", "2026-09", "2026-03-12", "2026-09"),
        ("2026-03-12", "2027", "2026-03-12", "2027"),
        ("2026", "2026", "2026", "2026"),
    ],
)
def test_a_year_or_month_around_the_other_end_is_its_first_or_last_day(plan_of, start, end, first, last):
    """
    per-1 compares no day with the year around it; the first or the last day means the same.
    """
    ends = Validity(text="x", start=PartialDate(start), end=PartialDate(end), origins={"": "v"})
    period = plan_of(validity=ends)["period"]
    assert (period["start"], period["end"]) == (first, last)


def test_a_time_that_begins_and_ends_alike_is_said_once(plan_of):
    """
    "2026" is a whole year, not "2026 till 2026".
    """
    year = PartialDate("2026")
    plan = plan_of(validity=Validity(text="2026", start=year, end=year, origins={"": "v"}))
    assert "Överenskommelse, gäller 2026." in plan["text"]["div"]


def test_the_period_holds_what_was_read_and_the_words(plan_of):
    """
    Start and end as precise as said, the words beside them.
    """
    assert plan_of()["period"] == {
        "extension": [
            {"url": systems.NARRATIVE_LINK, "valueUrl": "#giltighet"},
            {"url": systems.ORIGINAL_TEXT, "valueString": "2026-03-12 – 2026-09-30"},
        ],
        "start": "2026-03-12",
        "end": "2026-09-30",
    }


def test_with_only_an_end_the_start_is_the_notes_date_by_rule(note, agreement, made_by, of_type):
    """
    The start is marked as a rule's, in the resource, in the source map and in a finding.
    """
    built = note_resources(note, replace(agreement, validity=ENDS), made_by, trace=True)
    (plan,) = of_type(built, "CarePlan")
    assert plan["period"]["start"] == "2026-03-12"
    assert plan["period"]["_start"]["extension"][0]["valueCode"] == systems.RULE_NOTE_DATE
    trace = next(t for t in built.traces if t.element == f"CarePlan/{plan['id']}.period.start")
    assert (trace.where, trace.rule) == ("", "fhir.care_plan")
    assert [(f.code, f.where) for f in built.findings] == [("rule-applied", "v")]


def test_a_start_that_the_reading_counted_from_the_note_is_marked(plan_of):
    """
    The words say no start: what stands there is the note's date, and says so.
    """
    counted = replace(ENDS, start=PartialDate("2026-03-12"), is_counted=True)
    assert plan_of(validity=counted)["period"]["_start"]["extension"][0]["valueCode"] == systems.RULE_COUNTED


def test_no_start_is_made_up_after_the_end(plan_of):
    """
    A note written after the end gives no start: a period never runs backwards (per-1).
    """
    ended = Validity(text="t.o.m. 2026-01-31", end=PartialDate("2026-01-31"))
    assert "start" not in plan_of(validity=ended)["period"]


def test_an_end_is_never_invented(plan_of):
    """
    "Tills vidare" stays in the note, in words, and the end says that there is none.
    """
    plan = plan_of(validity=Validity(text="tills vidare", is_open_ended=True))
    assert "end" not in plan["period"]
    assert plan["period"]["_end"]["extension"][0]["valueCode"] == "not-applicable"
    assert plan["note"][0]["text"] == "Överenskommelsens giltighet: tills vidare"


def test_words_that_say_no_date_stay_as_words(plan_of):
    """
    An unreadable validity is told in narrative and note, and gives no dates.
    """
    plan = plan_of(validity=Validity(text="till dess doktorn säger annat"))
    (words,) = [e["valueString"] for e in plan["period"]["extension"] if "valueString" in e]
    assert (set(plan["period"]), words) == ({"extension"}, "till dess doktorn säger annat")
    assert "till dess doktorn säger annat" in plan["text"]["div"]


def test_a_missing_validity_is_said_to_be_missing(plan_of):
    """
    Nothing said, nothing written but that.
    """
    plan = plan_of(validity=None)
    assert "period" not in plan
    assert "Det står inte hur länge den gäller." in plan["text"]["div"]


@pytest.mark.parametrize(
    ("of_note", "status"),
    [
        ({}, "active"),
        ({"signed_at": None, "visibility": None}, "draft"),
        ({"is_active": False, "inactive_reason": "Ersatt av nyare anteckning"}, "revoked"),
        ({"is_active": False, "inactive_reason": "Fel patient"}, "entered-in-error"),
        ({"is_active": False}, "entered-in-error"),
    ],
)
def test_the_notes_state_is_the_plans(plan_of, note, of_note, status):
    """
    §2.4: unsigned draft, signed active, replaced revoked, nullified entered-in-error.
    """
    if "visibility" in of_note:
        of_note = of_note | {"visibility": replace(note.visibility, is_signed=False)}
    assert plan_of(of_note=of_note)["status"] == status


def test_an_unknown_keyword_is_never_dropped(plan_of):
    """
    It stands in a note in words, and whole in an extension.
    """
    (kept,) = plan_of()["note"]
    assert kept["text"] == "Mål: Kunna gå i trappor; Delmål: En trappa"
    assert kept["extension"][1]["url"] == systems.KEYWORD


def test_other_plans_are_known_by_their_words(plan_of):
    """
    A plan known only by its words becomes supportingInfo.display, never a CarePlan.
    """
    rehab, chosen = plan_of()["supportingInfo"]
    assert (rehab["display"], rehab["extension"][1]["valueCoding"]["code"]) == ("Rehabplan 2026", "RP")
    assert (chosen["type"], chosen["display"]) == ("CarePlan", "Självvald inläggning")
    assert "reference" not in chosen


def test_every_sentence_that_is_pointed_at_is_there(plan_of):
    """
    Activities, period, other plans and notes point at the sentence that tells of them, and its words agree.
    """
    plan = plan_of()
    said = {p.get("id"): "".join(p.itertext()) for p in ET.fromstring(plan["text"]["div"]).iter()}  # noqa: S314 - our own output
    holders = [*plan["activity"], plan["period"], *plan["supportingInfo"], *plan["note"]]
    links = [e["valueUrl"] for h in holders for e in h["extension"] if e["url"] == systems.NARRATIVE_LINK]
    assert len(links) == len(holders)
    assert {link.removeprefix("#") for link in links} <= set(said)
    assert said["patienten-1"] == "Daglig promenad"
    assert said["planering-3"] == "Samtal vid behov"


def test_it_says_who_signed_when_and_how_to_reach_care(plan_of):
    """
    Extensions signeringstid and kontaktvag, as canonical-models §1 names them.
    """
    signed, way = plan_of()["extension"]
    assert (signed["url"], signed["valueDateTime"]) == (systems.SIGNED_AT, "2026-03-12T10:14:00+01:00")
    assert way["url"] == systems.CONTACT_WAY
    assert way["valueReference"]["reference"].startswith("HealthcareService/")


def test_what_is_missing_is_said_openly(plan_of):
    """
    An empty agreement says so, part by part.
    """
    plan = plan_of(patient_part=(), care_part=(), contacts=(), contact_ways=(), next_steps=())
    for sentence in (
        "Det står inte vad patienten ansvarar för.",
        "Det står inte vad vården ansvarar för.",
        "Ingen fast läkarkontakt är utsedd.",
        "Ingen fast vårdkontakt är utsedd.",
        "Ingen fast omsorgskontakt är utsedd.",
        "Det står inte hur patienten kan kontakta vården.",
        "Det finns inga nästa steg eller bokade tider antecknade.",
    ):
        assert sentence in plan["text"]["div"]


def test_a_note_without_an_agreement_makes_no_plan(note, made_by, of_type):
    """
    The note itself is kept, with its origin.
    """
    built = note_resources(note, None, made_by)
    assert of_type(built, "CarePlan") == []
    assert of_type(built, "DocumentReference")
    assert of_type(built, "Provenance")


def test_the_plan_stands_first(note, agreement, made_by):
    """
    Whoever opens the Bundle sees the agreement, then whose it is.
    """
    built = note_resources(note, agreement, made_by)
    assert [each["resourceType"] for each in built.resources[:2]] == ["CarePlan", "Patient"]


def test_two_patients_make_nothing(note, agreement, made_by):
    """
    Nobody can tell whose plan it is: a blocking finding, no resources.
    """
    built = note_resources(replace(note, patients=note.patients * 2), agreement, made_by)
    assert built.resources == ()
    assert [(f.code, f.blocking) for f in built.findings] == [("patient-not-one", True)]
