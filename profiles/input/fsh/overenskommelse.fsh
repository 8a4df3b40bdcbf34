Invariant: agr-plan-1
Description: "En överenskommelse har upphovsperson, start och slut, högst tolv månader emellan; en längre eller öppen har ett skäl (giltighetsorsak). Fyll i det som fattas. För en som lästs in ur en anteckning räcker det som anteckningen säger."
Severity: #error
Expression: "meta.source.startsWith('https://overens.example/fhir/source/') or (author.exists() and period.start.exists() and (period.extension('https://overens.example/fhir/StructureDefinition/giltighetsorsak').exists() or (period.end.exists() and (period.start.toString().length() < 10 or period.end.toString().length() < 10 or period.end.toString().substring(0,10).replace('-','').toInteger() - period.start.toString().substring(0,10).replace('-','').toInteger() <= 10000))))"
* insert PaEngelska([[An agreement has an author, a start and an end, at most twelve months apart; a longer or open one has a reason (giltighetsorsak). Fill in what is missing. For one that was read from a note, what the note says is enough.]])

Invariant: agr-plan-1b
Description: "Den inlästa överenskommelsen säger inte när den börjar eller slutar, eller gäller mer än tolv månader. Stäm av med enheten; ett slutdatum hittas aldrig på."
Severity: #warning
Expression: "meta.source.where($this.startsWith('https://overens.example/fhir/source/')).empty() or status = 'entered-in-error' or period.extension('https://overens.example/fhir/StructureDefinition/giltighetsorsak').exists() or (period.start.exists() and period.end.exists() and (period.start.toString().length() < 10 or period.end.toString().length() < 10 or period.end.toString().substring(0,10).replace('-','').toInteger() - period.start.toString().substring(0,10).replace('-','').toInteger() <= 10000))"
* insert PaEngelska([[The agreement as read does not say when it begins or ends, or it holds for more than twelve months. Ask the unit; an end date is never invented.]])

Invariant: agr-plan-2
Description: "Varje del av planen är en egen resurs (activity.reference); activity.detail används inte. Lägg delen i en Task, ServiceRequest eller Appointment."
Severity: #error
Expression: "activity.detail.empty()"
* insert PaEngelska([[Each part of the plan is a resource of its own (activity.reference); activity.detail is not used. Put the part in a Task, ServiceRequest or Appointment.]])

Profile: Overenskommelse
Parent: CarePlan
Id: overenskommelse
Title: "Dokumenterad överenskommelse"
Description: "The documented agreement of a patient with care: who does what, until when, and whom to turn to."
* obeys agr-plan-1 and agr-plan-1b and agr-plan-2
* insert Berattelse
* extension contains
    Signeringstid named signeringstid 0..1 and
    Kontaktvag named kontaktvag 0..* and
    Embargo named embargo 0..1 and
    Custodian named custodian 0..1 and
    Samtycke named samtycke 0..1
* status from http://hl7.org/fhir/ValueSet/request-status (required)
* intent = #plan
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains overenskommelse 1..1
* category[overenskommelse] = $plan-typ#dokumenterad-overenskommelse
* title 1..1 MS
* subject only Reference(Patient)
* period MS
* period.extension contains Giltighetsorsak named giltighetsorsak 0..1
* author only Reference(PractitionerRole or Practitioner or Organization)
* careTeam MS
* supportingInfo.extension contains Plantyp named plantyp 0..1
* activity.reference only Reference(Task or ServiceRequest or Appointment)

Instance: exempel-overenskommelse
InstanceOf: Overenskommelse
Title: "Överenskommelse"
Description: "A whole agreement, with all its parts."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Överenskommelse, gäller 2026-03-12 till 2026-09-30.]])
* extension[signeringstid].valueDateTime = "2026-03-12T10:14:00+01:00"
* extension[kontaktvag].valueReference = Reference(exempel-kontaktvagstjanst)
* identifier.system = $lokalt-id
* identifier.value = "SE2321000016-Test:Note:4711"
* status = #active
* intent = #plan
* category[overenskommelse].coding[+] = $sct#734163000
* category[overenskommelse].coding[+] = $plan-typ#dokumenterad-overenskommelse
* title = "Överenskommelse – Hälsocentralen Borgholm"
* subject = Reference(exempel-patient)
* period.start = "2026-03-12"
* period.end = "2026-09-30"
* created = "2026-03-12T09:45:00+01:00"
* author = Reference(exempel-roll-region)
* contributor = Reference(exempel-enhet-region)
* careTeam[+] = Reference(exempel-fast-kontakt)
* careTeam[+] = Reference(exempel-fasta-kontakter)
* supportingInfo.extension[plantyp].valueCoding = $careplan-typ#RP
* supportingInfo.type = "CarePlan"
* supportingInfo.display = "Samordnad rehabiliteringsplan upprättad 2026-02-20"
* activity[+].reference = Reference(exempel-patientens-del)
* activity[+].reference = Reference(exempel-vardens-del)
* activity[+].reference = Reference(exempel-nasta-steg)
* activity[+].reference = Reference(exempel-bokad-tid)
