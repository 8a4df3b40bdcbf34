Profile: VardensDel
Parent: ServiceRequest
Id: vardens-del
Title: "Vården ansvarar för"
Description: "One line of what care does for the patient."
* insert Berattelse
* extension contains Embargo named embargo 0..1
* intent = #plan
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains sokord 1..1
* category[sokord] = $sokord#varden-ansvarar-for
* code 1..1
* code.text 1..1
* subject only Reference(Patient)
* performer only Reference(Organization or PractitionerRole)

Instance: exempel-vardens-del
InstanceOf: VardensDel
Title: "Vården ansvarar för"
Description: "Follow-up of blood pressure."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Vården ansvarar för: Uppföljning av blodtryck]])
* status = #active
* intent = #plan
* category[sokord] = $sokord#varden-ansvarar-for "Vården ansvarar för"
* code.text = "Uppföljning av blodtryck"
* subject = Reference(exempel-patient)
* authoredOn = "2026-03-12T09:45:00+01:00"
* requester = Reference(exempel-roll-region)
* performer = Reference(exempel-enhet-region)
