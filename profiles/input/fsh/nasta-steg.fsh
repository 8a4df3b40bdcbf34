Profile: NastaSteg
Parent: ServiceRequest
Id: nasta-steg
Title: "Fortsatt planering"
Description: "One planned step that is not a booked time with start and end."
* insert Berattelse
* extension contains Embargo named embargo 0..1
* intent = #plan
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains sokord 1..1
* category[sokord] = $sokord#fortsatt-planering
* code 1..1
* code.text 1..1
* subject only Reference(Patient)
* occurrence[x] only dateTime or Period
* performer only Reference(Organization or PractitionerRole)

Instance: exempel-nasta-steg
InstanceOf: NastaSteg
Title: "Fortsatt planering"
Description: "A visit with a start and no end."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Fortsatt planering: Återbesök 2026-04-14 kl 10.00]])
* status = #active
* intent = #plan
* category[sokord] = $sokord#fortsatt-planering "Fortsatt planering"
* code.text = "Återbesök 2026-04-14 kl 10.00"
* subject = Reference(exempel-patient)
* occurrenceDateTime = "2026-04-14T10:00:00+02:00"
* authoredOn = "2026-03-12T09:45:00+01:00"
