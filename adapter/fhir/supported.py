"""The profiles of each type that a server knows: what its CapabilityStatement tells as supported.

https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource.supportedProfile
"""

from __future__ import annotations

from typing import Final

from adapter.fhir.systems import BASE

_BY_TYPE: Final = {
    "Appointment": "bokad-tid",
    "AuditEvent": "logghandelse",
    "CarePlan": "overenskommelse sip",
    "CareTeam": "fast-kontakt fasta-kontakter vardlag",
    "Communication": "sbar-meddelande svar",
    "DocumentReference": "anteckning plandokument",
    "HealthcareService": "kontaktvagstjanst",
    "Observation": "vitalparameter",
    "Organization": "enhet",
    "Patient": "patient",
    "Practitioner": "medarbetare",
    "PractitionerRole": "medarbetarroll",
    "Provenance": "ursprung",
    "ServiceRequest": "vardens-del nasta-steg konsultationsbegaran",
    "Task": "patientens-del konsultation-uppgift sip-kallelse",
}
SUPPORTED: Final = {
    type_: tuple(f"{BASE}/StructureDefinition/{name}" for name in names.split())
    for type_, names in _BY_TYPE.items()
}
