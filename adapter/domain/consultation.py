"""Konsultation: a municipal nurse asks primary care for help, with SBAR and vital signs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from adapter.domain.contact_form import ContactForm as ContactForm  # noqa: PLC0414  told of with the rest
from adapter.domain.errands import (
    Deviation,
    Discharge,
    Enrolment,
    HomeVisits,
    MedicationChange,
    SelfCare,
    SipInvitation,
)
from adapter.domain.origin import Traced
from adapter.domain.people import CareUnit, Person, Professional
from adapter.domain.when import STOCKHOLM, Moment, local_moment, written
from adapter.frozen import dataclass


class Urgency(StrEnum):
    """Svarstidsnivå (seed Värmland). AKUT is never a message: it is refused with phone guidance."""

    AKUT = "akut"
    WITHIN_1_DAY = "1d"
    WITHIN_72_HOURS = "72h"
    WITHIN_1_WEEK = "1v"
    LONG_TERM = "langsiktigt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbar(Traced):
    """The four segments, verbatim; an empty one is missing and is said to be."""

    situation: str = ""
    background: str = ""
    assessment: str = ""  # "Aktuellt"
    recommendation: str = ""


class VitalKind(StrEnum):
    """The checklist's vital signs."""

    BLOOD_PRESSURE = "blodtryck"
    PULSE = "puls"
    SATURATION = "saturation"
    RESPIRATORY_RATE = "andningsfrekvens"
    TEMPERATURE = "temperatur"
    WEIGHT = "vikt"
    CONSCIOUSNESS = "medvetandegrad"  # ACVPU
    BLOOD_GLUCOSE = "blodsocker"
    PAIN = "smarta"  # VAS/NRS 0-10
    NEWS2 = "news2"


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSign(Traced):
    """One vital sign in the unit of its kind (mmHg, /min, %, /min, °C, kg, –, mmol/L, 0-10, score)."""

    kind: VitalKind
    value: Decimal | None = None
    systolic: Decimal | None = None
    diastolic: Decimal | None = None
    code: str = ""  # ACVPU letter
    not_taken: str = ""  # why it was not taken
    measured_at: Moment | None = None


class MessageKind(StrEnum):
    """What a message in the dialogue is (the contract's MessageType)."""

    REQUEST = "konsultation"
    ANSWER = "svar"
    BOOKED = "bokad-tid"
    COMPLETION = "komplettering"
    WITHDRAWAL = "avbokning"
    SIP_INVITATION = "sip-kallelse"
    ENROLMENT = "inskrivning-hemsjukvard"
    DISCHARGE = "utskrivning-hemsjukvard"
    HOME_VISITS = "enstaka-hembesok"
    MEDICATION_CHANGE = "lakemedelsandring"
    SELF_CARE = "egenvard"
    DEVIATION = "avvikelse"
    ADMINISTRATIVE = "administrativt"


class BookingStatus(StrEnum):
    """What became of the time."""

    BOOKED = "bokad"
    REBOOKED = "ombokad"
    CANCELLED = "avbokad"
    NO_SHOW = "uteblev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking(Traced):
    """The time that answers a consultation."""

    status: BookingStatus
    start: Moment | None = None
    end: Moment | None = None
    contact_form: ContactForm | None = None
    holder: Professional | None = None
    instruction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestId(Traced):
    """What one side calls a request, besides its message id: a referral number, an order number.

    ``assigner`` is who gave it (an OID or a system's name), empty when that is not said; two are the same
    when their values are, and their assigners are or one of them is not said.
    """

    value: str
    assigner: str = ""

    def is_same(self, other: RequestId) -> bool:
        """Whether the other names the same request."""
        is_assigned_alike = not self.assigner or not other.assigner or self.assigner == other.assigner
        return self.value == other.value and is_assigned_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation(Traced):
    """One message of a consultation thread.

    ``request_ids`` are in a request its own other names, in any other message names of the request that it
    belongs to. HL7 v2 answers by them alone: ``in_reply_to`` is then the first of them.
    """

    message_id: str
    kind: MessageKind
    created_at: Moment
    patients: tuple[Person, ...]
    in_reply_to: str = ""
    request_ids: tuple[RequestId, ...] = ()
    sender_unit: CareUnit
    sender: Professional | None = None
    receiver_unit: CareUnit
    has_consent: bool | None = None
    question: str = ""
    urgency: Urgency | None = None
    contact_wanted: ContactForm | None = None
    sbar: Sbar | None = None
    vitals: tuple[VitalSign, ...] = ()
    answer: str = ""
    reason: str = ""  # of a withdrawal
    missing: tuple[str, ...] = ()  # parts that a completion asks for, as sent
    booking: Booking | None = None
    text: str = ""  # free words, in any kind
    sip: SipInvitation | None = None
    enrolment: Enrolment | None = None
    discharge: Discharge | None = None
    home_visits: HomeVisits | None = None
    medication_changes: tuple[MedicationChange, ...] = ()
    self_care: SelfCare | None = None
    deviation: Deviation | None = None


ONE_DAY = timedelta(hours=24)  # the seed does not say whether "inom 1 dag" is 24 hours: a setting


def deadline(urgency: Urgency, created_at: Moment, one_day: timedelta = ONE_DAY) -> Moment | None:
    """When an answer is due, on Stockholm's clock (canonical-models §4).

    72 hours are clock hours, weekends and all; a week is the same local time seven days later (167 or
    169 hours across a change of summer time; an hour that the clock skips counts as the one after).
    None for *akut* (phone now), for *långsiktigt*, and when the message does not say its time of day.
    """
    created = created_at.instant()
    if created is None or urgency in (Urgency.AKUT, Urgency.LONG_TERM):
        return None
    try:
        return _due(urgency, created, one_day)
    except OverflowError:  # after the last day of the calendar
        return None


def review(urgency: Urgency | None, since: Moment, days: int) -> Moment | None:
    """When both sides look again at what is *långsiktigt*, so many local days later (canonical-models §4).

    None for every other level, and when no time of day is said.
    """
    start = since.instant()
    if start is None or urgency is not Urgency.LONG_TERM:
        return None
    try:
        return _days_later(start, days)
    except OverflowError:
        return None


def _due(urgency: Urgency, created: datetime, one_day: timedelta) -> Moment:
    if urgency is not Urgency.WITHIN_1_WEEK:
        return written(created + (one_day if urgency is Urgency.WITHIN_1_DAY else timedelta(hours=72)))
    return _days_later(created, 7)


def _days_later(start: datetime, days: int) -> Moment:
    """The same local time; an hour that the clock skips counts as the one after."""
    local = start.astimezone(STOCKHOLM).replace(tzinfo=None) + timedelta(days=days)
    try:
        return local_moment(local).value
    except ValueError:
        return local_moment(local + timedelta(hours=1)).value
