"""Staff numbers out of what a patient reads (agr-tel-1)."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.domain.agreement import Agreement
from adapter.domain.people import Audience


def without_numbers(text: str, numbers: Sequence[str]) -> str:
    """The text with each of the numbers taken out."""
    for number in numbers:
        text = text.replace(number, "[internt nummer]")
    return text


def internal_numbers(agreement: Agreement) -> tuple[str, ...]:
    """Numbers of contact ways that are not for patient or relatives."""
    ways = [way for contact in agreement.contacts for way in contact.ways]
    ways += agreement.contact_ways
    staff = (Audience.MUNICIPAL_LICENSED, Audience.INTERNAL)
    return tuple(way.value for way in ways if way.value and way.audience in staff)
