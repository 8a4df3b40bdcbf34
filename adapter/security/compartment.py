"""Whose a resource is: FHIR's patient compartment, read strictly.

https://hl7.org/fhir/R4/compartmentdefinition-patient.html. Task stands outside it in R4, but is about a
patient all the same. A resource that names another patient anywhere is nobody's: fail closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from adapter.fhir.search_index import references

Json = dict[str, Any]

COMPARTMENT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Appointment": ("actor",),
        "AuditEvent": ("patient",),
        "CarePlan": ("patient",),
        "CareTeam": ("patient", "participant"),
        "Communication": ("subject", "sender", "recipient"),
        "Consent": ("patient",),
        "DocumentReference": ("subject", "author"),
        "Observation": ("subject", "performer"),
        "Provenance": ("patient",),
        "ServiceRequest": ("subject", "performer"),
        "Task": ("patient", "owner"),
    }
)
"""By type, the search parameters that place a resource in a patient's compartment, of those we know."""

OPEN_TYPES: Final = frozenset({"HealthcareService", "Location", "Organization"})
"""Reference data that says nothing about a person: anybody with the scope may read it."""


def patients_of(resource: Json) -> frozenset[str]:
    """The ids of every patient that a resource names, in any element, contained resources and all."""
    own = {resource["id"]} if resource.get("resourceType") == "Patient" else set()
    named = (name.partition("/") for name in named_in(resource))
    return frozenset(own | {id_ for type_, _, id_ in named if type_ == "Patient"})


def is_in_compartment(resource: Json, patient: str) -> bool:
    """Whether a resource is this patient's and names no other."""
    type_ = resource["resourceType"]
    if type_ == "Patient":
        return patients_of(resource) == {patient}
    theirs = f"Patient/{patient}"
    placed = any(theirs in references(resource, param) for param in COMPARTMENT.get(type_, ()))
    return placed and patients_of(resource) == {patient}


def named_in(resource: Any) -> frozenset[str]:
    """Every ``Type/id`` that a resource refers to, without version or server."""
    return frozenset("/".join(text.split("/")[-2:]) for text in _references(resource))


def _references(value: Any) -> Iterator[str]:
    """Every literal reference, without its version."""
    if isinstance(value, dict):
        text = value.get("reference")
        if isinstance(text, str):
            yield text.partition("/_history/")[0]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
