"""The ways to meet or to answer."""

from __future__ import annotations

from enum import StrEnum


class ContactForm(StrEnum):
    """How somebody wants to be reached, and how a booked contact takes place."""

    PHONE = "telefon"
    VIDEO = "video"
    VISIT = "besok"
    HOME_VISIT = "hembesok"
    WRITTEN = "skriftligt-svar"
