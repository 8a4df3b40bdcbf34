"""AuditEvent (https://hl7.org/fhir/R4/auditevent.html): a message came, from whom, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapter.fhir import profiles, systems
from adapter.fhir.element import Json, coding, concept, element, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.narrative import told

_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ENTITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_GOOD: Final = ("0", "meddelandet är sparat")
_OUTCOMES: Final = {
    "done": _GOOD,
    "partly": ("4", "en del av meddelandet är sparad"),
    "parked": ("4", "meddelandet väntar på rättelse"),
    "refused": ("4", "meddelandet är avvisat"),
    "unreadable": ("8", "meddelandet kunde inte läsas"),
}


def message_audit_event(  # noqa: PLR0913 - what the log must hold
    *,
    message_id: str,
    sender: str,
    source: str,
    state: str,
    patient: str,
    made: Sequence[str],
    recorded: str,
) -> Json:
    """The AuditEvent of one arrived message; no text of the message is in it."""
    outcome, words = _OUTCOMES[state]
    return element(
        resourceType="AuditEvent",
        id=resource_id("AuditEvent", message_id),
        meta=element(profile=[profiles.AUDIT]),
        text=told(f"Meddelande mottaget från {sender}: {words}."),
        type=coding(_DCM, "110107", "Import"),
        action="C",
        recorded=recorded,
        outcome=outcome,
        outcomeDesc=words,
        agent=[
            element(
                type=concept(coding(_DCM, "110153", "Source Role ID")),
                who={"identifier": identifier(systems.own_namespace("avsandare"), sender)},
                requestor=True,
            )
        ],
        source={"observer": {"display": "Överens"}},
        entity=_entities(message_id, source, patient, made),
    )


def _entities(message_id: str, source: str, patient: str, made: Sequence[str]) -> list[Json]:
    message = element(identifier=identifier(systems.own_namespace("meddelande"), message_id), display=source)
    entities = [{"what": message, "type": coding(_ENTITY_TYPE, "2", "System Object")}]
    if patient:
        entities.append(
            {
                "what": reference(patient),
                "type": coding(_ENTITY_TYPE, "1", "Person"),
                "role": coding(_ENTITY_ROLE, "1", "Patient"),
            }
        )
    return entities + [{"what": {"reference": target}} for target in made if target != patient]
