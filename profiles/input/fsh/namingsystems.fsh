// Identifier and code systems by all the names they travel under.

Instance: ns-personnummer
InstanceOf: NamingSystem
Usage: #definition
Title: "Personnummer"
Description: "Swedish personal identity number, twelve digits."
* name = "NsPersonnummer"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Swedish personal identity number, twelve digits."
* responsible = "Skatteverket"
* uniqueId[+].type = #uri
* uniqueId[=].value = "http://electronichealth.se/identifier/personnummer"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.129.2.1.3.1"

Instance: ns-samordningsnummer
InstanceOf: NamingSystem
Usage: #definition
Title: "Samordningsnummer"
Description: "Swedish coordination number, twelve digits; the day is 60 more."
* name = "NsSamordningsnummer"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Swedish coordination number, twelve digits; the day is 60 more."
* responsible = "Skatteverket"
* uniqueId[+].type = #uri
* uniqueId[=].value = "http://electronichealth.se/identifier/samordningsnummer"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.129.2.1.3.3"

Instance: ns-nationellt-reservnummer
InstanceOf: NamingSystem
Usage: #definition
Title: "Nationellt reservnummer"
Description: "National reserve number for those without the other two."
* name = "NsNationelltReservnummer"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "National reserve number for those without the other two."
* responsible = "Inera"
* uniqueId[+].type = #uri
* uniqueId[=].value = "http://electronichealth.se/identifier/nationelltReservnummer"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.74.9.1"

Instance: ns-hsa-id
InstanceOf: NamingSystem
Usage: #definition
Title: "HSA-id"
Description: "Units and staff; two OIDs are one id space, and the first is written."
* name = "NsHsaId"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Units and staff; two OIDs are one id space, and the first is written."
* responsible = "Inera"
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.29.4.19"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.129.2.1.4.1"

Instance: ns-organisationsnummer
InstanceOf: NamingSystem
Usage: #definition
Title: "Organisationsnummer"
Description: "Swedish organisation number, ten digits."
* name = "NsOrganisationsnummer"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Swedish organisation number, ten digits."
* responsible = "Bolagsverket"
* uniqueId[+].type = #oid
* uniqueId[=].value = "2.5.4.97"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.29.4.3"

Instance: ns-kv-status-framstallan
InstanceOf: NamingSystem
Usage: #definition
Title: "KV Status framställan"
Description: "National statuses of a request."
* name = "NsKvStatusFramstallan"
* status = #active
* kind = #codesystem
* date = "2026-11-22"
* description = "National statuses of a request."
* responsible = "Inera"
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.129.2.2.2.43"
* uniqueId[=].preferred = true

Instance: ns-kv-typ-av-fast-kontakt
InstanceOf: NamingSystem
Usage: #definition
Title: "KV Typ av fast kontakt"
Description: "National kinds of fixed contacts."
* name = "NsKvTypAvFastKontakt"
* status = #active
* kind = #codesystem
* date = "2026-11-22"
* description = "National kinds of fixed contacts."
* responsible = "Inera"
* uniqueId[+].type = #uri
* uniqueId[=].value = "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"
* uniqueId[=].preferred = true
* uniqueId[+].type = #oid
* uniqueId[=].value = "1.2.752.129.5.1.69"

Instance: ns-sha256
InstanceOf: NamingSystem
Usage: #definition
Title: "SHA-256 av ett meddelande"
Description: "The hash of a message as it came, in hexadecimal."
* name = "NsSha256"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "The hash of a message as it came, in hexadecimal."
* responsible = "Överens"
* uniqueId[+].type = #uri
* uniqueId[=].value = "https://overens.example/fhir/sid/sha256"
* uniqueId[=].preferred = true

Instance: ns-mappning
InstanceOf: NamingSystem
Usage: #definition
Title: "Mappningens version"
Description: "Which version of a mapping made a resource; the name of the source follows the address."
* name = "NsMappning"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Which version of a mapping made a resource; the name of the source follows the address."
* responsible = "Överens"
* uniqueId[+].type = #uri
* uniqueId[=].value = "https://overens.example/fhir/sid/mappning"
* uniqueId[=].preferred = true

Instance: ns-meddelande
InstanceOf: NamingSystem
Usage: #definition
Title: "Meddelandets nummer i inkorgen"
Description: "The id that a message got when it came in."
* name = "NsMeddelande"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "The id that a message got when it came in."
* responsible = "Överens"
* uniqueId[+].type = #uri
* uniqueId[=].value = "https://overens.example/fhir/sid/meddelande"
* uniqueId[=].preferred = true

Instance: ns-avsandare
InstanceOf: NamingSystem
Usage: #definition
Title: "Avsändare"
Description: "Who sent a message, as the server knows the caller."
* name = "NsAvsandare"
* status = #active
* kind = #identifier
* date = "2026-11-22"
* description = "Who sent a message, as the server knows the caller."
* responsible = "Överens"
* uniqueId[+].type = #uri
* uniqueId[=].value = "https://overens.example/fhir/sid/avsandare"
* uniqueId[=].preferred = true
