"""AuditEvent for one message that came in: who sent what about whom, and how it ended.

https://hl7.org/fhir/R4/auditevent.html. Every message makes one, refused and unreadable ones too. It
names resources by reference and never holds a text of the message.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

DCM = "http://dicom.nema.org/resources/ontology/DCM"
HSA = "urn:oid:1.2.752.29.4.19"
OUTCOME = {"done": "0", "partly": "4", "parked": "4", "refused": "4", "unreadable": "8"}


def message_audit_event(
    *,
    message_id: str,
    sender: str,
    source: str,
    state: str,
    patient: str,
    made: tuple[str, ...],
    recorded: str,
) -> Json:
    """One AuditEvent (DICOM 110107, import). ``patient`` is a reference or empty; ``recorded`` an instant."""
    entities: list[Json] = [
        {
            "what": {"identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{message_id}"}},
            "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "2"},
        }
    ]
    if patient:
        entities.append(
            {
                "what": {"reference": patient},
                "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1"},
                "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"},
            }
        )
    entities += [{"what": {"reference": reference}} for reference in made]
    return {
        "resourceType": "AuditEvent",
        "id": message_id,
        "type": {"system": DCM, "code": "110107", "display": "Import"},
        "action": "C",
        "recorded": recorded,
        "outcome": OUTCOME[state],
        "agent": [
            {"who": {"identifier": {"system": HSA, "value": sender}}, "requestor": True},
            {"who": {"display": "Överens"}, "requestor": False},
        ],
        "source": {"observer": {"display": "Överens"}, "site": source},
        "entity": entities,
    }
