Profile: Logghandelse
Parent: AuditEvent
Id: logghandelse
Title: "Logghändelse"
Description: "A message came, from whom, and what became of it; no words of the message."
* insert Berattelse
* action 1..1
* outcome 1..1
* outcomeDesc 1..1
* agent.who 1..1
* entity.what 1..1

Instance: exempel-logghandelse
InstanceOf: Logghandelse
Title: "Logghändelse"
Description: "A message was taken in."
* insert Text([[Meddelande mottaget från se.lifecare.message: meddelandet är sparat.]])
* type = $dcm#110107 "Import"
* action = #C
* recorded = "2026-11-02T09:15:04+01:00"
* outcome = #0
* outcomeDesc = "meddelandet är sparat"
* agent.type = $dcm#110153 "Source Role ID"
* agent.who.identifier.system = "https://overens.example/fhir/sid/avsandare"
* agent.who.identifier.value = "SE2120001249-HSV01"
* agent.requestor = true
* source.observer.display = "Överens"
* entity[+].what.identifier.system = "https://overens.example/fhir/sid/meddelande"
* entity[=].what.identifier.value = "5a2b1c7e-0000-5000-8000-000000000001"
* entity[=].type = $entity-type#2 "System Object"
* entity[+].what = Reference(exempel-patient)
* entity[=].type = $entity-type#1 "Person"
* entity[=].role = $object-role#1 "Patient"
