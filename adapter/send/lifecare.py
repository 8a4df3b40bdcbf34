"""Lifecare's way: the message as JSON by POST; the receiver answers by status, with a text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.letters import RESEND, Delivered, Manner, TryAgain
from adapter.send.http_way import HttpWay, verdict
from adapter.send.troubles import try_again

if TYPE_CHECKING:
    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock
    from adapter.send.receivers import Http

_FOR_PROGRAMS: Final = ("json", "xml")  # a page for people is no answer from the service


class LifecareSender:
    """Sends to one receiver."""

    def __init__(self, way: Http, clock: Clock, *, is_medcom_like: bool = False) -> None:
        """Connects when the first letter is sent."""
        self._http = HttpWay(way, clock)
        self.manner = Manner(seconds=self._http.seconds, patience=RESEND if is_medcom_like else None)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """Send once; the MessageId in the body is the same at every try, the request's own id is new."""
        headers = {
            "Content-Type": letter.media_type,
            "Accept": "application/fhir+json, application/json",
            "X-Request-Id": envelope,
            "Idempotency-Key": letter.id,
        }
        reply = await self._http.post("", letter.body, headers)
        if isinstance(reply, TryAgain):
            return reply
        failed = verdict(reply)
        if failed:
            return failed
        if reply.body and not reply.media_type.endswith(_FOR_PROGRAMS):
            return try_again("receiver-garbled", f"HTTP {reply.status}")
        return Delivered(answer=reply.body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()
