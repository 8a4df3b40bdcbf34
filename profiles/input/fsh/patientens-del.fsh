Invariant: agr-task-1
Description: "Det patienten ansvarar för ägs av patienten eller en närstående, är ett uppdrag (order) med prioritet routine eller urgent, säger vad, för vem, av vem och när det skrevs, och har ett skäl när det är avbrutet. Fyll i det som fattas."
Severity: #error
Expression: "owner.exists() and owner.reference.all($this.startsWith('urn:') or $this.contains('Patient/') or $this.contains('RelatedPerson/')) and intent = 'order' and (priority = 'routine' or priority = 'urgent') and code.exists() and for.exists() and (requester.exists() or meta.source.startsWith('https://overens.example/fhir/source/')) and (authoredOn.exists() or meta.source.startsWith('https://overens.example/fhir/source/')) and description.exists() and (status = 'cancelled' implies statusReason.text.exists())"
* insert PaEngelska([[What the patient is responsible for is owned by the patient or somebody close, is an order of priority routine or urgent, says what, for whom, by whom and when it was written, and has a reason when it was cancelled. Fill in what is missing.]])

Profile: PatientensDel
Parent: Task
Id: patientens-del
Title: "Patienten ansvarar för"
Description: "One line of what the patient does; the patient owns it and can tick it."
* obeys agr-task-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* code MS
* description MS
* for only Reference(Patient)
* requester only Reference(PractitionerRole or Practitioner or Organization or Patient or RelatedPerson)
* owner only Reference(Patient or RelatedPerson)

Instance: exempel-patientens-del
InstanceOf: PatientensDel
Title: "Patienten ansvarar för"
Description: "A daily walk."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Patienten ansvarar för: Daglig promenad, minst 30 minuter]])
* status = #requested
* intent = #order
* priority = #routine
* code = $sokord#patienten-ansvarar-for "Patienten ansvarar för"
* description = "Daglig promenad, minst 30 minuter"
* for = Reference(exempel-patient)
* authoredOn = "2026-03-12T09:45:00+01:00"
* requester = Reference(exempel-roll-region)
* owner = Reference(exempel-patient)
