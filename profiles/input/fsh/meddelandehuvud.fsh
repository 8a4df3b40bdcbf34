Invariant: agr-msg-5
Description: "Meddelandehuvudet säger efter vilken huvudversion meddelandet är byggt: definition slutar på |N.x. Lägg till versionen."
Severity: #error
Expression: "definition.exists() and definition.toString().matches('^.+\\\\|[0-9]+\\\\.x$')"
* insert PaEngelska([[The message header says by which major version the message is built: definition ends with |N.x. Add the version.]])

Profile: Meddelandehuvud
Parent: MessageHeader
Id: meddelandehuvud
Title: "Meddelandehuvud"
Description: "What happened, who sends, who shall have it, and by which version of the message."
* obeys agr-msg-5
* insert Berattelse
* event[x] only Coding
* eventCoding from MeddelandehandelseVS (required)
* insert HelKod(eventCoding)
* destination 1..*
* destination.receiver 1..1
* destination.receiver only Reference(Organization)
* sender 1..1
* sender only Reference(Organization)
* focus 1..*

Instance: exempel-meddelandehuvud
InstanceOf: Meddelandehuvud
Title: "Meddelandehuvud"
Description: "The header of a consultation request."
* insert Text([[Konsultationsbegäran från Hemsjukvården Norr till Hälsocentralen Borgholm.]])
* eventCoding = $handelse#konsultation-begaran
* destination.endpoint = "https://region.example/fhir"
* destination.receiver = Reference(exempel-enhet-region)
* sender = Reference(exempel-enhet-kommun)
* source.endpoint = "https://kommun.example/fhir"
* focus = Reference(exempel-konsultationsbegaran)
* definition = "https://overens.example/fhir/MessageDefinition/konsultation-begaran|1.x"
