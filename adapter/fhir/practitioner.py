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
from adapter.fhir.shared import PLACE, words_of

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
    hsa_id, *said = draft.all_said(professional, *_SAID)
    name = said[0]
    if professional.hsa_id:
        key = hsa_key(professional.hsa_id)
        person = draft.add("fhir.practitioner", _known_person(draft, key, hsa_id, name))
        known = _known_role(draft, key, person, workplace, tuple(hours), *said)
        return draft.add("fhir.practitioner_role", known)
    person = _person_of_note(draft, professional.name, name)
    own = (professional.name, professional.title, professional.role_code, professional.role_name)
    own_id = draft.id_of("practitioner-role", role, *own, workplace)
    mark = _own_mark(draft, own_id, profiles.PRACTITIONER_ROLE)
    words = _words_of_role(draft, tuple(hours), *said)
    return draft.add("fhir.practitioner_role", _linked(mark, person, name, workplace) | words)


def _linked(mark: Json, person: str, name: str, workplace: str) -> Json:
    """The role of somebody at a unit, as far as it is not words."""
    resource: Json = {"resourceType": "PractitionerRole", **mark}
    if person or name:
        resource["practitioner"] = reference(person, name)
    if workplace:
        resource["organization"] = reference(workplace)
    return resource


def _person_of_note(draft: Draft, key: str, name: str) -> str:
    if not name:
        return ""
    mark = _own_mark(draft, draft.id_of("practitioner", key), profiles.PRACTITIONER)
    words = _words_of_person(draft, "", name)
    return draft.add("fhir.practitioner", {"resourceType": "Practitioner", **mark, **words})


@recurring
def _known_person(key: str, hsa_id: str, name: str) -> Json:
    mark = _shared_mark("Practitioner", profiles.PRACTITIONER, key)
    return {"resourceType": "Practitioner", **mark, **_person(hsa_id, name)}


def _own_mark(draft: Draft, own_id: str, profile: str) -> Json:
    """What somebody known by name alone begins with; the narrative's place is kept."""
    return {"id": own_id, "meta": draft.meta(profile), "text": PLACE, **draft.extensions()}


def _shared_mark(kind: str, profile: str, *key: str) -> Json:
    """What is shared by all sources says neither source nor labels of one message."""
    return {"id": resource_id(kind, systems.HSA, *key), "meta": {"profile": [profile]}, "text": PLACE}


def _person(hsa_id: str, name: str) -> Json:
    return words_of(
        "Practitioner",
        identifier=filled(identifier(systems.HSA, hsa_id)),
        name=[{"text": name}] if name else [],
    )


_words_of_person = recurring(_person)


@recurring
def _known_role(  # noqa: PLR0913, PLR0917 - what a message can say of a role
    key: str,
    person: str,
    workplace: str,
    hours: tuple[Hours, ...],
    name: str,
    title: str,
    code: str,
    code_name: str,
) -> Json:
    mark = _shared_mark("PractitionerRole", profiles.PRACTITIONER_ROLE, key, workplace)
    return _linked(mark, person, name, workplace) | _role_in_words(hours, name, title, code, code_name)


def _role_in_words(hours: tuple[Hours, ...], name: str, title: str, code: str, code_name: str) -> Json:
    words = words_of(
        "PractitionerRole",
        practitioner=reference("", name),
        code=filled(_code(title, code, code_name)),
        availableTime=available_times(hours),
    )
    words.pop("practitioner", None)  # the narrative names them; the reference is the message's own
    return words


_words_of_role = recurring(_role_in_words)


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
