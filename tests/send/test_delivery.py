"""The worker: what becomes of letters, whatever receivers do. No test here waits for a clock."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapter.errors import Unparsable
from adapter.findings import Finding
from adapter.letters import (
    OURSELVES,
    RESEND,
    UNWRITTEN,
    Delivered,
    LetterQuery,
    LetterState,
    Manner,
    Patience,
    Refused,
    Trouble,
    TryAgain,
)
from adapter.ports import Answer, Kept, Outcome, StoreUnavailable
from adapter.send.delivery import Delivery
from adapter.send.ourselves import Ourselves
from tests.send.doubles import AWAY, DAY, Receiver, away, away_until, put, until
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from adapter.letters import Letter, LetterRow, Sender, Settlement, Verdict
    from adapter.ports import Store
    from tests.send.doubles import Pace
    from tests.store.conftest import Hand, Post

BAD = Trouble(code="refused", cause="Mottagaren säger nej till brevet.")


@asynccontextmanager
async def sending(store: Store, pace: Pace, **senders: Sender) -> AsyncIterator[Delivery]:
    """A worker that nobody else shares the store with."""
    delivery = Delivery(store.outbox, senders, pace=pace, poll=None)
    delivery.start()
    try:
        yield delivery
    finally:
        await delivery.stop()


async def rows(store: Store, *states: LetterState, **said: Any) -> Sequence[LetterRow]:
    """Letters by their state."""
    return await store.outbox.letters(replace(LetterQuery(states=states, limit=1000), **said))


async def all_settled(store: Store) -> None:
    """Wait until no letter waits."""
    for _ in range(20_000):
        if not await store.outbox.receivers():
            return
        for _ in range(20):
            await asyncio.sleep(0)
    raise AssertionError("letters wait for ever")


async def test_letters_are_delivered_in_order_and_acknowledged(store: Store, pace: Pace, post: Post) -> None:
    """
    Those that were there at the start and those that come later; the acknowledgement is kept.
    """
    north = Receiver()
    await put(store, post, "a", "b")
    async with sending(store, pace, north=north):
        await all_settled(store)
        await put(store, post, "c")
        await all_settled(store)
    assert north.words == ["a", "b", "c"]
    assert {row.answer for row in await rows(store, LetterState.DELIVERED)} == {b"ok"}
    assert north.is_closed


async def test_a_receiver_that_is_away_for_hours_gets_all_in_order(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    Nothing is lost, nothing passes another in its lane, and it is not flooded with tries meanwhile.
    """
    north = Receiver(away_until(hand, hand() + timedelta(hours=10)))
    names = [f"{number % 3}-{number:02}" for number in range(30)]
    await put(store, post, *names, lanes=3)
    async with sending(store, pace, north=north):
        await all_settled(store)
    taken = north.words[-30:]
    for lane in "012":
        assert [name for name in taken if name[0] == lane] == [name for name in names if name[0] == lane]
    assert len(north.got) < 30 + 10 * 60 + 20  # a probe a minute at most, when it is long away


