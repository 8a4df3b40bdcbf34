"""The elements of a resource that its summary holds, and those that it must have, as R4 marks them.

https://hl7.org/fhir/R4/search.html#summary. ``[x]`` stands for any type.
"""

from __future__ import annotations

from typing import Final

ALWAYS: Final = frozenset({"resourceType", "id", "meta", "implicitRules"})
_SUMMARIES = {
    "Appointment": """
        identifier status cancelationReason serviceCategory serviceType specialty appointmentType
        reasonCode start end participant
    """,
    "AuditEvent": """
        type subtype action recorded outcome outcomeDesc purposeOfEvent agent source
    """,
    "CarePlan": """
        identifier instantiatesCanonical instantiatesUri basedOn replaces partOf status intent
        category title description subject encounter period created author addresses
    """,
    "CareTeam": """
        identifier status category name subject encounter period managingOrganization
    """,
    "Communication": """
        identifier instantiatesCanonical instantiatesUri basedOn partOf status statusReason priority
        subject encounter reasonCode reasonReference
    """,
    "Consent": """
        identifier status scope category patient dateTime organization source[x] policyRule provision
    """,
    "DocumentReference": """
        masterIdentifier identifier status docStatus type category subject date author relatesTo
        description securityLabel content context
    """,
    "HealthcareService": """
        identifier active providedBy category type specialty location name comment photo
    """,
    "Location": """
        identifier status operationalStatus name description mode type physicalType
        managingOrganization
    """,
    "Observation": """
        identifier basedOn partOf status code subject focus encounter effective[x] issued performer
        value[x] hasMember derivedFrom component
    """,
    "Organization": """
        identifier active type name partOf
    """,
    "Patient": """
        identifier active name telecom gender birthDate deceased[x] address managingOrganization
        link
    """,
    "Practitioner": """
        identifier active name telecom address gender birthDate
    """,
    "PractitionerRole": """
        identifier active period practitioner organization code specialty location telecom
    """,
    "Provenance": """
        target recorded agent
    """,
    "ServiceRequest": """
        identifier instantiatesCanonical instantiatesUri basedOn replaces requisition status intent
        category priority doNotPerform code orderDetail quantity[x] subject encounter occurrence[x]
        asNeeded[x] authoredOn requester performerType performer locationCode locationReference
        reasonCode reasonReference specimen bodySite patientInstruction
    """,
    "Task": """
        instantiatesCanonical instantiatesUri basedOn groupIdentifier partOf status statusReason
        businessStatus intent code description focus for encounter executionPeriod lastModified
        requester owner location
    """,
}
_REQUIRED = {
    "Appointment": "status participant",
    "AuditEvent": "type recorded agent source",
    "CarePlan": "status intent subject",
    "Communication": "status",
    "Consent": "status scope category",
    "DocumentReference": "status content",
    "Observation": "status code",
    "Provenance": "target recorded agent",
    "ServiceRequest": "status intent subject",
    "Task": "status intent",
}
SUMMARIES: Final = {type_: frozenset(text.split()) for type_, text in _SUMMARIES.items()}
REQUIRED: Final = {type_: frozenset(_REQUIRED.get(type_, "").split()) for type_ in SUMMARIES}
