Invariant: agr-team-3
Description: "Högst en nuvarande fast läkarkontakt och en fast omsorgskontakt; är de fasta vårdkontakterna flera ska en ha övergripande samordningsansvar. Avsluta den som inte längre gäller, eller utse en samordnande."
Severity: #error
Expression: "meta.source.startsWith('https://overens.example/fhir/source/') or (participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '2').count() <= 1 and participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '3').count() <= 1 and (participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '1').count() <= 1 or participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '4').exists()))"
* insert PaEngelska([[At most one current fixed doctor and one fixed contact in municipal care; where the fixed care contacts are several, one has the overall co-ordination. End the one that holds no longer, or appoint a co-ordinator.]])

Invariant: agr-team-3b
Description: "Anteckningen nämner flera som har samma roll som fast kontakt. Stäm av med enheten vem som gäller nu."
Severity: #warning
Expression: "meta.source.where($this.startsWith('https://overens.example/fhir/source/')).empty() or (participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '2').count() <= 1 and participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '3').count() <= 1 and (participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '1').count() <= 1 or participant.where(period.end.empty()).role.coding.where(system = 'https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt' and code = '4').exists()))"
* insert PaEngelska([[The note names several with the same role as fixed contact. Ask the unit who holds it now.]])

Profile: FastaKontakter
Parent: CareTeam
Id: fasta-kontakter
Title: "Fasta kontakter, samlade"
Description: "The computed roster: who holds which role now, and which roles nobody holds."
* obeys agr-team-1 and agr-team-3 and agr-team-3b and agr-tel-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* status 1..1
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains lista 1..1
* category[lista] = $vardlag#fasta-kontakter
* subject 1..1
* subject only Reference(Patient)
* participant.role from FastKontaktVS (required)
* insert HelKod(participant.role.coding)
* participant.member only Reference(PractitionerRole)
* telecom.extension contains Malgrupp named malgrupp 0..1
* note.extension contains Vakant named vakant 0..1

Instance: exempel-fasta-kontakter
InstanceOf: FastaKontakter
Title: "Fasta kontakter"
Description: "A roster with one holder and one gap."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Fast vårdkontakt: Eva Svensson. Ingen fast läkarkontakt är utsedd.]])
* identifier.system = $lokalt-id
* identifier.value = "SE2321000016-Test:Note:4711#fasta-kontakter"
* status = #active
* category[lista] = $vardlag#fasta-kontakter "Fasta kontakter"
* name = "Fasta kontakter"
* subject = Reference(exempel-patient)
* period.start = "2026-03-12"
* participant.role = $fast-kontakt-typ#1 "fast vårdkontakt"
* participant.member = Reference(exempel-roll-region)
* note[+].text = "Ingen fast läkarkontakt är utsedd."
* note[+].extension[vakant].extension[roll].valueCoding = $fast-kontakt-typ#2
* note[=].extension[vakant].extension[plats].valuePositiveInt = 2
* note[=].text = "vakant"
