"""People, units and the ways to reach them."""

from __future__ import annotations

from enum import StrEnum

from adapter.domain.identity import HsaId, PersonId
from adapter.domain.origin import Traced
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Traced):
    """The person that care is about."""

    ids: tuple[PersonId, ...]
    family_name: str = ""
    given_names: tuple[str, ...] = ()
    is_protected: bool = False  # skyddade personuppgifter: no address, phone or unit location goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class CareGiver(Traced):
    """Vårdgivare: the legal person behind the units; the outer block of PDL."""

    hsa_id: HsaId | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareUnit(Traced):
    """Vårdenhet or another unit; the inner block of PDL."""

    hsa_id: HsaId | None = None
    name: str = ""
    care_giver: CareGiver | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional(Traced):
    """Somebody who works in care, as the message names them."""

    hsa_id: HsaId | None = None
    name: str = ""  # without title
    title: str = ""  # as written: "sjuksköterska", "Dr"
    role_code: str = ""  # KV Befattning (OID 1.2.752.129.2.2.1.4), e.g. 206017
    role_name: str = ""
    unit: CareUnit | None = None


class Audience(StrEnum):
    """Who may see a contact way (målgrupp). Unknown is INTERNAL: fail closed."""

    PATIENT = "patient"
    RELATIVE = "anhorig"
    MUNICIPAL_LICENSED = "kommunal-legitimerad"
    INTERNAL = "internt"


class ContactKind(StrEnum):
    """The kinds of contact way that can be told apart in a text."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    WEB = "web"  # a web address, or 1177 as the service where one logs in
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours: ISO weekdays (1 = Monday) and local times ``HH:MM``; empty = all day."""

    weekdays: tuple[int, ...]
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay(Traced):
    """One way to reach care: the words as written, and what could surely be read out of them."""

    text: str  # the whole line, verbatim
    kind: ContactKind = ContactKind.OTHER
    value: str = ""  # the number, address or URL as it stands in the text; empty when kind is OTHER
    audience: Audience = Audience.INTERNAL
    hours: tuple[Hours, ...] = ()
