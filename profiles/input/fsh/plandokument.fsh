Invariant: agr-riv-1
Description: "En plan som lämnas i GetCarePlans har en titel och antingen innehåll eller en adress, inte båda. Ta bort det ena eller fyll i det som fattas."
Severity: #error
Expression: "content.count() = 1 and content.attachment.title.exists() and (content.attachment.data.exists() xor content.attachment.url.exists())"
* insert PaEngelska([[A plan given out in GetCarePlans has a title and either content or an address, not both. Remove the one or fill in what is missing.]])

Profile: Plandokument
Parent: DocumentReference
Id: plandokument
Title: "Plan som dokument"
Description: "A plan as RIV TA GetCarePlans carries it: one document with a title, as content or as reference."
* obeys agr-riv-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* subject 1..1
* subject only Reference(Patient)
* type from PlantypVS (extensible)
* content.attachment.contentType 1..1

Instance: exempel-plandokument
InstanceOf: Plandokument
Title: "Plan som dokument"
Description: "An agreement as HTML for export."
* insert Text([[Överenskommelse som dokument.]])
* status = #current
* subject = Reference(exempel-patient)
* content.attachment.contentType = #text/html
* content.attachment.language = #sv
* content.attachment.data = "PHA+w5Z2ZXJlbnNrb21tZWxzZTwvcD4="
* content.attachment.title = "Överenskommelse"
