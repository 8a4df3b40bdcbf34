"""Phone guidance for *akut*: which number to call, by role, weekday and hour (seed Värmland).

A direct number is for the municipality's licensed staff on working days only and is never given to
patients or relatives; everybody else, and every other hour, gets the switchboard.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from adapter.domain.people import Audience
from adapter.domain.when import STOCKHOLM, Moment
from adapter.frozen import dataclass

LICENSED_ROLES = frozenset(
    {
        "sjuksköterska",
        "distriktssköterska",
        "specialistsjuksköterska",
        "arbetsterapeut",
        "fysioterapeut",
        "sjukgymnast",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSchedule:
    """The numbers of one region and when its direct number answers: from ``opens`` to before ``closes``."""

    switchboard: str
    direct_number: str = ""  # empty: the switchboard at all hours
    opens: str = "08:00"
    closes: str = "17:00"
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    roles: frozenset[str] = LICENSED_ROLES  # case folded


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneGuidance:
    """What to say instead of taking an acute message."""

    text: str  # Swedish, ends with the number
    number: str
    audience: Audience


def is_public_holiday(day: date) -> bool:
    """Whether a day is a Swedish holiday, or one of the eves when care keeps holiday hours."""
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    if (day.month, day.day) in fixed:
        return True
    if (day - _easter(day.year)).days in {-2, 0, 1, 39, 49}:
        return True
    midsummer = _saturday_from(date(day.year, 6, 20))
    return day in {midsummer, midsummer - timedelta(days=1), _saturday_from(date(day.year, 10, 31))}


def phone_guidance(
    role: str,
    at: Moment,
    schedule: PhoneSchedule,
    is_holiday: Callable[[date], bool] = is_public_holiday,
) -> PhoneGuidance:
    """The number for a role at a moment; a moment without a time of day gets the switchboard."""
    if _is_direct(role, at, schedule, is_holiday):
        text = (
            "Akuta ärenden tas inte emot som meddelande. Ring läkaren direkt; numret får inte lämnas ut till "
            f"patienter eller anhöriga: {schedule.direct_number}"
        )
        return PhoneGuidance(text=text, number=schedule.direct_number, audience=Audience.MUNICIPAL_LICENSED)
    text = f"Akuta ärenden tas inte emot som meddelande. Ring regionens växel nu: {schedule.switchboard}"
    return PhoneGuidance(text=text, number=schedule.switchboard, audience=Audience.PATIENT)


def _is_direct(role: str, at: Moment, schedule: PhoneSchedule, is_holiday: Callable[[date], bool]) -> bool:
    instant = at.instant()
    if instant is None or not schedule.direct_number or role.strip().casefold() not in schedule.roles:
        return False
    local = instant.astimezone(STOCKHOLM)
    is_open = schedule.opens <= f"{local:%H:%M}" < schedule.closes
    return is_open and local.isoweekday() in schedule.weekdays and not is_holiday(local.date())


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
