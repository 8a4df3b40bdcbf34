"""Letters to post in tests, and what became of tries."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapter.letters import OURSELVES, Lease, LeaseQuery, Letter, LetterState, Settlement, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.ports import Arrival, Store
    from tests.store.conftest import Hand, Post

REFUSED = Trouble(code="refused", cause="Mottagaren tar inte emot brevet.", remedy="Rätta och skicka igen.")


def letter(name: str, **said: Any) -> Letter:
    """A letter whose words are its name."""
    return Letter(
        **{
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
            "receiver": "north",
            "lane": 7,
            "kind": "konsultation-svar",
            "media_type": "application/json",
            "body": name.encode(),
            **said,
        }
    )


def with_letters(post: Post, *letters: Letter, **said: Any) -> Arrival:
    """A message that brings letters."""
    return replace(post(**said), letters=letters)


def report_of(sent: Letter) -> Letter:
    """The report to ourselves that a letter is dead."""
    return letter(f"report of {sent.id}", receiver=OURSELVES, lane=sent.lane, kind="ej-levererat")


def settled(lease: Lease, index: int = 0, **said: Any) -> Settlement:
    """A letter of a lease was delivered, unless said otherwise."""
    id_ = lease.letters[index].letter.id
    return Settlement(**{"lease": lease, "letter": id_, "state": LetterState.DELIVERED, **said})


class Office:
    """Leases and settles by the store's clock."""

    def __init__(self, store: Store, hand: Hand) -> None:
        self.outbox, self.hand = store.outbox, hand

    async def lease(self, receiver: str = "north", **said: Any) -> Sequence[Lease]:
        """Queues that are due now, for a minute."""
        now = self.hand()
        wish = LeaseQuery(**{"receiver": receiver, "queues": 8, "letters": 8, **said})
        return await self.outbox.lease(wish, now=now, until=now + timedelta(seconds=60))

    async def one(self, receiver: str = "north") -> Lease:
        """The only queue that is due now."""
        (only,) = await self.lease(receiver)
        return only

    async def settle(self, *settlements: Settlement) -> list[bool]:
        """Carry them out now."""
        return list(await self.outbox.settle(settlements, now=self.hand()))


def names(lease: Lease) -> list[str]:
    """The words of its letters."""
    return [each.letter.body.decode() for each in lease.letters]
