Invariant: agr-loss-1
Description: "Allt i meddelandet är mappat, uppskjutet eller förlorat: de tre talen är tillsammans alla. Räkna om, eller leta upp det som fattas."
Severity: #error
Expression: "parameter.where(name = 'mappat').value + parameter.where(name = 'uppskjutet').value + parameter.where(name = 'forlorat').value = parameter.where(name = 'alla').value"
* insert PaEngelska([[Everything in the message is mapped, deferred or lost: the three numbers together are all. Count again, or find what is missing.]])

Profile: Bortfall
Parent: Parameters
Id: bortfall
Title: "Bortfallsrapport"
Description: "What became of every place in a message: mapped, deferred or lost."
* obeys agr-loss-1
* parameter ^slicing.discriminator.type = #value
* parameter ^slicing.discriminator.path = "name"
* parameter ^slicing.rules = #open
* parameter contains
    mappat 1..1 and
    uppskjutet 1..1 and
    forlorat 1..1 and
    alla 1..1 and
    plats 0..*
* parameter[mappat].name = "mappat"
* parameter[mappat].value[x] 1..1
* parameter[mappat].value[x] only integer
* parameter[uppskjutet].name = "uppskjutet"
* parameter[uppskjutet].value[x] 1..1
* parameter[uppskjutet].value[x] only integer
* parameter[forlorat].name = "forlorat"
* parameter[forlorat].value[x] 1..1
* parameter[forlorat].value[x] only integer
* parameter[alla].name = "alla"
* parameter[alla].value[x] 1..1
* parameter[alla].value[x] only integer
* parameter[plats].name = "plats"

Instance: exempel-bortfall
InstanceOf: Bortfall
Title: "Bortfallsrapport"
Description: "One place of 42 was lost, and is named."
* parameter[mappat].name = "mappat"
* parameter[mappat].valueInteger = 40
* parameter[uppskjutet].name = "uppskjutet"
* parameter[uppskjutet].valueInteger = 1
* parameter[forlorat].name = "forlorat"
* parameter[forlorat].valueInteger = 1
* parameter[alla].name = "alla"
* parameter[alla].valueInteger = 42
* parameter[plats].name = "plats"
* parameter[plats].part[+].name = "var"
* parameter[plats].part[=].valueString = "item[0].journalNoteEHRExtract[0].note.noteTemplateName"
* parameter[plats].part[+].name = "skal"
* parameter[plats].part[=].valueString = "unread"
