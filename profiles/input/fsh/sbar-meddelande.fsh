Invariant: agr-msg-1
Description: "Bara en konsultationsbegäran har prioritet. Ta bort priority ur andra meddelanden."
Severity: #error
Expression: "priority.exists() implies category.coding.where(system = 'https://overens.example/fhir/CodeSystem/meddelandehandelse' and code = 'konsultation-begaran').exists()"
* insert PaEngelska([[Only a request for consultation has a priority. Remove priority from other messages.]])

Invariant: agr-msg-2
Description: "Ett meddelande av slaget annat säger vad det gäller (topic). Skriv ett ämne."
Severity: #error
Expression: "category.coding.where(system = 'https://overens.example/fhir/CodeSystem/meddelandehandelse' and code = 'annat').exists() implies topic.exists()"
* insert PaEngelska([[A message of the kind annat says what it is about (topic). Write a topic.]])

Invariant: agr-msg-3
Description: "Varje del av meddelandet säger när den skrevs, sitt nummer, vem som skrev den och vart man ringer (tillägget segment). Fyll i det som fattas."
Severity: #error
Expression: "payload.all(extension('https://overens.example/fhir/StructureDefinition/segment').where(extension('date').exists() and extension('identifier').exists() and extension('author').exists() and extension('contact').exists()).count() = 1)"
* insert PaEngelska([[Each part of the message says when it was written, its number, who wrote it and where to telephone (the extension segment). Fill in what is missing.]])

Invariant: agr-appt-1b
Description: "En bilaga som bara är en adress (url) får finnas i ett meddelande för personal, inte i ett som andra läser. Skicka med innehållet (data), eller märk meddelandet endast-personal."
Severity: #error
Expression: "payload.content.url.exists() implies meta.security.where(system = 'https://overens.example/fhir/CodeSystem/atkomst' and code = 'endast-personal').exists()"
* insert PaEngelska([[An attachment that is only an address (url) may stand in a message for staff, not in one that others read. Send the content along (data), or label the message endast-personal.]])

Profile: SbarMeddelande
Parent: Communication
Id: sbar-meddelande
Title: "Meddelande med SBAR"
Description: "What one says to the other; each segment with its time, author and number to call back."
* obeys agr-msg-1 and agr-msg-2 and agr-msg-3 and agr-appt-1b
* insert Berattelse
* extension contains Samtycke named samtycke 0..1
* identifier 1..*
* category 1..1
* category from MeddelandehandelseVS (required)
* insert HelKod(category.coding)
* subject 1..1
* subject only Reference(Patient)
* sent 1..1
* sender only Reference(PractitionerRole or Organization)
* recipient only Reference(Organization or PractitionerRole)
* payload.extension contains Segment named segment 0..*
* payload.content[x] only string or Attachment

RuleSet: SegmentDel(kod, ord)
* payload[+].extension[segment].extension[segment].valueCoding = $sbar#{kod}
* payload[=].extension[segment].extension[date].valueDateTime = "2026-11-02T09:15:00+01:00"
* payload[=].extension[segment].extension[identifier].valueIdentifier.system = "https://overens.example/fhir/sid/SE2120001249-HSV01"
* payload[=].extension[segment].extension[identifier].valueIdentifier.value = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11#{kod}"
* payload[=].extension[segment].extension[author].valueReference = Reference(exempel-roll)
* payload[=].extension[segment].extension[contact].valueContactPoint.extension[0].url = "https://overens.example/fhir/StructureDefinition/malgrupp"
* payload[=].extension[segment].extension[contact].valueContactPoint.extension[0].valueCode = #kommunal-legitimerad
* payload[=].extension[segment].extension[contact].valueContactPoint.system = #phone
* payload[=].extension[segment].extension[contact].valueContactPoint.value = "0340-880 00"
* payload[=].contentString = "{ord}"

Instance: exempel-sbar-meddelande
InstanceOf: SbarMeddelande
Title: "Meddelande med SBAR"
Description: "The four segments of a consultation request."
* insert Kalla(se.lifecare.message, SE2120001249-HSV01)
* insert Text([[Situation: Viktuppgång. Bakgrund: Hjärtsvikt. Aktuellt: Pittingödem. Rekommendation: Önskar ställningstagande.]])
* extension[samtycke].valueBoolean = true
* identifier.system = "https://overens.example/fhir/sid/SE2120001249-HSV01"
* identifier.value = "6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11"
* basedOn = Reference(exempel-konsultationsbegaran)
* status = #completed
* category = $handelse#konsultation-begaran
* priority = #urgent
* subject = Reference(exempel-patient)
* topic.text = "Behöver furosemiddosen höjas?"
* sent = "2026-11-02T09:15:00+01:00"
* recipient = Reference(exempel-enhet-region)
* sender = Reference(exempel-roll)
* insert SegmentDel(S, [[Viktuppgång 2,3 kg på fyra dagar, mer andfådd.]])
* insert SegmentDel(B, [[Hjärtsvikt NYHA III, furosemid 40 mg x 1.]])
* insert SegmentDel(A, [[Pittingödem till knäna, sover med två kuddar.]])
* insert SegmentDel(R, [[Önskar ställningstagande till dosjustering.]])
