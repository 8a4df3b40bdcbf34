"""The contract of the outbox, on every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapter.letters import OURSELVES, LetterQuery, LetterState, Settlement
from adapter.ports import Contested, Kept, Outcome
from adapter.store import open_store, ready
from tests.store.conftest import merged
from tests.store.letters import REFUSED, Office, letter, names, report_of, settled, with_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store
    from tests.store.conftest import Hand

    Post = Callable[..., Arrival]


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    """The store's outbox by its clock."""
    return Office(store, hand)


async def test_letters_leave_in_the_order_they_were_made(store: Store, post: Post, office: Office) -> None:
    """
    Within a receiver and lane, over messages; everything of a letter comes out as it went in.
    """
    first = letter("a", thread="t1", sender_unit="SE2120001249-HSV01")
    kept = await store.keep(with_letters(post, first, letter("b")))
    await store.keep(with_letters(post, letter("c")))
    lease = await office.one()
    assert names(lease) == ["a", "b", "c"]
    assert (lease.letters[0].letter, lease.letters[0].message) == (first, kept.id)
    assert kept.posted == (first.id, letter("b").id)


@pytest.mark.parametrize("make", [lambda arrival: arrival, ready], ids=["arrival", "made ready"])
async def test_a_message_that_comes_again_posts_nothing(
    store: Store, post: Post, office: Office, make: Callable[[Arrival], Arrival]
) -> None:
    """
    Its letters are those of the first time, also when it was made ready elsewhere.
    """
    arrival = with_letters(post, letter("a"))
    kept = await asyncio.gather(*(store.keep(make(arrival)) for _ in range(3)))
    assert sorted((each.outcome, each.posted) for each in kept) == [
        (Outcome.NEW, (letter("a").id,)),
        (Outcome.SAME, ()),
        (Outcome.SAME, ()),
    ]
    assert names(await office.one()) == ["a"]


async def test_a_message_that_is_not_kept_posts_nothing(store: Store, post: Post, office: Office) -> None:
    """
    Letters are in the transaction of their message.
    """
    await store.keep(post(message_id="m"))
    with pytest.raises(Contested):
        await store.keep(with_letters(post, letter("a"), message_id="m"))
    assert not await office.lease()


async def test_the_same_letter_of_another_message_is_posted_once(
    store: Store, post: Post, office: Office
) -> None:
    """
    Its id stands for it.
    """
    await store.keep(with_letters(post, letter("a")))
    again: Kept = await store.keep(with_letters(post, letter("a"), letter("b")))
    assert again.posted == (letter("b").id,)
    assert names(await office.one()) == ["a", "b"]


async def test_receivers_and_lanes_are_queues_of_their_own(store: Store, post: Post, office: Office) -> None:
    """
    The longest due is leased first, as many as asked for, each with as many letters as asked for.
    """
    for name, receiver, lane in (("a", "north", 1), ("b", "south", 1), ("c", "north", 2), ("d", "north", 1)):
        await store.keep(with_letters(post, letter(name, receiver=receiver, lane=lane)))
        office.hand.move(seconds=1)
    assert [names(lease) for lease in await office.lease(queues=1, letters=1)] == [["a"]]
    assert [names(lease) for lease in await office.lease()] == [["c"]]
    assert [names(lease) for lease in await office.lease("south")] == [["b"]]
    assert sorted(await office.outbox.receivers()) == ["north", "south"]


async def test_queues_are_leased_by_the_age_of_their_first_letter(
    store: Store, post: Post, office: Office
) -> None:
    """
    Where only those that have waited since before a time are asked for.
    """
    await store.keep(with_letters(post, letter("a"), letter("b", lane=8)))
    await office.settle(settled(next(each for each in await office.lease() if each.lane == 8)))
    office.hand.move(minutes=5)
    await store.keep(with_letters(post, letter("c"), letter("d", lane=8)))
    (old,) = await office.lease(since=office.hand())
    assert names(old) == ["a", "c"]
    assert [names(lease) for lease in await office.lease()] == [["d"]]


