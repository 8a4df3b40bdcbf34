// HL7 Sweden's SEBasePractitionerRole slices code.coding by a system that no slice fixes, which HL7's
// validator refuses for every role that has a code. Here are its rules for identifiers, and the
// HSA befattning slice with its system.

Profile: Medarbetarroll
Parent: PractitionerRole
Id: medarbetarroll
Title: "Medarbetare i en roll"
Description: "A person in a role at a unit."
* insert Berattelse
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains hsaid 0..1
* identifier[hsaid].system 1..1
* identifier[hsaid].system = $hsaid
* identifier[hsaid].type = $v2-0203#PRN
* practitioner MS
* organization MS
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains befattning 0..1
* code.coding[befattning].system 1..1
* code.coding[befattning].system = $befattning
* code.coding[befattning].code 1..1
* telecom.extension contains Malgrupp named malgrupp 0..1

Instance: exempel-roll
InstanceOf: Medarbetarroll
Title: "Sjuksköterska i kommunen"
Description: "A municipal nurse at her unit."
* insert Text([[Roll: Karin Ek, sjuksköterska.]])
* practitioner = Reference(exempel-medarbetare)
* organization = Reference(exempel-enhet-kommun)
* code.text = "sjuksköterska"

Instance: exempel-roll-region
InstanceOf: Medarbetarroll
Title: "Sjuksköterska i regionen"
Description: "A nurse at a health centre."
* insert Text([[Roll: Eva Svensson, sjuksköterska.]])
* practitioner = Reference(exempel-medarbetare-region)
* organization = Reference(exempel-enhet-region)
* code.text = "sjuksköterska"
