// Tables between code systems, as data that others can use.

Instance: svarstidsniva-till-prioritet
InstanceOf: ConceptMap
Usage: #definition
Title: "Svarstidsnivå till prioritet"
Description: "Two levels share routine, so the way back is not possible."
* url = "https://overens.example/fhir/ConceptMap/svarstidsniva-till-prioritet"
* version = "0.1.0"
* name = "SvarstidsnivaTillPrioritet"
* title = "Svarstidsnivå till prioritet"
* status = #active
* experimental = false
* description = "Two levels share routine, so the way back is not possible."
* sourceCanonical = "https://overens.example/fhir/ValueSet/svarstidsniva"
* targetCanonical = "http://hl7.org/fhir/ValueSet/request-priority"
* group[+].source = "https://overens.example/fhir/CodeSystem/svarstidsniva"
* group[=].target = "http://hl7.org/fhir/request-priority"
* group[=].element[+].code = #akut
* group[=].element[=].target[+].code = #stat
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #1d
* group[=].element[=].target[+].code = #asap
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #72h
* group[=].element[=].target[+].code = #urgent
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #1v
* group[=].element[=].target[+].code = #routine
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #langsiktigt
* group[=].element[=].target[+].code = #routine
* group[=].element[=].target[=].equivalence = #wider

Instance: svarstidsniva-till-0485
InstanceOf: ConceptMap
Usage: #definition
Title: "Svarstidsnivå till tabell 0485"
Description: "As TQ1-9 and ORC-7.6 say it in HL7 v2."
* url = "https://overens.example/fhir/ConceptMap/svarstidsniva-till-0485"
* version = "0.1.0"
* name = "SvarstidsnivaTill0485"
* title = "Svarstidsnivå till tabell 0485"
* status = #active
* experimental = false
* description = "As TQ1-9 and ORC-7.6 say it in HL7 v2."
* sourceCanonical = "https://overens.example/fhir/ValueSet/svarstidsniva"
* group[+].source = "https://overens.example/fhir/CodeSystem/svarstidsniva"
* group[=].target = "urn:oid:2.16.840.1.113883.12.485"
* group[=].element[+].code = #akut
* group[=].element[=].target[+].code = #S
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #1d
* group[=].element[=].target[+].code = #TD1
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #72h
* group[=].element[=].target[+].code = #TH72
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #1v
* group[=].element[=].target[+].code = #TW1
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #langsiktigt
* group[=].element[=].target[+].code = #R
* group[=].element[=].target[=].equivalence = #equivalent

Instance: 0485-till-svarstidsniva
InstanceOf: ConceptMap
Usage: #definition
Title: "Tabell 0485 till svarstidsnivå"
Description: "The way back from TQ1-9 and ORC-7.6."
* url = "https://overens.example/fhir/ConceptMap/0485-till-svarstidsniva"
* version = "0.1.0"
* name = "Tabell0485TillSvarstidsniva"
* title = "Tabell 0485 till svarstidsnivå"
* status = #active
* experimental = false
* description = "The way back from TQ1-9 and ORC-7.6."
* targetCanonical = "https://overens.example/fhir/ValueSet/svarstidsniva"
* group[+].source = "urn:oid:2.16.840.1.113883.12.485"
* group[=].target = "https://overens.example/fhir/CodeSystem/svarstidsniva"
* group[=].element[+].code = #S
* group[=].element[=].target[+].code = #akut
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #TD1
* group[=].element[=].target[+].code = #1d
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #TH72
* group[=].element[=].target[+].code = #72h
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #TW1
* group[=].element[=].target[+].code = #1v
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #R
* group[=].element[=].target[+].code = #langsiktigt
* group[=].element[=].target[=].equivalence = #equivalent

