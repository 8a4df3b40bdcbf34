"""Dates and times that keep their precision: a date's precision is never invented."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as it was said: ``2026``, ``2026-03`` or ``2026-03-12``."""

    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as precise as it was said.

    ``2026``, ``2026-03``, ``2026-03-12`` or ``2026-03-12T10:14:00+01:00`` (seconds and offset
    always there once there is a time of day).
    """

    value: str
