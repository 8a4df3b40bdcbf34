"""What a patient, or somebody who speaks for the patient, sees of a resource.

Hidden whole: what is labelled as not for the patient, kept back by an embargo, or was entered in error.
Left out of the rest: every contact way that is not meant for them, and its number wherever it stands in
words (canonical-models §1, §8 and §9, agr-tel-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from adapter.domain.people import Audience
from adapter.domain.phone import national
from adapter.domain.staff_numbers import without_numbers
from adapter.fhir import systems

Json = dict[str, Any]

_FOR_THEM: Final = frozenset({Audience.PATIENT.value, Audience.RELATIVE.value})
_HIDING: Final = frozenset(
    {
        (systems.ACT_CODE, systems.NOPATIENT),
        (systems.ACCESS, systems.STAFF_ONLY),
        (systems.ACCESS, systems.OWN_UNIT_ONLY),
    }
)
STAFF_TYPES: Final = frozenset({"AuditEvent", "Consent", "Subscription"})
_CONTACT_SYSTEMS: Final = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_GONE: Final = object()


def is_hidden(resource: Json, now: datetime) -> bool:
    """Whether nothing of a resource is for the patient at this moment."""
    if resource["resourceType"] in STAFF_TYPES or resource.get("status") == "entered-in-error":
        return True
    labels = resource.get("meta", {}).get("security", ())
    if any((label.get("system"), label.get("code")) in _HIDING for label in labels):
        return True
    return any(_is_ahead(part, now) for part in resource.get("extension", ()))


def is_younger(born: str, age: int, now: datetime) -> bool:
    """Whether somebody born on a day (``YYYY-MM-DD``) has not reached an age; not when the day is unsure."""
    try:
        day = date.fromisoformat(born)
    except ValueError:
        return False
    today = now.date()
    had_birthday = (today.month, today.day) >= (day.month, day.day)
    return today.year - day.year - (not had_birthday) < age


def shown(resource: Json) -> Json:
    """A copy of a resource without what is not meant for the patient."""
    numbers: list[str] = []
    is_own = resource["resourceType"] == "Patient"
    left: Json = _left(resource, numbers, is_own=is_own)
    found = frozenset(number for number in numbers if number)
    return _masked(left, found) if found else left


def _is_ahead(part: Json, now: datetime) -> bool:
    """An embargo that has not passed; one that cannot be read never passes."""
    if part.get("url") != systems.EMBARGO:
        return False
    try:
        until = datetime.fromisoformat(part.get("valueDateTime", ""))
    except ValueError:
        return True
    return until.tzinfo is None or until > now


def _left(value: Any, numbers: list[str], *, is_own: bool) -> Any:
    """What is left of a value; the numbers of what is not are gathered."""
    if isinstance(value, dict):
        if not is_own and _is_contact(value) and not _is_for_them(value):
            numbers += _numbers(value)
            return _GONE
        kept = ((name, _left(inner, numbers, is_own=is_own)) for name, inner in value.items())
        return {name: inner for name, inner in kept if inner is not _GONE} or _GONE
    if isinstance(value, list):
        items = [_left(inner, numbers, is_own=is_own) for inner in value]
        return [inner for inner in items if inner is not _GONE] or _GONE
    return value


def _is_contact(value: Json) -> bool:
    """A ContactPoint, wherever it stands: known by its audience, or by its system beside a value."""
    if _audiences(value):
        return True
    return value.get("system") in _CONTACT_SYSTEMS and "value" in value


def _is_for_them(value: Json) -> bool:
    """One that says so; without a word, or with two, it is internal."""
    said = _audiences(value)
    return len(said) == 1 and said[0] in _FOR_THEM


def _audiences(value: Json) -> list[Any]:
    parts = value.get("extension")
    if not isinstance(parts, list):
        return []
    return [part.get("valueCode") for part in parts if part.get("url") == systems.AUDIENCE]


def _numbers(value: Json) -> Iterator[str]:
    text = value.get("value")
    if isinstance(text, str):
        yield text.casefold() if "@" in text else national(text)


def _masked(value: Any, numbers: frozenset[str]) -> Any:
    if isinstance(value, str):
        return without_numbers(value, numbers)
    if isinstance(value, dict):
        return {name: _masked(inner, numbers) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, numbers) for inner in value]
    return value
