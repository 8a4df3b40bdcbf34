// The code systems of this project.

CodeSystem: PlanTypCS
Id: plan-typ
Title: "Plantyp"
Description: "Kinds of plans that have no national code."
* ^caseSensitive = true
* ^experimental = false
* #dokumenterad-overenskommelse "dokumenterad överenskommelse"

CodeSystem: SvarstidsnivaCS
Id: svarstidsniva
Title: "Svarstidsnivå"
Description: "How soon an answer is wanted. The first level is a phone call, never a message."
* ^caseSensitive = true
* ^experimental = false
* #akut "akut kontakt" "Phone at once; never sent as a message."
* #1d "inom 1 dag" "Within one day."
* #72h "inom 72 timmar" "Within 72 clock hours, weekends counted."
* #1v "inom en vecka" "Within seven local days."
* #langsiktigt "långsiktigt" "No deadline, but a date of review."

CodeSystem: MalgruppCS
Id: malgrupp
Title: "Målgrupp"
Description: "Who may see a contact way."
* ^caseSensitive = true
* ^experimental = false
* #patient "patient"
* #anhorig "anhörig"
* #kommunal-legitimerad "kommunal legitimerad personal"
* #internt "internt"

CodeSystem: SbarCS
Id: sbar
Title: "SBAR"
Description: "The four segments of a structured hand-over."
* ^caseSensitive = true
* ^experimental = false
* #S "Situation"
* #B "Bakgrund"
* #A "Aktuellt"
* #R "Rekommendation"

CodeSystem: MeddelandehandelseCS
Id: meddelandehandelse
Title: "Meddelandehändelse"
Description: "What a message is about."
* ^caseSensitive = true
* ^experimental = false
* #konsultation-begaran "konsultationsbegäran"
* #konsultation-svar "svar på konsultationsbegäran"
* #konsultation-komplettering "komplettering"
* #konsultation-avbokning "avbokning"
* #sip-kallelse "kallelse till SIP"
* #inskrivning-hemsjukvard "inskrivning i hemsjukvård"
* #utskrivning-hemsjukvard "utskrivning från hemsjukvård"
* #enstaka-hembesok "tidsbegränsade hembesök"
* #lakemedelsandring "läkemedelsändring"
* #egenvard "egenvård"
* #avvikelse "avvikelse"
* #administrativt "administrativt meddelande"
* #annat "annat"

CodeSystem: SokordCS
Id: sokord
Title: "Sökord"
Description: "The keywords of the documented agreement that resources name as their kind."
* ^caseSensitive = true
* ^experimental = false
* #overenskommelse "Överenskommelse"
* #giltighet "Överenskommelsens giltighet"
* #patienten-ansvarar-for "Patienten ansvarar för"
* #varden-ansvarar-for "Vården ansvarar för"
* #kontaktvagar "Patienten kan kontakta vården via"
* #fortsatt-planering "Fortsatt planering"
* #sammanhallen-planering "Sammanhållen planering"

CodeSystem: VardlagCS
Id: vardlag
Title: "Vårdlag"
Description: "Computed care teams."
* ^caseSensitive = true
* ^experimental = false
* #fasta-kontakter "Fasta kontakter"
* #sip-lag "Lag kring en samordnad plan"

CodeSystem: HarkomstCS
Id: harkomst
Title: "Härkomst"
Description: "What a message did to what was known."
* ^caseSensitive = true
* ^experimental = false
* #new "nytt"
* #reply "svar"
* #forward "vidaresänt"
* #correct "rättat"

CodeSystem: KontaktformCS
Id: kontaktform
Title: "Kontaktform"
Description: "How the requester wants to be reached."
* ^caseSensitive = true
* ^experimental = false
* #telefon "telefon"
* #video "video"
* #besok "besök"
* #hembesok "hembesök"
* #skriftligt-svar "skriftligt svar"

