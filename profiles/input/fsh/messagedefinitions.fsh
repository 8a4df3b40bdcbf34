// One definition for each event of meddelandehandelse; the version is the major one, as agr-msg-5 asks.

Instance: konsultation-begaran
InstanceOf: MessageDefinition
Usage: #definition
Title: "Konsultationsbegäran"
Description: "A consultation request, with its task, segments and vital signs."
* url = "https://overens.example/fhir/MessageDefinition/konsultation-begaran"
* version = "1.x"
* name = "KonsultationBegaran"
* title = "Konsultationsbegäran"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A consultation request, with its task, segments and vital signs."
* eventCoding = $handelse#konsultation-begaran
* category = #consequence
* focus.code = #ServiceRequest
* focus.profile = "https://overens.example/fhir/StructureDefinition/konsultationsbegaran"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always
* allowedResponse[+].message = "https://overens.example/fhir/MessageDefinition/konsultation-svar|1.x"

Instance: konsultation-svar
InstanceOf: MessageDefinition
Usage: #definition
Title: "Svar på konsultationsbegäran"
Description: "An answer, with or without a booked time."
* url = "https://overens.example/fhir/MessageDefinition/konsultation-svar"
* version = "1.x"
* name = "KonsultationSvar"
* title = "Svar på konsultationsbegäran"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "An answer, with or without a booked time."
* eventCoding = $handelse#konsultation-svar
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/svar"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: konsultation-komplettering
InstanceOf: MessageDefinition
Usage: #definition
Title: "Komplettering"
Description: "More to a request that was asked for, or given without asking."
* url = "https://overens.example/fhir/MessageDefinition/konsultation-komplettering"
* version = "1.x"
* name = "KonsultationKomplettering"
* title = "Komplettering"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "More to a request that was asked for, or given without asking."
* eventCoding = $handelse#konsultation-komplettering
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always
* allowedResponse[+].message = "https://overens.example/fhir/MessageDefinition/konsultation-svar|1.x"

Instance: konsultation-avbokning
InstanceOf: MessageDefinition
Usage: #definition
Title: "Avbokning"
Description: "A request is withdrawn or a booked time is cancelled."
* url = "https://overens.example/fhir/MessageDefinition/konsultation-avbokning"
* version = "1.x"
* name = "KonsultationAvbokning"
* title = "Avbokning"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A request is withdrawn or a booked time is cancelled."
* eventCoding = $handelse#konsultation-avbokning
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: sip-kallelse
InstanceOf: MessageDefinition
Usage: #definition
Title: "Kallelse till SIP"
Description: "An invitation to the meeting of a coordinated plan."
* url = "https://overens.example/fhir/MessageDefinition/sip-kallelse"
* version = "1.x"
* name = "SipKallelse"
* title = "Kallelse till SIP"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "An invitation to the meeting of a coordinated plan."
* eventCoding = $handelse#sip-kallelse
* category = #consequence
* focus.code = #Task
* focus.profile = "https://overens.example/fhir/StructureDefinition/sip-kallelse"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: inskrivning-hemsjukvard
InstanceOf: MessageDefinition
Usage: #definition
Title: "Inskrivning i hemsjukvård"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/inskrivning-hemsjukvard"
* version = "1.x"
* name = "InskrivningHemsjukvard"
* title = "Inskrivning i hemsjukvård"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#inskrivning-hemsjukvard
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: utskrivning-hemsjukvard
InstanceOf: MessageDefinition
Usage: #definition
Title: "Utskrivning från hemsjukvård"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/utskrivning-hemsjukvard"
* version = "1.x"
* name = "UtskrivningHemsjukvard"
* title = "Utskrivning från hemsjukvård"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#utskrivning-hemsjukvard
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: enstaka-hembesok
InstanceOf: MessageDefinition
Usage: #definition
Title: "Tidsbegränsade hembesök"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/enstaka-hembesok"
* version = "1.x"
* name = "EnstakaHembesok"
* title = "Tidsbegränsade hembesök"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#enstaka-hembesok
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: lakemedelsandring
InstanceOf: MessageDefinition
Usage: #definition
Title: "Läkemedelsändring"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/lakemedelsandring"
* version = "1.x"
* name = "Lakemedelsandring"
* title = "Läkemedelsändring"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#lakemedelsandring
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: egenvard
InstanceOf: MessageDefinition
Usage: #definition
Title: "Egenvård"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/egenvard"
* version = "1.x"
* name = "Egenvard"
* title = "Egenvård"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#egenvard
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: avvikelse
InstanceOf: MessageDefinition
Usage: #definition
Title: "Avvikelse"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/avvikelse"
* version = "1.x"
* name = "Avvikelse"
* title = "Avvikelse"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#avvikelse
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: administrativt
InstanceOf: MessageDefinition
Usage: #definition
Title: "Administrativt meddelande"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/administrativt"
* version = "1.x"
* name = "Administrativt"
* title = "Administrativt meddelande"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#administrativt
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always

Instance: annat
InstanceOf: MessageDefinition
Usage: #definition
Title: "Annat"
Description: "A message of this kind, in its segments."
* url = "https://overens.example/fhir/MessageDefinition/annat"
* version = "1.x"
* name = "Annat"
* title = "Annat"
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Överens"
* description = "A message of this kind, in its segments."
* eventCoding = $handelse#annat
* category = #consequence
* focus.code = #Communication
* focus.profile = "https://overens.example/fhir/StructureDefinition/sbar-meddelande"
* focus.min = 1
* focus.max = "1"
* responseRequired = #always
