// Code systems that others own, as far as our profiles need them to be judged offline. Each is a fragment:
// a code that does not stand here may still be right. The owners' own publications decide.

CodeSystem: StatusFramstallanCS
Id: kv-status-framstallan
Title: "KV Status framställan"
Description: "The seven national statuses of a request, OID 1.2.752.129.2.2.2.43."
* ^url = $status-framstallan
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #1 "skickad"
* #2 "mottagen"
* #3 "vidareskickad"
* #4 "bedömd"
* #5 "komplettering begärd"
* #6 "besvarad"
* #7 "svar mottaget"

CodeSystem: AktivitetmomentstatusCS
Id: aktivitetmomentstatus
Title: "KV Aktivitetmomentstatus"
Description: "The statuses of a request in RIV TA requeststatus 1, which has no address of its own that we know."
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #10 "Beslutad"
* #20 "Skickad"
* #30 "Mottagen"
* #40 "Avvisad"
* #50 "Godtagen för bedömning"
* #60 "Komplettering begärd"
* #70 "Vidareskickad"
* #80 "Ej accepterad för kliniska åtgärder"
* #90 "Bedömd"
* #100 "Satt på väntelista"
* #110 "Första vårdkontakt bokad"
* #120 "Första vårdkontakt påbörjad"
* #126 "Preliminärsvar skickat"
* #130 "Svar skickat"
* #136 "Preliminärsvar mottaget"
* #140 "Svar mottaget"
* #150 "Komplettering av svar begärt"
* #160 "Svar accepterat"
* #170 "Remisshantering avslutad"

CodeSystem: FastKontaktCS
Id: kv-typ-av-fast-kontakt
Title: "KV Typ av fast kontakt"
Description: "Kinds of fixed contacts, OID 1.2.752.129.5.1.69."
* ^url = $fast-kontakt-typ
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #1 "fast vårdkontakt"
* #2 "fast läkarkontakt i primärvård"
* #3 "fast omsorgskontakt i hemtjänsten"
* #4 "fast vårdkontakt med övergripande samordningsansvar"

CodeSystem: CareTeamTypCS
Id: typ-av-careteam-cs
Title: "Typ av CareTeam"
Description: "What a CareTeam is, by Inera (draft)."
* ^url = $careteam-typ
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #fast-kontakt "fast kontakt"
* #team "team"

CodeSystem: CarePlanTypCS
Id: typeofcareplan-cs
Title: "TypeOfCarePlan"
Description: "Kinds of plans in RIV TA GetCarePlans 2, by Inera (draft)."
* ^url = $careplan-typ
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #SIP "SIP"
* #SPLPTLRV "SPLPTLRV"
* #SPU "SPU"
* #VP "VP"
* #HP "HP"
* #RP "RP"
* #GP "GP"
* #SVP "SVP"

CodeSystem: ActCodeFragmentCS
Id: v3-ActCode-fragment
Title: "v3-ActCode (NOPATIENT)"
Description: "A code that is newer than the edition of the code system in R4."
* ^url = $v3-ActCode
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #NOPATIENT "NOPATIENT"
