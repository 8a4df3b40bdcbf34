"""What is recorded: AuditEvent, Communication, Consent, DocumentReference, Observation, Provenance."""

from __future__ import annotations

from typing import Any

from tests.rest.meanings.forms import (
    SYSTEM,
    Case,
    Meanings,
    amount,
    at,
    canonical,
    code,
    coding,
    concept,
    ident,
    moment,
    only,
    period,
    refs,
    text,
    timing,
    uri,
)

Json = dict[str, Any]


def _code(value: str) -> Json:
    return {"coding": [{"system": SYSTEM, "code": value}]}


def _measured(name: str, value: str, found: Any, other: Any, *, inside: str = "") -> list[Case]:
    """A code and a value beside it: both must be right, in one and the same place."""

    def said(kind: str, measure: Any) -> Json:
        both = {"code": _code(kind), name: measure}
        return {inside: [both]} if inside else both

    asked = f"{SYSTEM}|a${value}"
    return [
        Case(asked, said("a", found), said("a", other)),
        Case(asked, said("a", found), said("b", found)),
    ]


def _amount(number: float) -> Json:
    return {"value": number, "system": "http://unitsofmeasure.org", "code": "mg", "unit": "mg"}


_OWN_CONCEPT = _measured("valueCodeableConcept", "x", _code("x"), _code("y"))
_OWN_AMOUNT = _measured("valueQuantity", "gt5", _amount(6), _amount(4))
_PART_CONCEPT = _measured("valueCodeableConcept", "x", _code("x"), _code("y"), inside="component")
_PART_AMOUNT = _measured("valueQuantity", "gt5", _amount(6), _amount(4), inside="component")
_SPLIT = Case(
    f"{SYSTEM}|a$gt5",
    {"component": [{"code": _code("a"), "valueQuantity": _amount(6)}]},
    {
        "component": [
            {"code": _code("a"), "valueQuantity": _amount(4)},
            {"code": _code("b"), "valueQuantity": _amount(6)},
        ]
    },
)

