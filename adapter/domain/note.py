"""A journal note: who wrote what about whom, when, and who may see it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from adapter.domain.identity import HsaId
from adapter.domain.keywords import Keyword
from adapter.domain.origin import Traced
from adapter.domain.people import CareUnit, Person, Professional
from adapter.domain.when import STOCKHOLM, Moment
from adapter.frozen import dataclass
from adapter.recalled import recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility(Traced):
    """What the sender says about who may see the note. Everything fails closed."""

    is_signed: bool = False
    is_approved_for_patient: bool | None = None  # None: the format has no such word
    embargo_until: Moment | None = None  # rådrum
    secrecy_levels: tuple[str, ...] = ()  # as sent; above normal hides the note from the patient
    is_protected: bool = False  # skyddad identitet


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteText(Traced):
    """The note's text as sent, when it came as one text (plain or DocBook) and not as a tree."""

    text: str
    media_type: str = "text/plain"  # or application/docbook+xml


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(Traced):
    """A document sent instead of a text: its content in base64, or a reference to it."""

    media_type: str = ""
    data: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DissentingOpinion(Traced):
    """Avvikande mening: what somebody, often the patient, holds to be wrong in the note; verbatim."""

    text: str
    opinion_id: str = ""
    authored_at: Moment | None = None
    person_id: str = ""  # as sent
    person_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Traced):
    """One note from a record system. ``note_id`` + ``version_at`` identify its content."""

    note_id: str
    note_id_root: str = ""  # OID of the id's namespace, when sent
    source_system: HsaId | None = None
    patients: tuple[Person, ...] = ()  # more than one identity is a blocking finding
    version_at: Moment | None = None
    noted_at: Moment | None = None
    signed_at: Moment | None = None
    is_active: bool = True
    inactive_reason: str = ""
    title: str = ""
    type_code: str = ""  # KV Anteckningstyp (OID 1.2.752.129.2.2.2.11)
    type_name: str = ""  # Cosmic's noteTypeOfNote, or the code's display name
    author: Professional | None = None
    signer: Professional | None = None
    unit: CareUnit | None = None  # vårdenhet with its vårdgivare: inner and outer block
    block_time: Moment | None = None  # blockComparisonTime
    care_contact_id: str = ""
    visibility: Visibility = Visibility()
    keywords: tuple[Keyword, ...] = ()
    text: NoteText | None = None
    attachment: Attachment | None = None
    opinions: tuple[DissentingOpinion, ...] = ()


class NoteStatus(StrEnum):
    """What a note is to its readers (canonical-models §2.4)."""

    DRAFT = "draft"  # not signed
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"  # no longer active: replaced or nullified


_AT = "domain.note"
_NORMAL_LEVEL = re.compile(r"normalniv|(?:^|\s)normal(?:\s|$)|\(normal\)")
_ABOVE_NORMAL = re.compile(
    r"(?:inte|icke|ej|utom|över|utöver|högre|förhöjd|under)\b.*normal|hemlig|spärr|skydd"
)


def status(note: Note) -> NoteStatus:
    """Whether a note is a draft, active or withdrawn. Withdrawn weighs more than unsigned."""
    if not note.is_active:
        return NoteStatus.WITHDRAWN
    return NoteStatus.ACTIVE if note.visibility.is_signed else NoteStatus.DRAFT


@recalled(64)  # a source has a few levels and sends one with every note
def is_normal_secrecy(level: str) -> bool:
    """Whether a secrecy level is the normal one; a level that cannot be read is not."""
    plain = " ".join(unicodedata.normalize("NFC", level).casefold().split())
    return bool(_NORMAL_LEVEL.search(plain)) and not _ABOVE_NORMAL.search(plain)


def is_hidden_from_patient(note: Note) -> bool:
    """Whether the patient must not see the note at all; it fails closed.

    Unsigned, not approved, or any secrecy level above normal on the note or on one of its keywords.
    Rådrum is apart (``visibility.embargo_until``): it passes by itself. So is protected identity,
    which hides addresses from others and not the note from the patient.
    """
    visibility = note.visibility
    if not visibility.is_signed or visibility.is_approved_for_patient is False:
        return True
    return is_above_normal_secrecy(note)


def is_above_normal_secrecy(note: Note) -> bool:
    """Whether the note, or one of its keywords, has a secrecy level that is not surely the normal one."""
    return not all(map(is_normal_secrecy, _levels(note.keywords, [*note.visibility.secrecy_levels])))


def is_under_embargo(note: Note, now: datetime) -> bool:
    """Whether rådrum still hides the note from the patient at an aware time; a date ends with its day."""
    until = note.visibility.embargo_until
    if until is None:
        return False
    if until.has_time:
        return now < until.earliest()
    return now.astimezone(STOCKHOLM).date() <= until.day.last_day()


def _levels(keywords: tuple[Keyword, ...], found: list[str]) -> list[str]:
    for keyword in keywords:
        found += keyword.secrecy_levels
        if keyword.children:
            _levels(keyword.children, found)
    return found
