"""What belongs to another version of FHIR: resource types, and the elements that tell it soonest.

https://hl7.org/fhir/R4/diff.html and https://hl7.org/fhir/R5/diff.html
"""

from __future__ import annotations

NEWER = {
    "R5": frozenset(
        [
            "ActorDefinition",
            "AdministrableProductDefinition",
            "ArtifactAssessment",
            "BiologicallyDerivedProductDispense",
            "Citation",
            "ClinicalUseDefinition",
            "ConditionDefinition",
            "DeviceAssociation",
            "DeviceDispense",
            "DeviceUsage",
            "EncounterHistory",
            "EvidenceReport",
            "FormularyItem",
            "GenomicStudy",
            "ImagingSelection",
            "Ingredient",
            "InventoryItem",
            "InventoryReport",
            "ManufacturedItemDefinition",
            "MedicinalProductDefinition",
            "NutritionIntake",
            "NutritionProduct",
            "PackagedProductDefinition",
            "Permission",
            "RegulatedAuthorization",
            "RequestOrchestration",
            "Requirements",
            "SubscriptionStatus",
            "SubscriptionTopic",
            "SubstanceDefinition",
            "TestPlan",
            "Transport",
        ]
    ),
    "STU3": frozenset(
        [
            "BodySite",
            "DataElement",
            "DeviceComponent",
            "EligibilityRequest",
            "EligibilityResponse",
            "ExpansionProfile",
            "ImagingManifest",
            "ProcedureRequest",
            "ProcessRequest",
            "ProcessResponse",
            "ReferralRequest",
            "Sequence",
            "ServiceDefinition",
        ]
    ),
}
_ELEMENTS = {
    "STU3": {
        "Patient": "animal",
        "CarePlan": "definition context",
        "CarePlan.activity.detail": "category definition",
        "CareTeam": "context",
        "Communication": "definition notDone notDoneReason context",
        "Condition": "context assertedDate",
        "Consent": "consentingParty actor action purpose dataPeriod except",
        "DocumentReference": "class created indexed",
        "Encounter": "incomingReferral reason",
        "MedicationRequest": "definition context",
        "MedicationStatement": "taken reasonNotTaken",
        "Observation": "related comment context",
        "Procedure": "definition notDone notDoneReason context",
        "Provenance": "period",
        "ServiceRequest": "definition context",
        "Task": "definitionUri definitionReference context",
    },
    "R5": {
        "Appointment": "cancellationReason virtualService replaces recurrenceTemplate subject class note",
        "AuditEvent": "severity occurredPeriod occurredDateTime basedOn patient encounter",
        "Bundle": "issues",
        "CarePlan": "custodian",
        "CarePlan.activity": "performedActivity plannedActivityReference",
        "CodeSystem": "approvalDate topic author copyrightLabel versionAlgorithmString",
        "Composition": "url version useContext name note",
        "Condition": "participant",
        "DocumentReference": "version attester modality period facilityType practiceSetting event bodySite",
        "Encounter": "actualPeriod plannedStartDate plannedEndDate admission subjectStatus careTeam",
        "HealthcareService": "contact offeredIn",
        "MedicationRequest": "device effectiveDosePeriod renderedDosageInstruction",
        "Observation": "instantiatesCanonical instantiatesReference triggeredBy bodyStructure",
        "Organization": "description qualification",
        "PractitionerRole": "contact characteristic communication display",
        "Procedure": "occurrenceDateTime occurrencePeriod recorded reportedBoolean reportedReference focus",
        "Provenance": "patient encounter basedOn authorization why",
        "ServiceRequest": "focus reason bodyStructure",
        "Task": "requestedPeriod requestedPerformer doNotPerform reason performer",
    },
}
_VERSIONS = {
    (kind, name): version
    for version, kinds in _ELEMENTS.items()
    for kind, names in kinds.items()
    for name in names.split()
}


def version_of(kind: str, name: str) -> str:
    """The version of FHIR that an element unknown to R4 belongs to; empty when that cannot be told."""
    return _VERSIONS.get((kind, name), "")
