"""Receivers in this process, a pace that need not wait, and letters to send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapter.letters import Delivered, Letter, Manner, Trouble, TryAgain, Verdict
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from adapter.ports import Store
    from tests.store.conftest import Hand, Post

AWAY = Trouble(code="receiver-away", cause="Mottagaren går inte att nå.", remedy="Kontrollera nätet.")
QUIET = 20  # turns of the event loop in which nothing happened: everybody sleeps


class Pace:
    """When everybody sleeps, the clock is moved on to the first who is to wake."""

    def __init__(self, hand: Hand, chance: float = 0.5) -> None:
        self.hand = hand
        self._chance = chance
        self._sleepers: list[datetime] = []
        self._quiet = 0

    def now(self) -> datetime:
        """The time that the clock shows; who asks is awake."""
        self._quiet = 0
        return self.hand()

    def chance(self) -> float:
        """Always the same."""
        return self._chance

    async def nap(self, woken: asyncio.Event, until: datetime) -> None:
        """Until then, or until woken."""
        self._sleepers.append(until)
        self._quiet = 0
        try:
            while not woken.is_set() and self.hand() < until:
                await asyncio.sleep(0)
                if until == min(self._sleepers):
                    self._quiet += 1
                    if self._quiet > QUIET:
                        self.hand.at, self._quiet = until, 0
        finally:
            self._sleepers.remove(until)


@dataclass
class Receiver:
    """A receiver in this process: what it was sent, and what it says to each."""

    says: Callable[[Letter], Verdict] = field(default=lambda _: Delivered(answer=b"ok"))
    manner: Manner = field(default_factory=Manner)
    hand: Hand | None = None
    got: list[tuple[str, str]] = field(default_factory=list)  # words and envelope of each try
    at: list[datetime] = field(default_factory=list)
    is_closed: bool = False

    async def deliver(self, sent: Letter, envelope: str) -> Verdict:
        """Note it, and say what it says."""
        await asyncio.sleep(0)
        self.got.append((sent.body.decode(), envelope))
        if self.hand:
            self.at.append(self.hand())
        return self.says(sent)

    async def close(self) -> None:
        """Remember that it was."""
        self.is_closed = True

    @property
    def words(self) -> list[str]:
        """What it was sent, in the order of the tries."""
        return [words for words, _ in self.got]


def away(_: Letter) -> Verdict:
    """Never there."""
    return TryAgain(trouble=AWAY)


def away_until(hand: Hand, then: datetime) -> Callable[[Letter], Verdict]:
    """Not there before a time."""
    return lambda sent: away(sent) if hand() < then else Delivered()


async def put(store: Store, post: Post, *names: str, lanes: int = 1) -> None:
    """A letter for each name, in lanes one after the other."""
    for number, name in enumerate(names):
        await store.keep(with_letters(post, letter(name, lane=number % lanes), lane=number % lanes))


async def until(is_so: Callable[[], bool], *, turns: int = 2_000_000) -> None:
    """Let the others go on until something is so."""
    for _ in range(turns):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be so")


DAY = timedelta(days=1)
