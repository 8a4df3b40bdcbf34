"""Practitioner and PractitionerRole: somebody who works in care, in a role at a unit.

With an HSA-id they are shared by all sources (ids from person, and person + unit). Somebody known by
name alone is a person of that note or message only: two of the same name are never made one.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapter.domain.people import CareUnit, Hours, Professional
from adapter.fhir import profiles, systems
from adapter.fhir.available_time import available_times
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, element, filled, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.organization import care_unit, hsa_key
from adapter.fhir.shared import PLACE, shared


def practitioner_role(
    draft: Draft,
    professional: Professional | None,
    *,
    role: str,
    unit: CareUnit | None = None,
    hours: Sequence[Hours] = (),
) -> str:
    """The PractitionerRole of somebody named in a message; empty when nobody is.

    ``unit`` is where the message says that they work, when it is not said of them.
    """
    if professional is None or not _says_something(professional):
        return ""
    workplace = care_unit(draft, professional.unit or unit)
    key = _key(professional, role, workplace)
    known = draft.staff.get(key)
    if known is None:
        known = draft.staff[key] = _role(draft, professional, role, workplace, hours)
    return known


def _role(draft: Draft, professional: Professional, role: str, workplace: str, hours: Sequence[Hours]) -> str:
    person = _practitioner(draft, professional)
    resource = shared(
        resourceType="PractitionerRole",
        id=_role_id(draft, professional, role, workplace),
        meta=_meta(draft, professional, profiles.PRACTITIONER_ROLE),
        text=PLACE,
        extension=[] if professional.hsa_id else draft.extensions(),
        practitioner=reference(person, draft.said(professional, "name")),
        organization=reference(workplace),
        code=filled(_code(draft, professional)),
        availableTime=available_times(hours),
    )
    return draft.add("fhir.practitioner_role", resource)


def _practitioner(draft: Draft, professional: Professional) -> str:
    if not (professional.hsa_id or professional.name):
        return ""
    if professional.hsa_id:
        own_id = resource_id("Practitioner", systems.HSA, hsa_key(professional.hsa_id))
    else:
        own_id = draft.id_of("practitioner", professional.name)
    resource = shared(
        resourceType="Practitioner",
        id=own_id,
        meta=_meta(draft, professional, profiles.PRACTITIONER),
        text=PLACE,
        extension=[] if professional.hsa_id else draft.extensions(),
        identifier=filled(identifier(systems.HSA, draft.said(professional, "hsa_id"))),
        name=filled(element(text=draft.said(professional, "name"))),
    )
    return draft.add("fhir.practitioner", resource)


def _meta(draft: Draft, professional: Professional, profile: str) -> Json:
    """What is shared by all sources says neither source nor labels of one message."""
    return element(profile=[profile]) if professional.hsa_id else draft.meta(profile)


def _role_id(draft: Draft, professional: Professional, role: str, unit: str) -> str:
    if professional.hsa_id:
        return resource_id("PractitionerRole", systems.HSA, hsa_key(professional.hsa_id), unit)
    said = (professional.name, professional.title, professional.role_code, professional.role_name)
    return draft.id_of("practitioner-role", role, *said, unit)


def _key(professional: Professional, role: str, workplace: str) -> tuple[object, ...]:
    own = professional.hsa_id or role
    return (
        own,
        professional.name,
        professional.title,
        professional.role_code,
        professional.role_name,
        workplace,
    )


def _code(draft: Draft, professional: Professional) -> Json:
    code, name = draft.said(professional, "role_code"), draft.said(professional, "role_name")
    codings = [coding(systems.STAFF_ROLE, code, name)] if code else filled(element(display=name))
    return concept(*codings, text=draft.said(professional, "title"))


def _says_something(professional: Professional) -> bool:
    return bool(professional.hsa_id or professional.name or professional.title)
