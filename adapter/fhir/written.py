"""A write through REST, told of: its Provenance and its AuditEvent, kept in the same transaction.

https://hl7.org/fhir/R4/provenance.html and https://hl7.org/fhir/R4/auditevent.html; canonical model §1,
"Writing". Neither holds a word of what was written.
"""

from __future__ import annotations

from typing import Final

from adapter.fhir import profiles, systems
from adapter.fhir.element import Json, coding, concept, element, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.narrative import told
from adapter.frozen import dataclass

_EVENT: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_DATA_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_SOURCE_ROLE: Final = concept(
    coding("http://dicom.nema.org/resources/ontology/DCM", "110153", "Source Role ID")
)
_OPERATIONS: Final = {"create": "CREATE", "delete": "NULLIFY"}
_ACTIONS: Final = {"create": "C", "delete": "D"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes: the client, and the person, unit and caregiver written for (HSA-ids; empty: unknown)."""

    client: str
    person: str = ""
    unit: str = ""
    care_giver: str = ""


def origin_id(target: str) -> str:
    """The id of the Provenance of who made ``Type/id`` through our own interface: so it is always found."""
    return resource_id("Provenance", "create", target)


def write_provenance(id_: str, target: str, interaction: str, writer: Writer, recorded: str) -> Json:
    """The Provenance of one resource written; ``interaction`` as FHIR names it, ``recorded`` an instant."""
    return {
        "resourceType": "Provenance",
        "id": id_,
        "text": told("Uppgifternas ursprung: vem som ändrade dem, och när."),
        "target": [reference(target)],
        "occurredDateTime": recorded,
        "recorded": recorded,
        "activity": concept(coding(_DATA_OPERATION, _OPERATIONS.get(interaction, "UPDATE"))),
        "agent": _agents(writer),
    }


def write_audit_event(target: str, patient: str, interaction: str, writer: Writer, recorded: str) -> Json:
    """The AuditEvent of one write; without an id, which is its arrival's."""
    return element(
        resourceType="AuditEvent",
        meta=element(profile=[profiles.AUDIT]),
        text=told("Uppgifter skrivna genom FHIR-gränssnittet."),
        type=coding(_EVENT, "rest", "RESTful Operation"),
        subtype=[coding(_INTERACTION, interaction)],
        action=_ACTIONS.get(interaction, "U"),
        recorded=recorded,
        outcome="0",
        outcomeDesc="uppgifterna är sparade",
        agent=[
            {"type": _SOURCE_ROLE, "who": agent["who"], "requestor": n == 0}
            for n, agent in enumerate(_agents(writer))
        ],
        source={"observer": {"display": "Överens"}},
        entity=_entities(target, patient),
    )


def _agents(writer: Writer) -> list[Json]:
    client = identifier(systems.own_namespace("avsandare"), writer.client)
    said = (
        ("performer", identifier(systems.HSA, writer.person)),
        ("author", identifier(systems.HSA, writer.unit)),
        ("custodian", identifier(systems.HSA, writer.care_giver)),
        ("enterer", client),
    )
    return [
        {"type": concept(coding(systems.AGENT_TYPE, kind)), "who": {"identifier": who}}
        for kind, who in said
        if who
    ]


def _entities(target: str, patient: str) -> list[Json]:
    written: list[Json] = [{"what": reference(target), "type": coding(_ENTITY_TYPE, "2", "System Object")}]
    if patient and patient != target:
        person = coding(_ENTITY_TYPE, "1", "Person")
        role = coding("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient")
        written.append({"what": reference(patient), "type": person, "role": role})
    return written
