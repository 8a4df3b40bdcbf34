"""What both sides see of the clock: one reminder of several, who is waited for, what has no end."""

from __future__ import annotations

import pytest

from adapter.domain.event import EventKind
from adapter.letters import OURSELVES
from adapter.policy import Policy
from tests.exchange.conftest import QUESTION, Exchange, fixture, question

SOON = {"CreatedTime": "2026-11-02T15:30:00+01:00"}


async def notes(exchange: Exchange) -> list[str]:
    """What stands on the Task."""
    return [note["text"] for note in (await exchange.one("Task")).get("note", ())]


async def test_a_request_that_comes_after_its_time_is_told_of_once(exchange: Exchange) -> None:
    """
    Both reminders are due at once; the one at the deadline says it all.
    """
    await exchange.send(question(CreatedTime="2026-10-20T09:15:00+02:00"))
    assert await exchange.work() == len(["soon", "overdue"])
    (note,) = await notes(exchange)
    assert note.startswith("Svarstiden har gått ut")


async def test_a_request_that_comes_within_the_margin_is_told_of_at_once(exchange: Exchange) -> None:
    """
    The reminder before the deadline still has something to say.
    """
    await exchange.send(question(CreatedTime="2026-10-30T17:00:00+01:00"))
    assert await exchange.work() == 1
    (note,) = await notes(exchange)
    assert note.startswith("Svarstiden går snart ut")


async def test_the_clock_runs_on_while_more_is_asked_for_and_both_see_who_is_waited_for(
    exchange: Exchange,
) -> None:
    """
    The deadline stays; the Task and the reminder name the side that is to do something.
    """
    await exchange.send(question(**SOON))
    before = (await exchange.one("Task"))["restriction"]
    await exchange.send(fixture("completion-asked-for", CreatedTime="2026-11-02T15:40:00+01:00"))
    task = await exchange.one("Task")
    assert (task["status"], task["restriction"]) == ("on-hold", before)
    assert (
        "Komplettering väntas från den som frågade; svarstiden löper under tiden (senast"
        in task["text"]["div"]
    )
    exchange.clock.move(hours=60)
    await exchange.work()
    (note,) = await notes(exchange)
    assert "Komplettering väntas från Hemsjukvården Norr, Varbergs kommun; svarstiden löper" in note


async def test_a_reminder_names_the_unit_that_is_to_answer(exchange: Exchange) -> None:
    """
    While nothing more is asked for it is the one that has the request.
    """
    await exchange.send(question(**SOON))
    exchange.clock.move(hours=60)
    await exchange.work()
    (note,) = await notes(exchange)
    assert "Svar väntas från Vårdcentralen Håsten." in note


async def test_what_has_no_deadline_is_looked_at_again_and_again(exchange: Exchange) -> None:
    """
    Långsiktigt: a date of review on the Task, both reminded then, and the next date set.
    """
    exchange.policy = Policy(review_days=30)
    await exchange.send(question(**SOON, Urgency="Langsiktigt"))
    task = await exchange.one("Task")
    assert "end" not in task["restriction"]["period"]
    assert task["input"] == [
        {"type": {"text": "datum för översyn"}, "valueDateTime": "2026-12-02T15:30:00+01:00"}
    ]
    assert "Ses över 2026-12-02 kl. 15.30 om inget har hänt." in task["text"]["div"]
    exchange.clock.move(days=29)
    assert await exchange.work() == 0
    for count in (1, 2):
        exchange.clock.move(days=30)
        assert await exchange.work() == 1
        assert len(await notes(exchange)) == count
    assert (await exchange.one("Task"))["input"][0]["valueDateTime"] == "2027-01-31T15:30:00+01:00"
    kinds = [row.letter.kind for row in await exchange.letters(OURSELVES)]
    assert kinds == [EventKind.REVIEW.value] * 3


@pytest.mark.parametrize("name", ["answer", "booked-time", "withdrawal"])
async def test_nobody_looks_again_at_what_is_done(exchange: Exchange, name: str) -> None:
    """
    The review fires and does nothing, and sets no other.
    """
    await exchange.send(question(**SOON, Urgency="Langsiktigt"))
    await exchange.send(fixture(name))
    exchange.clock.move(days=200)
    assert await exchange.work() == 1
    assert await notes(exchange) == []
    assert await exchange.work() == 0


async def test_a_level_that_becomes_long_term_gets_a_review_and_loses_its_deadline(
    exchange: Exchange,
) -> None:
    """
    And the other way round: what was long-term gets a deadline and no review.
    """
    await exchange.send(question(**SOON))
    later = question(
        MessageId="later", InReplyTo=QUESTION, CreatedTime="2026-11-02T16:00:00+01:00", Urgency="Langsiktigt"
    )
    await exchange.send(later)
    task = await exchange.one("Task")
    assert "end" not in task["restriction"]["period"]
    assert task["input"][0]["valueDateTime"] == "2027-01-31T16:00:00+01:00"
    sooner = {
        **later,
        "MessageId": "sooner",
        "CreatedTime": "2026-11-02T17:00:00+01:00",
        "Urgency": "Inom1Dag",
    }
    await exchange.send(sooner)
    task = await exchange.one("Task")
    assert task["restriction"]["period"]["end"] == "2026-11-03T17:00:00+01:00"
    assert "input" not in task
    exchange.clock.move(days=300)
    await exchange.work()
    (note,) = await notes(exchange)
    assert note.startswith("Svarstiden har gått ut (senast 2026-11-03")
