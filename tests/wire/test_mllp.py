"""MLLP frames: however a stream is split, the same frames and the same end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.wire.mllp import Event, Fault, Frame, FrameReader, framed

ONE, TWO = b"MSH|^~\\&|1\r", b"MSH|^~\\&|2\x1cx\r"


def read(*parts: bytes, max_bytes: int = 1000) -> list[Event]:
    """The events of a stream that comes in these parts."""
    reader = FrameReader(max_bytes)
    return [event for part in parts for event in reader.feed(part)] + reader.end()


def test_several_messages_in_one_read_come_in_their_order() -> None:
    """
    A frame ends at FS CR, an FS alone is part of it; lines between frames are passed by.
    """
    assert read(framed(ONE) + b"\r\n" + framed(TWO) + framed(b"")) == [Frame(ONE), Frame(TWO), Frame(b"")]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"GET / HTTP/1.1\r\n" + framed(ONE), [Fault.NO_START]),
        (ONE + b"\x1c\r", [Fault.NO_START]),
        (framed(ONE) + b"b\r\x1c\r" + framed(TWO), [Frame(ONE), Fault.NO_START]),
        (b"\x0b" + ONE, [Fault.NO_END]),
        (b"\x0b" + ONE + b"\x1c", [Fault.NO_END]),
        (framed(b"x" * 1001), [Fault.TOO_LARGE]),
        (b"\x0b" + b"x" * 5000, [Fault.TOO_LARGE]),
        (framed(b"x" * 1000), [Frame(b"x" * 1000)]),
        (b"\x0bMSH|\x0b" + ONE + b"\x1c\r", [Frame(b"MSH|\x0b" + ONE)]),
        (b"\r\n", []),
        (b"", []),
    ],
)
def test_what_is_no_frame_ends_the_stream(stream: bytes, events: list[Event]) -> None:
    """
    Nothing after a fault is read: it could no longer be told apart. A second start is part of the frame.
    """
    assert read(stream) == events
    assert read(*(bytes([octet]) for octet in stream)) == events


def test_no_more_than_the_limit_is_held() -> None:
    """
    A frame that never ends is given up at the limit, and what was read of it is let go of.
    """
    reader = FrameReader(1000)
    for _ in range(100):
        reader.feed(b"\x0b" + b"x" * 300)
        assert len(reader._held) <= 1301
    assert reader.fault is Fault.TOO_LARGE
    assert len(reader._held) == 0


def test_a_frame_knows_whether_its_last_segment_is_ended() -> None:
    """
    One that is not may have been cut by an end block within a text.
    """
    assert Frame(ONE).is_whole
    assert not Frame(b"MSH|^~\\&|1\rNTE|1||a").is_whole


PIECES = st.lists(
    st.sampled_from([framed(ONE), framed(TWO), b"\r", b"\n", b"\x0b", b"\x1c", b"\r\x1c", b"x", b"x" * 50]),
    max_size=8,
)


@given(PIECES, st.lists(st.integers(0, 200), max_size=6))
def test_every_split_of_a_stream_gives_the_same(pieces: list[bytes], cuts: list[int]) -> None:
    """
    The network parts a stream as it likes.
    """
    stream = b"".join(pieces)
    at = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    parts = [stream[a:b] for a, b in pairwise(at)]
    assert read(*parts, max_bytes=60) == read(stream, max_bytes=60)
