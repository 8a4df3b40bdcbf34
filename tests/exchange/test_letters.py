"""Who is told, when, and what both sides see of the clock."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from adapter.domain.routes import Format, Route, Routes
from adapter.letters import OURSELVES
from adapter.pipeline import receive
from adapter.policy import Policy
from adapter.writing import Writers
from tests.exchange.conftest import (
    QUESTION,
    SOURCE,
    SOURCES,
    Exchange,
    changed,
    codes,
    fixture,
    question,
)

CARE = Route(receiver="hasten", format=Format.LIFECARE)
HOME = Route(receiver="varberg", format=Format.LIFECARE)
OTHER = Route(receiver="bocksten", format=Format.LIFECARE)
ROUTES = {
    "SE2321000115-VC07": CARE,
    "SE2120001249-HSV01": HOME,
    "SE2321000115-VC08": OTHER,
    "SE2321000115-VC09": Route(receiver="hamtar"),
}
SOON = {"CreatedTime": "2026-11-02T15:30:00+01:00"}


@pytest.fixture
def told(exchange: Exchange) -> Exchange:
    """Both sides have a system that takes letters."""
    writers = Writers(lifecare=SOURCE.plan)
    exchange.policy = Policy(routes=Routes(by_unit=ROUTES), writers=writers)
    return exchange


async def test_each_message_goes_on_to_the_other_side_at_once(told: Exchange) -> None:
    """
    The question to primary care, the time and the answer to the nurse: their own words, under their own id.
    """
    messages = [question(), fixture("booked-time"), fixture("answer")]
    for message in messages:
        await told.send(message)
    letters = [row.letter for row in await told.letters()]
    assert [letter.receiver for letter in letters] == ["hasten", "varberg", "varberg"]
    for letter, message in zip(letters, messages, strict=True):
        body = json.loads(letter.body)
        assert {key: body[key] for key in ("MessageId", "MessageType", "Sender")} == {
            key: message[key] for key in ("MessageId", "MessageType", "Sender")
        }
    assert len({letter.thread for letter in letters}) == 1


async def test_the_same_message_is_sent_on_once(told: Exchange) -> None:
    """
    However often it comes.
    """
    for _ in range(3):
        await told.send(question())
    assert len(await told.letters()) == 1


async def test_nobody_is_written_to_for_what_is_refused(told: Exchange) -> None:
    """
    A refused step, and an answer that waits, leave no letter.
    """
    await told.send(fixture("answer"))
    await told.send(question(Urgency="Akut", MessageId="akut"))
    assert await told.letters() == []


async def test_an_unknown_receiver_is_told_of(told: Exchange) -> None:
    """
    Parked, with the unit's id as the value; nothing is kept of it but the bytes.
    """
    lost = changed(question(), Receiver__UnitHsaId="SE2321000115-VC99")
    kept = await told.send(lost)
    assert (kept.answer.status, codes(kept)) == (422, ["receiver-unknown"])
    assert await told.all("Task") == []


async def test_a_receiver_that_fetches_for_itself_is_sent_nothing(told: Exchange) -> None:
    """
    It is known, and reads by REST.
    """
    kept = await told.send(changed(question(), Receiver__UnitHsaId="SE2321000115-VC09"))
    assert kept.answer.status == 201
    assert await told.letters() == []


async def test_an_answer_that_was_taken_up_is_sent_on_then(told: Exchange) -> None:
    """
    The question first, then the answer that had waited for it.
    """
    await told.send(fixture("answer"))
    await told.send(question())
    await told.work()
    assert [row.letter.receiver for row in await told.letters()] == ["hasten", "varberg"]


async def test_the_sender_of_an_answer_without_question_is_told(told: Exchange) -> None:
    """
    After the window the answer goes to the nurse all the same, and primary care hears that nobody asked.
    """
    await told.send(fixture("answer"))
    told.clock.move(hours=73)
    await told.work()
    letters = {row.letter.receiver: json.loads(row.letter.body) for row in await told.letters()}
    assert letters["varberg"]["Answer"] == fixture("answer")["Answer"]
    assert "aldrig kommit" in letters["hasten"]["Text"]
    assert letters["hasten"]["InReplyTo"] == fixture("answer")["MessageId"]


async def test_whoever_asked_is_told_where_the_question_went(told: Exchange) -> None:
    """
    Vidareskickad: the question to the new unit, a word to the first sender.
    """
    await told.send(question())
    on = question(
        MessageId="on",
        InReplyTo=QUESTION,
        CreatedTime="2026-11-02T10:00:00+01:00",
        Sender=fixture("answer")["Sender"],
        Receiver={"UnitHsaId": "SE2321000115-VC08", "UnitName": "Vårdcentralen Bocksten"},
    )
    await told.send(on)
    letters = {row.letter.receiver: json.loads(row.letter.body) for row in await told.letters()}
    assert letters["bocksten"]["MessageId"] == "on"
    assert "Vårdcentralen Bocksten" in letters["varberg"]["Text"]


async def test_both_sides_are_reminded_before_the_deadline_and_at_it(told: Exchange) -> None:
    """
    72 hours: twelve hours before, and when the time is out; on the Task, and by letter to both.
    """
    await told.send(question(**SOON))
    told.clock.move(hours=59, minutes=29)
    assert await told.work() == 0
    told.clock.move(minutes=1)
    assert await told.work() == 1
    (soon,) = (await told.one("Task"))["note"]
    assert "går snart ut" in soon["text"]
    told.clock.move(hours=12)
    assert await told.work() == 1
    assert len((await told.one("Task"))["note"]) == len(["soon", "overdue"])
    letters = [(row.letter.receiver, row.letter.kind) for row in await told.letters()]
    assert sorted(letters[1:]) == sorted([("varberg", "besked"), ("hasten", "besked")] * 2)
    assert "Svarstiden har gått ut" in (await told.one("Task"))["text"]["div"]


@pytest.mark.parametrize("name", ["answer", "booked-time", "withdrawal"])
async def test_nobody_is_reminded_of_what_is_done(told: Exchange, name: str) -> None:
    """
    Answered, booked or withdrawn: the reminders fire and do nothing.
    """
    await told.send(question())
    await told.send(fixture(name))
    told.clock.move(hours=80)
    assert await told.work() == len(["soon", "overdue"])
    assert "note" not in await told.one("Task")
    assert [row.letter.kind for row in await told.letters() if row.letter.kind == "besked"] == []


async def test_another_level_brings_other_reminders(told: Exchange) -> None:
    """
    The old ones are passed by: they were set for another deadline.
    """
    await told.send(question(**SOON))
    await told.send(
        question(
            MessageId="sooner",
            InReplyTo=QUESTION,
            CreatedTime="2026-11-02T16:00:00+01:00",
            Urgency="Inom1Dag",
        )
    )
    told.clock.move(hours=20, minutes=1)
    assert await told.work() == 1
    (note,) = (await told.one("Task"))["note"]
    assert "2026-11-03 kl. 16.00" in note["text"]
    told.clock.move(hours=80)
    await told.work()
    assert len((await told.one("Task"))["note"]) == len(["soon", "overdue"])


async def test_the_margin_and_the_day_are_settings(told: Exchange) -> None:
    """
    What "inom 1 dag" means is for those who run the system to say.
    """
    told.policy = Policy(one_day=timedelta(hours=12))
    await told.send(question(**SOON, Urgency="Inom1Dag"))
    task = await told.one("Task")
    assert task["restriction"]["period"]["end"] == "2026-11-03T03:30:00+01:00"


async def test_a_letter_that_was_not_delivered_is_told_to_its_sender(told: Exchange) -> None:
    """
    A note on the Task that both read, and a letter to the sender's own system; never a letter about that one.
    """
    await told.send(question())
    task = await told.one("Task")
    report = {
        "EventId": "5b0b7b0e-2f57-5a57-9d2b-8f5d0b8f2c02",
        "Event": "ej-levererat",
        "Time": "2026-11-05T10:00:00+01:00",
        "Task": f"Task/{task['id']}",
        "Kind": "konsultation",
        "Receiver": "hasten",
        "SenderUnit": "SE2120001249-HSV01",
        "Code": "given-up",
        "Cause": "Brevet gavs upp efter 40 försök under 72 timmar.",
        "Remedy": "Ring mottagaren om det är bråttom.",
    }
    ours = SOURCES["overens.event"]

    async def take(body: dict[str, str]) -> None:
        raw = json.dumps(body).encode()
        await receive(raw, ours, told.store, told.clock, check=told.check, policy=told.policy)

    await take(report)
    (note,) = (await told.one("Task"))["note"]
    assert note["text"].startswith("Ett meddelande i tråden kunde inte levereras.")
    (row,) = [row for row in await told.letters() if row.letter.kind == "besked"]
    assert row.letter.receiver == "varberg"
    await take({**report, "EventId": "about-the-notice", "Kind": "besked"})
    assert len([row for row in await told.letters() if row.letter.kind == "besked"]) == 1


async def test_an_answer_that_has_come_is_seen_on_the_task(told: Exchange) -> None:
    """
    Delivered to the nurse's system: national code 7, once, in a version of its own, and nobody is told anew.
    """
    await told.send(question())
    await told.send(fixture("answer"))
    task = await told.one("Task")
    assert task["businessStatus"]["coding"][0]["code"] == "6"
    letters = len(await told.letters())
    delivered = {
        "EventId": "5b0b7b0e-2f57-5a57-9d2b-8f5d0b8f2c04",
        "Event": "svar-levererat",
        "Time": "2026-11-05T10:00:00+01:00",
        "Task": f"Task/{task['id']}",
        "Kind": "svar",
    }
    for event_id in ("first", "again"):
        raw = json.dumps({**delivered, "EventId": event_id}).encode()
        ours = SOURCES["overens.event"]
        kept = await receive(raw, ours, told.store, told.clock, check=told.check, policy=told.policy)
        assert kept.answer.status == 201
    after = await told.one("Task")
    assert (after["status"], after["businessStatus"]["coding"][0]["code"]) == ("completed", "7")
    assert int(after["meta"]["versionId"]) == int(task["meta"]["versionId"]) + 1
    assert len(await told.letters()) == letters


async def test_reminders_are_ours_alone(told: Exchange) -> None:
    """
    They wait in our own name, each by itself, and name the Task.
    """
    await told.send(question())
    rows = await told.letters(OURSELVES)
    assert [row.letter.kind for row in rows] == ["svarstid-snart-slut", "svarstid-slut"]
    assert all(row.letter.not_before and row.letter.thread for row in rows)
