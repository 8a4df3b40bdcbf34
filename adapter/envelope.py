"""The envelope of a message that has one: what it is known by, apart from what it says.

A FHIR message is known by its MessageHeader.id; the Bundle that it comes in is new each time it is sent, and
no Bundle's id may be used for another message (https://hl7.org/fhir/R4/messaging.html#reliable).
"""

from __future__ import annotations

from typing import Final

from adapter.findings import Finding
from adapter.frozen import dataclass

AT: Final = "envelope"
REUSED: Final = "envelope-reused"
_MARK: Final = "envelope:"
_WHAT = (
    "Kuvertets id (Bundle.id) har redan använts för ett annat meddelande, så det här har inte tagits in. "
    "Skicka meddelandet med nytt id på både Bundle och MessageHeader."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """``content`` is a hash of all that is not envelope; ``called`` the envelope's own id, if any."""

    id: str
    content: str
    called: str = ""

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What the store holds the envelope's id by, for no other message."""
        return ((_MARK + self.called, self.id),) if self.called else ()

    def reused(self, contested: frozenset[str]) -> tuple[Finding, ...]:
        """That the envelope came before with another message."""
        if self.called and _MARK + self.called in contested:
            return (Finding(REUSED, "id", AT, _WHAT, _MARK + self.called, blocking=True),)
        return ()
