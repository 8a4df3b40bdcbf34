Profile: Anteckning
Parent: DocumentReference
Id: anteckning
Title: "Anteckningen som den skrevs"
Description: "The note itself, verbatim: text, keyword tree or document, and dissenting opinions."
* insert Berattelse
* extension contains
    InaktivOrsak named inaktivOrsak 0..1 and
    Embargo named embargo 0..1
* identifier MS
* docStatus 1..1
* subject 1..1
* subject only Reference(Patient)
* author only Reference(PractitionerRole or Practitioner or Organization)
* content.extension contains AvvikandeMening named avvikandeMening 0..1
* content.attachment.contentType 1..1

Instance: exempel-anteckning
InstanceOf: Anteckning
Title: "Anteckning"
Description: "A note as text."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Anteckning som den skrevs, 2026-03-12.]])
* identifier.system = $lokalt-id
* identifier.value = "SE2321000016-Test:Note:4711"
* status = #current
* docStatus = #final
* type.text = "Mottagningsanteckning"
* subject = Reference(exempel-patient)
* date = "2026-03-12T09:45:00+01:00"
* author = Reference(exempel-roll-region)
* description = "Besöksanteckning"
* content.attachment.contentType = #text/plain
* content.attachment.language = #sv
* content.attachment.data = "w5Z2ZXJlbnNrb21tZWxzZQ=="
* content.attachment.title = "Besöksanteckning"
