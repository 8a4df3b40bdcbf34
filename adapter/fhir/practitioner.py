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
    hsa_id, name, *said = draft.all_said(professional, *_SAID)
    if professional.hsa_id:
        known = _known(draft, hsa_key(professional.hsa_id), hsa_id, workplace, tuple(hours), name, *said)
        draft.add("fhir.practitioner", known["person"])
        return draft.add("fhir.practitioner_role", known["role"])
    words = _in_words(draft, tuple(hours), name, *said)
    person = _person_of_note(draft, professional.name, words["person"]) if name else ""
    own = (professional.name, professional.title, professional.role_code, professional.role_name)
    own_id = draft.id_of("practitioner-role", role, *own, workplace)
    mark = _own_mark(draft, own_id, profiles.PRACTITIONER_ROLE)
    return draft.add("fhir.practitioner_role", _linked(mark, person, name, workplace) | words["role"])


def _linked(mark: Json, person: str, name: str, workplace: str) -> Json:
    """The role of somebody at a unit, as far as it is not words."""
    resource: Json = {"resourceType": "PractitionerRole", **mark}
    if person or name:
        resource["practitioner"] = reference(person, name)
    if workplace:
        resource["organization"] = reference(workplace)
    return resource


def _person_of_note(draft: Draft, key: str, words: Json) -> str:
    mark = _own_mark(draft, draft.id_of("practitioner", key), profiles.PRACTITIONER)
    return draft.add("fhir.practitioner", {"resourceType": "Practitioner", **mark, **words})


def _own_mark(draft: Draft, own_id: str, profile: str) -> Json:
    """What somebody known by name alone begins with; the narrative's place is kept."""
    return {"id": own_id, "meta": draft.meta(profile), "text": PLACE, **draft.extensions()}


def _shared_mark(kind: str, profile: str, *key: str) -> Json:
    """What is shared by all sources says neither source nor labels of one message."""
    return {"id": resource_id(kind, systems.HSA, *key), "meta": {"profile": [profile]}, "text": PLACE}


@recurring
def _known(  # noqa: PLR0913, PLR0917 - what a message can say of somebody
    key: str,
    hsa_id: str,
    workplace: str,
    hours: tuple[Hours, ...],
    name: str,
    title: str,
    code: str,
    code_name: str,
) -> Json:
    """Somebody with an HSA-id, and their role at a unit: two resources."""
    mark = _shared_mark("Practitioner", profiles.PRACTITIONER, key)
    person = {"resourceType": "Practitioner", **mark, **_person_in_words(hsa_id, name)}
    mark = _shared_mark("PractitionerRole", profiles.PRACTITIONER_ROLE, key, workplace)
    role = _linked(mark, f"Practitioner/{person['id']}", name, workplace)
    return {"person": person, "role": role | _role_in_words(hours, name, title, code, code_name)}


@recurring
def _in_words(hours: tuple[Hours, ...], name: str, title: str, code: str, code_name: str) -> Json:
    """What the words make of somebody known by name alone, and of their role."""
    return {
        "person": _person_in_words("", name),
        "role": _role_in_words(hours, name, title, code, code_name),
    }


def _person_in_words(hsa_id: str, name: str) -> Json:
    return words_of(
        "Practitioner",
        identifier=filled(identifier(systems.HSA, hsa_id)),
        name=[{"text": name}] if name else [],
    )


def _role_in_words(hours: tuple[Hours, ...], name: str, title: str, code: str, code_name: str) -> Json:
    words = words_of(
        "PractitionerRole",
        practitioner=reference("", name),
        code=filled(_code(title, code, code_name)),
        availableTime=available_times(hours),
    )
    words.pop("practitioner", None)  # the narrative names them; the reference is the message's own
    return words


def _key(professional: Professional, role: str, workplace: str) -> tuple[object, ...]:
    own = hsa_key(professional.hsa_id) if professional.hsa_id else role
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
