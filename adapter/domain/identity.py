"""Who somebody is: personnummer and its kin, HSA-id, organisationsnummer."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonIdKind(StrEnum):
    """The kinds of identity a person can have in Swedish care (domain of numbers, not of FHIR)."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    NATIONAL_RESERVE = "nationellt-reservnummer"
    REGIONAL_RESERVE = "regionalt-reservnummer"
    LOCAL = "lokalt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonId:
    """One identity number: ``value`` normalised (12 characters where the kind has them)."""

    kind: PersonIdKind
    value: str
    root: str = ""  # the OID it was sent under; always set for regional and local kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class HsaId:
    """An id in the HSA catalogue, the same under both its OIDs. ``is_sound`` is the soft check."""

    value: str
    is_sound: bool = True
