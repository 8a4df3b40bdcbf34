"""Who takes part in a consultation, as references."""

from __future__ import annotations

from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """References are ``Type/id`` and empty when nobody was named; ``system`` is that of the message ids.

    ``answered_system`` is that of the ids of the other side, whose messages this one answers.
    """

    patient: str
    sender: str
    sender_unit: str
    receiver: str
    system: str
    answered_system: str