async def test_what_is_held_is_not_leased_to_another(store: Store, post: Post, office: Office) -> None:
    """
    Until it is let go of, even when more letters come; then it is due at once.
    """
    await store.keep(with_letters(post, letter("a")))
    lease = await office.one()
    await store.keep(with_letters(post, letter("b")))
    assert not await office.lease()
    assert await office.settle(settled(lease)) == [True]
    assert names(await office.one()) == ["b"]


async def test_a_lease_that_is_kept_goes_on(store: Store, post: Post, office: Office) -> None:
    """
    Settling may hold the queue for longer; nobody else gets it, and the next letters can be settled.
    """
    await store.keep(with_letters(post, letter("a"), letter("b")))
    lease = await office.one()
    office.hand.move(seconds=50)
    assert await office.settle(settled(lease, until=office.hand() + timedelta(seconds=60))) == [True]
    office.hand.move(seconds=50)
    assert not await office.lease()
    assert await office.settle(settled(lease, 1)) == [True]
    assert not await office.outbox.receivers()


async def test_who_was_stopped_past_the_lease_settles_nothing(
    store: Store, post: Post, office: Office
) -> None:
    """
    Another took the queue over: the first one's word no longer counts, neither before nor after the other is
    through, nor when the queue was emptied and filled again.
    """
    await store.keep(with_letters(post, letter("a"), letter("b")))
    stopped = await office.one()
    office.hand.move(seconds=61)
    other = await office.one()
    assert names(other) == ["a", "b"]
    dead = settled(stopped, state=LetterState.DEAD, trouble=REFUSED, report=report_of(letter("a")))
    assert await office.settle(dead) == [False]
    assert await office.settle(settled(other), settled(stopped, 1)) == [True, False]
    assert await office.settle(settled(await office.one())) == [True]
    await store.keep(with_letters(post, letter("c")))
    assert await office.settle(Settlement(lease=stopped), settled(stopped, 1)) == [False, False]
    assert names(await office.one()) == ["c"]
    assert not await office.lease(OURSELVES)
    states = {row.letter.body: row.state for row in await office.outbox.letters(LetterQuery())}
    assert states == {b"a": LetterState.DELIVERED, b"b": LetterState.DELIVERED, b"c": LetterState.WAITING}


async def test_an_expired_lease_that_nobody_took_still_settles(
    store: Store, post: Post, office: Office
) -> None:
    """
    What was delivered need not be sent again.
    """
    await store.keep(with_letters(post, letter("a")))
    lease = await office.one()
    office.hand.move(seconds=600)
    assert await office.settle(settled(lease)) == [True]
    assert not await office.lease()


async def test_a_letter_that_is_tried_again_holds_up_those_behind_it(
    store: Store, post: Post, office: Office
) -> None:
    """
    Its queue is due when it is; the tries are counted; why it failed is kept.
    """
    await store.keep(with_letters(post, letter("a"), letter("b")))
    lease, at = await office.one(), office.hand()
    due = at + timedelta(seconds=4)
    again = settled(lease, state=LetterState.WAITING, due_at=due, envelope="e1", trouble=REFUSED)
    assert await office.settle(again) == [True]
    assert await office.outbox.earliest(["north", "south"]) == {"north": due}
    office.hand.move(seconds=3.9)
    assert not await office.lease()
    office.hand.move(seconds=0.1)
    lease = await office.one()
    assert names(lease) == ["a", "b"]
    assert (lease.letters[0].tries, lease.letters[0].since) == (1, at)
    row = (await office.outbox.letters(LetterQuery(ids=(letter("a").id,))))[0]
    assert (row.envelope, row.trouble, row.tries, row.due_at) == ("e1", REFUSED, 1, due)


async def test_a_dead_letter_lets_the_next_one_pass_and_is_reported_once(
    store: Store, post: Post, office: Office
) -> None:
    """
    The report is posted in the same transaction, under the message that caused the letter.
    """
    kept = await store.keep(with_letters(post, letter("a"), letter("b")))
    lease = await office.one()
    dead = settled(
        lease, state=LetterState.DEAD, trouble=REFUSED, report=report_of(letter("a")), until=office.hand()
    )
    assert await office.settle(dead) == [True]
    assert await office.settle(dead) == [True]
    report = await office.one(OURSELVES)
    assert [each.letter for each in report.letters] == [report_of(letter("a"))]
    assert report.letters[0].message == kept.id
    assert names(await office.one()) == ["b"]
    (row,) = await office.outbox.letters(LetterQuery(states=(LetterState.DEAD,)))
    assert (row.letter.body, row.trouble, row.settled_at) == (b"a", REFUSED, office.hand())


