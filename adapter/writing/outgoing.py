"""What is to be written: one message of the dialogue, for one receiver, under one letter's id."""

from __future__ import annotations

from typing import Any

from adapter.domain.consultation import Consultation
from adapter.domain.routes import Address, Route
from adapter.errors import OverensError
from adapter.findings import Finding
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A letter before it is written. ``resources`` is what the message became here, for FHIR's formats.

    ``is_owners`` says that it is the word of the unit that was asked; None: the message tells by itself.
    """

    letter_id: str  # UUID; stays the same however often the letter is sent
    message: Consultation
    route: Route
    own: Address = Address()  # what we are called
    resources: tuple[dict[str, Any], ...] = ()
    is_owners: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The letter's words, the same at every try, and their media type."""

    media_type: str
    body: bytes


class Unwritable(OverensError):
    """The receiver's format has no words for what is said: the message is parked with the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def unwritable(where: str, at: str, what: str, value: str = "") -> Unwritable:
    """The exception to raise: what cannot be written, and what to do."""
    return Unwritable(Finding("letter-unwritable", where, at, what, value, blocking=True))
