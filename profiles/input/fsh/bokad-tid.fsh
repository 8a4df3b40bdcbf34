Invariant: agr-appt-1
Description: "En tid börjar innan den slutar. Rätta start eller slut."
Severity: #error
Expression: "(start.exists() and end.exists()) implies start < end"
* insert PaEngelska([[An appointment starts before it ends. Correct start or end.]])

Invariant: agr-appt-2
Description: "Bara en bokad tid avbokas: den har start och slut och säger varför. En tid som var fel från början (entered-in-error) är inte avbokad och har inget avbokningsskäl. Välj rätt status."
Severity: #error
Expression: "(status = 'cancelled' implies (start.exists() and end.exists() and cancelationReason.exists())) and (status = 'entered-in-error' implies cancelationReason.empty())"
* insert PaEngelska([[Only a booked appointment is cancelled: it has a start and an end and says why. One that was wrong from the beginning (entered-in-error) is not cancelled and has no reason for it. Choose the right status.]])

Profile: BokadTid
Parent: Appointment
Id: bokad-tid
Title: "Bokad tid"
Description: "A booked time with start and end; the patient takes part."
* obeys agr-appt-1 and agr-appt-2
* insert Berattelse
* extension contains Embargo named embargo 0..1
* basedOn only Reference(ServiceRequest)
* participant.actor MS

Instance: exempel-bokad-tid
InstanceOf: BokadTid
Title: "Bokad tid"
Description: "A video visit that answers a consultation."
* insert Text([[Bokad tid: videobesök 2026-03-13 kl. 13.30–14.00.]])
* status = #booked
* appointmentType = $kontaktform#video "video"
* start = "2026-03-13T13:30:00+01:00"
* end = "2026-03-13T14:00:00+01:00"
* patientInstruction = "Ha vikt och blodtryck till hands."
* basedOn = Reference(exempel-konsultationsbegaran)
* participant[+].actor = Reference(exempel-patient)
* participant[=].status = #accepted
* participant[+].actor = Reference(exempel-roll-region)
* participant[=].status = #accepted
