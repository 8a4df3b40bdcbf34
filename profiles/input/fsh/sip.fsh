Profile: Sip
Parent: CarePlan
Id: sip
Title: "Samordnad individuell plan (SIP)"
Description: "A plan that the person, the region and the municipality make together."
* obeys agr-plan-2 and agr-sip-1
* insert Berattelse
* extension contains
    Custodian named custodian 0..1 and
    Samtycke named samtycke 0..1 and
    Deltagande named deltagande 0..1 and
    Embargo named embargo 0..1
* intent = #plan
* category 1..*
* category ^slicing.discriminator.type = #value
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains typ 1..1
* category[typ] from SipTypVS (required)
* insert HelKod(category[typ].coding)
* title 1..1
* subject only Reference(Patient)
* period MS
* partOf only Reference(CarePlan)
* goal only Reference(Goal)
* activity.reference only Reference(Task or ServiceRequest or Appointment)

Invariant: agr-sip-1
Description: "Utan samtycke visas bara att planen finns: mål, delar, lag och beskrivning följer inte med. Inhämta samtycke eller ta bort dem."
Severity: #error
Expression: "extension('https://overens.example/fhir/StructureDefinition/samtycke').value.where($this is boolean and $this = false).exists() implies (goal.empty() and activity.empty() and careTeam.empty() and description.empty())"
* insert PaEngelska([[Without consent only the existence of the plan is shown: goals, parts, team and description do not go along. Obtain consent or remove them.]])

Instance: exempel-sip
InstanceOf: Sip
Title: "SIP"
Description: "A coordinated plan with a goal, an invitation and a meeting."
* insert Text([[Samordnad individuell plan, från 2026-03-20. Samordnare: Hemsjukvården Norr.]])
* extension[custodian].valueReference = Reference(exempel-enhet-kommun)
* extension[samtycke].valueBoolean = true
* extension[deltagande].valueString = "Deltog på plats och skrev under."
* status = #active
* intent = #plan
* category[typ] = $careplan-typ#SIP
* title = "Samordnad individuell plan"
* subject = Reference(exempel-patient)
* period.start = "2026-03-20"
* author = Reference(exempel-roll)
* careTeam = Reference(exempel-vardlag)
* goal = Reference(exempel-mal)
* activity[+].reference = Reference(exempel-sip-kallelse)
