"""What all parts of one agreement share: whose it is, whose word it is, its state and its time."""

from __future__ import annotations

from adapter.fhir.element import Json
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """References are ``Type/id`` and empty when nobody was named."""

    subject: str
    status: str  # of the CarePlan, canonical-models §2.4
    author: str
    unit: str
    system: str  # of the note's identifier
    authored: str  # when the note was written
    period: Json  # of the agreement, or from the note's date on
