"""Who may see what was made of a note: labels that fail closed (canonical-models §1, agr-prov-1)."""

from __future__ import annotations

from typing import Final

from adapter.domain.note import Note, is_above_normal_secrecy
from adapter.domain.people import CareUnit
from adapter.fhir import systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding
from adapter.fhir.patient import PROTECTED_LABEL

NOPATIENT_LABEL: Final = coding(systems.ACT_CODE, systems.NOPATIENT)
# Holds a number that no patient may see in a place where it cannot be taken out of the words.
STAFF_LABEL: Final = coding(systems.ACCESS, systems.STAFF_ONLY, "Endast personal")
OWN_UNIT_LABEL: Final = coding(systems.ACCESS, systems.OWN_UNIT_ONLY, "Endast den egna enheten")


def is_signed(note: Note) -> bool:
    """A note without a time of signing is unsigned, unless its format says otherwise."""
    return note.visibility.is_signed or note.signed_at is not None


def is_hidden(note: Note) -> bool:
    """Not for the patient: unsigned, not approved, or of a secrecy level above normal."""
    return (
        not is_signed(note)
        or note.visibility.is_approved_for_patient is False
        or is_above_normal_secrecy(note)
    )


def has_both_blocks(unit: CareUnit | None) -> bool:
    """Whether inner and outer block are known by HSA-id: without them nothing can be judged."""
    return bool(unit and unit.hsa_id and unit.care_giver and unit.care_giver.hsa_id)


def labels(*, hidden: bool, protected: bool, blocks: bool) -> tuple[Json, ...]:
    """The security labels of everything that a message made."""
    found = []
    if hidden or not blocks:
        found.append(NOPATIENT_LABEL)
    if not blocks:
        found.append(OWN_UNIT_LABEL)
    if protected:
        found.append(PROTECTED_LABEL)
    return tuple(found)


def find_missing_blocks(draft: Draft, unit: CareUnit | None, where: str) -> None:
    """Say that unit or caregiver is missing."""
    if has_both_blocks(unit):
        return
    what = (
        "Vårdenhet eller vårdgivare saknar HSA-id; uppgifterna lämnas därför inte ut utanför den egna "
        "enheten. Be avsändaren skicka HSA-id för både vårdenhet och vårdgivare."
    )
    draft.find("prov-agent-missing", where, "fhir.visibility", what)