RECORDED: dict[str, Meanings] = {
    "AuditEvent": {
        "action": code("action", "R", "U"),
        "address": text("agent[].network.address"),
        "agent": refs("agent[].who", "Practitioner", "Organization", "Patient"),
        "agent-name": text("agent[].name"),
        "agent-role": concept("agent[].role[]"),
        "altid": code("agent[].altId"),
        "date": moment("recorded"),
        "entity": refs("entity[].what", "CarePlan", "Patient"),
        "entity-name": text("entity[].name"),
        "entity-role": coding("entity[].role"),
        "entity-type": coding("entity[].type"),
        "outcome": code("outcome", "0", "8"),
        "patient": [*only("entity[].what", "Patient"), *only("agent[].who", "Patient")],
        "policy": uri("agent[].policy[]"),
        "site": code("source.site"),
        "source": refs("source.observer", "Device", "Organization"),
        "subtype": coding("subtype[]"),
        "type": coding("type"),
    },
    "Communication": {
        "based-on": refs("basedOn[]", "ServiceRequest", "CarePlan"),
        "category": concept("category[]"),
        "encounter": refs("encounter", "Encounter"),
        "identifier": ident("identifier[]"),
        "instantiates-canonical": canonical("instantiatesCanonical[]"),
        "instantiates-uri": uri("instantiatesUri[]"),
        "medium": concept("medium[]"),
        "part-of": refs("partOf[]", "Communication", "Task"),
        "patient": only("subject", "Patient"),
        "received": moment("received"),
        "recipient": refs("recipient[]", "Organization", "Practitioner", "Patient"),
        "sender": refs("sender", "Organization", "PractitionerRole", "Patient"),
        "sent": moment("sent"),
        "status": code("status", "completed", "stopped"),
        "subject": refs("subject", "Patient", "Group"),
    },
    "Consent": {
        "action": concept("provision.action[]"),
        "actor": refs("provision.actor[].reference", "Organization", "Practitioner"),
        "category": concept("category[]"),
        "consentor": refs("performer[]", "Patient", "RelatedPerson", "Organization"),
        "data": refs("provision.data[].reference", "CarePlan", "DocumentReference"),
        "date": moment("dateTime"),
        "identifier": ident("identifier[]"),
        "organization": refs("organization[]", "Organization"),
        "patient": only("patient", "Patient"),
        "period": period("provision.period"),
        "purpose": coding("provision.purpose[]"),
        "scope": concept("scope"),
        "security-label": coding("provision.securityLabel[]"),
        "source-reference": refs("sourceReference", "Consent", "DocumentReference", "Contract"),
        "status": code("status", "active", "inactive"),
    },
    "DocumentReference": {
        "authenticator": refs("authenticator", "Practitioner", "Organization"),
        "author": refs("author[]", "Practitioner", "Organization", "Device"),
        "category": concept("category[]"),
        "contenttype": code("content[].attachment.contentType", "text/plain", "application/pdf"),
        "custodian": refs("custodian", "Organization"),
        "date": moment("date"),
        "description": text("description"),
        "encounter": refs("context.encounter[]", "Encounter", "EpisodeOfCare"),
        "event": concept("context.event[]"),
        "facility": concept("context.facilityType"),
        "format": coding("content[].format"),
        "identifier": [*ident("masterIdentifier"), *ident("identifier[]")],
        "language": code("content[].attachment.language", "sv", "en"),
        "location": uri("content[].attachment.url"),
        "patient": only("subject", "Patient"),
        "period": period("context.period"),
        "related": refs("context.related[]", "ServiceRequest", "CarePlan"),
        "relatesto": refs("relatesTo[].target", "DocumentReference"),
        "relation": code("relatesTo[].code", "replaces", "appends"),
        "relationship": [
            Case("DocumentReference/a$replaces", at("relatesTo[]", found), at("relatesTo[]", other))
            for found in [{"code": "replaces", "target": {"reference": "DocumentReference/a"}}]
            for other in (
                {"code": "appends", "target": {"reference": "DocumentReference/a"}},
                {"code": "replaces", "target": {"reference": "DocumentReference/b"}},
            )
        ],
        "security-label": concept("securityLabel[]"),
        "setting": concept("context.practiceSetting"),
        "status": code("status", "current", "superseded"),
        "subject": refs("subject", "Patient", "Practitioner", "Group", "Device"),
        "type": concept("type"),
    },
    "Observation": {
        "based-on": refs("basedOn[]", "ServiceRequest", "CarePlan"),
        "category": concept("category[]"),
        "code": concept("code"),
        "code-value-concept": _OWN_CONCEPT,
        "code-value-date": [
            *_measured("valueDateTime", "2026-02-01", "2026-02-01T10:00:00Z", "2026-02-02"),
            *_measured("valuePeriod", "ge2026-03", {"start": "2026-02-01"}, {"end": "2026-02-01"}),
        ],
        "code-value-quantity": _OWN_AMOUNT,
        "code-value-string": _measured("valueString", "alfa", "Alfa", "Beta"),
        "combo-code": [*concept("code"), *concept("component[].code")],
        "combo-code-value-concept": [*_OWN_CONCEPT, *_PART_CONCEPT],
        "combo-code-value-quantity": [*_OWN_AMOUNT, *_PART_AMOUNT, _SPLIT],
        "combo-data-absent-reason": [
            *concept("dataAbsentReason"),
            *concept("component[].dataAbsentReason"),
        ],
        "combo-value-concept": [
            *concept("valueCodeableConcept"),
            *concept("component[].valueCodeableConcept"),
        ],
        "combo-value-quantity": [*amount("valueQuantity"), *amount("component[].valueQuantity")],
        "component-code": [
            *concept("component[].code"),
            Case("a", {"component": [{"code": _code("a")}]}, {"code": _code("a")}),
        ],
        "component-code-value-concept": _PART_CONCEPT,
        "component-code-value-quantity": [*_PART_AMOUNT, _SPLIT],
        "component-data-absent-reason": concept("component[].dataAbsentReason"),
        "component-value-concept": concept("component[].valueCodeableConcept"),
        "component-value-quantity": amount("component[].valueQuantity"),
        "data-absent-reason": concept("dataAbsentReason"),
        "date": [
            *moment("effectiveDateTime"),
            *period("effectivePeriod"),
            *timing("effectiveTiming"),
            *moment("effectiveInstant"),
        ],
        "derived-from": refs("derivedFrom[]", "DocumentReference", "Observation"),
        "device": refs("device", "Device", "DeviceMetric"),
        "encounter": refs("encounter", "Encounter"),
        "focus": refs("focus[]", "Patient", "Device"),
        "has-member": refs("hasMember[]", "Observation", "QuestionnaireResponse", "MolecularSequence"),
        "identifier": ident("identifier[]"),
        "method": concept("method"),
        "part-of": refs("partOf[]", "Procedure", "MedicationAdministration"),
        "patient": only("subject", "Patient"),
        "performer": refs("performer[]", "Practitioner", "Organization"),
        "specimen": refs("specimen", "Specimen"),
        "status": code("status", "final", "amended"),
        "subject": refs("subject", "Patient", "Group", "Device", "Location"),
        "value-concept": concept("valueCodeableConcept"),
        "value-date": [*moment("valueDateTime"), *period("valuePeriod")],
        "value-quantity": amount("valueQuantity"),
        "value-string": [*text("valueString"), *text("valueCodeableConcept.text")],
    },
    "Provenance": {
        "agent": refs("agent[].who", "Practitioner", "Organization", "Device"),
        "agent-role": concept("agent[].role[]"),
        "agent-type": concept("agent[].type"),
        "entity": refs("entity[].what", "DocumentReference", "CarePlan"),
        "location": refs("location", "Location"),
        "patient": only("target[]", "Patient"),
        "recorded": moment("recorded"),
        "signature-type": coding("signature[].type[]"),
        "target": refs("target[]", "CarePlan", "Patient", "Observation"),
        "when": [
            *moment("occurredDateTime"),
            Case(
                "2026-02-01",
                {"occurredDateTime": "2026-02-01"},
                {"occurredPeriod": {"start": "2026-02-01", "end": "2026-02-01"}},
            ),
        ],
    },
}
