Invariant: agr-id-1
Description: "Ett personnummer har tolv siffror: ett möjligt datum från 1800 till 2099, ett löpnummer och rätt kontrollsiffra; ett samordningsnummer likaså, med dagen plus 60. Kontrollera numret, och skicka ett reservnummer under sin egen identifierare."
Severity: #error
Expression: "(system = 'http://electronichealth.se/identifier/personnummer' implies value.matches('^(18|19|20)[0-9]{2}((0[13578]|1[02])(0[1-9]|[12][0-9]|3[01])|(0[469]|11)(0[1-9]|[12][0-9]|30)|02(0[1-9]|[12][0-9]))[0-9]{4}$')) and (system = 'http://electronichealth.se/identifier/samordningsnummer' implies value.matches('^(18|19|20)[0-9]{2}((0[13578]|1[02])(6[1-9]|[78][0-9]|9[01])|(0[469]|11)(6[1-9]|[78][0-9]|90)|02(6[1-9]|[78][0-9]))[0-9]{4}$')) and ((system = 'http://electronichealth.se/identifier/personnummer' or system = 'http://electronichealth.se/identifier/samordningsnummer') and value.matches('^[0-9]{12}$') implies ('0246813579'.substring(value.substring(2,1).toInteger(),1).toInteger() + value.substring(3,1).toInteger() + '0246813579'.substring(value.substring(4,1).toInteger(),1).toInteger() + value.substring(5,1).toInteger() + '0246813579'.substring(value.substring(6,1).toInteger(),1).toInteger() + value.substring(7,1).toInteger() + '0246813579'.substring(value.substring(8,1).toInteger(),1).toInteger() + value.substring(9,1).toInteger() + '0246813579'.substring(value.substring(10,1).toInteger(),1).toInteger() + value.substring(11,1).toInteger()) mod 10 = 0)"
* insert PaEngelska([[A personal identity number has twelve digits: a possible date from 1800 to 2099, a serial number and the right check digit; a co-ordination number likewise, with the day plus 60. Check the number, and send a reserve number as an identifier of its own kind.]])

Profile: Person
Parent: $se-patient
Id: patient
Title: "Patient"
Description: "The person that care is about, by HL7 Sweden's base profile, with sound identity numbers."
* insert Berattelse
* identifier obeys agr-id-1
* identifier[personnummer] obeys agr-id-1
* identifier[samordningsnummer] obeys agr-id-1
* identifier.value 1..1
* telecom.extension contains Malgrupp named malgrupp 0..1
* generalPractitioner only Reference(Practitioner or PractitionerRole or Organization)

Instance: exempel-patient
InstanceOf: Person
Title: "Patient"
Description: "A person with a personnummer."
* insert Text([[Patient: John Goode, 195009072553.]])
* identifier[personnummer].value = "195009072553"
* name.family = "Goode"
* name.given = "John"

Instance: exempel-patient-samordningsnummer
InstanceOf: Person
Title: "Patient med samordningsnummer"
Description: "A person with a samordningsnummer and protected identity."
* meta.security = $se-security#sekretessmarkering "Sekretessmarkering"
* insert Text([[Patient: 196109732393.]])
* identifier[samordningsnummer].value = "196109732393"
