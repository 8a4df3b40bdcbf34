"""One side speaks HL7 v2, the other Lifecare's JSON: each hears of a request by the names that it knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.domain.routes import Address, Format, Route, Routes
from adapter.pipeline import receive
from adapter.policy import Policy
from adapter.ports import Kept
from adapter.wire.hl7v2 import parse
from adapter.writing import Writers
from tests.exchange.conftest import QUESTION, SOURCE, SOURCES, Exchange, fixture, question, turned

FOLDER = Path(__file__).parents[2] / "fixtures"
HOME, CENTRE = "SE2120001249-HSV01", "SE2321000115-VC07"
REFERRAL = "LIFECARE|SE2120001249-HSV01|L-0001"


def policy(*, hl7: str, json_: str) -> Policy:
    """Routes to one unit over HL7 v2, to the other as JSON."""
    address = Address(application="SYSTEM", facility=hl7)
    by_unit = {
        hl7: Route(receiver="hl7", format=Format.HL7V2, address=address),
        json_: Route(receiver="json", format=Format.LIFECARE),
    }
    return Policy(routes=Routes(by_unit=by_unit), writers=Writers(lifecare=SOURCE.plan))


async def hl7(exchange: Exchange, name: str, *pairs: tuple[str, str]) -> Kept:
    """A fixture of HL7 v2 comes in, some of its text changed."""
    text = (FOLDER / f"{name}.hl7").read_bytes().decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    source = SOURCES[name.partition("/")[0]]
    return await receive(
        text.encode(), source, exchange.store, exchange.clock, check=exchange.check, policy=exchange.policy
    )


async def said(exchange: Exchange) -> list[Any]:
    """The letters in their order: JSON as such, HL7 v2 as its tree."""
    return [
        json.loads(row.letter.body) if row.letter.receiver == "json" else parse(row.letter.body)
        for row in await exchange.letters()
    ]


def leaf(tree: Any, path: str) -> str:
    """The first text at a place."""
    return next((node.text for node in tree.all(path)), "")


async def test_a_referral_is_answered_in_json_and_heard_in_hl7_v2(exchange: Exchange) -> None:
    """
    The answer and the time go back under the numbers that the asking system gave: RF1-6, OBR-2 and SCH-26.
    """
    exchange.policy = policy(hl7=HOME, json_=CENTRE)
    assert (await hl7(exchange, "hl7v2.referral/request-with-sbar")).answer.status == 201
    for name in ("booked-time", "answer"):
        kept = await exchange.send(fixture(name, InReplyTo=REFERRAL))
        assert kept.answer.status == 201
    asked, booked, answered = await said(exchange)
    assert asked["MessageId"] == REFERRAL
    assert asked["Question"].startswith("Behöver furosemiddosen höjas?")
    assert (leaf(booked, "MSH.9.2"), leaf(booked, "SCH.26.1")) == ("S12", "R-4711")
    assert [leaf(answered, place) for place in ("MSH.9.1", "RF1.1.1", "RF1.6.1", "OBSERVATION.OBR.2.1")] == [
        "RRI", "A", "R-4711", "O-9001",
    ]  # fmt: skip
    assert (
        leaf(answered, "OBSERVATION.NTE.3.1").splitlines()[0] == fixture("answer")["Answer"].splitlines()[0]
    )


@pytest.mark.parametrize(
    ("name", "number", "kind"),
    [
        ("hl7v2.referral/answer", "R-4711^LIFECARE", "Svar"),
        ("hl7v2.referral/question-back", "R-4711^LIFECARE", "Komplettering"),
        ("hl7v2.referral/declined", "R-4711^LIFECARE", "Avbokning"),
        ("hl7v2.scheduling/booked-telephone-time", "R-4711^LIFECARE", "BokadTid"),
        ("hl7v2.document/answer-as-document", "R-4711^LIFECARE", "Svar"),
    ],
)
async def test_a_question_in_json_is_heard_as_a_referral_and_answered_so(
    name: str, number: str, kind: str, exchange: Exchange
) -> None:
    """
    The asked system repeats the number it was given, which is our message's id; the nurse hears of hers.
    """
    exchange.policy = policy(hl7=CENTRE, json_=HOME)
    assert (await exchange.send(question())).answer.status == 201
    kept = await hl7(exchange, name, (number, QUESTION))
    assert kept.answer.status == 201
    asked, answered = await said(exchange)
    assert (leaf(asked, "MSH.9.2"), leaf(asked, "RF1.6.1")) == ("I12", QUESTION)
    assert (answered["MessageType"], answered["InReplyTo"]) == (kind, QUESTION)


async def test_who_declines_is_told_from_who_withdraws(exchange: Exchange) -> None:
    """
    The same kind of message is RRI with R from the unit that was asked, REF^I14 from the one that asked.
    """
    exchange.policy = policy(hl7=HOME, json_=CENTRE)
    await hl7(exchange, "hl7v2.referral/request-with-sbar")
    declined = turned(fixture("withdrawal"), InReplyTo=REFERRAL)
    assert (await exchange.send(declined)).answer.status == 201
    letter = (await said(exchange))[-1]
    assert (leaf(letter, "MSH.9.1"), leaf(letter, "RF1.1.1"), leaf(letter, "RF1.6.1")) == (
        "RRI",
        "R",
        "R-4711",
    )


async def test_an_answer_that_came_before_its_referral_is_taken_up(exchange: Exchange) -> None:
    """
    It names the referral by RF1-6, which is not the referral's message id: it is found all the same.
    """
    assert (await hl7(exchange, "hl7v2.referral/answer")).answer.status == 422
    assert (await hl7(exchange, "hl7v2.referral/request-with-sbar")).answer.status == 201
    assert await exchange.work() == 1
    assert (await exchange.one("Task"))["status"] == "completed"
    assert not [each for each in await exchange.all("Communication") if each["status"] == "preparation"]
