Profile: Enhet
Parent: $se-organization
Id: enhet
Title: "Vårdgivare eller enhet"
Description: "A care giver or a unit, by HSA-id or organisation number; a unit may be known by name alone."
* insert Berattelse
* identifier.value 1..1
* identifier[organizationIdentifier].value obeys agr-org-1
* telecom.extension contains Malgrupp named malgrupp 0..1
* partOf only Reference(Organization)

Invariant: agr-org-1
Description: "Ett organisationsnummer skrivs med tio siffror utan bindestreck. Ta bort bindestrecket."
Severity: #error
Expression: "matches('^[0-9]{10}$')"
* insert PaEngelska([[A Swedish organisation number is written as ten digits without a hyphen. Remove the hyphen.]])

Instance: exempel-vardgivare-region
InstanceOf: Enhet
Title: "Vårdgivare"
Description: "A region as care giver."
* insert Text([[Enhet: Region Kalmar län, SE2321000016-C3D4.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2321000016-C3D4"
* name = "Region Kalmar län"

Instance: exempel-enhet-region
InstanceOf: Enhet
Title: "Hälsocentral"
Description: "A health centre of the region."
* insert Text([[Enhet: Hälsocentralen Borgholm, SE2321000016-A1B2.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2321000016-A1B2"
* name = "Hälsocentralen Borgholm"
* telecom.extension[malgrupp].valueCode = #internt
* telecom.system = #phone
* telecom.value = "010-000 00 01"
* partOf = Reference(exempel-vardgivare-region)

Instance: exempel-vardgivare-kommun
InstanceOf: Enhet
Title: "Kommun"
Description: "A municipality as care giver."
* insert Text([[Enhet: Varbergs kommun, SE2120001249-VG01.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2120001249-VG01"
* name = "Varbergs kommun"

Instance: exempel-enhet-kommun
InstanceOf: Enhet
Title: "Hemsjukvård"
Description: "The home care of a municipality."
* insert Text([[Enhet: Hemsjukvården Norr, SE2120001249-HSV01.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2120001249-HSV01"
* name = "Hemsjukvården Norr"
* partOf = Reference(exempel-vardgivare-kommun)
