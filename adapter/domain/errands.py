"""What messages beside the consultation are about: one record for each type (seeds Halland and Värmland)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from adapter.domain.contact_form import ContactForm
from adapter.domain.origin import Traced
from adapter.domain.people import Professional
from adapter.domain.when import Moment, PartialDate
from adapter.findings import Finding
from adapter.frozen import dataclass

_AT = "domain.errands"
LONGEST_VISITS = timedelta(days=14)  # longer, and enrolment is to be considered (seed Halland)


@dataclass(frozen=True, slots=True, kw_only=True)
class SipInvitation(Traced):
    """An invitation of one unit to the meeting of a coordinated individual plan."""

    purpose: str = ""
    meeting_at: Moment | None = None
    form: ContactForm | None = None
    place: str = ""
    reply_by: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Traced):
    """Enrolment in the municipality's home care."""

    start: PartialDate
    reason: str = ""
    tasks: str = ""
    physician: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharge(Traced):
    """Discharge from the municipality's home care."""

    end: PartialDate
    reason: str = ""
    follow_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeVisits(Traced):
    """Home visits with a clear beginning and end."""

    start: PartialDate
    end: PartialDate
    count: str = ""
    task: str


class MedicineChange(StrEnum):
    """What happens to a medicine."""

    STARTED = "insatt"
    CHANGED = "ändrad"
    STOPPED = "utsatt"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationChange(Traced):
    """One change of a medicine; the dosage is never read, only handed on as it was written."""

    name: str
    change: MedicineChange
    dosage: str = ""
    since: PartialDate | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCare(Traced):
    """An assessment of self-care (egenvård)."""

    task: str
    performer: str = ""
    assessment: str = ""
    follow_up_on: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation(Traced):
    """A deviation in the cooperation of two units."""

    occurred_at: Moment | None = None
    description: str
    consequence: str = ""
    action: str = ""


def long_visits(visits: HomeVisits | None) -> tuple[Finding, ...]:
    """A word about visits that go on for more than 14 days, or that end before they begin."""
    if visits is None:
        return ()
    length = visits.end.last_day() - visits.start.first_day()
    if length < timedelta(0):
        what = "Hembesöken slutar innan de börjar. Rätta datumen och skicka ett nytt meddelande."
        return (Finding("visits-backwards", visits.origin("end"), _AT, what),)
    if length < LONGEST_VISITS:
        return ()
    what = (
        "Hembesöken pågår längre än 14 dagar. Överväg inskrivning i hemsjukvården, och skicka i så fall en "
        "inskrivning."
    )
    return (Finding("visits-long", visits.origin("end"), _AT, what),)
