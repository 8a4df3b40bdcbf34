"""CareTeam (https://hl7.org/fhir/R4/careteam.html): one for each fixed contact, and a computed roster.

canonical-models §7. A contact that only its words tell of is a member by display; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapter.domain.agreement import FixedContact, FixedContactCode
from adapter.fhir import profiles, systems
from adapter.fhir.contact_point import contact_point
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, identifier, pruned, reference
from adapter.fhir.frame import Frame
from adapter.fhir.narrative import told
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.view import CONTACT_NAMES, gap_sentences

_STATUS: Final = {
    "draft": "proposed",
    "active": "active",
    "revoked": "inactive",
    "entered-in-error": "entered-in-error",
}
_SLUGS: Final = {
    FixedContactCode.CARE_CONTACT: "fast-vardkontakt",
    FixedContactCode.PHYSICIAN: "fast-lakarkontakt",
    FixedContactCode.SOCIAL_CARE_CONTACT: "fast-omsorgskontakt",
    FixedContactCode.COORDINATING_CONTACT: "fast-vardkontakt-samordning",
}
_KV_NAMES: Final = {code: name[0].lower() + name[1:] for code, name in CONTACT_NAMES.items()}
# A fast vårdkontakt is appointed by the unit that writes; the others may belong elsewhere.
_APPOINTED_HERE: Final = frozenset({FixedContactCode.CARE_CONTACT, FixedContactCode.COORDINATING_CONTACT})


def fixed_contact(draft: Draft, contact: FixedContact, turn: int, frame: Frame) -> tuple[str, Json]:
    """The CareTeam of one fixed contact, as ``Type/id`` and its participant for the roster.

    ``turn`` counts contacts of the same code; ``frame`` is that of the agreement.
    """
    slug = _SLUGS[contact.code] if turn == 1 else f"{_SLUGS[contact.code]}-{turn}"
    hours = tuple([row for way in contact.ways for row in way.hours])
    holder = practitioner_role(draft, contact.holder, role=slug, hours=hours)
    shown = draft.shown(contact)
    display = draft.said(contact.holder, "name") if contact.holder and contact.holder.name else shown
    participant = {"role": [_role(draft, contact)], "member": reference(holder, display)}
    name = CONTACT_NAMES[contact.code]
    unit = frame.unit if contact.code in _APPOINTED_HERE else ""
    points = [contact_point(draft, way, contact.text, has_hours=True) for way in contact.ways]
    resource: Json = {
        "resourceType": "CareTeam",
        "id": draft.id_of("care-team", slug),
        "meta": draft.meta(profiles.FIXED_CONTACT),
        "text": told(f"{name}: {shown}"),
        **draft.extensions(),
        "identifier": [identifier(frame.system, f"{draft.key}#{slug}")],
        "status": _STATUS[frame.status],
        "category": [concept(coding(systems.CARE_TEAM_KIND, "fast-kontakt"))],
        "name": name,
        "subject": reference(frame.subject),
        "period": frame.period.copy(),
        "participant": [participant],
        **({"managingOrganization": [reference(unit)]} if unit else {}),
        **({"telecom": points} if points else {}),
        "note": [draft.words("text", contact)],
    }
    return draft.add("fhir.care_team", pruned(resource)), participant


def roster(
    draft: Draft, contacts: tuple[FixedContact, ...], participants: Sequence[Json], frame: Frame
) -> str:
    """The computed team: who holds which role now, and which roles nobody holds."""
    gaps = gap_sentences(contacts)
    held = [f"{CONTACT_NAMES[c.code]}: {draft.masked(c.text)}" for c in contacts if not c.is_vacant]
    vacant = [_vacant(draft, c, place) for place, c in enumerate(contacts, 1) if c.is_vacant]
    resource: Json = {
        "resourceType": "CareTeam",
        "id": draft.id_of("care-team", "roster"),
        "meta": draft.meta(profiles.ROSTER),
        "text": told(*held, *gaps),
        **draft.extensions(),
        "identifier": [identifier(frame.system, f"{draft.key}#fasta-kontakter")],
        "status": _STATUS[frame.status],
        "category": [concept(coding(systems.TEAM_KIND, systems.ROSTER, "Fasta kontakter"))],
        "name": "Fasta kontakter",
        "subject": reference(frame.subject),
        "period": frame.period.copy(),
        "participant": [participant.copy() for participant in participants],
        "note": [*[{"text": gap} for gap in gaps], *vacant],
    }
    return draft.add("fhir.care_team", pruned(resource))


def _vacant(draft: Draft, contact: FixedContact, place: int) -> Json:
    """A line that says that nobody holds the role; ``place`` is its own among the contacts."""
    parts = [
        {"url": "roll", "valueCoding": coding(systems.FIXED_CONTACT, draft.said(contact, "code"))},
        {"url": "plats", "valuePositiveInt": place},
    ]
    words = draft.words("text", contact)
    return {"extension": [{"url": systems.VACANT, "extension": parts}], **words}


def _role(draft: Draft, contact: FixedContact) -> Json:
    code = draft.said(contact, "code")
    return concept(coding(systems.FIXED_CONTACT, code, _KV_NAMES[contact.code]))