Instance: svarstidsniva-till-0280
InstanceOf: ConceptMap
Usage: #definition
Title: "Svarstidsnivå till tabell 0280"
Description: "As RF1-2 says it in HL7 v2; two levels share A and two share R."
* url = "https://overens.example/fhir/ConceptMap/svarstidsniva-till-0280"
* version = "0.1.0"
* name = "SvarstidsnivaTill0280"
* title = "Svarstidsnivå till tabell 0280"
* status = #active
* experimental = false
* description = "As RF1-2 says it in HL7 v2; two levels share A and two share R."
* sourceCanonical = "https://overens.example/fhir/ValueSet/svarstidsniva"
* group[+].source = "https://overens.example/fhir/CodeSystem/svarstidsniva"
* group[=].target = "http://terminology.hl7.org/CodeSystem/v2-0280"
* group[=].element[+].code = #akut
* group[=].element[=].target[+].code = #S
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #1d
* group[=].element[=].target[+].code = #A
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #72h
* group[=].element[=].target[+].code = #A
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #1v
* group[=].element[=].target[+].code = #R
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #langsiktigt
* group[=].element[=].target[+].code = #R
* group[=].element[=].target[=].equivalence = #wider

Instance: status-framstallan-till-task
InstanceOf: ConceptMap
Usage: #definition
Title: "Status framställan till Task.status"
Description: "The national code itself stands in Task.businessStatus; two codes share a status."
* url = "https://overens.example/fhir/ConceptMap/status-framstallan-till-task"
* version = "0.1.0"
* name = "StatusFramstallanTillTask"
* title = "Status framställan till Task.status"
* status = #active
* experimental = false
* description = "The national code itself stands in Task.businessStatus; two codes share a status."
* sourceCanonical = "https://overens.example/fhir/ValueSet/status-framstallan"
* targetCanonical = "http://hl7.org/fhir/ValueSet/task-status"
* group[+].source = "urn:oid:1.2.752.129.2.2.2.43"
* group[=].target = "http://hl7.org/fhir/task-status"
* group[=].element[+].code = #1
* group[=].element[=].target[+].code = #requested
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #2
* group[=].element[=].target[+].code = #received
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #3
* group[=].element[=].target[+].code = #cancelled
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[=].target[=].comment = "The old Task; a new one is requested with partOf the old."
* group[=].element[+].code = #4
* group[=].element[=].target[+].code = #accepted
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #5
* group[=].element[=].target[+].code = #on-hold
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #6
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #7
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider

Instance: task-till-status-framstallan
InstanceOf: ConceptMap
Usage: #definition
Title: "Task.status till status framställan"
Description: "Only where a status means one national code."
* url = "https://overens.example/fhir/ConceptMap/task-till-status-framstallan"
* version = "0.1.0"
* name = "TaskTillStatusFramstallan"
* title = "Task.status till status framställan"
* status = #active
* experimental = false
* description = "Only where a status means one national code."
* sourceCanonical = "http://hl7.org/fhir/ValueSet/task-status"
* targetCanonical = "https://overens.example/fhir/ValueSet/status-framstallan"
* group[+].source = "http://hl7.org/fhir/task-status"
* group[=].target = "urn:oid:1.2.752.129.2.2.2.43"
* group[=].element[+].code = #requested
* group[=].element[=].target[+].code = #1
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #received
* group[=].element[=].target[+].code = #2
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #accepted
* group[=].element[=].target[+].code = #4
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #on-hold
* group[=].element[=].target[+].code = #5
* group[=].element[=].target[=].equivalence = #narrower
* group[=].element[=].target[=].comment = "A request may also rest for another reason."
* group[=].element[+].code = #completed
* group[=].element[=].target[+].code = #6
* group[=].element[=].target[=].equivalence = #narrower
* group[=].element[=].target[=].comment = "6 when the answer is sent, 7 when it has come."
* group[=].element[=].target[+].code = #7
* group[=].element[=].target[=].equivalence = #narrower
* group[=].element[=].target[=].comment = "6 when the answer is sent, 7 when it has come."

