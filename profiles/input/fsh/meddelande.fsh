Invariant: agr-msg-3b
Description: "Den som skriver ett SBAR-segment är legitimerad personal som är känd med HSA-id. Ange författaren som roll med en medarbetare som har HSA-id."
Severity: #error
Expression: "entry.resource.ofType(Communication).payload.extension('https://overens.example/fhir/StructureDefinition/segment').where(extension('segment').exists()).extension('author').value.all(resolve().ofType(PractitionerRole).practitioner.resolve().identifier.where(system = 'urn:oid:1.2.752.29.4.19').exists())"
* insert PaEngelska([[Whoever writes an SBAR segment is licensed staff known by HSA-id. Give the author as a role whose practitioner has an HSA-id.]])

Invariant: agr-msg-4
Description: "Avsändaren hör till den enhet som meddelandehuvudet säger skickar, och mottagaren är den som ska ta emot. Rätta huvudet eller parterna."
Severity: #error
Expression: "entry.resource.ofType(Communication).recipient.reference.subsetOf(entry.resource.ofType(MessageHeader).destination.receiver.reference) and entry.resource.ofType(Communication).sender.resolve().ofType(PractitionerRole).organization.reference.subsetOf(entry.resource.ofType(MessageHeader).sender.reference)"
* insert PaEngelska([[The sender belongs to the unit that the message header says is sending, and the recipient is the one that shall receive. Correct the header or the parties.]])

Invariant: agr-msg-6
Description: "Ett meddelande gäller exakt en patient. Skicka ett meddelande per patient."
Severity: #error
Expression: "entry.resource.ofType(Patient).count() = 1"
* insert PaEngelska([[A message is about exactly one patient. Send one message for each patient.]])

Invariant: agr-urg-1
Description: "Nivån akut skickas aldrig som meddelande. Ring i stället, och dokumentera samtalet efteråt."
Severity: #error
Expression: "entry.resource.ofType(ServiceRequest).extension('https://overens.example/fhir/StructureDefinition/svarstidsniva').value.where(code = 'akut').empty()"
* insert PaEngelska([[The level akut is never sent as a message. Telephone instead, and document the call afterwards.]])

Profile: Meddelande
Parent: Bundle
Id: meddelande
Title: "Meddelande"
Description: "A message of the consultation dialogue as a Bundle."
* obeys agr-msg-3b and agr-msg-4 and agr-msg-6 and agr-urg-1
* identifier MS
* type = #message
* timestamp 1..1
* entry 1..*
* entry.fullUrl 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    huvud 1..1 and
    patient 0..* and
    enhet 0..* and
    roll 0..* and
    medarbetare 0..* and
    begaran 0..* and
    meddelande 0..* and
    vitalparameter 0..* and
    bokning 0..* and
    ursprung 0..*
* entry[huvud].resource only Meddelandehuvud
* entry[patient].resource only Person
* entry[enhet].resource only Enhet
* entry[roll].resource only Medarbetarroll
* entry[medarbetare].resource only Medarbetare
* entry[begaran].resource only Konsultationsbegaran
* entry[meddelande].resource only SbarMeddelande
* entry[vitalparameter].resource only Vitalparameter
* entry[bokning].resource only BokadTid
* entry[ursprung].resource only Ursprung

Instance: exempel-meddelande
InstanceOf: Meddelande
Title: "Meddelande: konsultationsbegäran"
Description: "A consultation request as it travels."
* identifier.system = "urn:ietf:rfc:3986"
* identifier.value = "urn:uuid:3f0a7d52-8f53-4c50-9f1d-5b3c6a1f0e21"
* type = #message
* timestamp = "2026-11-02T09:15:02+01:00"
* insert Rapport(MessageHeader, exempel-meddelandehuvud)
* insert Rapport(Patient, exempel-patient)
* insert Rapport(Organization, exempel-enhet-kommun)
* insert Rapport(Organization, exempel-vardgivare-kommun)
* insert Rapport(Organization, exempel-enhet-region)
* insert Rapport(Organization, exempel-vardgivare-region)
* insert Rapport(Practitioner, exempel-medarbetare)
* insert Rapport(PractitionerRole, exempel-roll)
* insert Rapport(ServiceRequest, exempel-konsultationsbegaran)
* insert Rapport(Task, exempel-konsultation-uppgift)
* insert Rapport(Communication, exempel-sbar-meddelande)
* insert Rapport(Observation, exempel-vitalparameter)
