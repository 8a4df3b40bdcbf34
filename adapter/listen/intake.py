"""One message that came over MLLP: whose it is, what is done with it, and what its sender hears.

HL7 v2.5.1 §2.9. Whatever the bytes are, there is an answer, except to an acknowledgement: none is ever
acknowledged.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from adapter.acknowledgement import Code, acknowledge, replies
from adapter.errors import Unparsable
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.ports import StoreUnavailable
from adapter.wire import hl7v2
from adapter.wire.hl7v2_header import Header, read_header

if TYPE_CHECKING:
    from adapter.decision import Source
    from adapter.ports import Clock, Kept
    from adapter.wire.mllp import Frame

AT: Final = "listen.mllp"
_LOG = structlog.get_logger("overens.mllp")
_ACKNOWLEDGEMENTS: Final = frozenset({"ACK", "MCF", "ADR"})
_OTHER_TYPES: Final = "REF"  # whose source keeps messages of a type that none takes, and says so
_CUT: Final = (
    "Meddelandet är avbrutet: det sista segmentet saknar slut (CR), och efter ramen kom något annat än ett "
    "nytt meddelande. Kontrollera att texten inte innehåller ramens tecken, och skicka igen."
)
_BUSY: Final = "Meddelandet kunde inte sparas just nu. Skicka det igen om en stund."
_FAULT: Final = (
    "Något gick fel hos oss när meddelandet lästes. Skicka det igen, eller kontakta förvaltningen av Överens."
)
_NOT_YOURS: Final = (
    "Klientcertifikatet får inte skicka för systemet i MSH-3 och MSH-4. Rätta MSH, eller be förvaltningen av "
    "Överens att lägga till systemet."
)

_TYPE: Final = "MSH.9.1="
Receive = Callable[[bytes, "Source"], Awaitable["Kept"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How messages are taken in: by their type, with a store behind."""

    sources: Mapping[str, Source]  # by MSH-9.1
    receive: Receive  # raises StoreUnavailable
    clock: Clock

    async def answers(self, frame: Frame, *, stations: frozenset[str] | None, is_cut: bool) -> list[bytes]:
        """The acknowledgements of one message, in their order.

        ``stations`` are those that a client's certificate may send for (MSH-4, or MSH-3|MSH-4); None: any.
        ``is_cut``: what came after the frame says that it ended too early.
        """
        raw = frame.payload
        header = read_header(raw)
        if header and header.message_type in _ACKNOWLEDGEMENTS:
            _LOG.warning("mllp", code="acknowledgement-unasked")
            return []
        finding = self._refused(header, stations, is_cut=is_cut) if header else None
        if header and finding is None:
            return await self._taken(raw, header)
        finding = finding or _unreadable(raw)
        _LOG.warning("mllp", code=finding.code)
        return self._rejected(raw, header, finding)

    async def _taken(self, raw: bytes, header: Header) -> list[bytes]:
        source = self.sources.get(header.message_type) or self.sources[_OTHER_TYPES]
        try:
            kept = await self.receive(raw, source)
        except StoreUnavailable:
            _LOG.warning("mllp", code="store-unavailable", source=source.name)
            return self._rejected(raw, header, Finding("store-unavailable", "", AT, _BUSY, blocking=True))
        except Exception as problem:  # noqa: BLE001  a fault of ours in one message: the connection and its next message live on
            _LOG.error("mllp", code=type(problem).__name__, at=_at(problem), source=source.name)
            return self._rejected(raw, header, Finding("store-unavailable", "", AT, _FAULT, blocking=True))
        _LOG.info(
            "mllp", message_id=kept.id, source=source.name, code=kept.outcome.value, status=kept.answer.status
        )
        return replies(raw, kept.answer.body, made_at=self.clock.now(), id_=kept.id)

    def _refused(self, header: Header, stations: frozenset[str] | None, *, is_cut: bool) -> Finding | None:
        """Why a message is not even kept, if so."""
        if is_cut:
            return Finding("truncated", "", AT, _CUT, blocking=True)
        if stations is not None and not {header.station, header.station.partition("|")[2]} & stations:
            return Finding("not-your-step", "MSH-4", AT, _NOT_YOURS, blocking=True)
        return None

    def _rejected(self, raw: bytes, header: Header | None, finding: Finding) -> list[bytes]:
        now = self.clock.now()
        id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{header.identity if header else ''}|{now.isoformat()}"))
        answer = acknowledge(raw, Code.REJECTED, (finding,), made_at=now, id_=id_)
        return replies(raw, answer, made_at=now, id_=id_)


def sources_by_type(sources: Mapping[str, Source]) -> dict[str, Source]:
    """The sources of HL7 v2 by the types of message that they know themselves by."""
    return {
        place.removeprefix(_TYPE): source
        for source in sources.values()
        if source.is_hl7v2
        for places in source.plan.about.recognised_by
        for place in places
        if place.startswith(_TYPE)
    }


def _at(problem: Exception) -> str:
    """Where a fault of ours was: file and line, never its text, which may quote the message."""
    trace = problem.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def _unreadable(raw: bytes) -> Finding:
    try:
        hl7v2.parse(raw)
    except Unparsable as problem:
        return problem.finding
    raise AssertionError("a message without a header was read")
