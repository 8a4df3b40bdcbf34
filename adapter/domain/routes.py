"""Where a message goes: the receiver that answers for a unit, by the unit's HSA-id, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from adapter.domain.identity import HsaId
from adapter.frozen import dataclass


class Format(StrEnum):
    """How a receiver takes its messages."""

    LIFECARE = "lifecare"  # our contract ``se.lifecare.message``, JSON over HTTP
    FHIR_MESSAGE = "fhir-message"  # a Bundle of type message over HTTP
    COSMIC_FHIR = "cosmic-fhir"  # resources created at COSMIC's own FHIR API
    HL7V2 = "hl7v2"  # over MLLP
    FHIR_SUBSCRIPTION = "fhir-subscription"  # notifications of subscriptions, no messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a system is called in what is sent: FHIR's endpoint, HL7 v2's application and facility."""

    endpoint: str = ""
    application: str = ""
    facility: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One receiver as the core knows it. Without a format nothing is sent: it fetches for itself by REST."""

    receiver: str  # its name in the configuration
    format: Format | None = None
    address: Address = Address()
    has_answers_as_documents: bool = False  # HL7 v2: MDM^T02 instead of RRI


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Every receiver by the units that it answers for. No receivers at all: everybody fetches by REST."""

    by_unit: Mapping[str, Route] = field(default_factory=dict)  # HsaId.key -> route
    own: Address = Address()  # what we are called

    def to(self, unit: HsaId | None) -> Route | None:
        """The receiver that answers for a unit; None when there is none, or no unit is named."""
        return self.by_unit.get(unit.key) if unit else None

    @property
    def is_empty(self) -> bool:
        """No receivers are configured: no letters are written, and no unit is unknown."""
        return not self.by_unit
