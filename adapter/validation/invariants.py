"""Invariants in both tongues: R4's own in Swedish by their key, and what a profile says in two.

R4's are told in Swedish only for the key with the words that R4 gives it, as other definitions may use a key
for something else.
"""

# ruff: noqa: E501 -- a table: one line an invariant

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.wording import Word, word

Json = dict[str, Any]
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"

# fmt: off
# key: (how R4's text begins, the Swedish sentence)
SENTENCES: dict[str, tuple[str, str]] = {
    "ait-1": ("AllergyIntolerance.clinicalStatus SHALL be present", "Uppgiften om överkänslighet saknar klinisk status. Lägg till clinicalStatus."),
    "ait-2": ("AllergyIntolerance.clinicalStatus SHALL NOT", "En felregistrerad överkänslighet får inte ha klinisk status. Ta bort clinicalStatus."),
    "app-1": ("Either the type or actor", "Deltagaren i bokningen saknar både roll och aktör. Lägg till type eller actor."),
    "app-2": ("Either start and end are specified", "Bokningen har bara en av start och end. Ange båda eller ingen."),
    "app-3": ("Only proposed or cancelled", "Bokningen saknar tid, vilket bara går för föreslagna, avbokade och väntelistade. Ange start och end."),
    "app-4": ("Cancelation reason is only used", "Orsak till avbokning får bara stå på avbokade eller uteblivna besök. Ta bort cancelationReason eller rätta status."),
    "att-1": ("If the Attachment has data", "Bilagan har innehåll men säger inte av vilket slag. Lägg till contentType, till exempel application/pdf."),
    "bdl-1": ("total only when", "total får bara stå i sökresultat och historik. Ta bort total eller rätta type."),
    "bdl-2": ("entry.search only when", "entry.search får bara stå i sökresultat. Ta bort den eller rätta type."),
    "bdl-3": ("entry.request mandatory", "entry.request ska finnas i varje post i en transaktion, batch eller historik, och annars inte. Lägg till eller ta bort den."),
    "bdl-4": ("entry.response mandatory", "entry.response ska finnas i varje post i ett svar på en transaktion eller batch och i historik, och annars inte. Lägg till eller ta bort den."),
    "bdl-5": ("must be a resource unless", "Posten är tom: den har varken resurs, request eller response. Lägg till resursen eller ta bort posten."),
    "bdl-7": ("FullUrl must be unique", "Flera poster har samma fullUrl, så en referens dit blir tvetydig. Ge varje post en egen."),
    "bdl-8": ("fullUrl cannot be", "fullUrl får inte peka ut en version. Ta bort /_history/ och det som följer."),
    "bdl-9": ("A document must have an identifier", "Dokumentet saknar identifierare. Lägg till identifier med system och value."),
    "bdl-10": ("A document must have a date", "Dokumentet saknar tidpunkt. Lägg till timestamp."),
    "bdl-11": ("A document must have a Composition", "Ett dokument måste börja med en Composition. Lägg den först."),
    "bdl-12": ("A message must have a MessageHeader", "Ett meddelande måste börja med en MessageHeader. Lägg den först."),
    "cmp-1": ("A section must contain", "Avsnittet är tomt. Lägg till text, poster eller underavsnitt, eller ta bort det."),
    "cmp-2": ("A section can only have an emptyReason", "Avsnittet säger varför det är tomt men har poster. Ta bort emptyReason."),
    "con-1": ("Stage SHALL have", "Stadiet saknar innehåll. Lägg till summary eller assessment."),
    "con-2": ("evidence SHALL have", "Underlaget saknar innehåll. Lägg till code eller detail."),
    "con-3": ("Condition.clinicalStatus SHALL be present", "Diagnosen på problemlistan saknar klinisk status. Lägg till clinicalStatus."),
    "con-4": ("If condition is abated", "Diagnosen har upphört men den kliniska statusen säger något annat. Rätta clinicalStatus eller ta bort abatement."),
    "con-5": ("Condition.clinicalStatus SHALL NOT", "En felregistrerad diagnos får inte ha klinisk status. Ta bort clinicalStatus."),
    "cpl-3": ("Provide a reference or detail", "Aktiviteten har både reference och detail, så det är oklart vad som gäller. Behåll det ena."),
    "cpt-2": ("A system is required", "Kontaktvägen saknar slag, så ingen vet om det är telefon eller e-post. Lägg till system, till exempel phone."),
    "ctm-1": ("CareTeam.participant.onBehalfOf", "onBehalfOf får bara stå när medlemmen är en Practitioner. Ta bort onBehalfOf eller rätta member."),
    "dom-6": ("A resource should have narrative", "Resursen saknar läsbar text, så den som inte förstår koderna kan inte läsa den. Lägg till text.div."),
    "drt-1": ("There SHALL be a code", "Tidslängden saknar enhet ur UCUM eller värde. Ange value, system http://unitsofmeasure.org och code."),
    "imm-1": ("One of documentType", "Underlaget saknar innehåll. Lägg till documentType eller reference."),
    "inv-1": ("Last modified date must be", "Uppgiften är ändrad före den skapades. Rätta lastModified eller authoredOn."),
    "lib-0": ("Name should be usable", "name ska vara ett ord med stor begynnelsebokstav, utan mellanslag och å, ä, ö. Rätta name."),
    "obs-3": ("Must have at least a low", "Referensintervallet är tomt. Ange low, high eller text."),
    "obs-6": ("dataAbsentReason SHALL only", "Orsak till att värdet saknas står fast det finns ett värde. Ta bort dataAbsentReason eller värdet."),
    "obs-7": ("If Observation.code is the same", "Huvudvärdet och ett delvärde (component) har samma kod. Ta bort det ena."),
    "org-1": ("The organization SHALL", "Enheten saknar både namn och identifierare, så den går inte att känna igen. Lägg till name eller identifier."),
    "org-2": ("An address of an organization", "En enhets adress får inte vara en hemadress (home). Rätta use."),
    "org-3": ("The telecom of an organization", "En enhets kontaktväg får inte vara till hemmet (home). Rätta use."),
    "pat-1": ("SHALL at least contain", "Kontaktpersonen saknar uppgifter. Lägg till namn, kontaktväg, adress eller organisation."),
    "per-1": ("If present, start SHALL", "Perioden börjar efter att den slutar. Rätta start eller end."),
    "prr-1": ("orderDetail SHALL only", "orderDetail får bara stå när det finns en code. Lägg till code eller ta bort orderDetail."),
    "qrs-1": ("Nested item can't", "Underfrågor får inte stå både under item och under answer. Samla dem på ett ställe."),
    "qty-3": ("If a code for the unit", "Enheten har kod men inget kodsystem, så den kan misstolkas. Lägg till system, till exempel http://unitsofmeasure.org."),
    "que-1": ("Group items must have", "En grupp måste ha frågor, och en visad text får inte ha det. Rätta type eller item."),
    "que-2": ("The link ids", "Flera frågor har samma linkId, så svaren går inte att skilja åt. Ge varje fråga ett eget."),
    "que-3": ("Display items cannot have a", "En visad text får inte ha code. Ta bort code."),
    "que-6": ("Required and repeat", "En visad text får inte vara obligatorisk eller upprepas. Ta bort required och repeats."),
    "que-7": ("If the operator is 'exists'", "När villkoret är exists måste svaret vara true eller false. Rätta answer."),
    "rat-1": ("Numerator and denominator", "Kvoten har bara en av täljare och nämnare. Ange både numerator och denominator."),
    "rng-2": ("If present, low SHALL", "Intervallets nedre gräns är högre än den övre. Rätta low eller high."),
    "sev-1": ("Either a name or a query", "Loggposten har både namn och fråga. Behåll det ena."),
    "sqty-1": ("The comparator is not used", "Jämförelsetecken (comparator) får inte stå här. Ta bort det."),
    "tim-1": ("if there's a duration", "Tidslängden saknar enhet. Lägg till durationUnit."),
    "tim-2": ("if there's a period", "Intervallet saknar enhet. Lägg till periodUnit."),
    "tim-4": ("duration SHALL be", "Tidslängden får inte vara negativ. Rätta duration."),
    "tim-5": ("period SHALL be", "Intervallet får inte vara negativt. Rätta period."),
    "tim-6": ("If there's a periodMax", "periodMax kräver period. Lägg till period."),
    "tim-7": ("If there's a durationMax", "durationMax kräver duration. Lägg till duration."),
    "tim-8": ("If there's a countMax", "countMax kräver count. Lägg till count."),
    "tim-9": ("If there's an offset", "offset kräver when, och går inte ihop med måltider (C, CM, CD, CV). Rätta when eller ta bort offset."),
    "tim-10": ("If there's a timeOfDay", "Både klockslag (timeOfDay) och tillfälle (when) står. Behåll det ena."),
    "vs-1": ("if Observation.effective[x]", "Tidpunkten för mätningen måste minst ange dagen. Skriv ÅÅÅÅ-MM-DD eller mer."),
    "vs-2": ("If there is no component", "Mätningen saknar värde. Lägg till ett värde, eller säg varför det saknas i dataAbsentReason."),
    "vs-3": ("If there is no a value", "Delvärdet saknar värde. Lägg till ett värde, eller säg varför det saknas i dataAbsentReason."),
}
# fmt: on