async def test_a_letter_is_given_up_when_its_window_has_passed(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    After 72 hours, not before; class, cause and remedy are told, and its sender's report is posted once.
    """
    began = hand()
    north, ourselves = Receiver(away, hand=hand), Receiver()
    sent = letter("a", thread="t1", sender_unit="SE2120001249-HSV01")
    await store.keep(with_letters(post, sent))
    async with sending(store, pace, north=north, overens=ourselves):
        await all_settled(store)
    assert north.at[-1] - began == timedelta(hours=72)
    (dead,) = await rows(store, LetterState.DEAD)
    assert dead.trouble is not None
    assert dead.trouble.code == "given-up"
    assert "under 72 timmar. Senast: Mottagaren går inte att nå." in dead.trouble.cause
    assert dead.trouble.remedy == AWAY.remedy
    (report,) = [json.loads(words) for words in ourselves.words]
    assert report["EventId"]
    assert {name: report[name] for name in ("Event", "Letter", "Task", "SenderUnit", "Code", "Receiver")} == {
        "Event": "ej-levererat",
        "Letter": sent.id,
        "Task": "Task/t1",
        "SenderUnit": "SE2120001249-HSV01",
        "Code": "given-up",
        "Receiver": "north",
    }


async def test_an_answer_that_was_delivered_is_told_to_ourselves_once(
    store: Store, pace: Pace, post: Post
) -> None:
    """
    In the transaction that settles it; other letters leave no such word.
    """
    north, ourselves = Receiver(), Receiver()
    answer = replace(letter("a", thread="t1"), kind="svar")
    await store.keep(with_letters(post, answer, letter("b", thread="t1")))
    async with sending(store, pace, north=north, overens=ourselves):
        await all_settled(store)
    (event,) = [json.loads(words) for words in ourselves.words]
    told = {name: event[name] for name in ("Event", "Letter", "Task", "Kind", "Receiver")}
    assert told == {
        "Event": "svar-levererat",
        "Letter": answer.id,
        "Task": "Task/t1",
        "Kind": "svar",
        "Receiver": "north",
    }


async def test_waits_grow_with_chance_up_to_a_quarter_of_an_hour(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    With the chance at a half: 1, 2, 4 … seconds, then 450; probes of the whole receiver come no sooner.
    """
    north = Receiver(away, hand=hand)
    await put(store, post, "a")
    async with sending(store, pace, north=north):
        await until(lambda: len(north.at) > 14)
    waits = [
        (later - earlier).total_seconds() for earlier, later in zip(north.at, north.at[1:], strict=False)
    ]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[8:14] == [256, 450, 450, 450, 450, 450]
    assert len({envelope for _, envelope in north.got}) == len(north.got)


async def test_a_letter_that_is_refused_is_dead_and_the_next_one_goes(
    store: Store, pace: Pace, post: Post
) -> None:
    """
    Poison is put aside at once, tried once, and reported once; without a remedy of its own it has ours.
    """
    north = Receiver(lambda sent: Refused(trouble=BAD) if sent.body == b"b" else Delivered())
    ourselves = Receiver()
    await put(store, post, "a", "b", "c")
    async with sending(store, pace, north=north, overens=ourselves):
        await all_settled(store)
    assert north.words == ["a", "b", "c"]
    (dead,) = await rows(store, LetterState.DEAD)
    assert dead.trouble is not None
    assert (dead.letter.body, dead.trouble.code, dead.trouble.cause) == (b"b", "refused", BAD.cause)
    assert f"overens queue retry {dead.letter.id}" in dead.trouble.remedy
    assert [json.loads(words)["Letter"] for words in ourselves.words] == [dead.letter.id]


async def test_a_letter_that_could_not_be_written_is_dead_without_a_try(
    store: Store, pace: Pace, post: Post
) -> None:
    """
    The receiver hears nothing, the next letter goes, and an operator reads why in Swedish.
    """
    north, ourselves = Receiver(), Receiver()
    lost = replace(letter("Formatet har inga ord för detta."), media_type=UNWRITTEN)
    await store.keep(with_letters(post, lost, letter("b")))
    async with sending(store, pace, north=north, overens=ourselves):
        await all_settled(store)
    assert north.words == ["b"]
    (dead,) = await rows(store, LetterState.DEAD)
    assert dead.trouble is not None
    assert (dead.trouble.code, dead.trouble.cause) == (
        "letter-unwritable", "Formatet har inga ord för detta.",
    )  # fmt: skip
    assert dead.trouble.remedy.startswith("Ring mottagaren.")
    assert [json.loads(words)["Letter"] for words in ourselves.words] == [lost.id]


async def test_a_letter_that_dies_again_is_reported_again(store: Store, pace: Pace, post: Post) -> None:
    """
    An operator posts it again; each death has one report.
    """
    north, ourselves = Receiver(lambda _: Refused(trouble=BAD)), Receiver()
    await put(store, post, "a")
    async with sending(store, pace, north=north, overens=ourselves):
        for count in (1, 2):
            await until(lambda count=count: len(ourselves.got) == count)  # type: ignore[misc]
            await store.outbox.retry(LetterQuery(states=(LetterState.DEAD,)), now=pace.now())
        await until(lambda: len(ourselves.got) == 3)
    assert len(set(ourselves.words)) == 3


async def test_a_dead_letter_to_ourselves_reports_to_nobody(store: Store, pace: Pace, post: Post) -> None:
    """
    Or it would go on for ever.
    """
    await store.keep(with_letters(post, letter("a", receiver=OURSELVES)))
    async with sending(store, pace, overens=Receiver(lambda _: Refused(trouble=BAD))):
        await all_settled(store)
    assert [row.state for row in await rows(store)] == [LetterState.DEAD]


async def test_a_peer_that_counts_resends_gets_two(store: Store, pace: Pace, hand: Hand, post: Post) -> None:
    """
    After 30 minutes each, the same letter in a new envelope; then it is dead.
    """
    north = Receiver(away, Manner(patience=RESEND), hand)
    await put(store, post, "a")
    async with sending(store, pace, north=north):
        await until(lambda: len(north.at) == 3)
        await until(lambda: hand() > north.at[0] + DAY)
    assert [later - earlier for earlier, later in zip(north.at, north.at[1:], strict=False)] == [
        timedelta(minutes=30)
    ] * 2
    assert north.words == ["a"] * 3
    assert len({envelope for _, envelope in north.got}) == 3
    assert [row.letter.body for row in await rows(store, LetterState.DEAD, receiver="north")] == [b"a"]


async def test_a_receiver_that_is_away_is_probed_by_one_letter_at_a_time(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    A hundred lanes wait; one letter knocks, and when it gets in, all follow.
    """
    began = hand()
    north = Receiver(away_until(hand, began + timedelta(minutes=30)), hand=hand)
    names = [f"{number:03}" for number in range(100)]
    await put(store, post, *names, lanes=100)
    async with sending(store, pace, north=north):
        await all_settled(store)
    in_vain = [at for at in north.at if at < began + timedelta(minutes=30)]
    assert len(in_vain) < 60
    assert sorted(north.words[len(in_vain) :]) == names
    assert max(north.at) - began < timedelta(minutes=60)


async def test_letters_grow_old_while_nobody_is_there_to_try_them_on(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    When a receiver never comes back they are all dead soon after their window, each with one report, though
    only one a minute knocks.
    """
    north, ourselves = Receiver(away, hand=hand), Receiver()
    await put(store, post, *(f"{number:03}" for number in range(60)), lanes=60)
    began = hand()
    patience = Patience(window=timedelta(hours=2))
    senders = {"north": north, "overens": ourselves}
    delivery = Delivery(store.outbox, senders, pace=pace, patience=patience, poll=None)
    delivery.start()
    await all_settled(store)
    await delivery.stop()
    assert timedelta(hours=2) <= hand() - began < timedelta(hours=2, minutes=5)
    assert len(await rows(store, LetterState.DEAD)) == 60
    assert len({json.loads(words)["Letter"] for words in ourselves.words}) == len(ourselves.got) == 60


async def test_a_receiver_that_says_when_is_tried_no_sooner(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    Retry-After counts for all of its lanes; a longest time is kept to.
    """
    said = iter([timedelta(minutes=5), timedelta(days=900)])
    north = Receiver(lambda _: TryAgain(trouble=AWAY, after=next(said, None)), hand=hand)
    north.manner = Manner(at_once=1)
    await put(store, post, "a", "b", lanes=2)
    async with sending(store, pace, north=north):
        await until(lambda: len(north.at) > 2)
    waits = [later - earlier for earlier, later in zip(north.at, north.at[1:], strict=False)]
    assert waits[:2] == [timedelta(minutes=5), timedelta(minutes=15)]


async def test_letters_to_nobody_in_the_configuration_wait_and_then_die(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    The receiver may come back with the next start; if not, its letters end like others.
    """
    await put(store, post, "a")
    async with sending(store, pace):
        await until(lambda: hand().day == 4)
        (row,) = await rows(store, LetterState.WAITING)
        assert row.trouble is not None
        assert row.trouble.code == "receiver-unknown"
        await until(lambda: hand().day == 6)
    assert len(await rows(store, LetterState.DEAD)) == 1


class Crashing:
    """An outbox whose answers to settling are lost for a while, as when the process dies in between."""

    def __init__(self, store: Store, losses: int) -> None:
        self._outbox, self._losses = store.outbox, losses

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(self._outbox, name)

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> Sequence[bool]:
        """Not kept, at first."""
        if self._losses:
            self._losses -= 1
            raise StoreUnavailable("gone")
        return await self._outbox.settle(settlements, now=now)


async def test_a_crash_between_sending_and_settling_sends_again(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    The same letter in another envelope when the lease has ended; the receiver tells by its id.
    """
    north = Receiver(hand=hand, manner=Manner(seconds=5))
    await put(store, post, "a", "b")
    delivery = Delivery(Crashing(store, losses=12), {"north": north}, pace=pace, poll=None)
    delivery.start()
    await all_settled(store)
    await delivery.stop()
    assert north.words == ["a", "a", "b"]
    assert len({envelope for _, envelope in north.got}) == 3
    assert north.at[1] - north.at[0] >= timedelta(seconds=10)


async def test_a_store_that_is_away_for_a_moment_costs_no_second_sending(
    store: Store, pace: Pace, post: Post
) -> None:
    """
    What became of a try is told again while the lease lasts.
    """
    north = Receiver()
    await put(store, post, "a", "b")
    delivery = Delivery(Crashing(store, losses=3), {"north": north}, pace=pace, poll=None)
    delivery.start()
    await all_settled(store)
    await delivery.stop()
    assert north.words == ["a", "b"]


async def test_who_was_stopped_past_the_lease_sends_no_more(store: Store, pace: Pace, post: Post) -> None:
    """
    It wakes up in the middle of a queue that another has emptied: it neither settles nor sends the next.
    """
    hand, other, names = pace.hand, Receiver(), ["a", "b", "c"]

    async def stopped_meanwhile(sent: Letter, envelope: str) -> Verdict:
        stopped.got.append((sent.body.decode(), envelope))
        hand.move(minutes=5)
        second = Delivery(store.outbox, {"north": other}, pace=pace, poll=None)
        second.start()
        await until(lambda: len(other.got) == 3)
        await second.stop()
        return Delivered()

    stopped = Receiver(manner=Manner(at_once=1))
    stopped.deliver = stopped_meanwhile  # type: ignore[method-assign]
    await put(store, post, *names)
    async with sending(store, pace, north=stopped):
        await all_settled(store)
    assert (stopped.words, other.words) == (["a"], names)
    assert {row.tries for row in await rows(store)} == {1}


async def test_a_receiver_that_hangs_holds_up_nobody_else(store: Store, pace: Pace, post: Post) -> None:
    """
    Each receiver has its own workers; a try that takes too long is given up and tried again.
    """
    tries, second = 0, asyncio.Event()

    async def hangs(_: Letter, __: str) -> Verdict:
        nonlocal tries
        tries += 1
        if tries > 1:
            second.set()
        await asyncio.Event().wait()
        raise AssertionError

    stuck, south = Receiver(manner=Manner(seconds=0.01)), Receiver()
    stuck.deliver = hangs  # type: ignore[method-assign]
    await put(store, post, "a", "b")
    await store.keep(with_letters(post, letter("c", receiver="south")))
    async with sending(store, pace, north=stuck, south=south):
        await until(lambda: south.words == ["c"])
        await asyncio.wait_for(second.wait(), 5)
    (row, _) = sorted(await rows(store, receiver="north"), key=lambda row: row.letter.body)
    assert row.trouble is not None
    assert row.trouble.code == "no-answer"


async def test_a_fault_of_a_way_out_is_tried_again(store: Store, pace: Pace, post: Post) -> None:
    """
    An exception is no verdict on the letter; what it says stands nowhere, for it may quote the letter.
    """
    said = iter([ValueError("Tolvan"), None])

    def faulty(_: Letter) -> Verdict:
        if problem := next(said):
            raise problem
        return Delivered()

    north = Receiver(faulty)
    await put(store, post, "a")
    async with sending(store, pace, north=north):
        await until(lambda: len(north.got) == 1)
        await all_settled(store)
    assert north.words == ["a", "a"]


async def test_a_graceful_stop_lets_what_is_under_way_end(store: Store, pace: Pace, post: Post) -> None:
    """
    The letter that is being sent is settled, the next is not begun, and its queue is free at once.
    """
    go_on, began = asyncio.Event(), asyncio.Event()

    async def slow(sent: Letter, envelope: str) -> Verdict:
        north.got.append((sent.body.decode(), envelope))
        began.set()
        await go_on.wait()
        return Delivered()

    north = Receiver()
    north.deliver = slow  # type: ignore[method-assign]
    await put(store, post, "a", "b")
    async with sending(store, pace, north=north) as delivery:
        await began.wait()
        stopping = asyncio.create_task(delivery.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
    assert north.words == ["a"]
    states = {row.letter.body: row.state for row in await rows(store)}
    assert states == {b"a": LetterState.DELIVERED, b"b": LetterState.WAITING}
    assert (await store.outbox.earliest(["north"]))["north"] <= pace.now()


async def test_a_stop_that_cannot_wait_lets_go_of_the_queue(store: Store, pace: Pace, post: Post) -> None:
    """
    The letter is sent again by who comes next, without waiting for the lease to end.
    """
    began = asyncio.Event()

    async def hangs(_: Letter, __: str) -> Verdict:
        began.set()
        await asyncio.Event().wait()
        raise AssertionError

    north = Receiver()
    north.deliver = hangs  # type: ignore[method-assign]
    await put(store, post, "a")
    delivery = Delivery(store.outbox, {"north": north}, pace=pace, poll=None)
    delivery.start()
    await began.wait()
    await delivery.stop(grace=0.01)
    assert (await store.outbox.earliest(["north"]))["north"] <= pace.now()
    assert [row.tries for row in await rows(store, LetterState.WAITING)] == [0]


async def test_what_we_cannot_read_ourselves_holds_up_nobody(store: Store, pace: Pace, post: Post) -> None:
    """
    A letter to ourselves that is no message is dead at once, and the next one is taken in.
    """

    async def take(raw: bytes) -> Kept:
        if raw == b"broken":
            raise Unparsable(Finding("not-json", "", "", "", blocking=True))
        return Kept(outcome=Outcome.NEW, answer=Answer(status=201, body=b"kept"), id="i")

    for name in ("broken", "whole"):
        await store.keep(with_letters(post, letter(name, receiver=OURSELVES)))
    async with sending(store, pace, overens=Ourselves(take)):
        await all_settled(store)
    assert [row.letter.body for row in await rows(store, LetterState.DELIVERED)] == [b"whole"]
    assert [row.trouble and row.trouble.code for row in await rows(store, LetterState.DEAD)] == ["unreadable"]


async def test_a_reminder_comes_back_to_us_at_its_time(
    store: Store, pace: Pace, hand: Hand, post: Post
) -> None:
    """
    Taken in like any message; a store that is away then is tried again.
    """
    due, taken = hand() + timedelta(days=3), []

    async def take(raw: bytes) -> Kept:
        taken.append((raw, hand()))
        if len(taken) == 1:
            raise StoreUnavailable("away")
        return Kept(outcome=Outcome.NEW, answer=Answer(status=201, body=b"kept"), id="i")

    await store.keep(with_letters(post, letter("due", receiver=OURSELVES, not_before=due)))
    async with sending(store, pace, overens=Ourselves(take)):
        await all_settled(store)
    assert taken == [(b"due", due), (b"due", due + timedelta(seconds=1))]
    assert [row.answer for row in await rows(store, LetterState.DELIVERED)] == [b"kept"]
