Profile: Mal
Parent: Goal
Id: mal
Title: "Mål i en plan"
Description: "A goal in the person's own words."
* insert Berattelse
* description.text 1..1
* subject only Reference(Patient)
* expressedBy only Reference(Patient or RelatedPerson or PractitionerRole or Practitioner)

Instance: exempel-mal
InstanceOf: Mal
Title: "Mål"
Description: "What the person wants."
* insert Text([[Mål: Jag vill kunna gå till affären själv.]])
* lifecycleStatus = #active
* description.text = "Jag vill kunna gå till affären själv."
* subject = Reference(exempel-patient)
* expressedBy = Reference(exempel-patient)
