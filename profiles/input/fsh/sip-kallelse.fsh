Profile: SipKallelse
Parent: Task
Id: sip-kallelse
Title: "Kallelse till SIP"
Description: "The invitation of one unit to the meeting of a coordinated plan."
* obeys agr-task-2
* insert Berattelse
* intent = #order
* code 1..1
* code = $handelse#sip-kallelse
* for 1..1
* for only Reference(Patient)
* authoredOn 1..1
* requester 1..1
* requester only Reference(PractitionerRole or Organization)
* owner 1..1
* owner only Reference(Organization)
* focus only Reference(CarePlan)

Instance: exempel-sip-kallelse
InstanceOf: SipKallelse
Title: "Kallelse till SIP"
Description: "A health centre is invited."
* insert Text([[Kallelse till SIP-möte: Hälsocentralen Borgholm.]])
* status = #accepted
* intent = #order
* code = $handelse#sip-kallelse
* focus = Reference(exempel-sip)
* for = Reference(exempel-patient)
* authoredOn = "2026-03-13T09:00:00+01:00"
* requester = Reference(exempel-enhet-kommun)
* owner = Reference(exempel-enhet-region)
