// The extensions of this project. Their addresses stand in adapter/fhir/systems.py too.

RuleSet: Sammanhang(uttryck)
* ^context[+].type = #element
* ^context[=].expression = "{uttryck}"

Extension: Malgrupp
Id: malgrupp
Title: "Målgrupp"
Description: "Who may see this contact way. Missing or unknown means staff only (internt)."
* insert Sammanhang(ContactPoint)
* value[x] only code
* value[x] 1..1
* valueCode from MalgruppVS (required)

Extension: Kontaktvag
Id: kontaktvag
Title: "Patienten kan kontakta vården via"
Description: "The service or person in a role whom the patient can contact about the agreement."
* insert Sammanhang(CarePlan)
* value[x] only Reference(HealthcareService or PractitionerRole)
* value[x] 1..1

Extension: Signeringstid
Id: signeringstid
Title: "Signeringstid"
Description: "When the note was signed that the plan was made from."
* insert Sammanhang(CarePlan)
* value[x] only dateTime
* value[x] 1..1

Extension: Embargo
Id: embargo
Title: "Rådrum"
Description: "Not shown to the patient before this time."
* insert Sammanhang(DomainResource)
* value[x] only dateTime
* value[x] 1..1

Extension: Custodian
Id: custodian
Title: "Samordnare"
Description: "Who coordinates the plan; R4 has no such element on CarePlan."
* insert Sammanhang(CarePlan)
* value[x] only Reference(Organization or PractitionerRole)
* value[x] 1..1

Extension: Svarstidsniva
Id: svarstidsniva
Title: "Svarstidsnivå"
Description: "How soon an answer is wanted, as the sender chose it. Five levels do not fit the four priorities."
* insert Sammanhang(ServiceRequest)
* value[x] only Coding
* value[x] 1..1
* valueCoding from SvarstidsnivaVS (required)
* insert HelKod(valueCoding)

Extension: Segment
Id: segment
Title: "Segment"
Description: "One segment of a message: which one, when, by whom, and whom to call back."
* insert Sammanhang(Communication.payload)
* extension contains
    segment 0..1 and
    date 0..1 and
    identifier 0..1 and
    author 0..1 and
    contact 0..1
* extension[segment].value[x] only Coding
* extension[segment].value[x] 1..1
* extension[segment].valueCoding from SbarVS (required)
* insert HelKod(extension[segment].valueCoding)
* extension[date].value[x] only dateTime
* extension[date].value[x] 1..1
* extension[identifier].value[x] only Identifier
* extension[identifier].value[x] 1..1
* extension[author].value[x] only Reference(PractitionerRole or Organization)
* extension[author].value[x] 1..1
* extension[contact].value[x] only ContactPoint
* extension[contact].value[x] 1..1

Extension: Samtycke
Id: samtycke
Title: "Samtycke"
Description: "Whether the person has agreed to the information being shared, or the Consent that says so."
* insert Sammanhang(ServiceRequest)
* insert Sammanhang(Communication)
* insert Sammanhang(CarePlan)
* value[x] only boolean or Reference(Consent)
* value[x] 1..1

Extension: Plantyp
Id: plantyp
Title: "Plantyp"
Description: "The kind of a plan that is known by its words alone."
* insert Sammanhang(CarePlan.supportingInfo)
* value[x] only Coding
* value[x] 1..1
* valueCoding from PlantypVS (required)
* insert HelKod(valueCoding)

Extension: Regel
Id: regel
Title: "Ifyllt av en regel"
Description: "The value was not said in the source; this rule gave it."
* insert Sammanhang(Element)
* value[x] only code
* value[x] 1..1
* valueCode from RegelVS (extensible)

Extension: Giltighetsorsak
Id: giltighetsorsak
Title: "Skäl till lång giltighet"
Description: "Why an agreement runs for more than twelve months, or has no end."
* insert Sammanhang(Period)
* value[x] only string
* value[x] 1..1

Extension: Deltagande
Id: deltagande
Title: "Den enskildes deltagande"
Description: "How the person took part in the plan: signed, on video, through a proxy, declined."
* insert Sammanhang(CarePlan)
* value[x] only string
* value[x] 1..1

Extension: Sokord
Id: sokord
Title: "Sökord"
Description: "A keyword that the vocabulary does not know, with all that lies under it: the keywords there are extensions of the same kind."
* insert Sammanhang(Annotation)
* ^context[+].type = #extension
* ^context[=].expression = "https://overens.example/fhir/StructureDefinition/sokord"
* extension contains
    titel 0..1 and
    verktyg 0..1 and
    varde 0..* and
    enhet 0..* and
    intervall 0..* and
    sekretess 0..*
* extension[titel].value[x] only string
* extension[verktyg].value[x] only string
* extension[varde].extension contains typ 0..1 and text 0..1
* extension[varde].value[x] 0..0
* extension[varde].extension[typ].value[x] only string
* extension[varde].extension[text].value[x] only string
* extension[enhet].value[x] only string
* extension[intervall].value[x] only string
* extension[sekretess].value[x] only string

Extension: Oppettid
Id: oppettid
Title: "Öppettid"
Description: "One row of hours of a contact way, as availableTime has it where that element exists."
* insert Sammanhang(ContactPoint)
* extension contains
    daysOfWeek 0..7 and
    availableStartTime 0..1 and
    availableEndTime 0..1
* extension[daysOfWeek].value[x] only code
* extension[daysOfWeek].valueCode from http://hl7.org/fhir/ValueSet/days-of-week (required)
* extension[availableStartTime].value[x] only time
* extension[availableEndTime].value[x] only time

Extension: Vakant
Id: vakant
Title: "Vakant"
Description: "The line says that nobody holds this role; its place among the contacts is kept."
* insert Sammanhang(Annotation)
* extension contains
    roll 1..1 and
    plats 0..1
* extension[roll].value[x] only Coding
* extension[roll].valueCoding from FastKontaktVS (required)
* insert HelKod(extension[roll].valueCoding)
* extension[plats].value[x] only positiveInt

Extension: InaktivOrsak
Id: inaktiv-orsak
Title: "Orsak till makulering"
Description: "Why the note is no longer valid, in the words of whoever said so."
* insert Sammanhang(DocumentReference)
* value[x] only string
* value[x] 1..1

Extension: AvvikandeMening
Id: avvikande-mening
Title: "Avvikande mening"
Description: "Whose dissenting opinion the content is."
* insert Sammanhang(DocumentReference.content)
* extension contains
    id 0..1 and
    person 0..1 and
    namn 0..1
* extension[id].value[x] only Identifier
* extension[person].value[x] only Identifier
* extension[namn].value[x] only string

Extension: KontaktViaTeam
Id: riv-contact-via-team-extension
Title: "Nås via team"
Description: "The team through which a fixed contact is reached. Inera's extension (draft, R5), described here so that it can be judged offline."
* ^url = $riv-via-team
* insert Sammanhang(CareTeam.participant)
* value[x] only Reference(CareTeam)
* value[x] 1..1
