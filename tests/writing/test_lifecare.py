"""Lifecare's contract on the way out: valid by its schema, and read again it says the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.domain.consultation import (
    Booking,
    BookingStatus,
    Consultation,
    ContactForm,
    MessageKind,
    Sbar,
    Urgency,
    VitalKind,
    VitalSign,
)
from adapter.domain.identity import PersonId, PersonIdKind, hsa_id
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.domain.routes import Format, Route
from adapter.domain.when import Moment, written
from adapter.mapping import map_message
from adapter.sources import load_sources
from adapter.writing import Outgoing, Unwritable, Writers

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "profiles/lifecare-message/lifecare-message-1.schema.json").read_bytes())
SOURCE = load_sources()["se.lifecare.message"]
FIXTURES = sorted(
    path
    for path in (ROOT / "fixtures/se.lifecare.message").iterdir()
    if not path.name.endswith(".expected.json")
)
SAID = SOURCE.plan.tables
ROUTE = Route(receiver="kommunen", format=Format.LIFECARE)
PERSONS = [
    PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212"),
    PersonId(kind=PersonIdKind.SAMORDNINGSNUMMER, value="196109732393"),
]

words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
names = st.just("") | words.map(lambda text: " ".join(text.split()))
texts = st.just("") | words
ids = st.from_regex(r"SE2120001249-[A-Z0-9]{1,8}", fullmatch=True).map(hsa_id)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)).map(written)  # noqa: DTZ001 - hypothesis adds the zone
dates = st.dates().filter(lambda day: day.year > 1900).map(lambda day: Moment(day.isoformat()))
figures = st.decimals(0, 1000, places=1)
people = st.builds(Professional, hsa_id=ids, name=names, title=names)
units = st.builds(
    CareUnit,
    hsa_id=ids,
    name=names,
    phone=names,
    care_giver=st.none() | st.builds(CareGiver, hsa_id=ids, name=names),
)
patients = st.builds(
    Person,
    ids=st.sampled_from(PERSONS).map(lambda one: (one,)),
    family_name=names,
    given_names=st.lists(st.from_regex(r"[A-ZÅÄÖ][a-zåäö]{1,8}", fullmatch=True), max_size=3).map(tuple),
    is_protected=st.booleans(),
)
vitals = st.builds(
    VitalSign,
    kind=st.sampled_from(VitalKind),
    value=st.none() | figures,
    systolic=st.none() | figures,
    diastolic=st.none() | figures,
    code=st.sampled_from(["", "A", "C"]),
    not_taken=texts,
    measured_at=st.none() | moments,
)
bookings = st.builds(
    Booking,
    status=st.sampled_from([one for one in BookingStatus if one in SAID["booking-status"].values()]),
    start=st.none() | moments,
    end=st.none() | moments,
    contact_form=st.none() | st.sampled_from(ContactForm),
    holder=st.none() | people,
    instruction=texts,
)
sbars = st.builds(Sbar, situation=words, background=texts, assessment=texts, recommendation=texts)
messages = st.builds(
    Consultation,
    message_id=st.uuids().map(str),
    kind=st.sampled_from([one for one in MessageKind if one in SAID["message-type"].values()]),
    created_at=moments | dates,
    patients=patients.map(lambda one: (one,)),
    in_reply_to=st.just("") | st.uuids().map(str),
    sender_unit=units,
    sender=st.none() | people,
    receiver_unit=units,
    has_consent=st.none() | st.booleans(),
    question=texts,
    urgency=st.none() | st.sampled_from(Urgency),
    contact_wanted=st.none() | st.sampled_from(ContactForm),
    sbar=st.none() | sbars,
    vitals=st.lists(vitals, max_size=3).map(tuple),
    answer=texts,
    reason=texts,
    missing=st.lists(st.sampled_from(["Situation", "Vikt", "Puls"]), max_size=3, unique=True).map(tuple),
    booking=st.none() | bookings,
)


class Unheard(StrEnum):
    """A kind of message that the contract does not have."""

    OF = "oerhört"


def body_of(message: Consultation) -> bytes:
    """The letter's words in Lifecare's format."""
    return Writers(lifecare=SOURCE.plan).written(Outgoing(letter_id="l", message=message, route=ROUTE)).body


def read_back(body: bytes) -> Consultation:
    """What the source reads in a letter."""
    (record,) = map_message(SOURCE.plan, SOURCE.parse(body)).records
    assert isinstance(record, Consultation)
    return record


@given(messages)
def test_what_is_written_says_the_same_when_it_is_read(message: Consultation) -> None:
    """
    The law of the writer: nothing of a message is lost on its way to a receiver that speaks our contract.
    """
    assert read_back(body_of(message)) == message


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_every_example_goes_out_as_the_contract_has_it(path: Path) -> None:
    """
    What came in as JSON or XML leaves as JSON that the schema takes, with the same meaning.
    """
    for record in map_message(SOURCE.plan, SOURCE.parse(path.read_bytes())).records:
        if len(record.patients) != 1 or (record.kind is MessageKind.REQUEST and not record.urgency):
            continue
        body = body_of(record)
        assert read_back(body) == record
        faults = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(body))
        assert [fault.message for fault in faults] == []


def test_a_list_of_one_is_a_list_and_the_person_is_none() -> None:
    """
    JSON has no elements around its lists: Vitals and Missing are lists also when alone, Client never.
    """
    message = Consultation(
        message_id="m",
        kind=MessageKind.COMPLETION,
        created_at=Moment("2026-11-02"),
        patients=(Person(ids=(PERSONS[0],)),),
        sender_unit=CareUnit(hsa_id=hsa_id("SE2120001249-A")),
        receiver_unit=CareUnit(hsa_id=hsa_id("SE2120001249-B")),
        missing=("Vikt",),
        vitals=(VitalSign(kind=VitalKind.WEIGHT, value=Decimal("78.40")),),
    )
    body = body_of(message)
    said = json.loads(body)
    assert said["Missing"] == ["Vikt"]
    assert said["Client"]["PersonId"] == "191212121212"
    assert said["Vitals"] == [{"Type": "Vikt", "Value": 78.4}]
    assert b"78.40" in body


def test_what_the_contract_has_no_words_for_is_not_written() -> None:
    """
    Without the unit's HSA-id, a national number of one person, or a code of the contract, it says so.
    """
    message = read_back(FIXTURES[0].read_bytes())
    local = Person(ids=(PersonId(kind=PersonIdKind.LOCAL, value="T-17", root="1.2.3"),))
    for wrong in (
        replace(message, sender_unit=CareUnit(name="Utan id")),
        replace(message, patients=(local,)),
        replace(message, patients=()),
        replace(message, kind=Unheard.OF),
    ):
        with pytest.raises(Unwritable) as stopped:
            body_of(wrong)
        assert stopped.value.finding.code == "letter-unwritable"
        assert stopped.value.finding.blocking
