Invariant: agr-prov-1
Description: "Vårdgivare (custodian) och vårdenhet (author) är angivna; annars är uppgifterna märkta endast-egen-enhet. Ange båda med HSA-id."
Severity: #error
Expression: "(agent.type.coding.where(code = 'custodian').exists() and agent.type.coding.where(code = 'author').exists()) or meta.security.where(system = 'https://overens.example/fhir/CodeSystem/atkomst' and code = 'endast-egen-enhet').exists()"
* insert PaEngelska([[The care provider (custodian) and the care unit (author) are named; else the data are labelled endast-egen-enhet. Name both with their HSA-id.]])

Profile: Ursprung
Parent: Provenance
Id: ursprung
Title: "Ursprung"
Description: "Whose word a version is: care giver, unit, writer, signer, and the message it came in."
* obeys agr-prov-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* activity 1..1
* activity.coding ^slicing.discriminator.type = #value
* activity.coding ^slicing.discriminator.path = "system"
* activity.coding ^slicing.rules = #open
* activity.coding contains harkomst 1..1
* activity.coding[harkomst].system 1..1
* activity.coding[harkomst].system = $harkomst
* activity.coding[harkomst].code 1..1
* activity.coding[harkomst] from HarkomstVS (required)
* agent.type 1..1
* entity MS

Instance: exempel-ursprung
InstanceOf: Ursprung
Title: "Ursprung"
Description: "A new note from a health centre."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Uppgifternas ursprung: vem som står för dem, och meddelandet de kom i.]])
* target[+] = Reference(exempel-overenskommelse)
* occurredDateTime = "2026-03-12T09:45:00+01:00"
* recorded = "2026-03-12T10:14:00+01:00"
* activity.coding[harkomst] = $harkomst#new "nytt"
* activity.coding[1] = $v3-DataOperation#CREATE
* agent[+].type = $agent-type#custodian
* agent[=].who = Reference(exempel-vardgivare-region)
* agent[+].type = $agent-type#author
* agent[=].who = Reference(exempel-enhet-region)
* agent[+].type = $agent-type#performer
* agent[=].who = Reference(exempel-roll-region)
* entity.role = #source
* entity.what.identifier.system = "https://overens.example/fhir/sid/sha256"
* entity.what.identifier.value = "bf330715b1c6310cb05d1bf895e6d733eda06291730bfbab47d239685966ad5d"
* entity.what.display = "Meddelandet som det kom"
