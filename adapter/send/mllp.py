"""MLLP to one receiver: a frame out, the acknowledgement of that very message back (HL7 v2.5.1 §2.9).

A connection is kept for the next letter when nothing on it was odd. Acknowledgements of other messages are
passed by: late ones, doubled ones, and those with a wrong id.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Final

from adapter.frozen import dataclass
from adapter.letters import RESEND, Delivered, Manner
from adapter.send.troubles import refused, try_again
from adapter.wire.hl7v2_header import Header, read_header, stripped
from adapter.wire.mllp import Fault, Frame, FrameReader, framed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.letters import Letter, Verdict
    from adapter.send.receivers import Mllp

_MOST_BYTES: Final = 1_000_000  # of an acknowledgement
_READ: Final = 65_536
_PASSED_BY: Final = 20  # acknowledgements of other messages, before the connection is given up
_IDLE_SECONDS: Final = 30.0  # a connection that was idle longer may be gone without a word
_TAKEN: Final = frozenset({"AA", "CA"})
_ERROR: Final = frozenset({"AE", "CE"})
_KINDS: Final = _TAKEN | _ERROR | {"AR", "CR"}
_NOW_NOT: Final = frozenset({"206", "207"})  # table 0357: record locked, internal error
_NEVER: Final = frozenset({"100", "101", "102", "103", "200", "201", "202", "203", "204", "205"})


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """MSA and the first error code of an answer."""

    kind: str  # MSA-1
    of: str  # MSA-2
    error: str = ""  # ERR-3.1, or MSA-6.1 as older versions have it
    raw: bytes = b""


@dataclass(slots=True)
class _Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    frames: FrameReader
    idle_since: float = 0.0
    passed_by: int = 0  # acknowledgements of others, since the last letter

    def close(self) -> None:
        self.writer.transport.abort()


class MllpSender:
    """Sends to one receiver, over as many connections as letters are under way at once."""

    def __init__(self, way: Mllp, *, is_medcom_like: bool = False) -> None:
        """Connects when the first letter is sent."""
        self._way = way
        self._tls = way.tls.context() if way.tls else None
        self._idle: list[_Line] = []
        seconds = way.connect + way.answer + 1
        self.manner = Manner(seconds=seconds, patience=RESEND if is_medcom_like else None)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:  # noqa: ARG002  MSH-10 is the letter's own
        """Send once, and wait for the acknowledgement with the letter's MSH-10."""
        header = read_header(letter.body)
        if header is None or not header.control_id:
            return refused("letter-refused")
        line: _Line | None = None
        try:
            async with asyncio.timeout(self._way.connect):
                line = await self._connected()
        except (OSError, TimeoutError) as problem:
            return try_again("receiver-certificate" if isinstance(problem, ssl.SSLError) else "receiver-away")
        try:
            async with asyncio.timeout(self._way.answer):
                found = await _exchange(line, letter.body, header.control_id)
        except TimeoutError:
            found = try_again("answer-of-another" if line.passed_by else "receiver-silent")
        except OSError:
            found = try_again("receiver-garbled")
        except BaseException:
            line.close()
            raise
        if isinstance(found, Acknowledgement):
            self._keep(line)
            return verdict(found)
        line.close()
        return found

    async def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            self._idle.pop().close()

    async def _connected(self) -> _Line:
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if (
                now - line.idle_since < _IDLE_SECONDS
                and not line.reader.at_eof()
                and not line.writer.is_closing()
            ):
                return line
            line.close()
        reader, writer = await asyncio.open_connection(self._way.host, self._way.port, ssl=self._tls)
        return _Line(reader, writer, FrameReader(_MOST_BYTES))

    def _keep(self, line: _Line) -> None:
        line.idle_since = asyncio.get_running_loop().time()
        self._idle.append(line)


def verdict(found: Acknowledgement) -> Verdict:
    """What an acknowledgement means: AE is about the content, AR mostly about the receiver (§2.9.2)."""
    said = " ".join(filter(None, (found.kind, found.error)))
    if found.kind in _TAKEN:
        return Delivered(answer=found.raw)
    if found.error in _NEVER or (found.kind in _ERROR and found.error not in _NOW_NOT):
        return refused("letter-refused", said)
    return try_again("receiver-failed", said)


async def _exchange(line: _Line, body: bytes, control_id: str) -> Acknowledgement | Verdict:
    line.writer.write(framed(body))
    await line.writer.drain()
    line.passed_by = 0
    while data := await line.reader.read(_READ):
        for event in line.frames.feed(data):
            if isinstance(event, Fault):
                return try_again("receiver-garbled", event.value)
            found = acknowledgement(event)
            if found is None:
                return try_again("receiver-garbled")
            if found.of == control_id:
                return found
            line.passed_by += 1
            if line.passed_by == _PASSED_BY:
                return try_again("answer-of-another")
    return try_again("answer-of-another" if line.passed_by else "receiver-garbled")


def acknowledgement(frame: Frame) -> Acknowledgement | None:
    """What an answer says; None when it is no acknowledgement."""
    header = read_header(frame.payload)
    if header is None:
        return None
    rows = dict(_rows(frame.payload, header))
    told = rows.get("MSA", [])
    if len(told) < 3 or told[1] not in _KINDS:  # noqa: PLR2004  MSA-1 and MSA-2
        return None
    errors = rows.get("ERR", [])
    error = _first(errors, 3, header) or _first(told, 6, header)
    code = error if error.isascii() and error.isdigit() and len(error) < len("1000") else ""
    return Acknowledgement(told[1], told[2], code, frame.payload)


def _rows(payload: bytes, header: Header) -> Iterator[tuple[str, list[str]]]:
    """The first segment of each name, in its fields."""
    lines = stripped(payload).replace(b"\n", b"\r").decode("utf-8", "replace").split("\r")
    for line in reversed(lines):
        fields = line.split(header.signs.field)
        yield fields[0], fields


def _first(fields: list[str], number: int, header: Header) -> str:
    text = fields[number] if number < len(fields) else ""
    return text.split(header.signs.repetition)[0].split(header.signs.component)[0]
