"""ContactPoint with its audience: every one says who may see it; unknown is internal (agr-tel-1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from adapter.domain.people import Audience, ContactKind, ContactWay
from adapter.fhir import systems
from adapter.fhir.available_time import available_times, hours_of
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, element, original_text

_SYSTEM_OF: Final = {kind: kind.value for kind in ContactKind} | {ContactKind.WEB: "url"}
_KIND_OF: Final = {system: kind for kind, system in _SYSTEM_OF.items()}
_AUDIENCE_OF: Final = {audience.value: audience for audience in Audience}
_1177: Final = ("1177", "https://www.1177.se")  # named as a service on the web: its address
FOR_THE_PATIENT: Final = frozenset({Audience.PATIENT, Audience.RELATIVE})


def contact_point(draft: Draft, way: ContactWay, line: str, *, has_hours: bool) -> Json:
    """One contact way. ``line`` is the text of what it belongs to; the way's own is kept when it differs.

    ``has_hours`` tells that the hours have no place of their own beside the ContactPoint.
    """
    text = draft.said(way, "text")
    parts: list[Json] = [{"url": systems.AUDIENCE, "valueCode": draft.said(way, "audience")}]
    if text != line:
        parts.append(original_text(text))
    if has_hours and way.hours:
        parts += [_hours(row) for row in available_times(way.hours)]
    system = _SYSTEM_OF[way.kind] if way.value or way.kind is not ContactKind.OTHER else ""
    value = draft.said(way, "value")
    if way.kind is ContactKind.WEB and value == _1177[0]:
        value = draft.from_place(_1177[1], way.origin("value"))
    if system and value:  # nearly always
        return {"extension": parts, "system": system, "value": value}
    return element(extension=parts, system=system, value=value)


def contact_way(point: Json, line: str, hours: Iterable[Json] = ()) -> ContactWay:
    """The way back; ``hours`` are the availableTime rows beside it."""
    audience, text, rows = Audience.INTERNAL, line, list(hours)
    for part in point.get("extension", ()):
        if part["url"] == systems.AUDIENCE:
            audience = _audience(part.get("valueCode", ""))
        elif part["url"] == systems.ORIGINAL_TEXT:
            text = part["valueString"]
        elif part["url"] == systems.HOURS:
            rows.append(_row(part))
    kind = _KIND_OF.get(point.get("system", ""), ContactKind.OTHER)
    value = point.get("value", "")
    if value == _1177[1] and "1177.se" not in text:
        value = _1177[0]
    return ContactWay(text=text, kind=kind, value=value, audience=audience, hours=hours_of(rows))


def _audience(code: str) -> Audience:
    return _AUDIENCE_OF.get(code, Audience.INTERNAL)


def _hours(row: Json) -> Json:
    days = [{"url": "daysOfWeek", "valueCode": day} for day in row.get("daysOfWeek", ())]
    times = [
        {"url": name, "valueTime": row[name]}
        for name in ("availableStartTime", "availableEndTime")
        if name in row
    ]
    return {"url": systems.HOURS, "extension": [*days, *times]}


def _row(part: Json) -> Json:
    row: dict[str, Any] = {"daysOfWeek": []}
    for inner in part.get("extension", ()):
        if inner["url"] == "daysOfWeek":
            row["daysOfWeek"].append(inner["valueCode"])
        else:
            row[inner["url"]] = inner["valueTime"]
    return row
