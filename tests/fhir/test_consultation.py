"""A consultation request: ServiceRequest, Task, Communication, Observations (canonical-models §4, §5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.domain.consultation import MessageKind, Sbar, Urgency
from adapter.fhir import consultation_resources, systems


@pytest.fixture
def built(consultation, deadline, made_by):
    """Everything that the request makes."""
    return consultation_resources(consultation, deadline, made_by)


@pytest.fixture
def one(built, of_type):
    """The only resource of a type."""

    def find(type_):
        (resource,) = of_type(built, type_)
        return resource

    return find


def test_the_request_says_what_is_asked_when_and_of_whom(one):
    """
    §5.1: active, order, consultation, the question as reason, requester and performer.
    """
    request = one("ServiceRequest")
    assert (request["status"], request["intent"]) == ("active", "order")
    assert request["code"]["coding"][0]["code"] == "11429006"
    assert request["reasonCode"] == [{"text": "Behöver furosemiddosen höjas?"}]
    assert request["requester"]["reference"].startswith("PractitionerRole/")
    assert request["performer"][0]["reference"].startswith("Organization/")
    assert request["orderDetail"][0]["coding"][0]["code"] == "telefon"


def test_a_request_without_urgency_waits_for_one(consultation, deadline, made_by):
    """
    Nobody guesses how soon an answer is needed: the message is parked (agr-urg-2).
    """
    built = consultation_resources(replace(consultation, urgency=None), deadline, made_by)
    assert [finding.code for finding in built.findings if finding.blocking] == ["required-missing"]


@pytest.mark.parametrize(
    ("urgency", "priority"),
    [
        (Urgency.WITHIN_1_DAY, "asap"),
        (Urgency.WITHIN_72_HOURS, "urgent"),
        (Urgency.WITHIN_1_WEEK, "routine"),
        (Urgency.LONG_TERM, "routine"),
    ],
)
def test_the_urgency_travels_beside_the_priority(  # noqa: PLR0913, PLR0917 - fixtures and a pair
    consultation, deadline, made_by, of_type, urgency, priority
):
    """
    agr-urg-2: five levels do not fit four priorities; the extension is there exactly once.
    """
    built = consultation_resources(replace(consultation, urgency=urgency), deadline, made_by)
    (request,), (task,) = of_type(built, "ServiceRequest"), of_type(built, "Task")
    levels = [e for e in request["extension"] if e["url"] == systems.URGENCY]
    assert [level["valueCoding"]["code"] for level in levels] == [urgency.value]
    assert request["priority"] == task["priority"] == priority


def test_the_deadline_is_the_same_on_both_sides(one, deadline, consultation):
    """
    ServiceRequest.occurrencePeriod and Task.restriction.period: from authoredOn to the deadline.
    """
    period = {"start": consultation.created_at.value, "end": deadline.value}
    assert one("ServiceRequest")["occurrencePeriod"] == period
    assert one("Task")["restriction"]["period"] == period


def test_without_a_deadline_there_is_no_end(consultation, made_by, of_type):
    """
    A long-term question has a start and no end.
    """
    built = consultation_resources(replace(consultation, urgency=Urgency.LONG_TERM), None, made_by)
    assert of_type(built, "Task")[0]["restriction"]["period"] == {"start": consultation.created_at.value}


def test_the_task_begins_as_requested_and_sent(one):
    """
    §2.2, §2.3: requested; KV Status framställan 1, skickad; owner the receiver, requester the asking unit.
    """
    task = one("Task")
    assert task["status"] == "requested"
    assert task["businessStatus"]["coding"][0] == {
        "system": "urn:oid:1.2.752.129.2.2.2.43",
        "code": "1",
        "display": "skickad",
    }
    assert task["focus"]["reference"].startswith("ServiceRequest/")
    assert task["owner"] != task["requester"]


def test_sbar_is_four_segments_each_with_time_author_and_number(one):
    """
    agr-msg-3: every payload has date, identifier, author and contact; its words are verbatim.
    """
    payloads = one("Communication")["payload"]
    assert [payload["contentString"] for payload in payloads] == [
        "Viktuppgång 2,3 kg på fyra dagar.",
        "Hjärtsvikt NYHA III.",
        "Pittingödem till knäna.",
        "Önskar ställningstagande.",
    ]
    for payload, letter in zip(payloads, "SBAR", strict=True):
        (segment,) = payload["extension"]
        parts = {part["url"]: part for part in segment["extension"]}
        assert set(parts) == {"segment", "date", "identifier", "author", "contact"}
        assert parts["segment"]["valueCoding"]["code"] == letter
        assert parts["contact"]["valueContactPoint"]["extension"][0]["valueCode"] == "kommunal-legitimerad"


def test_a_missing_segment_is_named_and_not_filled_in(consultation, deadline, made_by, of_type):
    """
    A finding for each missing part; the narrative says so too.
    """
    message = replace(consultation, sbar=Sbar(situation="Andfådd."))
    built = consultation_resources(message, deadline, made_by)
    (told,) = of_type(built, "Communication")
    assert len(told["payload"]) == 1
    assert "Bakgrund: saknas i meddelandet." in told["text"]["div"]
    assert [f.code for f in built.findings if f.code != "vitals-missing"] == ["sbar-missing"] * 3
    without = consultation_resources(replace(message, sbar=None), deadline, made_by)
    assert [f.code for f in without.findings if f.code != "vitals-missing"] == ["sbar-missing"] * 4


def test_the_number_to_call_back_is_in_no_narrative(built, consultation, deadline, made_by):
    """
    agr-tel-1: 0340-880 00 is for licensed staff; no narrative has it, though the question does.
    """
    asked = replace(consultation, question="Ring 0340-88000 idag?")
    for each in (built, consultation_resources(asked, deadline, made_by)):
        texts = [resource["text"]["div"].replace(" ", "") for resource in each.resources]
        assert not any("88000" in text for text in texts)


def test_consent_travels_as_it_was_said(consultation, deadline, made_by, of_type):
    """
    True, false and not said are three things.
    """
    for said in (True, False, None):
        built = consultation_resources(replace(consultation, has_consent=said), deadline, made_by)
        (request,) = of_type(built, "ServiceRequest")
        held = [e["valueBoolean"] for e in request["extension"] if e["url"] == systems.CONSENT]
        assert held == ([] if said is None else [said])


def test_an_answer_is_a_communication_in_response(consultation, made_by, of_type):
    """
    A later message of the thread makes no new request; it points at what it answers.
    """
    answer = replace(
        consultation, message_id="svar-1", kind=MessageKind.ANSWER, in_reply_to=consultation.message_id
    )
    built = consultation_resources(answer, None, made_by)
    (told,) = of_type(built, "Communication")
    assert told["inResponseTo"][0]["identifier"]["value"] == consultation.message_id
    assert "priority" not in told
    assert not of_type(built, "ServiceRequest")
    assert not of_type(built, "Task")


def test_the_same_message_twice_is_the_same_resources(consultation, deadline, made_by, built):
    """
    Idempotence: ids come from the sending unit and the message id.
    """
    assert consultation_resources(consultation, deadline, made_by) == built
    other = consultation_resources(replace(consultation, message_id="annat"), deadline, made_by)
    assert {r["id"] for r in other.resources} & {r["id"] for r in built.resources} == {
        r["id"]
        for r in built.resources
        if r["resourceType"] in {"Patient", "Organization", "Practitioner", "PractitionerRole"}
    }


def test_two_persons_make_nothing(consultation, deadline, made_by):
    """
    Exactly one patient (agr-msg-6): else a blocking finding.
    """
    built = consultation_resources(
        replace(consultation, patients=consultation.patients * 2), deadline, made_by
    )
    assert built.resources == ()
    assert built.findings[0].blocking


@pytest.mark.parametrize("phone", ["ring växeln", "0340-880 00 eller 0340-881 00", "2"])
def test_a_phone_of_any_words_hides_its_numbers_and_nothing_else(
    consultation, deadline, made_by, of_type, phone
):
    """
    Every number in the words, none where there is none, and never a dose.
    """
    unit = replace(consultation.sender_unit, phone=phone)
    asked = replace(
        consultation, sender_unit=unit, question="Furosemid 2 tabl? Ring 0340-880 00 / 0340-881 00"
    )
    built = consultation_resources(asked, deadline, made_by)
    text = of_type(built, "ServiceRequest")[0]["text"]["div"]
    assert "Furosemid 2 tabl" in text
    assert ("0340" in text) == ("0340" not in phone)
