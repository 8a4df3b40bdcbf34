Invariant: agr-task-2
Description: "Den som avböjer, avbryter eller misslyckas säger varför (statusReason.text). Skriv ett skäl."
Severity: #error
Expression: "(status = 'rejected' or status = 'cancelled' or status = 'failed') implies statusReason.text.exists()"
* insert PaEngelska([[Whoever rejects, cancels or fails says why (statusReason.text). Write a reason.]])

Profile: KonsultationUppgift
Parent: Task
Id: konsultation-uppgift
Title: "Konsultation, uppgiften"
Description: "The clock and the state of a consultation: who has it now, and until when."
* obeys agr-task-2
* insert Berattelse
* identifier 1..*
* intent = #order
* code 1..1
* code = $task-code#fulfill
* businessStatus from StatusFramstallanVS (extensible)
* focus 1..1
* focus only Reference(ServiceRequest)
* for 1..1
* for only Reference(Patient)
* authoredOn 1..1
* requester 1..1
* requester only Reference(Organization or PractitionerRole)
* owner only Reference(Organization or PractitionerRole)
* restriction.period MS

Instance: exempel-konsultation-uppgift
InstanceOf: KonsultationUppgift
Title: "Konsultation, uppgiften"
Description: "Sent, not yet received."
* insert Kalla(se.lifecare.message, SE2120001249-HSV01)
* insert Text([[Begäran om konsultation, inom 72 timmar. Status: skickad.]])
* identifier.system = "https://overens.example/fhir/sid/SE2120001249-HSV01"
* identifier.value = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11#task"
* basedOn = Reference(exempel-konsultationsbegaran)
* status = #requested
* businessStatus = $status-framstallan#1 "skickad"
* intent = #order
* priority = #urgent
* code = $task-code#fulfill
* focus = Reference(exempel-konsultationsbegaran)
* for = Reference(exempel-patient)
* authoredOn = "2026-11-02T09:15:00+01:00"
* requester = Reference(exempel-enhet-kommun)
* owner = Reference(exempel-enhet-region)
* restriction.period.start = "2026-11-02T09:15:00+01:00"
* restriction.period.end = "2026-11-05T09:15:00+01:00"
