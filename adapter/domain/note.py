"""A journal note: who wrote what about whom, when, and who may see it."""
from __future__ import annotations

from dataclasses import dataclass

from adapter.domain.identity import HsaId
from adapter.domain.keywords import Keyword
from adapter.domain.origin import Traced
from adapter.domain.people import CareUnit, Person, Professional
from adapter.domain.when import Moment


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
