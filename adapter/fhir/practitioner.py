"""Practitioner and PractitionerRole: somebody who works in care, in a role at a unit.

With an HSA-id they are shared by all sources (ids from person, and person + unit). Somebody known by
name alone is a person of that note or message only: two of the same name are never made one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapter.domain.people import CareUnit, Hours, Professional
from adapter.fhir import profiles, systems
from adapter.fhir.available_time import available_times
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, filled, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.organization import care_unit, hsa_key
from adapter.fhir.recurring import recurring
from adapter.fhir.shared import PLACE, shared

_SAID: Final = ("hsa_id", "name", "title", "role_code", "role_name")


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
    hsa_id, *said = [draft.said(professional, name) for name in _SAID]
    name = said[0]
    times = tuple(hours)
    if professional.hsa_id:
        key = hsa_key(professional.hsa_id)
        person = draft.add("fhir.practitioner", _known_person(draft, key, hsa_id, name))
        resource = _known_role(draft, key, person, workplace, times, *said)
    else:
        person = _person_of_note(draft, professional.name, name)
        own = (professional.name, professional.title, professional.role_code, professional.role_name)
        own_id = draft.id_of("practitioner-role", role, *own, workplace)
        mark = (own_id, draft.meta(profiles.PRACTITIONER_ROLE), draft.extensions())
        resource = _role_resource(mark, person, workplace, times, *said)
    return draft.add("fhir.practitioner_role", resource)


def _person_of_note(draft: Draft, key: str, name: str) -> str:
    if not name:
        return ""
    mark = (draft.id_of("practitioner", key), draft.meta(profiles.PRACTITIONER), draft.extensions())
    return draft.add("fhir.practitioner", _person_resource(mark, "", name))


@recurring
def _known_person(key: str, hsa_id: str, name: str) -> Json:
    mark = _shared_mark("Practitioner", profiles.PRACTITIONER, key)
    return _person_resource(mark, hsa_id, name)


@recurring
def _known_role(key: str, person: str, workplace: str, hours: tuple[Hours, ...], *said: str) -> Json:
    mark = _shared_mark("PractitionerRole", profiles.PRACTITIONER_ROLE, key, workplace)
    return _role_resource(mark, person, workplace, hours, *said)


_Mark = tuple[str, Json, list[Json]]  # id, meta, extensions


def _shared_mark(kind: str, profile: str, *key: str) -> _Mark:
    """What is shared by all sources says neither source nor labels of one message."""
    return resource_id(kind, systems.HSA, *key), {"profile": [profile]}, []


def _person_resource(mark: _Mark, hsa_id: str, name: str) -> Json:
    own_id, meta, extensions = mark
    return shared(
        resourceType="Practitioner",
        id=own_id,
        meta=meta,
        text=PLACE,
        extension=extensions,
        identifier=filled(identifier(systems.HSA, hsa_id)),
        name=[{"text": name}] if name else [],
    )


def _role_resource(  # noqa: PLR0913, PLR0917 - what a message can say of somebody's role
    mark: _Mark,
    person: str,
    workplace: str,
    hours: tuple[Hours, ...],
    name: str,
    title: str,
    code: str,
    code_name: str,
) -> Json:
    own_id, meta, extensions = mark
    return shared(
        resourceType="PractitionerRole",
        id=own_id,
        meta=meta,
        text=PLACE,
        extension=extensions,
        practitioner=reference(person, name),
        organization=reference(workplace),
        code=filled(_code(title, code, code_name)),
        availableTime=available_times(hours),
    )


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


def _code(title: str, code: str, name: str) -> Json:
    if code:
        return concept(coding(systems.STAFF_ROLE, code, name), text=title)
    return concept({"display": name}, text=title) if name else concept(text=title)


def _says_something(professional: Professional) -> bool:
    return bool(professional.hsa_id or professional.name or professional.title)
