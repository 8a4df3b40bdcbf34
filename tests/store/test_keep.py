"""The contract of ``keep``, on every store."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.ports import Contested, Kept, Outcome, Put, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store

    Post = Callable[..., Arrival]


def plan(id_: str = "p1", **elements: Any) -> dict[str, Any]:
    """A CarePlan."""
    return {"resourceType": "CarePlan", "id": id_, "status": "active", **elements}


def organization(**elements: Any) -> dict[str, Any]:
    """A shared resource."""
    return {"resourceType": "Organization", "id": "o1", **elements}


async def test_a_new_message_is_kept_with_all_it_made(store: Store, post: Post) -> None:
    """
    Raw bytes, findings, answer, state and what was made can be read again.
    """
    arrival = post(
        plan(), findings=({"code": "unread", "value": "Å"},), mapping_version="3", state=State.PARTLY
    )
    kept = await store.keep(arrival)
    assert (kept.outcome, kept.answer, kept.id) == (Outcome.NEW, arrival.answer, arrival.id)
    row = await store.message(arrival.id)
    assert row is not None
    assert (row.raw, row.findings, row.answer) == (arrival.raw, arrival.findings, arrival.answer)
    assert (row.state, row.received_at, row.mapping_version) == (State.PARTLY, arrival.received_at, "3")
    assert (row.sender, row.message_id, row.source) == (arrival.sender, arrival.message_id, arrival.source)
    assert row.made == ("CarePlan/p1/_history/1",)


async def test_the_same_message_again_gets_the_stored_answer_and_no_effect(store: Store, post: Post) -> None:
    """
    Effect once: the answer of the first time, no new version.
    """
    arrival = post(plan())
    await store.keep(arrival)
    again = await store.keep(replace(arrival, answer=replace(arrival.answer, status=500), puts=()))
    assert (again.outcome, again.answer) == (Outcome.SAME, arrival.answer)
    assert len(await store.history("CarePlan", "p1")) == 1


async def test_two_identical_messages_at_once_have_one_effect(store: Store, post: Post) -> None:
    """
    Of many that arrive at the same moment exactly one is new.
    """
    arrival = post(plan(), note_keys=(("n1", "a"),), audit={"resourceType": "AuditEvent", "id": "a1"})
    kept = await asyncio.gather(*(store.keep(arrival) for _ in range(8)))
    assert sorted(k.outcome for k in kept) == [Outcome.NEW] + [Outcome.SAME] * 7


async def test_the_same_id_with_other_content_is_contested(store: Store, post: Post) -> None:
    """
    Nothing is done; it is kept when it comes again and lays no claim to the id, which stays the first one's.
    """
    first = post(plan(), message_id="m")
    await store.keep(first)
    other = post(plan(status="revoked"), message_id="m", audit={"resourceType": "AuditEvent", "id": "a2"})
    with pytest.raises(Contested) as contested:
        await store.keep(other)
    assert contested.value.keys == {"m"}
    assert await store.message(other.id) is None
    assert await store.read("AuditEvent", "a2") is None
    assert [r.version for r in await store.history("CarePlan", "p1")] == [1]
    refused = replace(other, is_letter=False, puts=(), state=State.REFUSED)
    assert (await store.keep(refused)).outcome is Outcome.NEW
    row = await store.message(other.id)
    assert row is not None
    assert (row.state, row.raw, row.made) == (State.REFUSED, other.raw, ())
    assert (await store.keep(other)).outcome is Outcome.SAME
    assert (await store.keep(first)).outcome is Outcome.SAME
    with pytest.raises(Contested):
        await store.keep(post(message_id="m"))


async def test_of_many_contents_of_one_id_at_once_one_is_kept(store: Store, post: Post) -> None:
    """
    Whoever comes first holds the id.
    """
    sent = (store.keep(post(plan(), message_id="m")) for _ in range(6))
    kept = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(each) for each in kept].count(Contested) == 5
    assert [each.outcome for each in kept if isinstance(each, Kept)] == [Outcome.NEW]


async def test_another_sender_may_use_the_same_id(store: Store, post: Post) -> None:
    """
    Message ids are the sender's own.
    """
    await store.keep(post(message_id="m"))
    assert (await store.keep(post(message_id="m", sender="other"))).outcome is Outcome.NEW


async def test_known_notes_with_other_content_are_contested(store: Store, post: Post) -> None:
    """
    Note id and version with another hash, in a message of another id too: all such notes are named.
    """
    await store.keep(post(note_keys=(("n1", "a"), ("n2", "b"))))
    assert (await store.keep(post(note_keys=(("n2", "b"), ("n3", "c"))))).outcome is Outcome.NEW
    with pytest.raises(Contested) as contested:
        await store.keep(post(plan(), note_keys=(("n1", "x"), ("n2", "b"), ("n3", "y"), ("n4", "d"))))
    assert contested.value.keys == {"n1", "n3"}
    assert await store.read("CarePlan", "p1") is None
    assert (await store.keep(post(note_keys=(("n4", "other"),)))).outcome is Outcome.NEW
    assert (await store.keep(post(sender="other", note_keys=(("n1", "x"),)))).outcome is Outcome.NEW


async def test_a_contested_message_spoils_no_other(store: Store, post: Post) -> None:
    """
    Its neighbours, sent at the same moment, are kept.
    """
    await store.keep(post(note_keys=(("n1", "a"),)))
    sent = (post(plan(f"p{n}"), note_keys=((f"n{n}", "x"),)) for n in range(4))
    kept = await asyncio.gather(*map(store.keep, sent), return_exceptions=True)
    assert [isinstance(each, Contested) for each in kept] == [False, True, False, False]
    assert [bool(await store.read("CarePlan", f"p{n}")) for n in range(4)] == [True, False, True, True]


@pytest.mark.parametrize("state", [State.PARKED, State.REFUSED, State.UNREADABLE])
async def test_a_message_without_effects_keeps_its_bytes(store: Store, post: Post, state: State) -> None:
    """
    Parked, refused and unreadable messages are kept with their raw bytes, zero bytes too.
    """
    arrival = post(state=state, raw=b"\x00\xff", message_id="sha256:1")
    assert (await store.keep(arrival)).outcome is Outcome.NEW
    row = await store.message(arrival.id)
    assert row is not None
    assert (row.state, row.raw) == (state, b"\x00\xff")


async def test_the_audit_event_is_kept_with_the_message_and_not_among_what_it_made(
    store: Store, post: Post
) -> None:
    """
    Every message leaves an AuditEvent, one without effects too.
    """
    sent = post(plan(), audit={"resourceType": "AuditEvent", "id": "a1"})
    refused = post(audit={"resourceType": "AuditEvent", "id": "a2"})
    for arrival, audit, made in ((sent, "a1", ("CarePlan/p1/_history/1",)), (refused, "a2", ())):
        await store.keep(arrival)
        assert await store.read("AuditEvent", audit)
        row = await store.message(arrival.id)
        assert row is not None
        assert row.made == made


async def test_version_and_time_are_the_stores(store: Store, post: Post, hand: Any) -> None:
    """
    meta.versionId counts from 1, meta.lastUpdated is the store's time; what the sender wrote is dropped.
    """
    meta = {"versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z", "source": "https://x#y"}
    await store.keep(post(plan(meta=meta)))
    hand.move(seconds=5)
    await store.keep(post(plan(meta=meta, title="Å")))
    row = await store.read("CarePlan", "p1")
    assert row is not None
    body = json.loads(row.body)
    assert body["meta"] == {
        "versionId": "2",
        "lastUpdated": "2026-11-02T08:00:05.000Z",
        "source": "https://x#y",
    }
    assert (row.version, row.last_updated, body["title"]) == (2, hand.at, "Å")
    assert list(body)[:3] == ["resourceType", "id", "meta"]


async def test_a_put_that_changes_nothing_makes_no_version(store: Store, post: Post, hand: Any) -> None:
    """
    Equal but for versionId, lastUpdated and the order of keys: the version stays and is named in made.
    """
    await store.keep(post(plan(title="a")))
    hand.move(hours=1)
    again = post(
        {"title": "a", "status": "active", "id": "p1", "resourceType": "CarePlan", "meta": {"versionId": "9"}}
    )
    await store.keep(again)
    row = await store.message(again.id)
    assert row is not None
    assert row.made == ("CarePlan/p1/_history/1",)
    assert len(await store.history("CarePlan", "p1")) == 1


async def test_each_version_can_be_read_and_history_has_the_newest_first(store: Store, post: Post) -> None:
    """
    Vread and history, current and superseded.
    """
    for status in ("draft", "active", "completed"):
        await store.keep(post(plan(status=status)))
    assert [r.version for r in await store.history("CarePlan", "p1")] == [3, 2, 1]
    for version, status in ((1, "draft"), (2, "active"), (3, "completed")):
        row = await store.version("CarePlan", "p1", version)
        assert row is not None
        assert json.loads(row.body)["status"] == status
        assert json.loads(row.body)["meta"]["versionId"] == str(version)
    assert await store.version("CarePlan", "p1", 4) is None


async def test_what_is_not_there_is_none(store: Store) -> None:
    """
    An unknown id, version or message is no error.
    """
    assert await store.read("CarePlan", "x") is None
    assert await store.version("CarePlan", "x", 1) is None
    assert await store.message("x") is None
    assert list(await store.history("CarePlan", "x")) == []


async def test_an_older_version_that_comes_late_goes_to_history(store: Store, post: Post) -> None:
    """
    It takes the next number, never becomes current, comes late only once and stands last in history.
    """
    await store.keep(post(plan(title="new"), order="2026-02-02T08:00:00Z"))
    for _ in range(2):
        late = post(plan(title="old"), order="2026-02-01T08:00:00Z")
        await store.keep(late)
        row = await store.message(late.id)
        assert row is not None
        assert row.made == ("CarePlan/p1/_history/2",)
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert (current.version, json.loads(current.body)["title"]) == (1, "new")
    assert [r.version for r in await store.history("CarePlan", "p1")] == [1, 2]
    await store.keep(post(plan(title="newest"), order="2026-02-03T08:00:00Z"))
    assert [r.version for r in await store.history("CarePlan", "p1")] == [3, 1, 2]
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert current.version == 3


async def test_the_same_content_said_later_moves_the_order_on(store: Store, post: Post) -> None:
    """
    What is older than the last time the current content was said does not become current.
    """
    await store.keep(post(plan(title="a"), order="2026-01-01T00:00:00Z"))
    await store.keep(post(plan(title="a"), order="2026-03-01T00:00:00Z"))
    await store.keep(post(plan(title="b"), order="2026-02-01T00:00:00Z"))
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert json.loads(current.body)["title"] == "a"


async def test_an_order_that_moved_on_goes_with_the_version_into_history(store: Store, post: Post) -> None:
    """
    Said again later and replaced by the same message: it stands, and is known again, by its later order.
    """
    await store.keep(post(plan(title="a"), order="2026-01-01T00:00:00Z"))
    await store.keep(post(plan(title="b"), order="2026-02-01T00:00:00Z"))
    puts = [("b", "2026-04-01T00:00:00Z"), ("c", "2026-03-01T00:00:00Z"), ("d", "")]
    said = [Put(resource=plan(title=title), lane=7, order=order) for title, order in puts]
    await store.keep(post(puts=tuple(said)))
    titles = [json.loads(row.body)["title"] for row in await store.history("CarePlan", "p1")]
    assert titles == ["d", "b", "c", "a"]
    again = post(plan(title="b"), order="2026-04-01T00:00:00Z")
    await store.keep(post(plan(title="e"), order="2026-05-01T00:00:00Z"))
    await store.keep(again)
    row = await store.message(again.id)
    assert row is not None
    assert row.made == ("CarePlan/p1/_history/2",)


async def test_fractions_of_a_second_count_in_the_order(store: Store, post: Post) -> None:
    """
    08:00:00.5 is after 08:00:00, and 08:00:00.50 is not after 08:00:00.5.
    """
    await store.keep(post(plan(title="a"), order="2026-01-01T08:00:00Z"))
    await store.keep(post(plan(title="b"), order="2026-01-01T08:00:00.5Z"))
    await store.keep(post(plan(title="c"), order="2026-01-01T08:00:00+00:00"))
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert json.loads(current.body)["title"] == "b"


async def test_a_put_without_order_always_becomes_current(store: Store, post: Post) -> None:
    """
    And the order known before still counts for those that have one.
    """
    await store.keep(post(plan(title="a"), order="2026-02-01T00:00:00Z"))
    await store.keep(post(plan(title="b")))
    await store.keep(post(plan(title="c"), order="2026-01-01T00:00:00Z"))
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert json.loads(current.body)["title"] == "b"


async def test_a_shared_resource_is_merged_so_that_silence_clears_nothing(store: Store, post: Post) -> None:
    """
    What one said stays when another is silent; nothing new makes no version.
    """
    await store.keep(post(organization(name="Hälsocentralen", active=True), shared=True))
    await store.keep(post(organization(telecom=[{"value": "1"}]), shared=True))
    for _ in range(2):
        await store.keep(post(organization(active=True), shared=True))
    row = await store.read("Organization", "o1")
    assert row is not None
    body = json.loads(row.body)
    assert (row.version, body["name"], body["telecom"]) == (2, "Hälsocentralen", [{"value": "1"}])


async def test_what_was_said_in_vain_is_not_forgotten_before_it_is_weighed(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A message whose first word takes the place of the oldest that is remembered may say that one too.
    """
    monkeypatch.setattr("adapter.store.keeping.REMEMBERED", 2)
    units = [organization(id=f"o{n}", name="Hälsocentralen", active=True) for n in range(3)]
    await store.keep(post(*units, shared=True))
    said = [organization(id=f"o{n}", active=True) for n in range(3)]
    await store.keep(post(said[0], said[1], shared=True))
    kept = await store.keep(post(said[2], said[0], shared=True))
    assert kept.outcome is Outcome.NEW
    assert len(await store.history("Organization", "o0")) == 1


