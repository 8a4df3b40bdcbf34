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
from adapter.fhir.shared import PLACE, shared


def care_giver(draft: Draft, giver: CareGiver | None) -> str:
    """The vårdgivare, the outer block; empty when nothing names it."""
    if giver is None or not (giver.hsa_id or giver.name):
        return ""
    return draft.add(
        "fhir.organization",
        shared(
            resourceType="Organization",
            meta=element(profile=[profiles.ORGANIZATION]),
            id=_id(draft, giver.hsa_id, giver.name),
            text=PLACE,
            identifier=filled(identifier(systems.HSA, draft.said(giver, "hsa_id"))),
            name=draft.said(giver, "name"),
        ),
    )


def care_unit(draft: Draft, unit: CareUnit | None) -> str:
    """The vårdenhet or other unit, part of its vårdgivare; empty when nothing names it."""
    if unit is None or not (unit.hsa_id or unit.name):
        return ""
    known = draft.staff.get((id(unit),))  # the records of a message live as long as its draft
    if known is None:
        known = draft.staff[id(unit),] = _unit(draft, unit)
    return known


def _unit(draft: Draft, unit: CareUnit) -> str:
    giver = care_giver(draft, unit.care_giver)
    return draft.add(
        "fhir.organization",
        shared(
            resourceType="Organization",
            meta=element(profile=[profiles.ORGANIZATION]),
            id=_id(draft, unit.hsa_id, unit.name),
            text=PLACE,
            identifier=filled(identifier(systems.HSA, draft.said(unit, "hsa_id"))),
            name=draft.said(unit, "name"),
            telecom=[] if draft.is_protected else _telecom(draft, unit),
            address=[] if draft.is_protected else _address(draft, unit),
            partOf=reference(giver),
        ),
    )


def hsa_key(hsa_id: HsaId) -> str:
    """What the ids of resources are made from: HSA-ids differ in nothing but case."""
    return hsa_id.value.strip().upper()


def _id(draft: Draft, hsa_id: HsaId | None, name: str) -> str:
    if hsa_id:
        return resource_id("Organization", systems.HSA, hsa_key(hsa_id))
    return resource_id("Organization", draft.owner, name)


def _telecom(draft: Draft, unit: CareUnit) -> list[Json]:
    # A number that came in a message's header is for staff until somebody says otherwise (§10).
    internal = extension(systems.AUDIENCE, valueCode="internt")
    said = (("phone", draft.said(unit, "phone")), ("email", draft.said(unit, "email")))
    return [{"extension": [internal], "system": kind, "value": value} for kind, value in said if value]


def _address(draft: Draft, unit: CareUnit) -> list[Json]:
    return filled(element(text=draft.said(unit, "address"), city=draft.said(unit, "location")))
