"""Letters to ourselves: reminders that are due and reports on dead letters, taken in like any message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.errors import Unparsable
from adapter.letters import Delivered, Manner, Refused, Trouble, TryAgain
from adapter.ports import StoreUnavailable
from adapter.send.troubles import STORE_AWAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapter.letters import Letter, Verdict
    from adapter.ports import Kept


_UNREADABLE = Trouble(
    code="unreadable",
    cause="Ett internt meddelande går inte att läsa.",
    remedy="Ge brevets id till förvaltningen av Överens.",
)


class Ourselves:
    """The way back in. ``take`` is ``pipeline.receive`` for the source of our own events."""

    manner = Manner()

    def __init__(self, take: Callable[[bytes], Awaitable[Kept]]) -> None:
        self._take = take

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:  # noqa: ARG002  a Sender's
        """Kept like any message: the same letter again has no other effect."""
        try:
            kept = await self._take(letter.body)
        except StoreUnavailable:
            return TryAgain(trouble=STORE_AWAY)
        except Unparsable:  # a fault of ours, which no other try mends
            return Refused(trouble=_UNREADABLE)
        return Delivered(answer=kept.answer.body)

    async def close(self) -> None:
        """Nothing to let go of."""
