Profile: Vardlag
Parent: CareTeam
Id: vardlag
Title: "Vårdlag över huvudmän"
Description: "The team around a coordinated plan, computed from the invitations: membership, not access."
* obeys agr-team-1 and agr-tel-1 and agr-team-4
* insert Berattelse
* status 1..1
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains lag 1..1
* category[lag] = $vardlag#sip-lag
* subject 1..1
* subject only Reference(Patient)
* participant 1..*
* participant.member only Reference(Organization or PractitionerRole or Patient or RelatedPerson)
* telecom.extension contains Malgrupp named malgrupp 0..1

Invariant: agr-team-4
Description: "En enhet som tackat ja är med från den dagen: deltagaren har en start. Fyll i när kallelsen besvarades."
Severity: #error
Expression: "participant.where(member.reference.contains('Organization/')).all(period.start.exists())"
* insert PaEngelska([[A unit that has accepted takes part from that day: the participant has a start. Fill in when the invitation was answered.]])

Instance: exempel-vardlag
InstanceOf: Vardlag
Title: "Vårdlag kring en SIP"
Description: "Patient, municipality and health centre."
* insert Text([[Lag kring den samordnade planen: John Goode, Hemsjukvården Norr, Hälsocentralen Borgholm.]])
* identifier.system = "https://overens.example/fhir/sid/SE2120001249-HSV01"
* identifier.value = "sip-1#lag"
* status = #active
* category[lag] = $vardlag#sip-lag "Lag kring en samordnad plan"
* name = "Lag kring den samordnade planen"
* subject = Reference(exempel-patient)
* participant[+].member = Reference(exempel-patient)
* participant[+].member = Reference(exempel-enhet-kommun)
* participant[=].period.start = "2026-03-13"
* participant[+].member = Reference(exempel-enhet-region)
* participant[=].period.start = "2026-03-14"