async def test_an_older_word_about_a_shared_resource_only_fills_gaps(store: Store, post: Post) -> None:
    """
    Merged the other way round when it comes late.
    """
    await store.keep(post(organization(name="ny"), shared=True, order="2026-02-01T00:00:00Z"))
    await store.keep(
        post(organization(name="gammal", active=True), shared=True, order="2026-01-01T00:00:00Z")
    )
    row = await store.read("Organization", "o1")
    assert row is not None
    assert (json.loads(row.body)["name"], json.loads(row.body)["active"]) == ("ny", True)


async def test_shared_resources_survive_many_writers_at_once(store: Store, post: Post) -> None:
    """
    Each says something of its own at the same time in another lane; nothing is lost.
    """
    arrivals = [
        replace(
            post(lane=i),
            puts=(
                Put(resource=organization(**{f"x{i}": i}), lane=0, is_shared=True),
                Put(resource=plan(f"p{i}"), lane=i),
                Put(resource={"resourceType": "Patient", "id": "a", f"y{i}": i}, lane=i, is_shared=True),
            ),
        )
        for i in range(12)
    ]
    kept = await asyncio.gather(*(store.keep(arrival) for arrival in arrivals))
    assert {k.outcome for k in kept} == {Outcome.NEW}
    row = await store.read("Organization", "o1")
    assert row is not None
    assert {f"x{i}" for i in range(12)} <= set(json.loads(row.body))
    assert len({r.version for r in await store.history("Organization", "o1")}) == row.version


