"""Akut is never a message: whoever sends one is told whom to call, by role, day and hour."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from adapter.domain.guidance import PhoneSchedule
from adapter.policy import Policy
from tests.exchange.conftest import Exchange, codes, question

STAFF, SWITCHBOARD = "010-000 00 17", "010-000 00 00"
PHONES = PhoneSchedule(switchboard=SWITCHBOARD, direct_number=STAFF)


def akut(**person: str) -> dict:
    """An acute question, written at noon on a working day by somebody."""
    asked = question(MessageId="akut", Urgency="Akut", CreatedTime="2026-11-02T12:00:00+01:00")
    asked["Sender"] = {**asked["Sender"], "Person": {**asked["Sender"]["Person"], **person}}
    return asked


@pytest.mark.parametrize(
    ("came", "number"),
    [
        ("2026-11-02T07:59:59+01:00", SWITCHBOARD),
        ("2026-11-02T08:00:00+01:00", STAFF),
        ("2026-11-02T16:59:59+01:00", STAFF),
        ("2026-11-02T17:00:00+01:00", SWITCHBOARD),
        ("2026-11-07T12:00:00+01:00", SWITCHBOARD),
        ("2026-12-24T12:00:00+01:00", SWITCHBOARD),
    ],
)
async def test_the_number_is_that_of_the_hour_at_which_it_came(
    exchange: Exchange, came: str, number: str
) -> None:
    """
    Not of the hour at which it was written: the sender calls now.
    """
    exchange.policy = Policy(phones=PHONES)
    exchange.clock.at = datetime.fromisoformat(came)
    kept = await exchange.send(akut())
    (issue,) = json.loads(kept.answer.body)["issue"]
    assert (kept.answer.status, codes(kept)) == (422, ["urgent-by-phone"])
    assert number in issue["details"]["text"]
    other = STAFF if number == SWITCHBOARD else SWITCHBOARD
    assert other not in kept.answer.body.decode()


async def test_the_number_of_staff_is_for_licensed_staff_alone(exchange: Exchange) -> None:
    """
    Anybody else is given the switchboard, also during office hours.
    """
    exchange.policy = Policy(phones=PHONES)
    kept = await exchange.send(akut(Title="Undersköterska"))
    assert STAFF not in kept.answer.body.decode()
    assert SWITCHBOARD in kept.answer.body.decode()


async def test_the_message_itself_is_kept_and_nothing_is_made_of_it(exchange: Exchange) -> None:
    """
    Its bytes lie where Location points; no Task runs and nobody is reminded.
    """
    kept = await exchange.send(akut())
    row = await exchange.store.message(kept.id)
    assert row is not None
    assert json.loads(row.raw)["MessageId"] == "akut"
    assert (row.state.value, row.made) == ("refused", ())
    assert await exchange.letters("overens") == []


async def test_the_checklist_names_what_is_missing(exchange: Exchange) -> None:
    """
    By name, in the answer and where the request is read; what was not taken is kept with its reason.
    """
    vitals = [{"Type": "Puls", "NotTaken": "Patienten vill inte."}, {"Type": "Saturation", "Value": 93}]
    kept = await exchange.send(question(Vitals=vitals))
    assert codes(kept) == ["kept", "vitals-missing"]
    request = await exchange.one("ServiceRequest")
    assert (
        "Saknas i checklistan: andningsfrekvens, blodtryck, medvetandegrad, temperatur."
        in (request["text"]["div"])
    )
    reasons = [
        each["dataAbsentReason"]["text"]
        for each in await exchange.all("Observation")
        if "dataAbsentReason" in each
    ]
    assert reasons == ["Patienten vill inte."]
