// Search parameters for what R4 has none. The CapabilityStatement says what a server answers.

RuleSet: Sokparameter(kod, bas, typ)
* url = "https://overens.example/fhir/SearchParameter/{bas}-{kod}"
* version = "0.1.0"
* status = #active
* experimental = false
* publisher = "Överens"
* code = #{kod}
* base = #{bas}
* type = #{typ}
* xpathUsage = #normal

Instance: ServiceRequest-svarstidsniva
InstanceOf: SearchParameter
Usage: #definition
Title: "Svarstidsnivå"
Description: "Requests by the level of urgency."
* insert Sokparameter(svarstidsniva, ServiceRequest, token)
* name = "Svarstidsniva"
* description = "Requests by the level of urgency."
* expression = "ServiceRequest.extension('https://overens.example/fhir/StructureDefinition/svarstidsniva').value"

Instance: CarePlan-kontaktvag
InstanceOf: SearchParameter
Usage: #definition
Title: "Kontaktväg"
Description: "Agreements by the contact way that they name."
* insert Sokparameter(kontaktvag, CarePlan, reference)
* name = "Kontaktvag"
* description = "Agreements by the contact way that they name."
* expression = "CarePlan.extension('https://overens.example/fhir/StructureDefinition/kontaktvag').value"
* target[+] = #HealthcareService
* target[+] = #PractitionerRole