async def test_one_resource_twice_in_a_message_is_put_twice_in_turn(store: Store, post: Post) -> None:
    """
    Two notes of one message may name the same resource; the last word is current.
    """
    arrival = post(plan(title="a"), plan(title="b"), plan(title="b"))
    await store.keep(arrival)
    row = await store.message(arrival.id)
    assert row is not None
    assert row.made == ("CarePlan/p1/_history/1", "CarePlan/p1/_history/2", "CarePlan/p1/_history/2")
    assert [r.version for r in await store.history("CarePlan", "p1")] == [2, 1]
    await store.keep(post(plan(title="c")))
    assert [r.version for r in await store.history("CarePlan", "p1")] == [3, 2, 1]


async def test_a_late_put_behind_one_of_the_same_message(store: Store, post: Post) -> None:
    """
    The newer note stands first in the message, the older behind it.
    """
    arrival = replace(
        post(),
        puts=(
            Put(resource=plan(title="new"), lane=7, order="2026-02-02T00:00:00Z"),
            Put(resource=plan(title="old"), lane=7, order="2026-02-01T00:00:00Z"),
        ),
    )
    await store.keep(arrival)
    current = await store.read("CarePlan", "p1")
    assert current is not None
    assert (current.version, json.loads(current.body)["title"]) == (1, "new")
    assert [r.version for r in await store.history("CarePlan", "p1")] == [1, 2]


async def test_one_message_that_cannot_be_written_spoils_no_other(store: Store, post: Post) -> None:
    """
    It fails alone, leaves nothing behind, and its neighbours in the group are kept.
    """
    bad = post(plan("good"), {"resourceType": "CarePlan", "id": "bad", "x": object()})
    arrivals = [post(plan("a")), bad, post(plan("b"))]
    kept = await asyncio.gather(*(store.keep(arrival) for arrival in arrivals), return_exceptions=True)
    assert isinstance(kept[1], TypeError)
    assert await store.read("CarePlan", "a")
    assert await store.read("CarePlan", "b")
    assert await store.read("CarePlan", "good") is None
    assert await store.message(bad.id) is None


async def test_ready_writes(store: Store) -> None:
    """
    Readiness is a real write and raises nothing when all is well.
    """
    await store.ready()
    await store.ready()