async def test_the_acknowledgement_is_kept(store: Store, post: Post, office: Office) -> None:
    """
    As it came, with the envelope that it answers and its time.
    """
    await store.keep(with_letters(post, letter("a")))
    await office.settle(settled(await office.one(), envelope="e1", answer=b"\x0bMSA|AA\xff"))
    (row,) = await office.outbox.letters(LetterQuery())
    assert (row.state, row.envelope, row.answer) == (LetterState.DELIVERED, "e1", b"\x0bMSA|AA\xff")
    assert (row.settled_at, row.tries) == (office.hand(), 1)


async def test_a_letter_with_a_time_of_its_own_waits_alone(store: Store, post: Post, office: Office) -> None:
    """
    It holds up nobody, and nobody holds it up once it is due.
    """
    due = office.hand() + timedelta(hours=2)
    await store.keep(with_letters(post, letter("later", not_before=due), letter("a"), letter("b")))
    lease = await office.one()
    assert names(lease) == ["a", "b"]
    assert await office.outbox.earliest(["north"]) == {"north": office.hand() + timedelta(seconds=60)}
    tomorrow = office.hand() + timedelta(days=1)
    await office.settle(settled(lease, state=LetterState.WAITING, due_at=tomorrow, trouble=REFUSED))
    assert await office.outbox.earliest(["north"]) == {"north": due}
    office.hand.move(hours=2)
    lease = await office.one()
    assert (names(lease), lease.letters[0].since) == (["later"], due)
    assert await office.settle(settled(lease)) == [True]


async def test_a_time_that_has_passed_is_now(store: Store, post: Post, office: Office) -> None:
    """
    The patience of a letter that was due before it was made counts from when it was made.
    """
    due = office.hand() - timedelta(days=30)
    await store.keep(with_letters(post, letter("a", not_before=due)))
    assert (await office.one()).letters[0].since == office.hand()


async def test_new_letters_wake_who_watches(store: Store, post: Post, office: Office) -> None:
    """
    After the commit of letters and of reports, and of nothing else.
    """
    woken: list[int] = []
    office.outbox.watch(lambda: woken.append(1))
    await store.keep(post())
    assert not woken
    await store.keep(with_letters(post, letter("a")))
    assert len(woken) == 1
    lease = await office.one()
    await office.settle(
        settled(lease, state=LetterState.DEAD, trouble=REFUSED, report=report_of(letter("a")))
    )
    assert len(woken) == 2


async def test_an_operator_posts_a_dead_letter_again(store: Store, post: Post, office: Office) -> None:
    """
    With the same id and all its patience; one that waits is due at once.
    """
    await store.keep(with_letters(post, letter("a"), letter("b", lane=8)))
    for lease in await office.lease():
        far = office.hand() + timedelta(days=3)
        state = LetterState.DEAD if lease.lane == 7 else LetterState.WAITING
        await office.settle(settled(lease, state=state, due_at=far, trouble=REFUSED))
    office.hand.move(hours=1)
    assert not await office.lease()
    query = LetterQuery(receiver="north", code="refused")
    assert sorted(await office.outbox.retry(query, now=office.hand())) == sorted(
        [letter("a").id, letter("b").id]
    )
    leases = await office.lease()
    assert sorted(map(names, leases)) == [["a"], ["b"]]
    assert {(each.tries, each.since) for lease in leases for each in lease.letters} == {(0, office.hand())}


async def test_posting_again_takes_no_queue_from_who_holds_it(
    store: Store, post: Post, office: Office
) -> None:
    """
    Nobody else gets it before it is let go of.
    """
    await store.keep(with_letters(post, letter("a"), letter("b")))
    lease = await office.one()
    await office.outbox.retry(LetterQuery(), now=office.hand())
    assert not await office.lease()
    assert await office.settle(settled(lease)) == [True]
    assert names(await office.one()) == ["b"]


