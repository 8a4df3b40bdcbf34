"""MLLP frames (HL7 v2.5.1 transport specification, MLLP release 1): start block, message, end block.

Sans-I/O: bytes in as they come, frames out. However a stream is split, the frames are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

START = b"\x0b"
END = b"\x1c\r"
MAX_FRAME_BYTES = 10_000_000
_BETWEEN = b"\r\n"  # some senders end their frame with a line as well


class Fault(StrEnum):
    """What ends a stream: what comes after it can no longer be told apart."""

    NO_START = "mllp-no-start"  # bytes that belong to no frame
    TOO_LARGE = "mllp-too-large"  # a frame that is larger than is taken
    NO_END = "mllp-no-end"  # the sender went away in the middle of a frame


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it stood between start and end."""

    payload: bytes

    @property
    def is_whole(self) -> bool:
        """Whether its last segment is ended as it shall be; else it may have been cut in the middle."""
        return self.payload.endswith((b"\r", b"\n"))


Event: TypeAlias = Frame | Fault


@dataclass(slots=True)
class FrameReader:
    """The frames of one stream. After a Fault nothing more is read from it.

    ``max_bytes`` is the largest message; no more than that and one read is ever held.
    """

    max_bytes: int = MAX_FRAME_BYTES
    fault: Fault | None = None
    _held: bytearray = field(default_factory=bytearray)
    _is_open: bool = False
    _searched: int = 0

    @property
    def is_within_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._is_open

    def feed(self, data: bytes) -> list[Event]:
        """Every frame that these bytes complete, and the fault that they end in, if any."""
        if self.fault:
            return []
        self._held += data
        found: list[Event] = []
        while self._held and self.fault is None:
            event = self._ended() if self._is_open else self._begun()
            if event is None:
                break
            if event is not _BEGUN:  # by identity: an empty frame is a frame
                found.append(event)
        return found

    def end(self) -> list[Event]:
        """The stream is over: a fault when it ended in the middle of a frame."""
        if self.fault or not self._is_open:
            return []
        return [self._failed(Fault.NO_END)]

    def _begun(self) -> Event | None:
        between = len(self._held) - len(self._held.lstrip(_BETWEEN))
        del self._held[:between]
        if not self._held:
            return None
        if not self._held.startswith(START):
            return self._failed(Fault.NO_START)
        del self._held[:1]
        self._is_open = True
        self._searched = 0
        return _BEGUN

    def _ended(self) -> Event | None:
        at = self._held.find(END, self._searched)
        if (len(self._held) if at < 0 else at) > self.max_bytes + (at < 0):  # half an end may be among them
            return self._failed(Fault.TOO_LARGE)
        if at < 0:
            self._searched = max(len(self._held) - 1, 0)
            return None
        frame = Frame(bytes(self._held[:at]))
        del self._held[: at + len(END)]
        self._is_open = False
        return frame

    def _failed(self, fault: Fault) -> Fault:
        self.fault = fault
        self._held.clear()
        return fault


def framed(message: bytes) -> bytes:
    """A message in its frame."""
    return START + message + END


_BEGUN = Frame(b"")