CodeSystem: VitalparameterCS
Id: vitalparameter
Title: "Vitalparameter"
Description: "The rows of the SBAR checklist."
* ^caseSensitive = true
* ^experimental = false
* #blodtryck "Blodtryck"
* #puls "Puls"
* #saturation "Saturation"
* #andningsfrekvens "Andningsfrekvens"
* #temperatur "Temperatur"
* #vikt "Vikt"
* #medvetandegrad "Medvetandegrad"
* #blodsocker "Blodsocker"
* #smarta "Smärta"
* #news2 "NEWS2"

CodeSystem: AcvpuCS
Id: acvpu
Title: "ACVPU"
Description: "Level of consciousness."
* ^caseSensitive = true
* ^experimental = false
* #A "Alert – vaken"
* #C "Confusion – nytillkommen förvirring"
* #V "Voice – reagerar på tilltal"
* #P "Pain – reagerar på smärta"
* #U "Unresponsive – reagerar inte"

CodeSystem: AtkomstCS
Id: atkomst
Title: "Åtkomst"
Description: "Labels that keep a resource within a circle."
* ^caseSensitive = true
* ^experimental = false
* #endast-egen-enhet "Endast den egna enheten"
* #endast-personal "Endast personal"

CodeSystem: RegelCS
Id: regel
Title: "Regel"
Description: "Rules that fill in what a source does not say."
* ^caseSensitive = true
* ^experimental = false
* #anteckningens-datum "Anteckningens datum" "No start was read; here stands the date of the note."
* #raknad-fran-anteckningen "Räknad från anteckningen" "The words count from the note and say no start."

CodeSystem: IakttagelseCS
Id: iakttagelse
Title: "Iakttagelse"
Description: "What can be found in a message; the stable codes of our findings."
* ^caseSensitive = true
* ^experimental = false
* ^content = #fragment
* #audience-unsure "audience-unsure"
* #booking-unread "booking-unread"
* #check-digit "check-digit"
* #code-unmapped "code-unmapped"
* #contact-unread "contact-unread"
* #date-impossible "date-impossible"
* #duplicate "duplicate"
* #duplicate-key "duplicate-key"
* #empty "empty"
* #envelope-reused "envelope-reused"
* #fhir-in-unsound "fhir-in-unsound"
* #has-more "has-more"
* #id-conflict "id-conflict"
* #illegal-character "illegal-character"
* #kept "kept"
* #keyword-unknown "keyword-unknown"
* #letter-unwritable "letter-unwritable"
* #malformed "malformed"
* #no-agreement "no-agreement"
* #not-your-step "not-your-step"
* #not-found "not-found"
* #not-json "not-json"
* #not-xml "not-xml"
* #nothing-in-it "nothing-in-it"
* #overtaken "overtaken"
* #partly-kept "partly-kept"
* #partly-read "partly-read"
* #patient-missing "patient-missing"
* #patient-not-one "patient-not-one"
* #prov-agent-missing "prov-agent-missing"
* #receiver-unknown "receiver-unknown"
* #reminder-not-needed "reminder-not-needed"
* #required-missing "required-missing"
* #rule-applied "rule-applied"
* #sbar-missing "sbar-missing"
* #step-refused "step-refused"
* #store-unavailable "store-unavailable"
* #thread-unknown "thread-unknown"
* #time-doubled "time-doubled"
* #time-missing "time-missing"
* #too-deep "too-deep"
* #too-large "too-large"
* #too-long "too-long"
* #truncated "truncated"
* #two-patients "two-patients"
* #unknown-code "unknown-code"
* #unknown-keyword "unknown-keyword"
* #unknown-source "unknown-source"
* #unread "unread"
* #urgent-by-phone "urgent-by-phone"
* #validity-unread "validity-unread"
* #value-unusable "value-unusable"
* #vitals-missing "vitals-missing"
* #visits-backwards "visits-backwards"
* #visits-long "visits-long"
* #wrong-charset "wrong-charset"
* #wrong-type "wrong-type"
