Invariant: agr-urg-2
Description: "En konsultationsbegäran bär exakt en svarstidsnivå (tillägget svarstidsniva). Lägg till den nivå som avsändaren valde."
Severity: #error
Expression: "extension.where(url = 'https://overens.example/fhir/StructureDefinition/svarstidsniva').count() = 1"
* insert PaEngelska([[A request for consultation carries exactly one response level (the extension svarstidsniva). Add the level that the sender chose.]])

Invariant: agr-urg-3
Description: "Prioriteten följer svarstidsnivån: akut är stat, 1d asap, 72h urgent, 1v och langsiktigt routine. Rätta prioriteten."
Severity: #error
Expression: "extension.where(url = 'https://overens.example/fhir/StructureDefinition/svarstidsniva').value.all((code = 'akut' and %resource.priority = 'stat') or (code = '1d' and %resource.priority = 'asap') or (code = '72h' and %resource.priority = 'urgent') or ((code = '1v' or code = 'langsiktigt') and %resource.priority = 'routine'))"
* insert PaEngelska([[The priority follows the response level: akut is stat, 1d asap, 72h urgent, 1v and langsiktigt routine. Correct the priority.]])

Profile: Konsultationsbegaran
Parent: ServiceRequest
Id: konsultationsbegaran
Title: "Konsultationsbegäran"
Description: "A question from licensed municipal staff to a unit, with the time in which an answer is wanted."
* obeys agr-urg-2 and agr-urg-3
* insert Berattelse
* extension contains
    Svarstidsniva named svarstidsniva 0..* and
    Samtycke named samtycke 0..1
* identifier 1..*
* intent = #order
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains konsultation 1..1
* category[konsultation] = $sct#11429006
* code 1..1
* code = $sct#11429006
* subject only Reference(Patient)
* occurrence[x] only Period
* authoredOn 1..1
* requester only Reference(PractitionerRole or Organization)
* performer only Reference(Organization or PractitionerRole)
* reasonCode.text MS
* supportingInfo MS

Instance: exempel-konsultationsbegaran
InstanceOf: Konsultationsbegaran
Title: "Konsultationsbegäran"
Description: "A nurse asks a health centre, with an answer wanted within 72 hours."
* insert Kalla(se.lifecare.message, SE2120001249-HSV01)
* insert Text([[Konsultation: Behöver furosemiddosen höjas? Svar önskas inom 72 timmar.]])
* extension[svarstidsniva].valueCoding = $svarstidsniva#72h "inom 72 timmar"
* extension[samtycke].valueBoolean = true
* identifier.system = "https://overens.example/fhir/sid/SE2120001249-HSV01"
* identifier.value = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
* status = #active
* intent = #order
* category[konsultation].coding = $sct#11429006
* priority = #urgent
* code.coding = $sct#11429006
* code.text = "Konsultation"
* subject = Reference(exempel-patient)
* occurrencePeriod.start = "2026-11-02T09:15:00+01:00"
* occurrencePeriod.end = "2026-11-05T09:15:00+01:00"
* authoredOn = "2026-11-02T09:15:00+01:00"
* requester = Reference(exempel-roll)
* performer = Reference(exempel-enhet-region)
* reasonCode.text = "Behöver furosemiddosen höjas?"
* supportingInfo = Reference(exempel-vitalparameter)
