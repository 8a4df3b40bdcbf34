"""One HTTP connection: uvicorn's, with an end to its patience for the head of a request.

A sender who gives the request line and headers byte by byte, or never ends them, would otherwise hold the
connection and memory for as long as he likes. The body has its limits in ``rest.body``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

HEAD_BYTES = 64_000
HEAD_SECONDS = 10.0


class Connection(HttpToolsProtocol):
    """Closes a connection whose request head is too long or takes too long."""

    _is_in_head = False
    _head_bytes = 0
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is waited for from here on."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that is not complete."""
        super().data_received(data)
        if not self._is_in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self.send_400_response("The request line and headers are too long.")
        elif self._patience is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is there; what comes now is the body."""
        self._stop_waiting()
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_begin(self) -> None:
        """The first byte of a head."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
