Invariant: agr-ack-1
Description: "En kvittens med koden ok har inget utfall (OperationOutcome); varje annan kod har ett som säger vad som ska göras. Lägg till eller ta bort utfallet."
Severity: #error
Expression: "(entry.resource.ofType(MessageHeader).response.code = 'ok') xor entry.resource.ofType(OperationOutcome).exists()"
* insert PaEngelska([[An acknowledgement with the code ok has no outcome (OperationOutcome); any other code has one that says what to do. Add the outcome or remove it.]])

Profile: Kvittens
Parent: Bundle
Id: kvittens
Title: "Kvittens"
Description: "The acknowledgement of a message, as a message of its own."
* obeys agr-ack-1
* type = #message
* timestamp 1..1
* entry 1..*
* entry.fullUrl 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    huvud 1..1 and
    utfall 0..1
* entry[huvud].resource only Kvittenshuvud
* entry[utfall].resource only Utfall

Profile: Kvittenshuvud
Parent: MessageHeader
Id: kvittenshuvud
Title: "Kvittensens huvud"
Description: "Which message is acknowledged, and how it went."
* obeys agr-msg-5
* insert Berattelse
* event[x] only Coding
* eventCoding from MeddelandehandelseVS (required)
* insert HelKod(eventCoding)
* response 1..1
* response.identifier 1..1

Profile: Utfall
Parent: OperationOutcome
Id: utfall
Title: "Utfall"
Description: "Findings as FHIR tells them: each with a Swedish sentence that ends with what to do."
* insert Berattelse
* issue.details 1..1
* issue.details from IakttagelseVS (extensible)
* issue.details.text 1..1

Instance: exempel-kvittens-ok
InstanceOf: Kvittens
Title: "Kvittens: ok"
Description: "The message was taken in."
* type = #message
* timestamp = "2026-11-02T09:15:05+01:00"
* insert Rapport(MessageHeader, exempel-kvittenshuvud-ok)

Instance: exempel-kvittenshuvud-ok
InstanceOf: Kvittenshuvud
Title: "Kvittensens huvud: ok"
Description: "All is well."
* insert Text([[Kvittens: meddelandet är mottaget.]])
* eventCoding = $handelse#konsultation-begaran
* source.endpoint = "https://region.example/fhir"
* response.identifier = "exempel-meddelandehuvud"
* response.code = #ok
* definition = "https://overens.example/fhir/MessageDefinition/konsultation-begaran|1.x"

Instance: exempel-kvittens-fel
InstanceOf: Kvittens
Title: "Kvittens: fel"
Description: "The message was refused, with the reason."
* type = #message
* timestamp = "2026-11-02T09:15:05+01:00"
* insert Rapport(MessageHeader, exempel-kvittenshuvud-fel)
* insert Rapport(OperationOutcome, exempel-utfall)

Instance: exempel-kvittenshuvud-fel
InstanceOf: Kvittenshuvud
Title: "Kvittensens huvud: fel"
Description: "The message was refused."
* insert Text([[Kvittens: meddelandet är avvisat.]])
* eventCoding = $handelse#konsultation-begaran
* source.endpoint = "https://region.example/fhir"
* response.identifier = "exempel-meddelandehuvud"
* response.code = #fatal-error
* response.details = Reference(exempel-utfall)
* definition = "https://overens.example/fhir/MessageDefinition/konsultation-begaran|1.x"

Instance: exempel-utfall
InstanceOf: Utfall
Title: "Utfall"
Description: "One finding."
* insert Text([[Meddelandet ska gälla en enda person. Skicka ett meddelande per person.]])
* issue.severity = #error
* issue.code = #business-rule
* issue.details.coding = $iakttagelse#patient-not-one
* issue.details.text = "Meddelandet ska gälla en enda person. Skicka ett meddelande per person."
