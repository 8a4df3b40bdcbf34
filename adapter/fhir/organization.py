"""Organization (https://hl7.org/fhir/R4/organization.html): vårdgivare and vårdenhet, by HSA-id.

An HSA-id is the same under both its OIDs; resources carry HL7 Sweden's. A unit known by name alone
counts within the source that named it.
"""

from __future__ import annotations

from adapter.domain.identity import HsaId
from adapter.domain.people import CareGiver, CareUnit
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, element, extension, filled, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.recurring import recurring
from adapter.fhir.shared import PLACE, shared


def care_giver(draft: Draft, giver: CareGiver | None) -> str:
    """The vårdgivare, the outer block; empty when nothing names it."""
    if giver is None or not (giver.hsa_id or giver.name):
        return ""
    known = draft.staff.get((id(giver),))  # the records of a message live as long as its draft
    if known is None:
        hsa_id, name = draft.said(giver, "hsa_id"), draft.said(giver, "name")
        made = _organization(draft, _key(draft, giver), hsa_id, name)
        known = draft.staff[id(giver),] = draft.add("fhir.organization", made)
    return known


def care_unit(draft: Draft, unit: CareUnit | None) -> str:
    """The vårdenhet or other unit, part of its vårdgivare; empty when nothing names it."""
    if unit is None or not (unit.hsa_id or unit.name):
        return ""
    known = draft.staff.get((id(unit),))
    if known is None:
        known = draft.staff[id(unit),] = _unit(draft, unit)
    return known


def _unit(draft: Draft, unit: CareUnit) -> str:
    giver = care_giver(draft, unit.care_giver)
    shown = () if draft.is_protected else ("phone", "email", "address", "location")
    ways = draft.all_said(unit, *shown)
    hsa_id, name = draft.said(unit, "hsa_id"), draft.said(unit, "name")
    return draft.add("fhir.organization", _organization(draft, _key(draft, unit), hsa_id, name, giver, *ways))


@recurring
def _organization(  # noqa: PLR0913, PLR0917 - what a message can say of a unit
    key: tuple[str, str],
    hsa_id: str,
    name: str,
    giver: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    location: str = "",
) -> Json:
    return shared(
        resourceType="Organization",
        meta={"profile": [profiles.ORGANIZATION]},
        id=resource_id("Organization", *key),
        text=PLACE,
        identifier=filled(identifier(systems.HSA, hsa_id)),
        name=name,
        telecom=_telecom(phone, email),
        address=filled(element(text=address, city=location)),
        partOf=reference(giver),
    )


def hsa_key(hsa_id: HsaId) -> str:
    """What the ids of resources are made from: HSA-ids differ in nothing but case."""
    return hsa_id.value.strip().upper()


def _key(draft: Draft, unit: CareUnit | CareGiver) -> tuple[str, str]:
    return (systems.HSA, hsa_key(unit.hsa_id)) if unit.hsa_id else (draft.owner, unit.name)


def _telecom(phone: str, email: str) -> list[Json]:
    # A number that came in a message's header is for staff until somebody says otherwise (§10).
    internal = extension(systems.AUDIENCE, valueCode="internt")
    said = (("phone", phone), ("email", email))
    return [{"extension": [internal], "system": kind, "value": value} for kind, value in said if value]
