Invariant: agr-vital-1
Description: "Det som inte mättes säger varför (dataAbsentReason). Skriv ett skäl i stället för att utelämna värdet."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists() or component.exists()"
* insert PaEngelska([[What was not measured says why (dataAbsentReason). Write a reason instead of leaving the value out.]])

// The rules of R4's vitalsigns profile, but for vs-1: a time that nobody said is said to be unknown.

Profile: Vitalparameter
Parent: Observation
Id: vitalparameter
Title: "Vitalparameter"
Description: "One row of the SBAR checklist, as R4's vital signs have it; what was not taken says why."
* obeys agr-vital-1
* insert Berattelse
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains VSCat 1..1
* category[VSCat] = $observation-category#vital-signs
* subject 1..1
* effective[x] 1..1
* effective[x] only dateTime or Period
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains rad 1..1
* code.coding[rad].system 1..1
* code.coding[rad].system = $vital
* code.coding[rad].code 1..1
* code.coding[rad] from VitalparameterVS (required)
* basedOn only Reference(ServiceRequest)
* subject only Reference(Patient)
* performer only Reference(PractitionerRole or Practitioner or Organization)

Instance: exempel-vitalparameter
InstanceOf: Vitalparameter
Title: "Blodtryck"
Description: "Blood pressure."
* insert Kalla(se.lifecare.message, SE2120001249-HSV01)
* insert Text([[Blodtryck: 138/82 mmHg]])
* status = #final
* category[VSCat] = $observation-category#vital-signs
* code.coding[1] = $loinc#85354-9
* code.coding[rad] = $vital#blodtryck "Blodtryck"
* code.text = "Blodtryck"
* subject = Reference(exempel-patient)
* effectiveDateTime = "2026-11-02T08:40:00+01:00"
* performer = Reference(exempel-roll)
* component[+].code = $loinc#8480-6
* component[=].valueQuantity = 138 'mm[Hg]' "mmHg"
* component[+].code = $loinc#8462-4
* component[=].valueQuantity = 82 'mm[Hg]' "mmHg"

Instance: exempel-vitalparameter-ej-tagen
InstanceOf: Vitalparameter
Title: "Vikt som inte togs"
Description: "A weight that was not taken, and why."
* insert Text([[Vikt: inte mätt. Orkar inte stå på vågen.]])
* status = #final
* category[VSCat] = $observation-category#vital-signs
* code.coding[1] = $loinc#29463-7
* code.coding[rad] = $vital#vikt "Vikt"
* subject = Reference(exempel-patient)
* effectiveDateTime = "2026-11-02T08:40:00+01:00"
* dataAbsentReason = $absent-reason#not-performed "Not Performed"
* dataAbsentReason.text = "Orkar inte stå på vågen."
