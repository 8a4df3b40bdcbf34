"""Times and contact forms in Swedish words."""

from __future__ import annotations

from typing import Final

from adapter.domain.consultation import Booking, BookingStatus, ContactForm
from adapter.domain.when import Moment

CONTACT_FORMS: Final = {  # our name, and the SNOMED CT code of that kind of contact (D§10.3)
    ContactForm.PHONE: ("telefon", "185317003"),
    ContactForm.VIDEO: ("video", "453131000124105"),
    ContactForm.VISIT: ("besök", ""),
    ContactForm.HOME_VISIT: ("hembesök", "439708006"),
    ContactForm.WRITTEN: ("skriftligt svar", "1197766005"),
}
TIME_WORDS: Final = {
    BookingStatus.BOOKED: "Bokad tid",
    BookingStatus.REBOOKED: "Ombokad tid",
    BookingStatus.CANCELLED: "Avbokad tid",
    BookingStatus.NO_SHOW: "Patienten uteblev från bokad tid",
}


def spoken(moment: Moment) -> str:
    """A time as a reader is told it: date and time of day as they were written."""
    return when(moment.value)


def when(moment: str) -> str:
    """The same of a written moment."""
    return moment[:16].replace("T", " kl. ").replace(":", ".")


def time_in_words(booking: Booking) -> str:
    """A booking as its reader is told it."""
    parts = [TIME_WORDS[booking.status]]
    if booking.contact_form:
        parts.append(f"({CONTACT_FORMS[booking.contact_form][0]})")
    if booking.start:
        parts.append(spoken(booking.start))
        if booking.end and booking.end.has_time:
            parts[-1] += f"–{spoken(booking.end)[-5:]}"
    if booking.holder and booking.holder.name:
        parts.append(f"hos {booking.holder.name}")
    words = f"{' '.join(parts)}."
    return f"{words} {booking.instruction}".strip()
