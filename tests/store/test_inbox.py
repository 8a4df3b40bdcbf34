"""The contract of what operators see of the inbox, on every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.errors import SettingError
from adapter.letters import LetterQuery
from adapter.ports import Contested, MessageQuery, State
from adapter.store import open_store
from tests.store.conftest import merged
from tests.store.letters import Office, letter, with_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from adapter.ports import Arrival, Desk
    from tests.store.conftest import Hand

    Post = Callable[..., Arrival]


async def found(store: Desk, **said: Any) -> list[str]:
    """The message ids of a query."""
    return [row.message_id for row in await store.messages(replace(MessageQuery(), **said))]


@pytest.fixture
async def kept(store: Desk, post: Post) -> Sequence[Arrival]:
    """One message of each kind; each later than the one before."""
    first = post()
    others = [
        post(state=State.PARKED, source="se.riv.care-documentation"),
        post(state=State.UNREADABLE),
        post(state=State.PARKED),
    ]
    made = [
        first,
        *(replace(each, received_at=each.received_at.replace(minute=m)) for m, each in enumerate(others, 1)),
    ]
    for each in made:
        await store.keep(each)
    return made


async def test_messages_are_found_by_what_is_known_of_them(store: Desk, kept: Sequence[Arrival]) -> None:
    """
    State, source and id, joined; the newest first; the page after another.
    """
    assert await found(store) == ["m4", "m3", "m2", "m1"]
    assert await found(store, states=(State.PARKED, State.UNREADABLE)) == ["m4", "m3", "m2"]
    assert await found(store, states=(State.DONE,)) == ["m1"]
    assert await found(store, states=(State.PARKED,), source=kept[0].source) == ["m4"]
    assert await found(store, ids=(kept[2].id, "none")) == ["m3"]
    (first,) = await store.messages(MessageQuery(limit=1))
    after = first.received_at.isoformat(), first.id
    assert await found(store, limit=2, after=after) == ["m3", "m2"]


async def test_a_message_that_is_dealt_with_is_open_no_longer(store: Desk, kept: Sequence[Arrival]) -> None:
    """
    It stays as it is.
    """
    await store.dismiss([kept[1].id, "none"])
    assert await found(store, is_open=True, states=(State.PARKED,)) == ["m4"]
    assert await found(store, states=(State.PARKED,)) == ["m4", "m2"]
    row = await store.message(kept[1].id)
    assert row is not None
    assert row.state is State.PARKED


async def test_a_replay_is_linked_to_its_original(store: Desk, kept: Sequence[Arrival]) -> None:
    """
    It may use the original's ids, others still may not; when it is done the original is open no longer.
    """
    again = replace(kept[3], id="r1", replays=kept[3].id)
    await store.keep(again)
    assert await found(store, is_open=True, states=(State.PARKED,)) == ["m4", "m2"]
    await store.keep(replace(again, id="r2", state=State.DONE, mapping_version="2"))
    assert await found(store, is_open=True, states=(State.PARKED,)) == ["m2"]
    row = await store.message("r2")
    assert row is not None
    assert (row.replays, row.mapping_version) == (kept[3].id, "2")
    with pytest.raises(Contested):
        await store.keep(replace(again, id="r3", replays="another"))


async def test_an_operator_works_beside_the_one_that_writes(tmp_path: Path, hand: Hand, post: Post) -> None:
    """
    SQLite: letters are looked at, posted again and taken away while the server holds the file; what it has
    leased stays leased.
    """
    url = f"sqlite:///{tmp_path}/a.db"
    with pytest.raises(SettingError, match="ingen databas"):
        await open_store(url, merged, now=hand, is_beside=True)
    server = await open_store(url, merged, now=hand)
    await server.keep(with_letters(post, letter("a"), letter("b", lane=8)))
    held = await Office(server, hand).lease(queues=1)
    beside = await open_store(url, merged, now=hand, is_beside=True)
    assert len(await beside.outbox.letters(LetterQuery())) == 2
    await asyncio.gather(
        beside.outbox.retry(LetterQuery(), now=hand()),
        *(server.keep(post()) for _ in range(5)),
        beside.dismiss(["none"]),
    )
    await beside.outbox.discard(LetterQuery(ids=(letter("b").id,)), now=hand())
    with pytest.raises(AssertionError, match="one writer"):
        await beside.keep(post())
    await beside.close()
    assert [lease.lane for lease in held] == [7]
    assert not await Office(server, hand).lease()
    await server.close()
