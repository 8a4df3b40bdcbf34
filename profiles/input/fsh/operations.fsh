// The operations of this project; $validate is R4's own.

RuleSet: Operation(namn, kod)
* url = "https://overens.example/fhir/OperationDefinition/{namn}"
* version = "0.1.0"
* name = "{kod}"
* status = #active
* kind = #operation
* experimental = false
* publisher = "Överens"

RuleSet: Parameter(namn, bruk, min, max, typ, ord)
* parameter[+].name = #{namn}
* parameter[=].use = #{bruk}
* parameter[=].min = {min}
* parameter[=].max = "{max}"
* parameter[=].type = #{typ}
* parameter[=].documentation = "{ord}"

Instance: convert
InstanceOf: OperationDefinition
Usage: #definition
Title: "$convert"
Description: "Makes FHIR of a message without keeping anything."
* insert Operation(convert, Convert)
* title = "Gör om ett meddelande"
* description = "Makes FHIR of a message without keeping anything."
* affectsState = false
* code = #convert
* system = true
* type = false
* instance = false
* insert Parameter(source, in, 0, 1, string, [[The source; without one the format is recognised.]])
* insert Parameter(message, in, 1, 1, base64Binary, [[The message as it came.]])
* insert Parameter(return, out, 0, 1, Bundle, [[The resources.]])
* insert Parameter(outcome, out, 1, 1, OperationOutcome, [[The findings.]])
* insert Parameter(loss, out, 0, 1, Parameters, [[The loss report, by the profile bortfall.]])

Instance: access-log
InstanceOf: OperationDefinition
Usage: #definition
Title: "$access-log"
Description: "Which units have read or changed what is kept about a patient, and when; no person is named."
* insert Operation(access-log, AccessLog)
* title = "Vem har läst"
* description = "Which units have read or changed what is kept about a patient, and when; no person is named."
* affectsState = false
* code = #access-log
* resource = #Patient
* system = false
* type = false
* instance = true
* insert Parameter(_page, in, 0, 1, string, [[What stood in next of the page before.]])
* insert Parameter(return, out, 1, 1, Parameters, [[One part for each access.]])

Instance: diff
InstanceOf: OperationDefinition
Usage: #definition
Title: "$diff"
Description: "What is new in an agreement, in plain Swedish."
* insert Operation(diff, Diff)
* title = "Vad är nytt i överenskommelsen"
* description = "What is new in an agreement, in plain Swedish."
* affectsState = false
* code = #diff
* resource = #CarePlan
* system = false
* type = false
* instance = true
* insert Parameter(from, in, 0, 1, string, [[The version to compare with; without one the version before.]])
* insert Parameter(return, out, 1, 1, Parameters, [[One part for each change.]])

Instance: folder
InstanceOf: OperationDefinition
Usage: #definition
Title: "$folder"
Description: "The agreement as a printable folder."
* insert Operation(folder, Folder)
* title = "Överenskommelsen som folder"
* description = "The agreement as a printable folder."
* affectsState = false
* code = #folder
* resource = #CarePlan
* system = false
* type = false
* instance = true
* insert Parameter(lang, in, 0, 1, code, [[The language, such as sv or sv-easy.]])
* insert Parameter(return, out, 1, 1, Binary, [[A PDF.]])
