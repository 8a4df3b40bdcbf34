"""The sentences: for each rule its FHIR issue type, how much it weighs, and the words.

Swedish first, as a nurse's IT department reads them: what is wrong, why it matters, what to change.
"""

# ruff: noqa: E501 -- a table: one line a rule, as long as its two sentences are
# fmt: off

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: FHIR issue type, usual severity, Swedish and English sentences with {places} to fill."""

    code: str
    severity: str
    sv: str
    en: str


def _e(code: str, sv: str, en: str) -> Rule:
    return Rule(code, "error", sv, en)


def _w(code: str, sv: str, en: str) -> Rule:
    return Rule(code, "warning", sv, en)


def _i(code: str, sv: str, en: str) -> Rule:
    return Rule(code, "information", sv, en)


RULES: dict[str, Rule] = {
    # the form
    "json-malformed": _e("structure", "Innehållet går inte att läsa som JSON ({detail}). Rätta tecknet på den raden, ofta ett komma eller citattecken för mycket eller för lite.", "Not valid JSON: {detail}."),
    "json-encoding": _e("structure", "Innehållet är inte skrivet i teckenkodningen UTF-8 ({detail}), så att å, ä och ö kan bli fel. Spara det som UTF-8.", "Not UTF-8: {detail}."),
    "json-number": _e("structure", "{detail} är inget tal i JSON. Skriv ett tal, eller utelämna elementet.", "{detail} is no JSON number."),
    "json-duplicate": _e("structure", "Egenskapen ”{detail}” står två gånger i samma objekt, och mottagare läser olika av dem. Behåll en.", "The property '{detail}' stands twice in one object."),
    "xml-malformed": _e("structure", "Innehållet går inte att läsa som XML ({detail}). Rätta märkningen på den raden.", "Not well-formed XML: {detail}."),
    "xml-encoding": _e("structure", "FHIR-XML ska vara UTF-8, inte {detail}. Spara det som UTF-8.", "The XML encoding is invalid (must be UTF-8, not '{detail}')."),
    "xml-doctype": _e("structure", "XML med DOCTYPE tas inte emot, eftersom den kan läsa filer och fylla minnet. Ta bort DOCTYPE.", "A DOCTYPE is not allowed."),
    "xml-namespace": _e("structure", "Elementet ”{detail}” står i fel namnrymd. Använd http://hl7.org/fhir, och http://www.w3.org/1999/xhtml för div.", "Wrong namespace: '{detail}'."),
    "xml-instruction": _e("structure", "FHIR-XML får inte ha instruktioner (<?{detail}?>). Ta bort dem.", "No processing instructions allowed in resources ({detail})."),
    "xml-order": _e("structure", "Elementet ”{detail}” kommer i fel ordning, och i XML gäller FHIR:s ordning. Flytta det dit det står i definitionen.", "The element '{detail}' is out of order."),
    "xml-attribute": _e("structure", "Attributet ”{detail}” finns inte i FHIR här. Ta bort det.", "The attribute '{detail}' is not allowed here."),
    "xml-schema-location": _w("structure", "schemaLocation ska inte stå i FHIR-XML, eftersom mottagaren själv väljer schema. Ta bort attributet.", "schemaLocation is not allowed."),
    "xml-text": _e("structure", "Det står text direkt i elementet ”{detail}”, men i FHIR skrivs värden i attributet value. Flytta eller ta bort texten.", "Text in the element '{detail}' is not allowed."),
    "xml-resource-one": _e("structure", "Här får bara en resurs stå; ”{detail}” är en till. Dela upp dem.", "Only one resource may stand here; '{detail}' is one more."),
    "too-deep": _e("too-costly", "Innehållet har fler nivåer inuti varandra än vi läser. Lägg delarna bredvid varandra i stället, eller dela upp resursen.", "Nested too deep."),
    "too-many": _e("too-costly", "Innehållet har fler element än vi läser på en gång. Dela upp det i flera.", "Too many elements."),
    "not-a-resource": _e("structure", "Innehållet är ingen FHIR-resurs: ett objekt med resourceType väntades. Skicka en resurs.", "Not a FHIR resource: an object with resourceType was expected."),
    "resource-type-missing": _e("structure", "resourceType saknas, så det går inte att veta vad detta är. Lägg till resourceType överst, till exempel Patient.", "Unable to find resourceType."),
    "resource-type-unknown": _e("structure", "”{detail}” är ingen resurstyp i FHIR R4. Kontrollera stavningen (stor begynnelsebokstav) och FHIR-versionen.", "'{detail}' is no resource type of R4."),
    "resource-type-version": _e("structure", "”{detail}” hör till FHIR {version}, men här gäller R4 (4.0.1). Be avsändaren skicka R4.", "'{detail}' belongs to FHIR {version}, but R4 (4.0.1) is expected here."),
    "resource-type-wrong": _e("structure", "Här ska det stå {wanted}, men det står {found}. Byt resursen eller platsen.", "Expected {wanted}, found {found}."),
    # shape
    "element-unknown": _e("structure", "Elementet ”{detail}” finns inte i {type}, så mottagaren kan inte läsa det. Rätta stavningen eller ta bort det.", "Unrecognized property '{detail}' in {type}."),
    "element-version": _e("structure", "Elementet ”{detail}” i {type} hör till FHIR {version}, men här gäller R4 (4.0.1). Be avsändaren skicka R4.", "Unrecognized property '{detail}' in {type}: it belongs to FHIR {version}, not to R4 (4.0.1)."),
    "element-not-allowed": _e("structure", "Elementet ”{detail}” tillåts inte av profilen {profile}. Ta bort det.", "'{detail}' is not allowed by the profile {profile}."),
    "choice-many": _e("structure", "{detail}[x] får bara anges i en form, men flera står här, så ingen vet vilken som gäller. Behåll en.", "Only one type of {detail}[x] may be given."),
    "choice-type": _e("structure", "{detail}[x] får här bara vara {wanted}, men är {found}. Skriv värdet i en av de tillåtna formerna.", "{detail}[x] must be one of {wanted}, not {found}."),
    "json-type": _e("structure", "Värdet ska vara {wanted}, men är {found}. Skriv det i rätt form.", "The value must be {wanted}, but is {found}."),
    "array-expected": _e("structure", "”{detail}” kan ha flera värden och ska därför stå i en lista. Sätt hakparenteser [ ] om värdet.", "The property {detail} must be an array."),
    "array-unexpected": _e("structure", "”{detail}” har bara ett värde och får inte stå i en lista. Ta bort hakparenteserna.", "The property {detail} must not be an array."),
    "array-empty": _e("structure", "Listan ”{detail}” är tom, och FHIR tillåter inte tomma listor. Ta bort elementet när det inte finns något värde.", "Array cannot be empty."),
    "array-null": _e("structure", "null i listan ”{detail}” får bara stå där samma plats i ”_{detail}” har innehåll. Ta bort null eller fyll i den platsen.", "null in the array {detail} has no counterpart."),
    "value-null": _e("structure", "”{detail}” är null, som inte får stå i FHIR. Ta bort elementet när värdet saknas.", "null is not allowed; leave the element out."),
    "object-empty": _e("structure", "Elementet är tomt, och FHIR tillåter inte tomma element. Fyll i det eller ta bort det.", "Object must have some content."),
    "value-empty": _e("invalid", "Värdet är en tom text, och FHIR tillåter inte tomma texter. Ta bort elementet när värdet saknas.", "The value cannot be empty."),
    "ele-1": _e("invariant", "Elementet har varken värde eller innehåll, bara ett id. Lägg till innehåll eller ta bort elementet.", "ele-1: All FHIR elements must have a @value or children."),
    "min": _e("required", "{element}: minst {min} krävs men {found} finns (enligt {profile}). Lägg till det som saknas.", "{element}: minimum required = {min}, but only found {found} (from {profile})."),
    "max": _e("structure", "{element}: högst {max} tillåts men {found} finns (enligt {profile}). Ta bort det som är för mycket.", "{element}: max allowed = {max}, but found {found} (from {profile})."),
    # values
    "format": _e("value", "Värdet har inte den form som {type} kräver. Skriv {example}.", "Not a valid {type}: write {example}."),
    "range": _e("value", "Talet är för stort eller för litet för {type}. Skriv {example}.", "The number is out of the range of {type}: write {example}."),
    "date-calendar": _e("value", "Datumet finns inte i kalendern. Rätta året, månaden eller dagen.", "Not a date of the calendar."),
    "date-zone": _e("value", "En tid måste ha tidszon, annars vet ingen vilket klockslag som menas. Lägg till tidszonen, till exempel +01:00.", "If a date has a time, it must have a timezone."),
    "uri-oid": _e("value", "OID:en har fel form. Skriv urn:oid: följt av siffror och punkter, till exempel urn:oid:1.2.752.129.2.1.4.1.", "Invalid OID."),
    "uri-uuid": _e("value", "UUID:t har fel form. Skriv urn:uuid: följt av 8-4-4-4-12 tecken 0–9 och a–f.", "Invalid UUID."),
    "uri-prefix": _e("value", "Adressen ska börja med urn:oid: eller urn:uuid:. Lägg till urn:.", "URI values cannot start with oid: or uuid:."),
    "canonical-absolute": _e("value", "En canonical-adress måste vara absolut (http… eller urn:…). Skriv hela adressen.", "Canonical URLs must be absolute."),
    "code-space": _e("value", "Koden börjar eller slutar med mellanslag, eller har två i rad, så den känns inte igen. Ta bort dem.", "The code has leading, trailing or repeated spaces."),
    "too-long": _e("too-long", "Texten är längre än en megabyte, som är det mesta FHIR tillåter. Korta den, eller lägg den i en Binary.", "The text exceeds one megabyte."),
    "min-length": _e("value", "Värdet är {found} tecken, men måste vara minst {min}. Fyll ut det.", "The value is {found} characters, shorter than the minimum length of {min}."),
    "regex": _e("value", "Värdet har inte den form som profilen kräver ({wanted}). Skriv det i den formen.", "The value does not match the regular expression {wanted}."),
    "max-decimals": _e("value", "Talet har {found} decimaler, men profilen tillåter högst {max}. Avrunda det.", "{found} decimal places exceed the limit of {max}."),
    "max-size": _e("value", "Innehållet är {found} byte, men profilen tillåter högst {max}. Förminska det.", "The content is {found} bytes, which exceeds the limit of {max}."),
    "attachment-hash": _e("value", "Kontrollsumman (hash) är inte innehållets SHA-1. Räkna om den eller ta bort den.", "The hash is not the SHA-1 of the data."),
    "identifier-uuid": _e("value", "Systemet anger att värdet är ett UUID, men det är det inte. Använd systemet urn:ietf:rfc:3986 och ett UUID som börjar med urn:uuid:.", "The value of this identifier system is not a UUID."),
    "max-length": _e("too-long", "Texten har {found} tecken, men profilen tillåter högst {max}, så mottagaren kan klippa av den. Korta den.", "The value exceeds the maximum length of {max}."),
    "text-blank": _w("invalid", "Texten består bara av mellanslag eller radbyten. Ta bort elementet när text saknas.", "Primitive types should not only be whitespace."),
    "text-control": _w("invalid", "Texten innehåller osynliga styrtecken, som många system inte klarar. Ta bort dem.", "The string holds control characters."),
    "text-space": _w("invalid", "Texten börjar eller slutar med mellanslag eller radbyte. Ta bort dem.", "The value should not start or finish with whitespace."),
    "id-format": _e("invalid", "Resursens id får ha 1–64 tecken: A–Z, a–z, 0–9, bindestreck och punkt. Rätta id:t.", "Invalid resource id."),
    "id-duplicate": _e("business-rule", "Två element i resursen har samma id ”{value}”, så en länk dit blir tvetydig. Ge dem olika id.", "Duplicate id value '{value}'."),
    "fixed": _e("value", "Värdet måste vara exakt {wanted} (enligt {profile}). Rätta det.", "The value must be exactly {wanted} (from {profile})."),
    "pattern": _e("value", "Värdet måste innehålla {wanted} (enligt {profile}). Lägg till eller rätta det.", "The value must match the pattern {wanted} (from {profile})."),
    "min-value": _e("value", "Värdet är lägre än {wanted}, som är det lägsta tillåtna. Rätta det.", "The value is below the minimum {wanted}."),
    "max-value": _e("value", "Värdet är högre än {wanted}, som är det högsta tillåtna. Rätta det.", "The value is above the maximum {wanted}."),
    "attachment-size": _e("structure", "size säger {wanted} byte, men innehållet i data är {found} byte. Rätta size, eller skicka hela innehållet.", "Stated Attachment Size {wanted} does not match actual attachment size {found}."),
    "identifier-system": _e("code-invalid", "Identifierarens system måste vara en absolut adress (http… eller urn:…). Skriv hela adressen.", "Identifier.system must be an absolute reference, not a local reference."),
    "identifier-uri": _e("code-invalid", "När system är urn:ietf:rfc:3986 måste value vara en hel adress, till exempel urn:uuid:… eller urn:oid:…. Skriv hela.", "If identifier.system is 'urn:ietf:rfc:3986', then the identifier.value must be a full URI."),
    # slicing
    "slice-closed": _e("structure", "Det här passar inte någon av de delar som {profile} tillåter för {element} ({slices}). Rätta koden eller systemet, eller ta bort det.", "This element does not match any known slice of {element} and the slicing is closed (from {profile})."),
    "slice-order": _e("structure", "Delarna av {element} står i fel ordning (enligt {profile}). Ställ dem i profilens ordning.", "{element}: slices are out of order (from {profile})."),
    "slice-end": _e("structure", "Det som inte hör till någon av profilens delar måste stå sist i {element} (enligt {profile}). Flytta det sist.", "{element}: unmatched items must come at the end (from {profile})."),
    "slice-many": _e("structure", "Det här passar flera av profilens delar av {element} ({slices}), så det är oklart vad som gäller. Ändra det så att det passar en.", "Element matches more than one slice: {slices}."),
    "slice-discriminator": _e("processing", "Profilen {profile} delar upp {element} utan att det går att se hur delarna skiljs åt ({detail}). Rätta profilen.", "The slicing of {element} in {profile} has no usable discriminator ({detail})."),
    # extensions
    "extension-url-missing": _e("required", "Tillägget (extension) saknar url, så ingen vet vad det betyder. Lägg till url.", "Extension.url is required."),
    "extension-url-relative": _e("structure", "Tilläggets url måste vara en hel adress (http…), annars vet ingen vad det betyder. Skriv hela adressen.", "Extension.url must be an absolute URL."),
    "extension-unknown": _e("structure", "Tillägget {url} är okänt här och kan därför inte kontrolleras. Läs in paketet som definierar det, rätta url:en eller ta bort det.", "The extension {url} could not be found so is not allowed here."),
    "extension-context": _e("structure", "Tillägget {url} får inte stå på detta ställe, bara på: {wanted}. Flytta eller ta bort det.", "The extension {url} is not allowed to be used at this point (allowed: {wanted})."),
    "extension-modifier": _e("structure", "Tillägget {url} ändrar innebörden av det som det sitter på och måste därför stå i modifierExtension. Flytta det dit.", "The extension {url} is a modifier and must be in modifierExtension."),
    "extension-not-modifier": _e("structure", "Tillägget {url} ändrar inte innebörden och får därför inte stå i modifierExtension. Flytta det till extension.", "The extension {url} is no modifier and must not be in modifierExtension."),
    "extension-not-extension": _e("structure", "{url} definierar {found}, inte ett tillägg (extension). Rätta url:en.", "{url} defines {found}, not an extension."),
    "ext-1": _e("invariant", "Ett tillägg (extension) ska ha antingen ett värde eller egna tillägg, inte båda och inte inget. Rätta det.", "ext-1: Must have either extensions or value[x], not both."),
    # terminology
    "code-required": _e("code-invalid", "Koden {value} finns inte i {set}, och här måste koden komma därifrån, annars kan mottagaren inte tolka den. Välj en kod därifrån.", "The value provided ({value}) was not found in the value set '{set}', and a code is required from this value set."),
    "code-extensible": _w("code-invalid", "Koden {value} finns inte i {set}, som ska användas när någon av dess koder passar. Byt kod om det går.", "The value provided ({value}) was not found in the value set '{set}', and a code should come from this value set unless it has no suitable code."),
    "code-max": _e("code-invalid", "Koden {value} finns inte i {set}, och andra koder tillåts inte här. Välj en kod därifrån.", "The value provided ({value}) is not in the maximum value set '{set}'."),
    "code-unknown": _e("code-invalid", "Koden {value} finns inte i kodsystemet, så ingen vet vad den betyder. Rätta koden eller kodsystemets adress.", "Unknown code '{value}'."),
    "code-missing": _e("code-invalid", "Här krävs en kod ur {set}, men ingen kod är angiven. Lägg till system och code.", "No code provided, and a code is required from the value set {set}."),
    "supplement-of-nothing": _e("business-rule", "Ett tillägg (supplement) måste säga vilket kodsystem det lägger till. Ange supplements.", "A CodeSystem with content 'supplement' SHALL say what it supplements."),
    "code-system-count": _e("business-rule", "Kodsystemet är komplett och anger {wanted} koder, men har {found}. Rätta count.", "The code system is complete, but the number of concepts ({found}) does not match the stated count ({wanted})."),
    "code-system-content": _e("business-rule", "Kodsystemet säger att koderna inte finns här (not-present), men det har koder. Ändra content.", "A code system whose content is not-present has concepts."),
    "include-system-absolute": _e("value", "Kodsystemets adress ({value}) måste vara absolut. Skriv hela adressen.", "URI values in ValueSet.compose.include.system must be absolute ('{value}')."),
    "include-system-set": _e("business-rule", "{value} är en värdemängd, inte ett kodsystem. Skriv den i valueSet, eller ange kodsystemets adress.", "The system '{value}' is actually a value set."),
    "profile-context": _e("business-rule", "context säger var ett tillägg får stå, men detta definierar {value}. Ta bort context.", "The type is {value}, so an extension context should not be specified."),
    "profile-derivation": _e("required", "Definitionen bygger på en annan men säger inte hur. Ange derivation: constraint eller specialization.", "The definition has a baseDefinition and must have a derivation."),
    "profile-kind": _e("business-rule", "Profilen måste ha samma kind som det den bygger på ({wanted}). Rätta kind.", "The kind must be the same as in the base definition ({wanted})."),
    "profile-element-twice": _e("business-rule", "Elementet {value} står två gånger i differential utan att delarna går att skilja åt. Ge dem sliceName eller behåll ett.", "{value} stands twice in the differential."),
    "profile-type": _e("business-rule", "Profilen {url} ger ett element en typ som grunden inte tillåter ({detail}). Rätta typen.", "{url} gives an element a type that its base does not allow ({detail})."),
    "profile-value-type": _e("business-rule", "Det fasta värdet i profilen {url} har en annan typ än elementet ({detail}). Rätta fixed[x] eller pattern[x].", "A fixed or pattern value in {url} has a type that its element has not ({detail})."),
    "enable-when-unknown": _e("business-rule", "Frågan visas beroende på {value}, som inte finns i formuläret. Rätta enableWhen.", "Unable to find the item '{value}' that enableWhen refers to."),
    "enable-when-self": _e("business-rule", "Frågan {value} visas beroende på sitt eget svar. Rätta enableWhen.", "The enableWhen of '{value}' refers to the question itself."),
    "search-expression": _e("value", "Uttrycket går inte att tolka ({detail}). Rätta det.", "Error in the search expression: {detail}."),
    "value-set-is-system": _e("code-invalid", "Profilen binder till kodsystemet {set}, där en värdemängd ska stå. Rätta profilen.", "Found a reference to the CodeSystem {set} where a ValueSet belongs."),
    "code-unjudged": _w("not-supported", "Kodsystemet till {value} finns inte här, så koden är inte kontrollerad. Läs in paketet som har det, eller kontrollera koden för hand.", "CodeSystem is unknown and can't be validated: {value}."),
    "value-set-unknown": _w("not-found", "Urvalet av koder (ValueSet) {set} finns inte här, så koden är inte kontrollerad. Läs in paketet som har det.", "ValueSet '{set}' not found."),
    "coding-system-missing": _w("business-rule", "Koden saknar system, så det går inte att veta vad den betyder. Lägg till system.", "Coding has no system. A code with no system has no defined meaning."),
    "label-twice": _e("business-rule", "Säkerhetsmärkningen {value} står två gånger. Ta bort den ena.", "Duplicate Security Label {value}."),
    "coding-system-unknown": _e("code-invalid", "{value} är inget av FHIR:s kodsystem. Kontrollera adressen.", "Unknown Code System '{value}'."),
    "coding-system-relative": _w("code-invalid", "Kodsystemets adress (system) måste vara hel (http… eller urn:…). Skriv hela adressen.", "Coding.system must be an absolute reference, not a local reference."),
    "coding-system-value-set": _w("code-invalid", "system är {value}, som är ett urval av koder (ValueSet) och inget kodsystem. Skriv adressen till kodsystemet som koden kommer från.", "The Coding references a value set, not a code system ('{value}')."),
    # references
    "reference-invalid": _e("structure", "”{value}” är ingen giltig referens. Skriv till exempel Patient/123, #id eller urn:uuid:….", "The reference '{value}' is not a valid reference."),
    "reference-unresolved": _e("structure", "Referensen {value} pekar på en resurs som inte följer med här. Lägg till resursen eller rätta referensen.", "Unable to resolve resource with reference '{value}'."),
    "reference-target": _e("structure", "Referensen får peka på {wanted}, men pekar på {found}. Peka på en resurs av rätt typ.", "Invalid Resource target type. Found {found}, but expected one of ({wanted})."),
    "reference-type": _e("structure", "type är ”{found}”, men det som referensen pekar på är eller får bara vara {wanted}. Rätta type.", "The type '{found}' is not a valid target for this element ({wanted})."),
    "reference-profile": _e("structure", "Resursen som {value} pekar på följer inte {wanted}. Rätta den resursen, eller peka på en annan.", "Unable to find a match for profile {value} (by type) among choices: {wanted}."),
    "reference-aggregation": _e("structure", "Det som referensen pekar på ska finnas {wanted}, men finns {found}. Flytta resursen eller rätta referensen.", "Reference is {found} which isn't supported by the specified aggregation mode(s) ({wanted})."),
    "ref-1": _e("invariant", "Referensen {value} pekar på en inbäddad resurs som inte finns. Lägg den i contained eller rätta referensen.", "ref-1: SHALL have a contained resource if a local reference is provided."),
    "reference-empty": _w("structure", "Referensen pekar inte på något: den har varken reference, identifier eller display. Lägg till någon av dem.", "A Reference without an actual reference or identifier should have a display."),
    # contained
    "dom-2": _e("invariant", "En inbäddad resurs (contained) får inte själv ha inbäddade resurser. Lägg alla direkt i den yttre resursen.", "dom-2: If the resource is contained in another resource, it SHALL NOT contain nested Resources."),
    "dom-3": _e("invariant", "Ingen referens pekar på den inbäddade resursen ”{value}”, så den kan inte läsas av någon. Referera till #{value} eller ta bort den.", "The contained resource '{value}' is not referenced from elsewhere (dom-3)."),
    "dom-4": _e("invariant", "En inbäddad resurs får inte ha meta.versionId eller meta.lastUpdated. Ta bort dem.", "dom-4: a contained resource SHALL NOT have a meta.versionId or a meta.lastUpdated."),
    "dom-5": _e("invariant", "En inbäddad resurs får inte ha egen säkerhetsmärkning. Sätt den på den yttre resursen.", "dom-5: a contained resource SHALL NOT have a security label."),
    "dom-6": _w("invariant", "Resursen saknar läsbar text. Lägg till text.div, så att alla mottagare kan visa den.", "dom-6: A resource should have narrative for robust management."),
    "contained-id": _e("structure", "En inbäddad resurs måste ha id, annars kan den inte refereras till. Lägg till id.", "Resource requires an id, but none is present."),
    "contained-duplicate": _e("structure", "Två inbäddade resurser har samma id ”{value}”. Ge dem olika id.", "Duplicate id '{value}' among the contained resources."),
    # narrative
    "narrative-xml": _e("invalid", "Den läsbara texten (text.div) går inte att läsa som XHTML ({detail}). Rätta märkningen.", "The narrative is not well-formed XHTML: {detail}."),
    "narrative-root": _e("invalid", "Den läsbara texten ska vara ett <div> i namnrymden http://www.w3.org/1999/xhtml. Lägg till xmlns i div.", "The narrative must be a div in the XHTML namespace."),
    "narrative-element": _e("invalid", "<{detail}> får inte stå i den läsbara texten (text.div), bland annat för att den visas direkt hos läsaren. Ta bort det.", "Invalid element name in the XHTML ('{detail}')."),
    "narrative-attribute": _e("invalid", "Attributet {detail} får inte stå i den läsbara texten (text.div), bland annat för att den visas direkt hos läsaren. Ta bort det.", "Invalid attribute name in the XHTML ('{detail}')."),
    "narrative-place": _e("invalid", "{detail}: så får element inte stå i varandra i den läsbara texten (text.div). Ändra märkningen.", "XHTML elements out of place: {detail}."),
    "narrative-entity": _e("invalid", "{detail} finns inte i XML. Skriv tecknet självt i stället, till exempel ö.", "The entity {detail} is not allowed."),
    "txt-2": _e("invariant", "Den läsbara texten (text.div) är tom. Skriv det som en människa ska läsa.", "txt-2: The narrative SHALL have some non-whitespace content."),
    "narrative-link": _e("invalid", "Länken {detail} i den läsbara texten leder ingenstans. Rätta länken eller ge målet det id:t.", "The link {detail} in the narrative leads nowhere."),
    # profiles
    "profile-unknown": _e("not-found", "Profilen {url} finns inte här, så resursen är inte kontrollerad mot den. Läs in paketet som har den, eller rätta adressen i meta.profile.", "Profile reference '{url}' has not been checked because it could not be found."),
    "profile-wrong-type": _e("structure", "Profilen {url} gäller {wanted}, men resursen är {found}. Ange en profil för {found}.", "Specified profile type was '{wanted}' in profile '{url}', but found type '{found}'."),
    "profile-circular": _e("processing", "Profilen {url} bygger till slut på sig själv ({detail}) och går inte att använda. Rätta baseDefinition.", "The profile {url} has a circular base: {detail}."),
    "profile-base-missing": _e("not-found", "Profilen {url} bygger på {detail}, som inte finns här. Läs in paketet som har den.", "The base {detail} of the profile {url} could not be found."),
    "profile-path-unknown": _e("processing", "Profilen {url} nämner {detail}, som inte finns i dess bas. Rätta profilen.", "The profile {url} names {detail}, which its base does not have."),
    "profile-no-match": _e("structure", "Innehållet följer ingen av profilerna {wanted}. Ändra det så att det följer en av dem.", "Unable to find a match for the specified profiles {wanted}."),
    # invariants
    "invariant": _e("invariant", "Regeln {key} är inte uppfylld: {human}", "Constraint failed: {key}: '{human}' (defined in {profile})."),
    "invariant-broken": _e("processing", "Regeln {key} i {profile} är felskriven och går inte att använda ({detail}). Rätta regeln i profilen.", "The invariant {key} of {profile} cannot be compiled: {detail}."),
    "invariant-costly": _w("too-costly", "Regeln {key} tar för lång tid att räkna ut och är inte kontrollerad. Förenkla regeln i profilen.", "The invariant {key} was stopped: too costly."),
    "invariant-failed": _w("processing", "Regeln {key} gick inte att räkna ut ({detail}) och är inte kontrollerad. Rätta regeln i profilen.", "The invariant {key} could not be evaluated: {detail}."),
    # answers
    "answer-unknown": _e("structure", "linkId {value} finns inte i formuläret. Rätta linkId eller ta bort svaret.", "LinkId '{value}' not found in questionnaire."),
    "answer-misplaced": _e("structure", "linkId {value} finns i formuläret, men inte här. Flytta svaret.", "Structural Error: item '{value}' is in the wrong place."),
    "answer-order": _e("structure", "Svaren står i fel ordning ({value}). Följ formulärets ordning.", "Structural Error: items are out of order."),
    "answer-required": _e("required", "Frågan {value} måste besvaras. Lägg till ett svar.", "No response answer found for required item '{value}'."),
    "answer-disabled": _e("invariant", "Frågan {value} skulle inte ställas med de svar som getts. Ta bort svaret.", "Item has answer, even though it is not enabled (item id = '{value}')."),
    "answer-once": _e("structure", "Frågan {value} får bara ha ett svar. Ta bort de övriga.", "Only one response answer item with this linkId allowed ({value})."),
    "answer-text": _e("invalid", "Texten för {value} är inte formulärets. Skriv samma text eller utelämna den.", "If text exists, it must match the questionnaire definition for linkId {value}."),
    "answer-in-group": _e("structure", "{value} är en grupp och får inte ha svar. Lägg svaren i dess frågor.", "Items of type group should not have answers ({value})."),
    "answer-in-display": _e("structure", "{value} är bara text och får inte ha svar. Ta bort svaret.", "Items of type 'display' cannot have answers ({value})."),
    "answer-item-outside": _e("structure", "Underfrågor till {value} ska stå under answer. Flytta dem.", "Items not of type group should not have items outside answers ({value})."),
    "answer-type": _e("structure", "Svaret på {value} ska vara {wanted}, inte {found}. Byt typ.", "Answer value must be of the type {wanted} not {found}."),
    "answer-option": _e("code-invalid", "Svaret på {value} finns inte bland svarsalternativen. Välj ett av dem.", "The answer to {value} is not in the set of permitted values."),
    "answer-length": _e("too-long", "Svaret på {value} har fel längd. Rätta det.", "The answer to {value} has a length that is not allowed."),
    "answer-format": _e("invalid", "Svaret på {value} har fel form. Rätta det.", "The answer to {value} does not conform to the required format."),
    "answer-range": _e("invalid", "Svaret på {value} ligger utanför det tillåtna eller kan inte jämföras. Rätta värdet eller enheten.", "The answer to {value} is out of the allowed range."),
    "answer-unit": _e("code-invalid", "Enheten i svaret på {value} är inte tillåten. Välj en tillåten enhet.", "The answer to {value} has a unit that is not valid."),
    "answer-reference": _e("structure", "Svaret på {value} pekar på en resurstyp som inte är tillåten. Rätta referensen.", "The resource type in the answer to {value} is not allowed."),
    # bundles
    "bundle-full-url-duplicate": _e("invalid", "Flera poster har samma fullUrl {value}, så en referens dit blir tvetydig. Ge varje post en egen.", "bdl-7: FullUrl must be unique in a bundle ({value})."),
    "bundle-full-url-id": _e("structure", "Resursens id ”{value}” stämmer inte med fullUrl {url}. Gör dem lika.", "Resource id '{value}' does not match the fullUrl {url}."),
    "bundle-full-url-missing": _e("required", "Posten saknar fullUrl, så att referenser till den inte går att följa. Lägg till fullUrl.", "Bundle entry missing fullUrl."),
    "bundle-full-url-relative": _e("structure", "fullUrl {value} måste vara absolut. Skriv hela adressen.", "The fullUrl must be an absolute URL (not '{value}')."),
    "bundle-full-url-no-id": _e("structure", "fullUrl {url} ser ut som en REST-adress, men resursen saknar id. Lägg till id.", "The fullUrl '{url}' looks like a RESTful server URL, but the resource has no id."),
    "bundle-link-twice": _e("structure", "Länken ”{value}” får bara stå en gång. Ta bort den andra.", "The link relationship type '{value}' can only occur once."),
    "bundle-search-resource": _e("structure", "Varje post i ett sökresultat måste ha en resurs. Lägg till den eller ta bort posten.", "SearchSet Bundle Entries must have resources."),
    "bundle-search-id": _e("structure", "Resurser i ett sökresultat måste ha id. Lägg till id.", "Search results must have ids."),
    "bundle-full-url-relative-reference": _e("structure", "Referensen {value} är relativ, men posten saknar fullUrl att utgå från. Lägg till fullUrl.", "Relative Reference appears inside Bundle whose entry is missing a fullUrl."),
    "bundle-first-missing": _e("invalid", "Ett {type} måste börja med {wanted}, men första posten har ingen resurs. Lägg {wanted} först.", "{type} must have a first entry that is a {wanted}."),
    "bundle-first": _e("invalid", "Ett {type} måste börja med {wanted}, men börjar med {found}. Lägg {wanted} först.", "The first entry in a {type} must be a {wanted}."),
    "bundle-unlinked": _w("informational", "Ingen referens leder till posten, så en läsare kan missa den. Referera till den eller ta bort den.", "Entry isn't reachable by traversing from the first Bundle entry."),
    "bundle-reference": _e("structure", "{value} måste följa med i samma Bundle men finns inte där. Lägg till resursen eller rätta referensen.", "Can't find '{value}' in the bundle."),
    "bundle-reference-base": _e("structure", "Resursen {value} finns med, men dess fullUrl har en annan början än den referensen räknas från, så den hittas inte. Skriv fullUrl i referensen, eller rätta fullUrl.", "The resource {value} is in the bundle, but its fullUrl does not match the reference."),
    "bundle-reference-many": _e("structure", "Referensen {value} passar {found} poster, så det är oklart vilken som menas. Ge dem olika fullUrl.", "Found {found} matches for '{value}' in the bundle."),
    "bundle-empty-document": _e("invalid", "Ett {type} måste ha minst en post. Lägg till {wanted} först.", "{type} must have at least one entry."),
}
