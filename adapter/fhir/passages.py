"""What a message says in words, passage by passage: the parts of SBAR, an answer, a reason, and so on.

Each passage becomes a payload of the Communication with its own number, verbatim, and a sentence of its
narrative under its title.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adapter.domain.consultation import Consultation, ContactForm
from adapter.domain.origin import Traced
from adapter.domain.when import Moment
from adapter.fhir.draft import Draft
from adapter.fhir.times import CONTACT_FORMS, spoken
from adapter.frozen import dataclass

SEGMENTS: Final = (
    ("S", "situation", "Situation"),
    ("B", "background", "Bakgrund"),
    ("A", "assessment", "Aktuellt"),
    ("R", "recommendation", "Rekommendation"),
)
_Rows = tuple[tuple[str, str], ...]
_OWN: Final[_Rows] = (("answer", "Svar"), ("reason", "Skäl"), ("text", "Meddelande"))
_PARTS: Final[tuple[tuple[str, _Rows], ...]] = (
    ("booking", (("instruction", "Att förbereda"),)),
    (
        "sip",
        (
            ("purpose", "Syfte"),
            ("meeting_at", "Mötet"),
            ("form", "Mötesform"),
            ("place", "Plats"),
            ("reply_by", "Svara senast"),
        ),
    ),
    ("enrolment", (("start", "Inskriven från"), ("reason", "Skäl"), ("tasks", "Hemsjukvårdens uppgifter"))),
    ("discharge", (("end", "Utskriven till och med"), ("reason", "Skäl"), ("follow_up", "Uppföljning"))),
    (
        "home_visits",
        (("start", "Från och med"), ("end", "Till och med"), ("count", "Antal besök"), ("task", "Uppgift")),
    ),
    (
        "self_care",
        (
            ("task", "Egenvård"),
            ("performer", "Utförs av"),
            ("assessment", "Bedömning"),
            ("follow_up_on", "Följs upp"),
        ),
    ),
    (
        "deviation",
        (
            ("occurred_at", "Inträffade"),
            ("description", "Händelse"),
            ("consequence", "Konsekvens"),
            ("action", "Åtgärd"),
        ),
    ),
)
_MEDICINE: Final[_Rows] = (
    ("name", "Läkemedel"),
    ("change", "Ändring"),
    ("dosage", "Dosering"),
    ("since", "Från och med"),
    ("reason", "Skäl"),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: its key within the message, its title, and the field of a record that says it."""

    key: str
    title: str
    record: Traced
    name: str
    text: str
    is_segment: bool = False  # of SBAR

    @property
    def sentence(self) -> str:
        """The passage as its reader is told it."""
        value = getattr(self.record, self.name)
        if isinstance(value, Moment):
            return f"{self.title}: {spoken(value)}"
        return f"{self.title}: {CONTACT_FORMS[value][0] if isinstance(value, ContactForm) else self.text}"

    def said(self, draft: Draft) -> str:
        """The words, with their place in the message."""
        return draft.placed(self.text, self.record, self.name)


def passages(message: Consultation) -> Iterator[Passage]:
    """Everything that a message says in words, in the order in which it is read; nothing that is empty."""
    if message.sbar:
        for code, name, title in SEGMENTS:
            if text := getattr(message.sbar, name):
                yield Passage(code, title, message.sbar, name, text, is_segment=True)
    yield from _rows("", message, _OWN)
    for number, part in enumerate(message.missing, 1):
        yield Passage(f"missing-{number}", "Behöver kompletteras", message, "missing", part)
    for name, rows in _PARTS:
        if record := getattr(message, name):
            yield from _rows("" if name == "booking" else f"{name}-", record, rows)
    for number, change in enumerate(message.medication_changes, 1):
        yield from _rows(f"medicine-{number}-", change, _MEDICINE)


def _rows(before: str, record: Traced, rows: _Rows) -> Iterator[Passage]:
    for name, title in rows:
        if value := getattr(record, name):
            yield Passage(f"{before}{name}", title, record, name, _text(value))


def _text(value: Any) -> str:
    text: str = value if value.__class__ is str else value.value  # of a list of choices, or a time
    return text
