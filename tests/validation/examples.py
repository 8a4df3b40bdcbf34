"""Valid resources of our flows to make mutants of, and a profile that some of them claim."""

# fmt: off


from __future__ import annotations

from typing import Any

from probes import BASE, coded, el, entry, profile

Json = dict[str, Any]
DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></div>'
NARRATIVE = {"status": "generated", "div": DIV}
LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
PERSONNUMMER = {"system": "http://electronichealth.se/identifier/personnummer", "value": "191212121212"}

PLAN = profile(
    "mutant-plan",
    "CarePlan",
    el(
        "CarePlan",
        constraint=[
            {
                "key": "mp-1",
                "severity": "error",
                "human": "x",
                "expression": "activity.all(reference.exists() xor detail.exists())",
            }
        ],
    ),
    el(
        "CarePlan.identifier",
        slicing={"discriminator": [{"type": "value", "path": "system"}], "rules": "open"},
        min=1,
    ),
    el("CarePlan.identifier:own", min=1, max="1"),
    el("CarePlan.identifier:own.system", min=1, fixedUri="http://example.org/own"),
    el("CarePlan.identifier:own.value", min=1, maxLength=20),
    el("CarePlan.status", patternCode="active"),
    el(
        "CarePlan.category",
        min=1,
        max="1",
        patternCodeableConcept={"coding": [{"system": "http://snomed.info/sct", "code": "736055001"}]},
    ),
    el("CarePlan.title", min=1),
    el("CarePlan.subject", type=[{"code": "Reference", "targetProfile": [BASE + "Patient"]}]),
    el("CarePlan.period.start", min=1),
    el(
        "CarePlan.activity.reference",
        type=[{"code": "Reference", "targetProfile": [BASE + "Task", BASE + "ServiceRequest"]}],
    ),
)
PLAN["differential"]["element"].pop(0)
PROFILES = (PLAN,)

PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "text": NARRATIVE,
    "meta": {"security": [LABEL], "lastUpdated": "2026-03-01T08:00:00+01:00"},
    "identifier": [
        PERSONNUMMER
        | {
            "use": "official",
            "type": coded("NI", "http://terminology.hl7.org/CodeSystem/v2-0203"),
            "period": {"start": "2000-01-01"},
        }
    ],
    "active": True,
    "name": [{"use": "official", "family": "Tolvansson", "given": ["Tolvan", "Test"]}],
    "telecom": [{"system": "phone", "value": "070-1234567", "use": "mobile", "rank": 1}],
    "gender": "male",
    "birthDate": "1912-12-12",
    "address": [
        {"use": "home", "line": ["Storgatan 1"], "city": "Luleå", "postalCode": "97231", "country": "SE"}
    ],
    "maritalStatus": coded("M", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"),
    "contact": [
        {
            "relationship": [coded("C", "http://terminology.hl7.org/CodeSystem/v2-0131")],
            "name": {"text": "Anna"},
            "telecom": [{"system": "phone", "value": "1"}],
        }
    ],
    "communication": [{"language": coded("sv", "urn:ietf:bcp:47"), "preferred": True}],
    "managingOrganization": {"reference": "#o", "display": "Region"},
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Region"}],
}
CARE_PLAN: Json = {
    "resourceType": "CarePlan",
    "id": "c1",
    "text": NARRATIVE,
    "meta": {"profile": [PLAN["url"]]},
    "identifier": [{"system": "http://example.org/own", "value": "42"}],
    "status": "active",
    "intent": "plan",
    "title": "Plan",
    "category": [coded("736055001", "http://snomed.info/sct")],
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-03-01", "end": "2026-09-01"},
    "created": "2026-03-01T08:15:00+01:00",
    "author": {"reference": "Practitioner/a1"},
    "careTeam": [{"reference": "CareTeam/t1"}],
    "activity": [
        {"reference": {"reference": "Task/t1"}, "progress": [{"text": "Bra", "time": "2026-03-02"}]},
        {"reference": {"reference": "ServiceRequest/s1"}},
    ],
    "note": [{"authorString": "Anna", "text": "Uppföljning"}],
}
CARE_TEAM: Json = {
    "resourceType": "CareTeam",
    "id": "t1",
    "text": NARRATIVE,
    "status": "active",
    "name": "Fast vårdkontakt",
    "subject": {"reference": "Patient/p1"},
    "category": [coded("LA27976-2", "http://loinc.org")],
    "period": {"start": "2026-03-01"},
    "participant": [
        {
            "role": [{"text": "Fast vårdkontakt"}],
            "member": {"reference": "Practitioner/a1"},
            "period": {"start": "2026-03-01"},
        }
    ],
    "managingOrganization": [{"reference": "Organization/o1"}],
    "telecom": [{"system": "phone", "value": "010-1"}],
}
TASK: Json = {
    "resourceType": "Task",
    "id": "t1",
    "text": NARRATIVE,
    "status": "requested",
    "intent": "order",
    "priority": "urgent",
    "code": coded("fulfill", "http://hl7.org/fhir/CodeSystem/task-code"),
    "focus": {"reference": "ServiceRequest/s1"},
    "for": {"reference": "Patient/p1"},
    "authoredOn": "2026-03-01T08:00:00+01:00",
    "lastModified": "2026-03-01T09:00:00+01:00",
    "requester": {"reference": "Organization/o1"},
    "owner": {"reference": "Organization/o2"},
    "restriction": {"period": {"end": "2026-03-05T08:00:00+01:00"}},
    "input": [{"type": {"text": "nivå"}, "valueCode": "akut"}],
    "output": [{"type": {"text": "svar"}, "valueReference": {"reference": "Communication/m1"}}],
}
COMMUNICATION: Json = {
    "resourceType": "Communication",
    "id": "m1",
    "text": NARRATIVE,
    "status": "completed",
    "priority": "routine",
    "subject": {"reference": "Patient/p1"},
    "sent": "2026-03-01T08:00:00+01:00",
    "recipient": [{"reference": "Organization/o1"}],
    "sender": {"reference": "Practitioner/a1"},
    "category": [coded("notification", "http://terminology.hl7.org/CodeSystem/communication-category")],
    "payload": [
        {"contentString": "Situation"},
        {"contentString": "Bakgrund"},
        {"contentAttachment": {"contentType": "text/plain", "data": "YWJj", "size": 3}},
    ],
}
OBSERVATION: Json = {
    "resourceType": "Observation",
    "id": "v1",
    "text": NARRATIVE,
    "status": "final",
    "category": [coded("vital-signs", "http://terminology.hl7.org/CodeSystem/observation-category")],
    "code": coded("85354-9", "http://loinc.org"),
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-03-01T08:00:00+01:00",
    "performer": [{"reference": "Practitioner/a1"}],
    "meta": {"profile": [BASE + "bp"]},
    "component": [
        {
            "code": coded("8480-6", "http://loinc.org"),
            "valueQuantity": {
                "value": 140,
                "unit": "mmHg",
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        },
        {
            "code": coded("8462-4", "http://loinc.org"),
            "valueQuantity": {
                "value": 90.5,
                "unit": "mmHg",
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        },
    ],
}
SERVICE_REQUEST: Json = {
    "resourceType": "ServiceRequest",
    "id": "s1",
    "text": NARRATIVE,
    "status": "active",
    "intent": "order",
    "priority": "asap",
    "code": {"text": "Konsultation"},
    "subject": {"reference": "Patient/p1"},
    "occurrencePeriod": {"start": "2026-03-01", "end": "2026-03-08"},
    "authoredOn": "2026-03-01",
    "requester": {"reference": "Practitioner/a1"},
    "performer": [{"reference": "Organization/o1"}],
    "reasonCode": [{"text": "Andnöd"}],
    "note": [{"text": "x"}],
}
APPOINTMENT: Json = {
    "resourceType": "Appointment",
    "id": "b1",
    "text": NARRATIVE,
    "status": "booked",
    "start": "2026-03-02T10:00:00+01:00",
    "end": "2026-03-02T10:30:00+01:00",
    "created": "2026-03-01",
    "minutesDuration": 30,
    "basedOn": [{"reference": "ServiceRequest/s1"}],
    "participant": [{"actor": {"reference": "Patient/p1"}, "required": "required", "status": "accepted"}],
}
U = "urn:uuid:c757873d-ec9a-4326-a141-556f4323952"
MESSAGE: Json = {
    "resourceType": "Bundle",
    "id": "bm",
    "type": "message",
    "timestamp": "2026-03-01T08:00:00+01:00",
    "identifier": {"system": "http://example.org/messages", "value": "1"},
    "entry": [
        entry(
            {
                "resourceType": "MessageHeader",
                "text": NARRATIVE,
                "eventCoding": {"system": "http://example.org/events", "code": "consult"},
                "source": {"endpoint": "http://example.org/a", "name": "A"},
                "destination": [{"endpoint": "http://example.org/b"}],
                "focus": [{"reference": U + "1"}],
            },
            U + "0",
        ),
        entry(
            {k: v for k, v in SERVICE_REQUEST.items() if k != "id"}
            | {
                "subject": {"reference": U + "2"},
                "requester": {"reference": U + "3"},
                "performer": [{"reference": U + "4"}],
            },
            U + "1",
        ),
        entry(
            {"resourceType": "Patient", "text": NARRATIVE, "identifier": [PERSONNUMMER], "gender": "male"},
            U + "2",
        ),
        entry({"resourceType": "Practitioner", "text": NARRATIVE, "name": [{"family": "A"}]}, U + "3"),
        entry({"resourceType": "Organization", "text": NARRATIVE, "name": "B"}, U + "4"),
    ],
}
TRANSACTION: Json = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        entry(PATIENT, "http://example.org/fhir/Patient/p1", request={"method": "PUT", "url": "Patient/p1"}),
        entry(
            COMMUNICATION,
            "http://example.org/fhir/Communication/m1",
            request={"method": "PUT", "url": "Communication/m1", "ifNoneMatch": "x"},
        ),
    ],
}
SEARCHSET: Json = {
    "resourceType": "Bundle",
    "type": "searchset",
    "total": 1,
    "link": [{"relation": "self", "url": "http://example.org/fhir/Patient?_id=p1"}],
    "entry": [entry(PATIENT, "http://example.org/fhir/Patient/p1", search={"mode": "match", "score": 0.5})],
}
PROVENANCE: Json = {
    "resourceType": "Provenance",
    "id": "q",
    "text": NARRATIVE,
    "target": [{"reference": "CarePlan/c1"}],
    "recorded": "2026-03-01T08:00:00.123+01:00",
    "activity": coded("CREATE", "http://terminology.hl7.org/CodeSystem/v3-DataOperation"),
    "agent": [
        {
            "type": coded("custodian", "http://terminology.hl7.org/CodeSystem/provenance-participant-type"),
            "who": {"reference": "Organization/o1"},
        }
    ],
    "entity": [{"role": "source", "what": {"identifier": {"system": "http://example.org/s", "value": "1"}}}],
}
DOCUMENT_REFERENCE: Json = {
    "resourceType": "DocumentReference",
    "id": "d",
    "text": NARRATIVE,
    "status": "current",
    "docStatus": "final",
    "type": {"text": "Plan"},
    "subject": {"reference": "Patient/p1"},
    "date": "2026-03-01T08:00:00+01:00",
    "content": [
        {
            "attachment": {
                "contentType": "application/pdf",
                "data": "YWJj",
                "title": "x",
                "creation": "2026-03-01",
            }
        }
    ],
    "context": {"period": {"start": "2026-03-01"}},
    "masterIdentifier": {
        "system": "urn:ietf:rfc:3986",
        "value": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    },
}
EXAMPLES = (
    *(
        PATIENT,
        CARE_PLAN,
        CARE_PLAN,
        CARE_TEAM,
        TASK,
        COMMUNICATION,
        OBSERVATION,
        SERVICE_REQUEST,
        APPOINTMENT,
    ),
    *(MESSAGE, TRANSACTION, SEARCHSET, PROVENANCE, DOCUMENT_REFERENCE),
)
