Profile: Svar
Parent: SbarMeddelande
Id: svar
Title: "Svar på en konsultationsbegäran"
Description: "An answer; it names the message that it answers."
* inResponseTo 1..*
* inResponseTo only Reference(Communication)

Instance: exempel-svar
InstanceOf: Svar
Title: "Svar"
Description: "The health centre answers."
* insert Text([[Svar: Höj furosemid till 80 mg x 1 i fem dagar.]])
* identifier.system = "https://overens.example/fhir/sid/SE2321000016-A1B2"
* identifier.value = "0f6d8a52-5b9b-4f1c-8f0f-3a7c1d9e2b44"
* inResponseTo = Reference(exempel-sbar-meddelande)
* basedOn = Reference(exempel-konsultationsbegaran)
* status = #completed
* category = $handelse#konsultation-svar
* subject = Reference(exempel-patient)
* sent = "2026-11-02T14:05:00+01:00"
* recipient = Reference(exempel-enhet-kommun)
* sender = Reference(exempel-roll-region)
* payload.extension[segment].extension[date].valueDateTime = "2026-11-02T14:05:00+01:00"
* payload.extension[segment].extension[identifier].valueIdentifier.system = "https://overens.example/fhir/sid/SE2321000016-A1B2"
* payload.extension[segment].extension[identifier].valueIdentifier.value = "0f6d8a52-5b9b-4f1c-8f0f-3a7c1d9e2b44#1"
* payload.extension[segment].extension[author].valueReference = Reference(exempel-roll-region)
* payload.extension[segment].extension[contact].valueContactPoint.system = #phone
* payload.extension[segment].extension[contact].valueContactPoint.value = "010-000 00 01"
* payload.contentString = "Höj furosemid till 80 mg x 1 i fem dagar."
