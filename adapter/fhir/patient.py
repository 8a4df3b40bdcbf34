"""Patient (https://hl7.org/fhir/R4/patient.html): the person that care is about, shared by all sources."""

from __future__ import annotations

from typing import Final

from adapter.domain.identity import PersonId, PersonIdKind
from adapter.domain.people import Person
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, element, filled, identifier, reference, uri_of_root
from adapter.fhir.ids import resource_id
from adapter.fhir.shared import PLACE, shared

_SYSTEMS: Final = {
    PersonIdKind.PERSONNUMMER: systems.PERSONNUMMER,
    PersonIdKind.SAMORDNINGSNUMMER: systems.SAMORDNINGSNUMMER,
    PersonIdKind.NATIONAL_RESERVE: systems.NATIONAL_RESERVE,
}
_STRENGTH: Final = tuple(PersonIdKind)  # the identity is the strongest kind of number
PROTECTED_LABEL: Final = coding(systems.SE_SECURITY, systems.PROTECTED, "Sekretessmarkering")


def patient(draft: Draft, person: Person, general_practitioner: str = "") -> str:
    """The Patient of a person; its id comes from the strongest of the identity numbers alone."""
    return draft.add("fhir.patient", patient_resource(draft, person, general_practitioner))


def patient_resource(draft: Draft, person: Person, general_practitioner: str = "") -> Json:
    """The resource itself. Address and telephone are never in it: no source of ours needs them."""
    is_protected = person.is_protected or draft.is_protected
    given = [draft.placed(name, person, "given_names") for name in person.given_names]
    name = element(family=draft.said(person, "family_name"), given=given)
    return shared(
        resourceType="Patient",
        id=patient_id(draft, person),
        meta=element(
            profile=[profiles.PATIENT],
            security=[dict(PROTECTED_LABEL)] if is_protected else [],
        ),
        text=PLACE,
        identifier=filled(*(_identifier(draft, person, each) for each in person.ids)),
        name=filled(name),
        generalPractitioner=filled(reference(general_practitioner)),
    )


def patient_id(draft: Draft, person: Person) -> str:
    """From system and value of the strongest number; local numbers count within their source only."""
    if not person.ids:
        return draft.id_of("patient")
    strongest = min(person.ids, key=lambda each: _STRENGTH.index(each.kind))
    system = system_of(strongest)
    if not system:
        return resource_id("Patient", draft.owner, strongest.value)
    return resource_id("Patient", system, strongest.value)


def system_of(person_id: PersonId) -> str:
    """The FHIR system of an identity number; empty for a local one without a root."""
    return _SYSTEMS.get(person_id.kind) or uri_of_root(person_id.root)


def _identifier(draft: Draft, person: Person, person_id: PersonId) -> Json:
    return identifier(system_of(person_id), draft.placed(person_id.value, person, "ids"))
