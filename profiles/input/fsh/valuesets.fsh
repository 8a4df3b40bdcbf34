// The value sets that the profiles bind to.

ValueSet: SvarstidsnivaVS
Id: svarstidsniva
Title: "Svarstidsnivå"
Description: "All five levels."
* ^experimental = false
* include codes from system $svarstidsniva

ValueSet: MalgruppVS
Id: malgrupp
Title: "Målgrupp"
Description: "All audiences."
* ^experimental = false
* include codes from system $malgrupp

ValueSet: SbarVS
Id: sbar
Title: "SBAR"
Description: "The four segments."
* ^experimental = false
* include codes from system $sbar

ValueSet: MeddelandehandelseVS
Id: meddelandehandelse
Title: "Meddelandehändelse"
Description: "All events."
* ^experimental = false
* include codes from system $handelse

ValueSet: AtkomstVS
Id: atkomst
Title: "Åtkomst"
Description: "Labels that keep a resource within a circle."
* ^experimental = false
* include codes from system $atkomst

ValueSet: HarkomstVS
Id: harkomst
Title: "Härkomst"
Description: "What a message did to what was known."
* ^experimental = false
* include codes from system $harkomst

ValueSet: KontaktformVS
Id: kontaktform
Title: "Kontaktform"
Description: "Ways to be reached."
* ^experimental = false
* include codes from system $kontaktform

ValueSet: VitalparameterVS
Id: vitalparameter
Title: "Vitalparameter"
Description: "The rows of the checklist."
* ^experimental = false
* include codes from system $vital

ValueSet: AcvpuVS
Id: acvpu
Title: "ACVPU"
Description: "Levels of consciousness."
* ^experimental = false
* include codes from system $acvpu

ValueSet: RegelVS
Id: regel
Title: "Regel"
Description: "Rules that fill in."
* ^experimental = false
* include codes from system https://overens.example/fhir/CodeSystem/regel

ValueSet: IakttagelseVS
Id: iakttagelse
Title: "Iakttagelse"
Description: "The codes of our findings."
* ^experimental = false
* include codes from system $iakttagelse

ValueSet: PlantypVS
Id: plantyp
Title: "Plantyp"
Description: "The eight national kinds of plans."
* ^experimental = false
* $careplan-typ#SIP
* $careplan-typ#SPLPTLRV
* $careplan-typ#SPU
* $careplan-typ#VP
* $careplan-typ#HP
* $careplan-typ#RP
* $careplan-typ#GP
* $careplan-typ#SVP

ValueSet: SipTypVS
Id: sip-typ
Title: "Samordnade planer"
Description: "The national kinds of plans that several make together."
* ^experimental = false
* $careplan-typ#SIP
* $careplan-typ#SPLPTLRV
* $careplan-typ#SPU

ValueSet: FastKontaktVS
Id: fast-kontakt
Title: "Fast kontakt"
Description: "The four national kinds of fixed contacts."
* ^experimental = false
* $fast-kontakt-typ#1
* $fast-kontakt-typ#2
* $fast-kontakt-typ#3
* $fast-kontakt-typ#4

ValueSet: StatusFramstallanVS
Id: status-framstallan
Title: "Status framställan"
Description: "The seven national statuses of a request."
* ^experimental = false
* $status-framstallan#1
* $status-framstallan#2
* $status-framstallan#3
* $status-framstallan#4
* $status-framstallan#5
* $status-framstallan#6
* $status-framstallan#7
