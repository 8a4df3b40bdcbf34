Profile: Kontaktvagstjanst
Parent: HealthcareService
Id: kontaktvagstjanst
Title: "Patienten kan kontakta vården via"
Description: "One contact way with its audience and its hours."
* obeys agr-tel-1
* insert Berattelse
* extension contains Embargo named embargo 0..1
* name 1..1
* providedBy only Reference(Organization)
* telecom.extension contains
    Malgrupp named malgrupp 0..1 and
    Oppettid named oppettid 0..*

Instance: exempel-kontaktvagstjanst
InstanceOf: Kontaktvagstjanst
Title: "Kontaktväg"
Description: "The telephone of a health centre."
* insert Kalla(se.cosmic.journal-notes, SE2321000016-COSMIC1)
* insert Text([[Patienten kan kontakta vården via: Hälsocentralen Borgholm, telefon 010-000 00 00, vardagar 8–16]])
* active = true
* providedBy = Reference(exempel-enhet-region)
* name = "Patienten kan kontakta vården via"
* comment = "Hälsocentralen Borgholm, telefon 010-000 00 00, vardagar 8–16"
* telecom.extension[malgrupp].valueCode = #patient
* telecom.system = #phone
* telecom.value = "010-000 00 00"
* availableTime.daysOfWeek[+] = #mon
* availableTime.daysOfWeek[+] = #fri
* availableTime.availableStartTime = "08:00:00"
* availableTime.availableEndTime = "16:00:00"
