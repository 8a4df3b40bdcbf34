Profile: Medarbetare
Parent: $se-practitioner
Id: medarbetare
Title: "Medarbetare"
Description: "Somebody who works in care; known by HSA-id, or by name alone within one note."
* insert Berattelse
* identifier.value 1..1
* name MS

Instance: exempel-medarbetare
InstanceOf: Medarbetare
Title: "Medarbetare"
Description: "A nurse in municipal care."
* insert Text([[Medarbetare: Karin Ek, SE2120001249-P101.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2120001249-P101"
* name.text = "Karin Ek"

Instance: exempel-medarbetare-region
InstanceOf: Medarbetare
Title: "Medarbetare i regionen"
Description: "A nurse in primary care."
* insert Text([[Medarbetare: Eva Svensson, SE2321000016-P101.]])
* identifier[hsaid].system = $hsaid
* identifier[hsaid].value = "SE2321000016-P101"
* name.text = "Eva Svensson"
