// Every address that the other files use by a short name.

Alias: $overens = https://overens.example/fhir
Alias: $ext = https://overens.example/fhir/StructureDefinition

// HL7 Sweden's base profiles (CC0): real parents, see dependencies/
Alias: $se-patient = http://hl7.se/fhir/ig/base/StructureDefinition/SEBasePatient
Alias: $se-practitioner = http://hl7.se/fhir/ig/base/StructureDefinition/SEBasePractitioner
Alias: $se-organization = http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseOrganization
Alias: $se-security = http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel

// Identifier systems
Alias: $personnummer = http://electronichealth.se/identifier/personnummer
Alias: $samordningsnummer = http://electronichealth.se/identifier/samordningsnummer
Alias: $reservnummer = http://electronichealth.se/identifier/nationelltReservnummer
Alias: $hsaid = urn:oid:1.2.752.29.4.19
Alias: $orgnr = urn:oid:2.5.4.97
Alias: $lokalt-id = urn:oid:1.2.752.129.2.1.2.1

// Code systems of others
Alias: $sct = http://snomed.info/sct
Alias: $loinc = http://loinc.org
Alias: $ucum = http://unitsofmeasure.org
Alias: $v2-0203 = http://terminology.hl7.org/CodeSystem/v2-0203
Alias: $v2-0280 = http://terminology.hl7.org/CodeSystem/v2-0280
Alias: $v2-0485 = http://terminology.hl7.org/CodeSystem/v2-0485
Alias: $v3-ActCode = http://terminology.hl7.org/CodeSystem/v3-ActCode
Alias: $v3-DataOperation = http://terminology.hl7.org/CodeSystem/v3-DataOperation
Alias: $agent-type = http://terminology.hl7.org/CodeSystem/provenance-participant-type
Alias: $observation-category = http://terminology.hl7.org/CodeSystem/observation-category
Alias: $absent-reason = http://terminology.hl7.org/CodeSystem/data-absent-reason
Alias: $goal-achievement = http://terminology.hl7.org/CodeSystem/goal-achievement
Alias: $task-code = http://hl7.org/fhir/CodeSystem/task-code
Alias: $task-status = http://hl7.org/fhir/task-status
Alias: $request-priority = http://hl7.org/fhir/request-priority
Alias: $appointment-status = http://hl7.org/fhir/appointmentstatus
Alias: $v2-0278 = http://terminology.hl7.org/CodeSystem/v2-0278
Alias: $dcm = http://dicom.nema.org/resources/ontology/DCM
Alias: $entity-type = http://terminology.hl7.org/CodeSystem/audit-entity-type
Alias: $object-role = http://terminology.hl7.org/CodeSystem/object-role
Alias: $befattning = urn:oid:1.2.752.129.2.2.1.4
Alias: $anteckningstyp = urn:oid:1.2.752.129.2.2.2.11
Alias: $status-framstallan = urn:oid:1.2.752.129.2.2.2.43
Alias: $momentstatus = https://overens.example/fhir/CodeSystem/aktivitetmomentstatus
Alias: $careplan-typ = https://fhir.inera.se/CodeSystem/typeofcareplan-cs
Alias: $careteam-typ = https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs
Alias: $fast-kontakt-typ = https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt

// Code systems of this project
Alias: $svarstidsniva = https://overens.example/fhir/CodeSystem/svarstidsniva
Alias: $malgrupp = https://overens.example/fhir/CodeSystem/malgrupp
Alias: $sbar = https://overens.example/fhir/CodeSystem/sbar
Alias: $plan-typ = https://overens.example/fhir/CodeSystem/plan-typ
Alias: $handelse = https://overens.example/fhir/CodeSystem/meddelandehandelse
Alias: $sokord = https://overens.example/fhir/CodeSystem/sokord
Alias: $vardlag = https://overens.example/fhir/CodeSystem/vardlag
Alias: $harkomst = https://overens.example/fhir/CodeSystem/harkomst
Alias: $kontaktform = https://overens.example/fhir/CodeSystem/kontaktform
Alias: $vital = https://overens.example/fhir/CodeSystem/vitalparameter
Alias: $acvpu = https://overens.example/fhir/CodeSystem/acvpu
Alias: $atkomst = https://overens.example/fhir/CodeSystem/atkomst
Alias: $iakttagelse = https://overens.example/fhir/CodeSystem/iakttagelse

// Extensions by full address, where a path needs it
Alias: $riv-via-team = https://fhir.inera.se/ig/careteam/StructureDefinition/riv-contact-via-team-extension
Alias: $originalText = http://hl7.org/fhir/StructureDefinition/originalText
Alias: $data-absent-reason = http://hl7.org/fhir/StructureDefinition/data-absent-reason
