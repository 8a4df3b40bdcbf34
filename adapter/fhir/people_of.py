"""The way back for people and units: Patient, Practitioner(Role), Organization to domain values."""

from __future__ import annotations

from typing import Final

from adapter.domain.identity import HsaId, PersonId, PersonIdKind, hsa_id
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.fhir import systems
from adapter.fhir.element import Json
from adapter.fhir.index import Index, first

_KINDS: Final = {
    systems.PERSONNUMMER: PersonIdKind.PERSONNUMMER,
    systems.SAMORDNINGSNUMMER: PersonIdKind.SAMORDNINGSNUMMER,
    systems.NATIONAL_RESERVE: PersonIdKind.NATIONAL_RESERVE,
    "urn:oid:1.2.752.129.2.1.3.1": PersonIdKind.PERSONNUMMER,
    "urn:oid:1.2.752.129.2.1.3.3": PersonIdKind.SAMORDNINGSNUMMER,
    "urn:oid:1.2.752.74.9.1": PersonIdKind.NATIONAL_RESERVE,
}
_REGIONAL_ROOTS: Final = frozenset(
    {
        "1.2.752.97.3.1.3",
        "1.2.752.113.11.0.2.1.1.1",
        "1.2.752.74.9.2",
        "1.2.752.129.2.1.3.2",
    }
)
_OID: Final = "urn:oid:"


def person(patient: Json) -> Person:
    """The person of a Patient."""
    name = first(patient.get("name", ()))
    return Person(
        ids=tuple(_person_id(each) for each in patient.get("identifier", ()) if each.get("value")),
        family_name=name.get("family", ""),
        given_names=tuple(name.get("given", ())),
        is_protected=is_protected(patient),
    )


def is_protected(resource: Json) -> bool:
    """Whether a resource carries one of Sweden's labels of protected identity."""
    labels = resource.get("meta", {}).get("security", ())
    return any(label.get("system") == systems.SE_SECURITY for label in labels)


def care_unit(index: Index, organization: Json) -> CareUnit | None:
    """The unit of an Organization, with the vårdgivare that it is part of."""
    if not organization:
        return None
    giver = index.get(organization.get("partOf"))
    said = {point.get("system"): point.get("value", "") for point in organization.get("telecom", ())}
    address = first(organization.get("address", ()))
    return CareUnit(
        hsa_id=hsa_of(organization),
        name=organization.get("name", ""),
        care_giver=CareGiver(hsa_id=hsa_of(giver), name=giver.get("name", "")) if giver else None,
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        address=address.get("text", ""),
        location=address.get("city", ""),
    )


def professional(index: Index, reference: Json | None) -> Professional | None:
    """Whoever a PractitionerRole or Practitioner reference names; None when nobody is."""
    target = index.get(reference)
    if target.get("resourceType") == "Practitioner":
        return Professional(hsa_id=hsa_of(target), name=_name(target))
    if target.get("resourceType") != "PractitionerRole":
        return None
    practitioner = index.get(target.get("practitioner"))
    code = first(target.get("code", ()))
    coding = first(code.get("coding", ()))
    return Professional(
        hsa_id=hsa_of(practitioner),
        name=_name(practitioner) or target.get("practitioner", {}).get("display", ""),
        title=code.get("text", ""),
        role_code=coding.get("code", ""),
        role_name=coding.get("display", ""),
        unit=care_unit(index, index.get(target.get("organization"))),
    )


def hsa_of(resource: Json) -> HsaId | None:
    """The HSA-id of a resource, under either of its OIDs."""
    for each in resource.get("identifier", ()):
        if each.get("system") in {systems.HSA, systems.HSA_RIV} and each.get("value"):
            return hsa_id(each["value"])
    return None


def _name(practitioner: Json) -> str:
    name = first(practitioner.get("name", ()))
    text: str = name.get("text", "")
    return text or " ".join([*name.get("given", ()), name.get("family", "")]).strip()


def _person_id(identifier: Json) -> PersonId:
    system, value = identifier.get("system", ""), identifier["value"]
    if system in _KINDS:
        return PersonId(kind=_KINDS[system], value=value, root="")
    root = system.removeprefix(_OID) if system.startswith(_OID) else ""
    kind = PersonIdKind.REGIONAL_RESERVE if root in _REGIONAL_ROOTS else PersonIdKind.LOCAL
    return PersonId(kind=kind, value=value, root=root)