Instance: aktivitetmomentstatus-till-task
InstanceOf: ConceptMap
Usage: #definition
Title: "Aktivitetmomentstatus till Task.status"
Description: "The statuses of RIV TA requeststatus 1."
* url = "https://overens.example/fhir/ConceptMap/aktivitetmomentstatus-till-task"
* version = "0.1.0"
* name = "AktivitetmomentstatusTillTask"
* title = "Aktivitetmomentstatus till Task.status"
* status = #active
* experimental = false
* description = "The statuses of RIV TA requeststatus 1."
* targetCanonical = "http://hl7.org/fhir/ValueSet/task-status"
* group[+].source = "https://overens.example/fhir/CodeSystem/aktivitetmomentstatus"
* group[=].target = "http://hl7.org/fhir/task-status"
* group[=].element[+].code = #10
* group[=].element[=].target[+].code = #draft
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #20
* group[=].element[=].target[+].code = #requested
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #30
* group[=].element[=].target[+].code = #received
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #40
* group[=].element[=].target[+].code = #rejected
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #50
* group[=].element[=].target[+].code = #accepted
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #60
* group[=].element[=].target[+].code = #on-hold
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #70
* group[=].element[=].target[+].code = #cancelled
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[=].target[=].comment = "A new Task takes over."
* group[=].element[+].code = #80
* group[=].element[=].target[+].code = #rejected
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #90
* group[=].element[=].target[+].code = #accepted
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #100
* group[=].element[=].target[+].code = #accepted
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #110
* group[=].element[=].target[+].code = #in-progress
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #120
* group[=].element[=].target[+].code = #in-progress
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #126
* group[=].element[=].target[+].code = #in-progress
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #130
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #136
* group[=].element[=].target[+].code = #in-progress
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #140
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #150
* group[=].element[=].target[+].code = #in-progress
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #160
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider
* group[=].element[+].code = #170
* group[=].element[=].target[+].code = #completed
* group[=].element[=].target[=].equivalence = #wider

Instance: 0278-till-bokningsstatus
InstanceOf: ConceptMap
Usage: #definition
Title: "Tabell 0278 till Appointment.status"
Description: "The filler status of SCH-25 in HL7 v2; Blocked, Overbook and Dc have no counterpart."
* url = "https://overens.example/fhir/ConceptMap/0278-till-bokningsstatus"
* version = "0.1.0"
* name = "Tabell0278TillBokningsstatus"
* title = "Tabell 0278 till Appointment.status"
* status = #active
* experimental = false
* description = "The filler status of SCH-25 in HL7 v2; Blocked, Overbook and Dc have no counterpart."
* targetCanonical = "http://hl7.org/fhir/ValueSet/appointmentstatus"
* group[+].source = "http://terminology.hl7.org/CodeSystem/v2-0278"
* group[=].target = "http://hl7.org/fhir/appointmentstatus"
* group[=].element[+].code = #Pending
* group[=].element[=].target[+].code = #pending
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #Waitlist
* group[=].element[=].target[+].code = #waitlist
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #Booked
* group[=].element[=].target[+].code = #booked
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #Started
* group[=].element[=].target[+].code = #checked-in
* group[=].element[=].target[=].equivalence = #relatedto
* group[=].element[+].code = #Complete
* group[=].element[=].target[+].code = #fulfilled
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #Cancelled
* group[=].element[=].target[+].code = #cancelled
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #Deleted
* group[=].element[=].target[+].code = #entered-in-error
* group[=].element[=].target[=].equivalence = #relatedto
* group[=].element[+].code = #Noshow
* group[=].element[=].target[+].code = #noshow
* group[=].element[=].target[=].equivalence = #equivalent

Instance: kontaktform-till-snomed
InstanceOf: ConceptMap
Usage: #definition
Title: "Kontaktform till SNOMED CT"
Description: "The kinds of contact that have a code."
* url = "https://overens.example/fhir/ConceptMap/kontaktform-till-snomed"
* version = "0.1.0"
* name = "KontaktformTillSnomed"
* title = "Kontaktform till SNOMED CT"
* status = #active
* experimental = false
* description = "The kinds of contact that have a code."
* sourceCanonical = "https://overens.example/fhir/ValueSet/kontaktform"
* group[+].source = "https://overens.example/fhir/CodeSystem/kontaktform"
* group[=].target = "http://snomed.info/sct"
* group[=].element[+].code = #telefon
* group[=].element[=].target[+].code = #185317003
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #video
* group[=].element[=].target[+].code = #453131000124105
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #hembesok
* group[=].element[=].target[+].code = #439708006
* group[=].element[=].target[=].equivalence = #equivalent
* group[=].element[+].code = #skriftligt-svar
* group[=].element[=].target[+].code = #1197766005
* group[=].element[=].target[=].equivalence = #relatedto
