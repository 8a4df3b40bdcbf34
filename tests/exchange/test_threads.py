"""Messages in their thread, through a store: every step stands in history and no word is lost."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from adapter.ports import MessageQuery
from tests.exchange.conftest import QUESTION, Exchange, changed, codes, fixture, question, turned

ASK = fixture("completion-asked-for")
BOOKED = fixture("booked-time")
ANSWER = fixture("answer")
WITHDRAWN = fixture("withdrawal")
GIVEN = question(
    MessageId="given-1",
    MessageType="Komplettering",
    InReplyTo=ASK["MessageId"],
    CreatedTime="2026-11-02T12:00:00+01:00",
    Question="Kreatinin 98.",
)


async def test_a_consultation_goes_its_whole_way(exchange: Exchange) -> None:
    """
    Asked, completed, booked, answered: 1, 2, 5, 2, 4, 4, 6, and the time is the Task's output.
    """
    for message in (question(), ASK, GIVEN, BOOKED, ANSWER):
        assert (await exchange.send(message)).answer.status == 201
    assert await exchange.steps() == [
        ("requested", "1"),
        ("received", "2"),
        ("on-hold", "5"),
        ("received", "2"),
        ("accepted", "4"),
        ("in-progress", "4"),
        ("completed", "6"),
    ]
    task, time, request = (
        await exchange.one("Task"),
        await exchange.one("Appointment"),
        await exchange.one("ServiceRequest"),
    )
    outputs = [each["valueReference"]["reference"] for each in task["output"]]
    assert f"Appointment/{time['id']}" in outputs
    assert time["basedOn"] == [{"reference": f"ServiceRequest/{request['id']}"}]
    assert (time["status"], time["start"], time["end"]) == (
        "booked",
        "2026-11-03T10:00:00+01:00",
        "2026-11-03T10:30:00+01:00",
    )
    assert len(time["participant"]) == len(["patient", "physician", "nurse"])
    assert request["reasonCode"] == [{"text": "Kreatinin 98."}]
    answers = [each for each in await exchange.all("Communication") if "inResponseTo" in each]
    assert all(each["basedOn"] == time["basedOn"] for each in answers)
    assert len(await exchange.said()) == len([question, ASK, GIVEN, BOOKED, ANSWER])


async def test_each_version_has_the_word_of_whoever_made_it(exchange: Exchange) -> None:
    """
    Provenance: new, reply; its targets are the Task and what the message said.
    """
    for message in (question(), ANSWER):
        await exchange.send(message)
    words = {
        each["activity"]["coding"][0]["code"]: [
            target["reference"].partition("/")[0] for target in each["target"]
        ]
        for each in await exchange.all("Provenance")
    }
    assert set(words) == {"new", "reply"}
    assert {"Task", "Communication"} <= set(words["reply"])


@pytest.mark.parametrize("message", [ANSWER, BOOKED, ASK], ids=lambda m: m["MessageType"])
async def test_the_wrong_sender_is_forbidden(exchange: Exchange, message: dict) -> None:
    """
    403 for a third unit, and for the asking unit where only the other may; nothing is done.
    """
    await exchange.send(question())
    third = changed(message, Sender__UnitHsaId="SE2321000115-VC99", MessageId="third")
    kept = await exchange.send(third)
    assert (kept.answer.status, codes(kept)) == (403, ["not-your-step"])
    if message is not ASK:
        own = await exchange.send(turned(message, MessageId="own"))
        assert (own.answer.status, codes(own)[-1]) == (403, "not-your-step")
    assert await exchange.steps() == [("requested", "1")]
    again = await exchange.send(third)
    assert (again.answer.status, again.outcome.value) == (403, "same")


async def test_what_is_withdrawn_is_answered_no_more(exchange: Exchange) -> None:
    """
    422 with the way on; the request is revoked, the Task says why.
    """
    for message in (question(), WITHDRAWN):
        await exchange.send(message)
    task, request = await exchange.one("Task"), await exchange.one("ServiceRequest")
    assert (task["status"], task["statusReason"]) == ("cancelled", {"text": "Patienten har åkt in akut."})
    assert request["status"] == "revoked"
    late = await exchange.send({**BOOKED, "CreatedTime": "2026-11-02T15:00:00+01:00"})
    assert (late.answer.status, codes(late)) == (422, ["step-refused"])


async def test_an_answer_from_before_the_withdrawal_is_still_read(exchange: Exchange) -> None:
    """
    Overtaken: it is kept in the thread and moves nothing.
    """
    for message in (question(), WITHDRAWN):
        await exchange.send(message)
    kept = await exchange.send(ANSWER)
    assert (kept.answer.status, codes(kept)) == (201, ["kept", "overtaken"])
    assert ANSWER["MessageId"] in await exchange.said()
    assert (await exchange.one("Task"))["status"] == "cancelled"


async def test_a_unit_declines_what_it_does_not_take(exchange: Exchange) -> None:
    """
    Avbokning from whoever has it, with no time booked: rejected, and the reason stands there.
    """
    await exchange.send(question())
    await exchange.send(turned(WITHDRAWN, Reason="Patienten är listad på en annan vårdcentral."))
    task = await exchange.one("Task")
    assert (task["status"], task["statusReason"]["text"]) == (
        "rejected",
        "Patienten är listad på en annan vårdcentral.",
    )


async def test_a_time_is_moved_called_off_and_missed(exchange: Exchange) -> None:
    """
    One Appointment through its versions; the Task stays assessed, and a new time may be booked.
    """
    await exchange.send(question())
    await exchange.send(BOOKED)
    moved = changed(
        BOOKED,
        MessageId="moved",
        CreatedTime="2026-11-02T14:00:00+01:00",
        Booking__Status="Ombokad",
        Booking__StartTime="2026-11-04T08:00:00+01:00",
        Booking__EndTime="2026-11-04T08:30:00+01:00",
    )
    await exchange.send(moved)
    time = await exchange.one("Appointment")
    assert (time["status"], time["start"]) == ("booked", "2026-11-04T08:00:00+01:00")
    missed = changed(
        moved, MessageId="missed", CreatedTime="2026-11-04T09:00:00+01:00", Booking__Status="Uteblev"
    )
    await exchange.send(missed)
    assert (await exchange.one("Appointment"))["status"] == "noshow"
    off = changed(missed, MessageId="off", Booking__Status="Avbokad")
    assert codes(await exchange.send(off)) == ["step-refused"]
    assert (await exchange.one("Task"))["status"] == "accepted"


async def test_a_time_is_called_off_with_the_reason(exchange: Exchange) -> None:
    """
    Cancelled, not entered in error (agr-appt-2).
    """
    await exchange.send(question())
    await exchange.send(BOOKED)
    off = changed(
        BOOKED,
        MessageId="off",
        CreatedTime="2026-11-02T14:00:00+01:00",
        Booking__Status="Avbokad",
        Reason="Läkaren är sjuk.",
    )
    await exchange.send(off)
    time = await exchange.one("Appointment")
    assert (time["status"], time["cancelationReason"]) == ("cancelled", {"text": "Läkaren är sjuk."})


async def test_a_time_without_an_end_is_no_appointment(exchange: Exchange) -> None:
    """
    R4 wants both: the time stands as a request with its occurrence, and nothing is invented.
    """
    await exchange.send(question())
    message = changed(BOOKED)
    del message["Booking"]["EndTime"]
    await exchange.send(message)
    assert await exchange.all("Appointment") == []
    (time,) = [each for each in await exchange.all("ServiceRequest") if each["intent"] == "plan"]
    assert (time["status"], time["occurrenceDateTime"]) == ("active", "2026-11-03T10:00:00+01:00")
    off = changed(
        message, MessageId="off", CreatedTime="2026-11-02T14:00:00+01:00", Booking__Status="Avbokad"
    )
    assert (await exchange.send(off)).answer.status == 201
    (time,) = [each for each in await exchange.all("ServiceRequest") if each["intent"] == "plan"]
    assert time["status"] == "revoked"


async def test_a_request_that_is_changed_is_the_same_request(exchange: Exchange) -> None:
    """
    A new message in the thread: the next version of the ServiceRequest, another level, another deadline.
    """
    await exchange.send(question())
    sooner = question(
        MessageId="sooner",
        InReplyTo=QUESTION,
        CreatedTime="2026-11-02T10:00:00+01:00",
        Urgency="Inom1Dag",
        Vitals=[{"Type": "Vikt", "Value": 80.1}],
    )
    await exchange.send(sooner)
    request, task = await exchange.one("ServiceRequest"), await exchange.one("Task")
    assert (request["priority"], request["extension"][0]["valueCoding"]["code"]) == ("asap", "1d")
    assert task["restriction"]["period"]["end"] == "2026-11-03T10:00:00+01:00"
    assert request["occurrencePeriod"]["end"] == "2026-11-03T10:00:00+01:00"
    assert len(request["supportingInfo"]) == len(question()["Vitals"]) + 1
    assert len(await exchange.said()) == len([question, sooner])


async def test_a_request_is_sent_on(exchange: Exchange) -> None:
    """
    Vidareskickad: the old Task is cancelled with code 3, the new is part of it; only the new unit answers.
    """
    await exchange.send(question())
    on = question(
        MessageId="on",
        InReplyTo=QUESTION,
        CreatedTime="2026-11-02T10:00:00+01:00",
        Sender=BOOKED["Sender"],
        Receiver={"UnitHsaId": "SE2321000115-VC08", "UnitName": "Vårdcentralen Bocksten"},
    )
    assert (await exchange.send(on)).answer.status == 201
    tasks = {each["status"]: each for each in await exchange.all("Task")}
    assert set(tasks) == {"cancelled", "requested"}
    assert tasks["cancelled"]["businessStatus"]["coding"][0]["display"] == "vidareskickad"
    assert tasks["requested"]["partOf"] == [{"reference": f"Task/{tasks['cancelled']['id']}"}]
    assert tasks["requested"]["requester"] == tasks["cancelled"]["requester"]
    assert tasks["requested"]["restriction"] == tasks["cancelled"]["restriction"]
    assert (await exchange.send(ANSWER)).answer.status == 403
    theirs = changed(ANSWER, MessageId="theirs", Sender__UnitHsaId="SE2321000115-VC08")
    assert (await exchange.send(theirs)).answer.status == 201
    assert {each["status"] for each in await exchange.all("Task")} == {"cancelled", "completed"}


async def test_two_answers_at_once_are_both_kept(exchange: Exchange) -> None:
    """
    One takes the Task to its end, the other is added to it: neither overwrites the other.
    """
    await exchange.send(question())
    other = {**ANSWER, "MessageId": "other", "Answer": "Kom in på fredag."}
    kept = await asyncio.gather(*(exchange.send(message) for message in (ANSWER, other)))
    assert [each.answer.status for each in kept] == [201, 201]
    task = await exchange.one("Task")
    assert task["status"] == "completed"
    assert len(task["output"]) == len([ANSWER, other])
    assert [status for status, _ in await exchange.steps()].count("accepted") == 1


async def test_an_answer_and_a_withdrawal_at_once_end_in_one_of_two_ways(exchange: Exchange) -> None:
    """
    Whichever was first stands; the other was taken or refused with that before its eyes.
    """
    await exchange.send(question())
    withdrawn = {**WITHDRAWN, "CreatedTime": "2026-11-02T13:30:00+01:00"}
    answer = {**ANSWER, "CreatedTime": "2026-11-02T13:30:00+01:00"}
    kept = await asyncio.gather(*(exchange.send(message) for message in (answer, withdrawn)))
    statuses = sorted(each.answer.status for each in kept)
    assert statuses == [201, 422]
    status = (await exchange.one("Task"))["status"]
    assert status == ("completed" if kept[0].answer.status == 201 else "cancelled")


async def test_an_answer_waits_for_its_question_and_is_taken_up(exchange: Exchange) -> None:
    """
    422 with a place to look; when the question comes the answer has effect by itself, once.
    """
    early = await exchange.send(ANSWER)
    assert (early.answer.status, codes(early)) == (422, ["thread-unknown"])
    assert await exchange.all("Task") == []
    await exchange.send(question())
    assert await exchange.steps() == [("requested", "1")]
    assert await exchange.work() == 1
    assert (await exchange.one("Task"))["status"] == "completed"
    assert await exchange.said() == [QUESTION, ANSWER["MessageId"]]
    assert await exchange.work() == 0
    again = await exchange.send(ANSWER)
    assert (again.outcome.value, again.answer.status) == ("same", 422)


async def test_a_mark_that_is_of_no_more_use_says_so(exchange: Exchange) -> None:
    """
    The question may come under either side's name; when it has come, nothing lies in preparation any more.
    """
    early = await exchange.send(ANSWER)
    assert [each["status"] for each in await exchange.all("Communication")] == ["preparation"] * 2
    await exchange.send(question())
    await exchange.work()
    statuses = sorted(each["status"] for each in await exchange.all("Communication"))
    assert statuses == ["completed", "completed", "not-done"]
    parked = await exchange.store.message(early.id)
    assert parked is not None
    taken = await exchange.store.message(parked.taken_as)
    assert taken is not None
    assert (taken.replays, taken.state.value, parked.state.value) == (parked.id, "done", "parked")
    (listed,) = await exchange.store.messages(MessageQuery(ids=(early.id,)))
    assert listed.taken_as == taken.id


async def test_a_mark_is_kept_for_those_who_still_wait(exchange: Exchange) -> None:
    """
    The window of one answer is over; the other, which came later, waits on, and is taken up.
    """
    await exchange.send(ANSWER)
    exchange.clock.move(hours=2)
    await exchange.send({**ANSWER, "MessageId": "other", "Answer": "Kom in på fredag."})
    exchange.clock.move(hours=71)
    assert await exchange.work() == 1
    marks = [each for each in await exchange.all("Communication") if each["status"] == "preparation"]
    assert [len(each["about"]) for each in marks] == [1, 1]
    await exchange.send(question(CreatedTime="2026-11-05T09:15:00+01:00"))
    await exchange.work()
    assert "other" in await exchange.said()
    assert not [each for each in await exchange.all("Communication") if each["status"] == "preparation"]


async def test_a_mark_that_was_closed_is_used_again(exchange: Exchange) -> None:
    """
    Nobody waited any more, then somebody does: the question finds them.
    """
    await exchange.send(ANSWER)
    exchange.clock.move(hours=73)
    await exchange.work()
    other = {**ANSWER, "MessageId": "other", "CreatedTime": "2026-11-05T18:00:00+01:00", "Answer": "Kom in."}
    await exchange.send(other)
    await exchange.send(question(CreatedTime="2026-11-05T09:15:00+01:00"))
    await exchange.work()
    assert (await exchange.one("Task"))["status"] == "completed"
    assert "other" in await exchange.said()


async def test_several_answers_wait_for_one_question(exchange: Exchange) -> None:
    """
    All of them, in whatever order.
    """
    other = {**ANSWER, "MessageId": "other", "Answer": "Kom in på fredag."}
    await asyncio.gather(*(exchange.send(message) for message in (ANSWER, other, BOOKED)))
    await exchange.send(question())
    await exchange.work()
    task = await exchange.one("Task")
    assert (task["status"], len(task["output"])) == ("completed", len([ANSWER, other, BOOKED]))


async def test_a_question_and_its_answer_at_once_find_each_other(exchange: Exchange) -> None:
    """
    Whichever is first: the answer is taken in, at once or from where it waited.
    """
    await asyncio.gather(*(exchange.send(message) for message in (ANSWER, question())))
    await exchange.work()
    assert (await exchange.one("Task"))["status"] == "completed"


async def test_a_withdrawal_waits_for_its_request_too(exchange: Exchange) -> None:
    """
    Cancel before request: the request comes and is withdrawn.
    """
    assert (await exchange.send(WITHDRAWN)).answer.status == 422
    await exchange.send(question())
    await exchange.work()
    assert (await exchange.one("Task"))["status"] == "cancelled"


async def test_an_answer_without_a_question_becomes_a_thread_of_its_own(exchange: Exchange) -> None:
    """
    After the window: nobody waits for ever, and the words are read.
    """
    await exchange.send(BOOKED)
    exchange.clock.move(hours=71)
    assert await exchange.work() == 0
    exchange.clock.move(hours=2)
    assert await exchange.work() == 1
    assert await exchange.said() == [BOOKED["MessageId"]]
    assert (await exchange.one("Appointment"))["status"] == "booked"
    assert await exchange.all("Task") == []


async def test_the_window_finds_nothing_to_do_when_the_answer_was_taken_up(exchange: Exchange) -> None:
    """
    The watch that was set fires all the same, and has no effect.
    """
    for message in (ANSWER, question()):
        await exchange.send(message)
    await exchange.work()
    before = await exchange.steps()
    exchange.clock.move(hours=73)
    assert await exchange.work() > 0
    assert [status for status, _ in await exchange.steps()] == [status for status, _ in before]
    assert await exchange.said() == [QUESTION, ANSWER["MessageId"]]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_any_order_and_any_duplicate_end_alike(exchange: Exchange, order: tuple[int, ...]) -> None:
    """
    Question, booked time and answer in every order, each of them twice: no word lost, none said twice.
    """
    messages = [question(), BOOKED, ANSWER]
    for place in order:
        first = await exchange.send(messages[place])
        again = await exchange.send(messages[place])
        assert (again.outcome.value, again.answer) == ("same", first.answer)
    for place in order:
        await exchange.send(messages[place])
    await exchange.work()
    assert (await exchange.one("Task"))["status"] == "completed"
    assert (await exchange.one("Appointment"))["status"] == "booked"
    assert sorted(await exchange.said()) == sorted(each["MessageId"] for each in messages)


async def test_other_words_under_a_known_id_are_refused(exchange: Exchange) -> None:
    """
    409 for a changed answer, and for a changed question; the first stands.
    """
    for message in (question(), ANSWER):
        await exchange.send(message)
    for message in (question(Question="Något annat?"), {**ANSWER, "Answer": "Något annat."}):
        kept = await exchange.send(message)
        assert (kept.answer.status, codes(kept)) == (409, ["id-conflict"])
    assert len(await exchange.steps()) == len(["requested", "accepted", "in-progress", "completed"])


async def test_messages_beside_the_consultation_stand_for_themselves(exchange: Exchange) -> None:
    """
    An invitation to a SIP meeting is a Task for the invited unit and a proposed time; the rest is told.
    """
    for name in ("sip-invitation", "time-limited-home-visits"):
        assert (await exchange.send(fixture(name))).answer.status == 201
    task, meeting = await exchange.one("Task"), await exchange.one("Appointment")
    assert task["input"][0]["valueReference"] == {"reference": f"Appointment/{meeting['id']}"}
    assert (task["status"], meeting["status"]) == ("requested", "proposed")


async def test_an_answer_to_what_was_no_question_is_told_in_its_thread(exchange: Exchange) -> None:
    """
    It answers the other message; there is no Task to move.
    """
    await exchange.send(fixture("sip-invitation"))
    reply = {**ANSWER, "InReplyTo": fixture("sip-invitation")["MessageId"], "Answer": "Vi kommer."}
    assert (await exchange.send(reply)).answer.status == 201
    (answer,) = [each for each in await exchange.all("Communication") if "inResponseTo" in each]
    assert answer["inResponseTo"][0]["reference"].startswith("Communication/")
    third = changed(reply, MessageId="third", Sender__UnitHsaId="SE2321000115-VC99")
    assert (await exchange.send(third)).answer.status == 403
