Invariant: agr-team-1
Description: "Ett vårdlag har identifierare och namn, och varje deltagare är någon. Fyll i det som fattas."
Severity: #error
Expression: "identifier.exists() and name.exists() and participant.all(member.exists())"
* insert PaEngelska([[A care team has an identifier and a name, and each participant is somebody. Fill in what is missing.]])

Invariant: agr-team-2
Description: "En fast kontakt har kategorin fast-kontakt, en enda deltagare med roll ur KV Typ av fast kontakt, och deltagaren är en person i en roll (PractitionerRole) eller bara sitt namn. Gör ett vårdlag för varje fast kontakt."
Severity: #error
Expression: "category.coding.where(system = 'https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs' and code = 'fast-kontakt').exists() and participant.count() = 1 and participant.role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt').count() = 1 and participant.member.reference.all($this.startsWith('urn:') or $this.contains('PractitionerRole/'))"
* insert PaEngelska([[A fixed contact has the category fast-kontakt and a single participant, with a role of the national value set of fixed contacts, who is a person in a role (PractitionerRole) or only a name. Make one care team for each fixed contact.]])

Invariant: agr-team-5
Description: "En fast kontakt gäller från en dag (period.start). Fyll i den; bara det som lästs in ur en anteckning utan datum får sakna den."
Severity: #error
Expression: "period.start.exists() or meta.source.startsWith('https://overens.example/fhir/source/')"
* insert PaEngelska([[A fixed contact holds from a day (period.start). Fill it in; only what was read from a note without a date may lack it.]])

Invariant: agr-tel-1
Description: "Ett nummer som inte är till för patient eller anhörig får inte stå i berättelsen. Ta bort numret ur texten, eller märk resursen endast-personal."
Severity: #error
Expression: "meta.security.where(system = 'https://overens.example/fhir/CodeSystem/atkomst').exists() or telecom.where(value.exists() and extension('https://overens.example/fhir/StructureDefinition/malgrupp').value.where($this = 'patient' or $this = 'anhorig').empty()).all(%resource.text.`div`.toString().contains($this.value).not())"
* insert PaEngelska([[A number that is not meant for the patient or relatives may not stand in the narrative. Remove the number from the text, or label the resource endast-personal.]])

Profile: FastKontakt
Parent: CareTeam
Id: fast-kontakt
Title: "Fast kontakt"
Description: "One fixed contact with its own period, in the codes of Inera's draft CareTeam profile."
* obeys agr-team-1 and agr-team-2 and agr-team-5 and agr-tel-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* status 1..1
* category MS
* subject 1..1
* subject only Reference(Patient)
* period MS
* participant MS
* participant.extension contains KontaktViaTeam named viaTeam 0..1
* participant.role from FastKontaktVS (required)
* insert HelKod(participant.role.coding)
* participant.member only Reference(PractitionerRole)
* managingOrganization only Reference(Organization)
* telecom.extension contains
    Malgrupp named malgrupp 0..1 and
    Oppettid named oppettid 0..*

Instance: exempel-fast-kontakt
InstanceOf: FastKontakt
Title: "Fast vårdkontakt"
Description: "A nurse at the health centre as fixed contact."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Fast vårdkontakt: Eva Svensson, sjuksköterska, 010-000 00 00]])
* identifier.system = $lokalt-id
* identifier.value = "SE2321000016-Test:Note:4711#fast-vardkontakt"
* status = #active
* category = $careteam-typ#fast-kontakt
* name = "Fast vårdkontakt"
* subject = Reference(exempel-patient)
* period.start = "2026-03-12"
* period.end = "2026-09-30"
* participant.role = $fast-kontakt-typ#1 "fast vårdkontakt"
* participant.member = Reference(exempel-roll-region)
* managingOrganization = Reference(exempel-enhet-region)
* telecom.extension[malgrupp].valueCode = #patient
* telecom.extension[oppettid].extension[daysOfWeek][+].valueCode = #mon
* telecom.extension[oppettid].extension[availableStartTime].valueTime = "08:00:00"
* telecom.extension[oppettid].extension[availableEndTime].valueTime = "16:00:00"
* telecom.system = #phone
* telecom.value = "010-000 00 00"
* note.text = "Eva Svensson, sjuksköterska, 010-000 00 00"
