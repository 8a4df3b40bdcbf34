// What several profiles and examples share.

RuleSet: Berattelse
* text 1..1 MS
* text ^short = "Berättelse på svenska"

RuleSet: Text(ord)
* text.status = #generated
* text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"sv\" xml:lang=\"sv\"><p id=\"t1\">{ord}</p></div>"

RuleSet: Kalla(namn, hsa)
* meta.source = "https://overens.example/fhir/source/{namn}#{hsa}"

RuleSet: Rapport(typ, id)
* entry[+].fullUrl = "https://overens.example/fhir/{typ}/{id}"
* entry[=].resource = {id}

// The English sentence of an invariant, beside the Swedish one.
RuleSet: PaEngelska(mening)
* human.extension[0].url = "http://hl7.org/fhir/StructureDefinition/translation"
* human.extension[0].extension[0].url = "lang"
* human.extension[0].extension[0].valueCode = #en
* human.extension[0].extension[1].url = "content"
* human.extension[0].extension[1].valueString = "{mening}"

// A code that counts says which system it is of.
RuleSet: HelKod(path)
* {path}.system 1..1
* {path}.code 1..1