async def test_an_operator_takes_letters_away(store: Store, post: Post, office: Office) -> None:
    """
    Those that wait or are dead; the next in the queue is due; what was sent meanwhile stays away.
    """
    await store.keep(with_letters(post, letter("a"), letter("b"), letter("c", lane=8)))
    lease = next(each for each in await office.lease() if each.lane == 7)
    far = office.hand() + timedelta(days=3)
    await office.settle(settled(lease, state=LetterState.WAITING, due_at=far, trouble=REFUSED))
    away = LetterQuery(ids=(letter("a").id, letter("c").id))
    assert len(await office.outbox.discard(away, now=office.hand())) == 2
    lease = await office.one()
    assert names(lease) == ["b"]
    await office.settle(settled(lease))
    assert not await office.outbox.discard(LetterQuery(ids=(letter("b").id,)), now=office.hand())
    office.hand.move(seconds=61)
    emptied = await office.one()  # its lease was held when its letter was taken away
    assert not emptied.letters
    assert await office.settle(Settlement(lease=emptied)) == [True]
    assert not await office.outbox.receivers()


async def test_letters_are_found_by_what_is_known_of_them(store: Store, post: Post, office: Office) -> None:
    """
    State, receiver, code, message and id, joined; the newest first, no more than asked for.
    """
    kept = await store.keep(with_letters(post, letter("a"), letter("b")))
    await store.keep(with_letters(post, letter("c", receiver="south")))
    lease = await office.one()
    await office.settle(settled(lease, state=LetterState.DEAD, trouble=REFUSED))

    async def found(**said: object) -> list[str]:
        rows = await office.outbox.letters(replace(LetterQuery(), **said))
        return [row.letter.body.decode() for row in rows]

    assert await found() == ["c", "b", "a"]
    assert await found(limit=1) == ["c"]
    assert await found(states=(LetterState.DEAD, LetterState.DELIVERED)) == ["a"]
    assert await found(receiver="north", states=(LetterState.WAITING,)) == ["b"]
    assert await found(code="refused") == ["a"]
    assert await found(message=kept.id) == ["b", "a"]
    assert await found(ids=(letter("c").id,), receiver="north") == []


async def test_many_at_once_settle_each_letter_once(store: Store, post: Post, office: Office) -> None:
    """
    Messages come while four workers lease and settle: each letter is sent once, in the order of its queue.
    """
    sent: list[str] = []

    async def come(lane: int) -> None:
        for number in range(6):
            await store.keep(with_letters(post, letter(f"{lane}-{number}", lane=lane), lane=lane))

    async def work() -> None:
        while len(sent) < 24:
            for lease in await office.lease(queues=1, letters=2):
                for each in lease.letters:
                    sent.append(each.letter.body.decode())
                    is_last = each is lease.letters[-1]
                    until = None if is_last else office.hand() + timedelta(seconds=60)
                    mine = Settlement(
                        lease=lease, letter=each.letter.id, state=LetterState.DELIVERED, until=until
                    )
                    assert await office.settle(mine) == [True]
            await asyncio.sleep(0.001)

    await asyncio.wait_for(asyncio.gather(*map(come, range(4)), *(work() for _ in range(4))), 30)
    for lane in range(4):
        assert [name for name in sent if name[0] == str(lane)] == [f"{lane}-{number}" for number in range(6)]
    assert not await office.outbox.receivers()


async def test_what_a_dead_process_held_is_due_when_the_file_is_opened_again(
    tmp_path: object, hand: Hand, post: Post
) -> None:
    """
    SQLite has one writer: who opens the file knows that nobody holds anything.
    """
    url = f"sqlite:///{tmp_path}/a.db"
    store = await open_store(url, merged, now=hand)
    await store.keep(with_letters(post, letter("a")))
    lease = await Office(store, hand).one()
    await store.close()
    store = await open_store(url, merged, now=hand)
    office = Office(store, hand)
    assert await office.settle(settled(lease)) == [False]
    assert names(await office.one()) == ["a"]
    await store.close()