def in_both(rule: Json) -> Word:
    """The sentence of an invariant in Swedish, ending with what to do, and in English.

    Its own words are taken for English unless it has those beside them (the extension ``translation``).
    """
    human = str(rule.get("human") or "").rstrip(". ")
    said = f"{human}." if human else str(rule.get("expression", ""))
    beside = dict(translations(rule.get("_human")))
    if "en" in beside:
        return word(beside.get("sv", said), beside["en"])
    return word(beside.get("sv") or _in_swedish(str(rule.get("key")), said), said)


def translations(beside: Any) -> Iterator[tuple[str, str]]:
    """Language and text of each translation that stands beside a text."""
    for extension in _objects(beside):
        if extension.get("url") == TRANSLATION:
            parts = {part.get("url"): part for part in _objects(extension)}
            if "lang" in parts and "content" in parts:
                yield str(parts["lang"].get("valueCode")), str(parts["content"].get("valueString"))


def _objects(value: Any) -> list[Json]:
    found = value.get("extension") if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _in_swedish(key: str, human: str) -> str:
    begins, sentence = SENTENCES.get(key, ("", ""))
    if sentence and human.startswith((begins, f"FHIR R4: {key}")):  # so our profiles' snapshots name them
        return sentence
    return f"{human} Ändra innehållet så att regeln håller."
