"""Opening hours ⇄ ``availableTime`` of HealthcareService and PractitionerRole.

https://hl7.org/fhir/R4/healthcareservice-definitions.html#HealthcareService.availableTime
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from adapter.domain.people import Hours
from adapter.fhir.element import Json, element

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def available_times(hours: Iterable[Hours]) -> list[Json]:
    """One row for each row of hours; no times said means all day."""
    return [_row(row) for row in hours]


def hours_of(rows: Iterable[Json]) -> tuple[Hours, ...]:
    """The way back."""
    return tuple(
        Hours(
            weekdays=tuple(_DAYS.index(day) + 1 for day in row.get("daysOfWeek", ()) if day in _DAYS),
            opens=row.get("availableStartTime", "")[:5],
            closes=row.get("availableEndTime", "")[:5],
        )
        for row in rows
    )


def _row(hours: Hours) -> Json:
    days = [_DAYS[day - 1] for day in hours.weekdays]
    if days and hours.opens and hours.closes:  # nearly always
        return {
            "daysOfWeek": days,
            "availableStartTime": f"{hours.opens}:00",
            "availableEndTime": f"{hours.closes}:00",
        }
    if not hours.opens and not hours.closes:
        return element(daysOfWeek=days, allDay=True)
    return element(
        daysOfWeek=days, availableStartTime=_time(hours.opens), availableEndTime=_time(hours.closes)
    )


def _time(said: str) -> str:
    return f"{said}:00" if said else ""
