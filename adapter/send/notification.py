"""Notifications of subscriptions, by POST to an address of the receivers file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.endpoints import receiver_of
from adapter.letters import Delivered, Manner, Refused, Trouble, TryAgain
from adapter.ports import StoreUnavailable
from adapter.send.http_way import HttpWay, verdict
from adapter.send.troubles import STORE_AWAY
from adapter.subscribed import subscribed

if TYPE_CHECKING:
    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock, Store
    from adapter.send.receivers import Http
    from adapter.subscribed import Subscribed

_OFF = Trouble(
    code="subscription-off",
    cause="Prenumerationen är avslutad.",
    remedy="Inget behöver göras; ta bort brevet med overens queue discard.",
)
CLOSED = Trouble(
    code="subscription-error",
    cause="Prenumerationen är i fel, och inget skickas innan den har begärts på nytt.",
    remedy="Se overens subscriptions list och begär den på nytt med overens subscriptions restart.",
)
_WITHDRAWN = Trouble(
    code="endpoint-withdrawn",
    cause="Prenumerationens adress är inte längre godkänd.",
    remedy="Lägg in den i mottagarfilen eller godkänn den med overens subscriptions approve, och begär om.",
)


class NotificationSender:
    """Sends to one endpoint: the handshake first, the rest when it was taken."""

    def __init__(self, way: Http, clock: Clock, store: Store) -> None:
        """Connects when the first letter is sent."""
        self._http = HttpWay(way, clock)
        self._store = store
        self._clock = clock
        self.manner = Manner(seconds=self._http.seconds)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """Send once, the same bytes at every try."""
        try:
            to = await subscribed(self._store, letter.thread, self._clock.now())
            trouble = await self._hinders(to, letter)
        except StoreUnavailable:
            return TryAgain(trouble=STORE_AWAY)
        if to is None or trouble:
            return Refused(trouble=trouble or _OFF)
        path = to.wish.endpoint.removeprefix(self._http.way.url)
        headers = {"Content-Type": letter.media_type, "Accept": letter.media_type, "X-Request-Id": envelope}
        reply = await self._http.post(path, letter.body, headers)
        if isinstance(reply, TryAgain):
            return reply
        return verdict(reply) or Delivered()

    async def _hinders(self, to: Subscribed | None, letter: Letter) -> Trouble | None:
        """What stands in the way of a letter, however often it is tried."""
        if to is None or to.status == "off":
            return _OFF
        if to.status != "active" and letter.id != to.handshake:
            return CLOSED
        configured = {self._http.way.url: letter.receiver}
        return None if await receiver_of(self._store, to.wish.endpoint, configured) else _WITHDRAWN

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()
