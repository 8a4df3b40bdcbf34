"""The parts of an agreement, one record for each keyword of its tree (canonical-models §3)."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from adapter.domain.origin import Traced
from adapter.domain.people import ContactWay, Professional
from adapter.domain.when import Moment, PartialDate
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity(Traced):
    """Överenskommelsens giltighet: the words, and the dates that could surely be read."""

    text: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    is_open_ended: bool = False  # "tills vidare"
    is_counted: bool = field(default=False, compare=False)  # the start is the note's date; the words say none


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility(Traced):
    """One line under "Patienten ansvarar för" or "Vården ansvarar för", verbatim."""

    text: str


class FixedContactCode(StrEnum):
    """KV Typ av fast kontakt, OID 1.2.752.129.5.1.69."""

    CARE_CONTACT = "1"  # fast vårdkontakt
    PHYSICIAN = "2"  # fast läkarkontakt i primärvård
    SOCIAL_CARE_CONTACT = "3"  # fast omsorgskontakt i hemtjänsten
    COORDINATING_CONTACT = "4"  # fast vårdkontakt med övergripande samordningsansvar


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedContact(Traced):
    """One fixed contact. ``holder`` and ``ways`` only when the line could surely be split."""

    text: str
    code: FixedContactCode
    holder: Professional | None = None
    ways: tuple[ContactWay, ...] = ()
    is_vacant: bool = False  # the line says that nobody holds it: "Ej utsedd"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep(Traced):
    """One line under "Fortsatt planering": a booked time when start is said, else a plan."""

    text: str
    start: Moment | None = None  # a date alone, or a date and a time of day
    end: Moment | None = None
    holder: Professional | None = None  # "hos dr Lind"


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPlan(Traced):
    """One line under "Sammanhållen planering": another plan, known by its words."""

    text: str
    plan_type: str = ""  # SIP, RP, GP, … (TypeOfCarePlan) when the words say so
