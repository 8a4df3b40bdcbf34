"""Small probes: one fault each, and the valid twin.

Each is a resource, the definitions that it needs, and the profile to judge by.

``probes()`` gives them all; ``compare.py`` puts them to HL7's validator, ``test_probes.py`` holds ours to
the verdicts that stand here.
"""

# ruff: noqa: C901, D103, E501, FURB171, PLR0913, PLR0915 -- a table: one line a probe, as long as the probe is
# fmt: off

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
MINE = "http://example.org/probe/StructureDefinition/"


@dataclass(frozen=True)
class Probe:
    """A question to a validator: ``faulty`` is the verdict by the specification."""

    name: str
    text: str
    faulty: bool
    profile: str | None = None
    definitions: tuple[Json, ...] = ()


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", **more}


def observation(**more: Any) -> Json:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}


def care_plan(**more: Any) -> Json:
    subject = {"reference": "Patient/1"}
    return {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": subject, **more}


def bundle(kind: str, *entries: Json, **more: Any) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


def entry(resource: Json | None = None, url: str | None = None, **more: Any) -> Json:
    found: Json = {"fullUrl": url} if url else {}
    return found | ({"resource": resource} if resource is not None else {}) | more


def profile(name: str, kind: str, *elements: Json, **more: Any) -> Json:
    """A StructureDefinition by its differential; ``Patient.name:x`` in a path is an id, too."""
    made = []
    for element in elements:
        identity = element["path"]
        path = ".".join(s.partition(":")[0] for s in identity.split("."))
        slice_name = identity.rpartition(".")[2].partition(":")[2]
        made.append({"id": identity, **element, "path": path} | ({"sliceName": slice_name} if slice_name else {}))
    return {
        "resourceType": "StructureDefinition",
        "url": MINE + name,
        "name": name.replace("-", "_"),
        "status": "draft",
        "fhirVersion": "4.0.1",
        "kind": "resource" if kind[0].isupper() and kind not in ("Extension", "CodeableConcept", "Coding", "Identifier", "Quantity", "HumanName", "Address") else "complex-type",
        "abstract": False,
        "type": kind,
        "baseDefinition": BASE + kind,
        "derivation": "constraint",
        "differential": {"element": [{"id": kind, "path": kind}, *made]},
    } | more


def el(path: str, **more: Any) -> Json:
    return {"path": path, **more}


def extension(name: str, *elements: Json, context: str | Json = "Element", **more: Any) -> Json:
    fixed = el("Extension.url", fixedUri=MINE + name)
    order = {"": 0, "extension": 1, "url": 2}
    ordered = sorted([*elements, fixed], key=lambda e: order.get(e["path"].partition(".")[2].partition(".")[0].partition(":")[0], 3))
    made = profile(name, "Extension", *ordered)
    given = {"type": "element", "expression": context} if isinstance(context, str) else context
    return made | {"context": [given]} | more


def value_set(name: str, *codes: str, system: str = "http://example.org/cs", **more: Any) -> Json:
    include = {"system": system, "concept": [{"code": c} for c in codes]} if codes else {"system": system}
    return {
        "resourceType": "ValueSet",
        "url": "http://example.org/probe/ValueSet/" + name,
        "name": name.replace("-", "_"),
        "status": "draft",
        "compose": {"include": [include | more]},
    }


CODES = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/cs",
    "name": "cs",
    "status": "draft",
    "content": "complete",
    "caseSensitive": True,
    "hierarchyMeaning": "is-a",
    "concept": [
        {"code": "a", "concept": [{"code": "a1", "concept": [{"code": "a11"}]}, {"code": "a2"}]},
        {"code": "b"},
        {"code": "c"},
    ],
}


def coded(code: str, system: str | None = "http://example.org/cs") -> Json:
    return {"coding": [{"code": code} | ({"system": system} if system else {})]}


# Where HL7's validator and ours agree that the letter of a probe's name goes too far or not far enough.
OVERRULED = frozenset({
    "instantiatesCanonical #x", "required unit missing", "relative code system", "value set for system", "mime png", "ctm-1", "nutrition",
    "malformed relative", "message with an orphan", "narrative &nbsp;x (valid)", 'narrative <ol type="1"><li>x</li></ol> (valid)',
    "narrative <td>x</td> (valid)", 'narrative <a href="http://x.org" target="_blank">x', 'narrative <a href="ftp://x.org">x</a>', "xml schemaLocation",
    "valueTime '23:59:59.999' (valid)", "implicitRules 'urn:oid:1.2.3' (valid)", "identifier system urn:oid:1.2.3", "oid value (valid)", "ucum m//s", "mime x y",
})


class _Book:
    def __init__(self) -> None:
        self.found: list[Probe] = []

    def add(
        self, name: str, resource: Any, faulty: bool, definitions: tuple[Json, ...] = (), profile: Json | str | None = None
    ) -> None:
        text = resource if isinstance(resource, str) else json.dumps(resource, ensure_ascii=False)
        url = profile["url"] if isinstance(profile, dict) else profile
        if isinstance(profile, dict) and profile not in definitions:
            definitions = (*definitions, profile)
        self.found.append(Probe(name, text, faulty is not (name in OVERRULED), url, definitions))

    def pair(self, name: str, bad: Any, good: Any, *definitions: Json, profile: Json | None = None) -> None:
        self.add(name, bad, True, definitions, profile)
        self.add(name + " (valid)", good, False, definitions, profile)


def probes() -> Iterator[Probe]:
    """Every probe."""
    book = _Book()
    for chapter in (_shape, _formats, _cardinality, _choice, _fixed, _ranges, _bindings, _terminology, _invariants):
        chapter(book)
    for chapter in (_references, _contained, _extensions, _bundles, _narrative, _slicing, _profiles, _fhirpath, _xml):
        chapter(book)
    yield from book.found


def _shape(b: _Book) -> None:
    good = patient(name=[{"family": "x", "given": ["y"]}])
    b.pair("unknown element", good | {"foo": 1}, good)
    b.pair("unknown nested element", patient(name=[{"family": "x", "foo": "y"}]), good)
    b.pair("object for array", patient(name={"family": "x"}), good)
    b.pair("string for array of strings", patient(name=[{"given": "y"}]), good)
    b.pair("array for object", patient(maritalStatus=[{"text": "x"}]), patient(maritalStatus={"text": "x"}))
    b.pair("string for object", patient(maritalStatus="x"), patient(maritalStatus={"text": "x"}))
    b.pair("object for string", patient(gender={"value": "male"}), patient(gender="male"))
    b.pair("array for string", patient(gender=["male"]), patient(gender="male"))
    b.pair("empty array", patient(name=[]), good)
    b.add("empty array of primitives", patient(name=[{"family": "x", "given": []}]), False)
    b.add("empty array of siblings", patient(name=[{"given": ["x"], "_given": []}]), False)
    b.pair("sibling that is null", patient(gender="male", _gender=None), patient(gender="male"))
    b.pair("siblings that are null", patient(name=[{"given": ["x"], "_given": None}]), good)
    dar = {"extension": [{"url": BASE + "data-absent-reason", "valueCode": "unknown"}]}
    b.pair("no code where one is required", patient(_gender=dar), patient(_language=dar))
    b.pair("identifier system of another scheme", patient(identifier=[{"system": "HTTP://x.org", "value": "1"}]),
           patient(identifier=[{"system": "http://x.org", "value": "1"}]))
    b.pair("tag of a relative system", patient(meta={"tag": [{"system": "foo", "code": "x"}]}),
           patient(meta={"security": [{"system": "foo", "code": "x"}]}))
    b.pair("type of a reference that it is not", observation(subject={"type": "Practitioner", "reference": "Patient/1"}),
           observation(subject={"type": "Practitioner", "identifier": {"value": "1"}}))
    b.pair("fullUrl in capitals", bundle("collection", entry(patient(id="a"), "HTTP://X.ORG/Patient/a")),
           bundle("collection", entry(patient(id="a"), "resource:0")))
    b.pair("relative reference with a stroke before it", bundle("collection", entry(observation(id="o", subject={"reference": "/Patient/a"}), "http://x.org/Observation/o")),
           bundle("collection", entry(observation(id="o", subject={"reference": "patient/a"}), "http://x.org/Observation/o")))
    b.pair("the whole from outside it", observation(derivedFrom=[{"reference": "#"}]), observation())
    b.pair("line break in a reference", observation(subject={"reference": "Patient/1\n"}),
           observation(subject={"reference": "Patient/1"}))
    b.pair("empty object", patient(name=[{}]), good)
    b.pair("empty object single", patient(maritalStatus={}), patient(maritalStatus={"text": "x"}))
    b.pair("empty string", patient(name=[{"family": ""}]), good)
    b.pair("null value", patient(gender=None), patient(gender="male"))
    b.pair("null in array", patient(name=[None]), good)
    b.pair("null in primitives", patient(name=[{"given": ["a", None]}]), good)
    ext = {"extension": [{"url": BASE + "iso21090-EN-qualifier", "valueCode": "LS"}]}
    b.pair("siblings do not fit", patient(name=[{"given": ["a"], "_given": [None, None]}]),
           patient(name=[{"given": ["a", None], "_given": [None, ext]}]))
    b.pair("sibling is no object", patient(_gender="x", gender="male"), patient(gender="male"))
    b.pair("sibling of complex", patient(maritalStatus={"text": "x"}, _maritalStatus={"id": "x"}), patient())
    b.pair("number for boolean", patient(active=1), patient(active=True))
    b.pair("string for boolean", patient(active="true"), patient(active=True))
    b.pair("string for integer", patient(multipleBirthInteger="1"), patient(multipleBirthInteger=1))
    b.pair("boolean for string", patient(gender=True), patient(gender="male"))
    b.pair("number for string", patient(name=[{"family": 1}]), good)
    b.pair("number for date", patient(birthDate=2020), patient(birthDate="2020"))
    b.pair("string for decimal", observation(valueQuantity={"value": "1.0"}), observation(valueQuantity={"value": 1.0}))
    b.pair("unknown resource", {"resourceType": "Pasient"}, patient())
    b.pair("no resourceType", {"gender": "male"}, patient(gender="male"))
    b.pair("not json", '{"resourceType": "Patient"', '{"resourceType": "Patient"}')
    b.pair("trailing comma", '{"resourceType": "Patient", "active": true,}', '{"resourceType": "Patient", "active": true}')
    b.pair("duplicate key", '{"resourceType":"Patient","active":true,"active":false}', '{"resourceType":"Patient","active":true}')
    b.pair("only an id", patient(name=[{"id": "x"}]), patient(name=[{"id": "x", "family": "y"}]))
    b.pair("wrong case", patient(Gender="male"), patient(gender="male"))
    b.pair("element of a newer version", patient(pronouns="x"), patient())
    b.pair("resourceType in element", patient(maritalStatus={"resourceType": "CodeableConcept", "text": "x"}), patient(maritalStatus={"text": "x"}))
    b.pair("backbone unknown", care_plan(activity=[{"foo": "x"}]), care_plan(activity=[{"detail": {"status": "scheduled"}}]))
    b.pair("parameters value", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueFoo": 1}]},
           {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]})


def _formats(b: _Book) -> None:
    def values(key: str, bad: list[Any], good: list[Any], make: Any = observation) -> None:
        for value in bad:
            b.add(f"{key} {value!r}", make(**{key: value}), True)
        for value in good:
            b.add(f"{key} {value!r} (valid)", make(**{key: value}), False)

    values("birthDate", ["2020-13", "2020-1-1", "20200101", "2020-02-30", "2019-02-29", "2020-01-01T10:00:00Z", "0000", "x", "01-01-2020", "2020-00-10", "2020-04-31"],
           ["2020", "2020-12", "2020-02-29", "0001-01-01"], patient)
    values("valueDateTime", ["2020-01-01T10:00", "2020-01-01T10:00:00", "2020-01-01T25:00:00Z", "2020-01-01T10:60:00Z", "2020-01-01 10:00:00Z", "2020-01-01T10:00:00+15:00", "2020-01-01T10:00Z", "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z", "T10:00:00Z", "2020-01-01T"],
           ["2020", "2020-01", "2020-01-01", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+02:00", "2020-01-01T10:00:00.123-05:00", "2020-01-01T23:59:60Z"])
    values("issued", ["2020", "2020-01-01", "2020-01-01T10:00:00", "2020-01-01T10:00Z"], ["2020-01-01T10:00:00Z", "2020-01-01T10:00:00.123456+01:00"])
    values("valueTime", ["10:00", "24:00:00", "10:60:00", "10:00:00Z", "1:00:00"], ["10:00:00", "23:59:59.999"])
    values("valueInteger", [1.5, 2147483648, -2147483649, "1"], [0, -1, 2147483647, -2147483648])
    values("valueBoolean", ["yes", "true", 0], [True, False])
    values("id", ["a b", "a_b", "å", "x" * 65, "a/b", ""], ["a", "A-1.b", "x" * 64], patient)
    values("status", ["", " final", "final ", "FINAL"], ["final"])
    values("implicitRules", ["a b", ""], ["http://x.org/y", "urn:oid:1.2.3"], patient)
    values("valueString", [""], ["x", "å\nä", "a" * 1000])

    def telecom(rank: Any) -> Json:
        return patient(telecom=[{"system": "phone", "value": "1", "rank": rank}])

    for value in (0, -1, 1.5, "1"):
        b.add(f"positiveInt {value!r}", telecom(value), True)
    b.add("positiveInt (valid)", telecom(1), False)

    def photo(**more: Any) -> Json:
        return patient(photo=[{"contentType": "image/png", **more}])

    for more, faulty in (({"data": "abc"}, True), ({"data": "a?bc"}, True), ({"data": "YWJj"}, False), ({"data": "YW Jj"}, True), ({"size": -1, "url": "http://x.org"}, True),
                         ({"data": "YWJj", "size": 3}, False), ({"data": "YWJj", "size": 4}, True), ({"url": "x y"}, True), ({"url": "http://x.org/a"}, False), ({"hash": "YWJj", "url": "http://x.org"}, False)):
        b.add(f"attachment {more}", photo(**more), faulty)
    for system, faulty in (("urn:oid:1.2.3", False), ("urn:oid:1.02.3", True), ("urn:oid:3.1", True), ("urn:oid:abc", True),
                           ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", False), ("urn:uuid:xyz", True), ("oid:1.2.3", True), ("a b", True), ("http://x.org/a|b", False)):
        b.add(f"identifier system {system}", patient(identifier=[{"system": system, "value": "1"}]), faulty)
    for system in ("foo", "bar/baz"):
        b.add(f"identifier system relative {system}", patient(identifier=[{"system": system, "value": "1"}]), True)
    for value, faulty in ((1.10, False), (-0.5, False), (1e3, False)):
        b.add(f"decimal {value}", observation(valueQuantity={"value": value}), faulty)
    b.add("decimal leading zero", '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":01}}', True)
    b.add("decimal exponent (valid)", '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.5e2}}', False)
    for url, faulty in (("http://x.org/p", True), ("x", True), ("#x", True)):
        b.add(f"instantiatesCanonical {url}", care_plan(instantiatesCanonical=[url]), faulty and url != "http://x.org/p")
    b.add("canonical with version (valid)", care_plan(instantiatesCanonical=["http://x.org/p|1"]), False)
    b.add("uuid uppercase", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueUuid": "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"}]}, True)
    b.add("uuid (valid)", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueUuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]}, False)
    b.add("oid value", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueOid": "1.2.3"}]}, True)
    b.add("oid value (valid)", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueOid": "urn:oid:1.2.3"}]}, False)
    b.add("markdown empty", care_plan(activity=[{"progress": [{"text": ""}]}]), True)
    b.add("markdown (valid)", care_plan(activity=[{"progress": [{"text": "**x**"}]}]), False)
    b.add("unsignedInt negative", {"resourceType": "Bundle", "type": "searchset", "total": -1}, True)
    b.add("unsignedInt (valid)", {"resourceType": "Bundle", "type": "searchset", "total": 0}, False)


def _cardinality(b: _Book) -> None:
    for gone in ("status", "code"):
        bad = observation()
        del bad[gone]
        b.pair(f"observation without {gone}", bad, observation())
    for gone in ("status", "intent", "subject"):
        bad = care_plan()
        del bad[gone]
        b.pair(f"careplan without {gone}", bad, care_plan())
    b.pair("communication without language", patient(communication=[{"preferred": True}]), patient(communication=[{"language": {"text": "x"}}]))
    b.pair("link without type", patient(link=[{"other": {"reference": "Patient/2"}}]), patient(link=[{"other": {"reference": "Patient/2"}, "type": "seealso"}]))
    b.pair("detail without status", care_plan(activity=[{"detail": {"kind": "Task"}}]), care_plan(activity=[{"detail": {"status": "scheduled"}}]))
    p = profile("card-min", "Patient", el("Patient.name", min=1))
    b.pair("profile min 1", patient(), patient(name=[{"text": "x"}]), profile=p)
    p = profile("card-min2", "Patient", el("Patient.name", min=2))
    b.pair("profile min 2", patient(name=[{"text": "x"}]), patient(name=[{"text": "x"}, {"text": "y"}]), profile=p)
    p = profile("card-max1", "Patient", el("Patient.name", max="1"))
    b.pair("profile max 1", patient(name=[{"text": "x"}, {"text": "y"}]), patient(name=[{"text": "x"}]), profile=p)
    p = profile("card-max0", "Patient", el("Patient.name", max="0"))
    b.pair("profile max 0", patient(name=[{"text": "x"}]), patient(gender="male"), profile=p)
    p = profile("card-single0", "Patient", el("Patient.gender", max="0"))
    b.pair("profile max 0 of a single", patient(gender="male"), patient(), profile=p)
    p = profile("card-nested", "Patient", el("Patient.name.family", min=1))
    b.pair("profile nested min", patient(name=[{"text": "x"}]), patient(name=[{"family": "x"}]), profile=p)
    b.add("profile nested min, parent absent (valid)", patient(), False, profile=p)
    p = profile("card-nested0", "Patient", el("Patient.name.suffix", max="0"))
    b.pair("profile nested max 0", patient(name=[{"suffix": ["x"]}]), patient(name=[{"family": "x"}]), profile=p)
    p = profile("card-backbone", "CarePlan", el("CarePlan.activity", min=1), el("CarePlan.activity.reference", min=1))
    b.pair("profile backbone min", care_plan(activity=[{"detail": {"status": "scheduled"}}]), care_plan(activity=[{"reference": {"reference": "Task/1"}}]), profile=p)
    b.add("profile backbone absent", care_plan(), True, profile=p)
    p = profile("card-choice", "Observation", el("Observation.value[x]", min=1))
    b.pair("profile choice min", observation(), observation(valueString="x"), profile=p)
    p = profile("card-identifier", "Patient", el("Patient.identifier.system", min=1), el("Patient.identifier.value", min=1))
    b.pair("profile identifier.system", patient(identifier=[{"value": "x"}]), patient(identifier=[{"system": "http://x.org", "value": "x"}]), profile=p)
    p = profile("card-ext-only", "Patient", el("Patient.birthDate", min=1))
    dar = {"extension": [{"url": BASE + "data-absent-reason", "valueCode": "unknown"}]}
    b.pair("profile min met by an extension", patient(), patient(_birthDate=dar), profile=p)


def _choice(b: _Book) -> None:
    b.pair("two choices", observation(valueString="a", valueInteger=1), observation(valueString="a"))
    b.pair("choice of unknown type", observation(valueFoo="a"), observation(valueString="a"))
    b.pair("choice of a type not allowed", observation(valueAddress={"city": "x"}), observation(valueString="a"))
    b.pair("bare value", observation(value="a"), observation(valueString="a"))
    b.pair("choice by wrong case", observation(valuestring="a"), observation(valueString="a"))
    b.pair("deceased twice", patient(deceasedBoolean=True, deceasedDateTime="2020"), patient(deceasedBoolean=True))
    p = profile("choice-type", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}]))
    b.pair("profile choice type", observation(valueString="a"), observation(valueQuantity={"value": 1}), profile=p)
    p = profile("choice-two", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}, {"code": "string"}]))
    b.pair("profile choice two types", observation(valueInteger=1), observation(valueString="a"), profile=p)
    p = profile("choice-renamed", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}]), el("Observation.value[x].code", min=1))
    b.pair("profile choice child", observation(valueQuantity={"value": 1}), observation(valueQuantity={"value": 1, "code": "mg", "system": "http://unitsofmeasure.org"}), profile=p)
    p = profile("choice-slice", "Observation", el("Observation.value[x]", slicing={"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"}),
                el("Observation.value[x]:valueQuantity", type=[{"code": "Quantity"}]), el("Observation.value[x]:valueQuantity.value", min=1))
    b.pair("profile choice slice", observation(valueQuantity={"code": "mg", "system": "http://unitsofmeasure.org"}), observation(valueQuantity={"value": 1}), profile=p)
    b.add("profile choice slice, another type (valid)", observation(valueString="a"), False, profile=p)
    p = profile("choice-slice-closed", "Observation", el("Observation.value[x]", slicing={"discriminator": [{"type": "type", "path": "$this"}], "rules": "closed"}),
                el("Observation.value[x]:valueQuantity", type=[{"code": "Quantity"}], min=0, max="1"))
    b.pair("profile choice slice closed", observation(valueString="a"), observation(valueQuantity={"value": 1}), profile=p)


def _fixed(b: _Book) -> None:
    p = profile("fixed-code", "Observation", el("Observation.status", fixedCode="final"))
    b.pair("fixed code", observation(status="amended"), observation(), profile=p)
    p = profile("fixed-string", "Patient", el("Patient.name.family", fixedString="X"))
    b.pair("fixed string", patient(name=[{"family": "x"}]), patient(name=[{"family": "X"}]), profile=p)
    p = profile("fixed-uri", "Patient", el("Patient.identifier.system", fixedUri="http://x.org"))
    b.pair("fixed uri", patient(identifier=[{"system": "http://y.org"}]), patient(identifier=[{"system": "http://x.org"}]), profile=p)
    p = profile("fixed-bool", "Patient", el("Patient.active", fixedBoolean=True))
    b.pair("fixed boolean", patient(active=False), patient(active=True), profile=p)
    p = profile("fixed-int", "Observation", el("Observation.value[x]", type=[{"code": "integer"}], fixedInteger=5))
    b.pair("fixed integer", observation(valueInteger=6), observation(valueInteger=5), profile=p)
    p = profile("fixed-date", "Patient", el("Patient.birthDate", fixedDate="2020-01-01"))
    b.pair("fixed date", patient(birthDate="2020-01-02"), patient(birthDate="2020-01-01"), profile=p)
    p = profile("fixed-cc", "Observation", el("Observation.code", fixedCodeableConcept={"coding": [{"system": "http://x.org", "code": "a"}]}))
    exact = {"coding": [{"system": "http://x.org", "code": "a"}]}
    b.pair("fixed concept, more text", observation(code=exact | {"text": "x"}), observation(code=exact), profile=p)
    b.add("fixed concept, other code", observation(code={"coding": [{"system": "http://x.org", "code": "b"}]}), True, profile=p)
    b.add("fixed concept, two codings", observation(code={"coding": exact["coding"] * 2}), True, profile=p)
    b.add("fixed concept, display", observation(code={"coding": [{"system": "http://x.org", "code": "a", "display": "x"}]}), True, profile=p)
    p = profile("fixed-quantity", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}], fixedQuantity={"value": 1, "unit": "x"}))
    b.pair("fixed quantity", observation(valueQuantity={"value": 2, "unit": "x"}), observation(valueQuantity={"value": 1, "unit": "x"}), profile=p)
    p = profile("pattern-cc", "Observation", el("Observation.code", patternCodeableConcept={"coding": [{"system": "http://x.org", "code": "a"}]}))
    b.pair("pattern concept", observation(code={"coding": [{"system": "http://x.org", "code": "b"}]}), observation(code=exact | {"text": "x"}), profile=p)
    b.add("pattern concept, one of two (valid)", observation(code={"coding": [{"system": "http://y.org", "code": "b"}, {"system": "http://x.org", "code": "a", "display": "d"}]}), False, profile=p)
    b.add("pattern concept, split over two", observation(code={"coding": [{"system": "http://x.org", "code": "b"}, {"system": "http://y.org", "code": "a"}]}), True, profile=p)
    b.add("pattern concept, text only", observation(code={"text": "x"}), True, profile=p)
    p = profile("pattern-quantity", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}], patternQuantity={"system": "http://unitsofmeasure.org", "code": "mg"}))
    b.pair("pattern quantity", observation(valueQuantity={"value": 1, "system": "http://unitsofmeasure.org", "code": "g"}), observation(valueQuantity={"value": 1, "system": "http://unitsofmeasure.org", "code": "mg"}), profile=p)
    p = profile("pattern-identifier", "Patient", el("Patient.identifier", patternIdentifier={"system": "http://x.org"}))
    b.pair("pattern identifier", patient(identifier=[{"system": "http://y.org", "value": "1"}]), patient(identifier=[{"system": "http://x.org", "value": "1"}]), profile=p)
    p = profile("pattern-string", "Patient", el("Patient.name.family", patternString="X"))
    b.pair("pattern string", patient(name=[{"family": "XY"}]), patient(name=[{"family": "X"}]), profile=p)
    p = profile("pattern-coding", "Observation", el("Observation.code.coding", patternCoding={"system": "http://x.org"}))
    b.pair("pattern coding on each", observation(code={"coding": [{"system": "http://x.org", "code": "a"}, {"system": "http://y.org", "code": "a"}]}), observation(code=exact), profile=p)


def _ranges(b: _Book) -> None:
    p = profile("range-int", "Observation", el("Observation.value[x]", type=[{"code": "integer"}], minValueInteger=1, maxValueInteger=10))
    b.pair("below minValue", observation(valueInteger=0), observation(valueInteger=1), profile=p)
    b.pair("above maxValue", observation(valueInteger=11), observation(valueInteger=10), profile=p)
    p = profile("range-decimal", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}]), el("Observation.value[x].value", minValueDecimal=0.5, maxValueDecimal=9.5))
    b.pair("decimal below minValue", observation(valueQuantity={"value": 0.4}), observation(valueQuantity={"value": 0.5}), profile=p)
    b.pair("decimal above maxValue", observation(valueQuantity={"value": 9.6}), observation(valueQuantity={"value": 9.5}), profile=p)
    p = profile("range-date", "Patient", el("Patient.birthDate", minValueDate="1900-01-01", maxValueDate="2020-12-31"))
    b.pair("date below minValue", patient(birthDate="1899-12-31"), patient(birthDate="1900-01-01"), profile=p)
    b.pair("date above maxValue", patient(birthDate="2021-01-01"), patient(birthDate="2020-12-31"), profile=p)
    p = profile("range-length", "Patient", el("Patient.name.family", maxLength=3))
    b.pair("maxLength", patient(name=[{"family": "abcd"}]), patient(name=[{"family": "abc"}]), profile=p)


def _bindings(b: _Book) -> None:
    b.pair("required code", patient(gender="m"), patient(gender="male"))
    b.pair("required code case", patient(gender="Male"), patient(gender="male"))
    b.pair("required status", care_plan(status="planned"), care_plan(status="draft"))
    b.pair("required in datatype", patient(telecom=[{"system": "tel", "value": "1"}]), patient(telecom=[{"system": "phone", "value": "1"}]))
    b.pair("required use", patient(name=[{"use": "legal", "text": "x"}]), patient(name=[{"use": "official", "text": "x"}]))
    b.pair("required kind", care_plan(activity=[{"detail": {"status": "scheduled", "kind": "Patient"}}]), care_plan(activity=[{"detail": {"status": "scheduled", "kind": "Task"}}]))
    vs = value_set("req", "a", "b")
    for kind, strength in (("required", "required"), ("extensible", "extensible"), ("preferred", "preferred")):
        p = profile("bind-" + kind, "Observation", el("Observation.code", binding={"strength": strength, "valueSet": vs["url"]}))
        b.add(f"{kind} concept in", observation(code=coded("a")), False, (vs, CODES), p)
        b.add(f"{kind} concept out", observation(code=coded("c")), kind == "required", (vs, CODES), p)
        b.add(f"{kind} concept unknown code", observation(code=coded("zz")), True, (vs, CODES), p)
        b.add(f"{kind} concept of another system", observation(code=coded("a", "http://other.org")), kind == "required", (vs, CODES), p)
        b.add(f"{kind} concept without system", observation(code=coded("a", None)), kind == "required", (vs, CODES), p)
        b.add(f"{kind} concept text only", observation(code={"text": "x"}), kind == "required", (vs, CODES), p)
        b.add(f"{kind} concept wrong case", observation(code=coded("A")), True, (vs, CODES), p)
    p = profile("bind-coding", "Observation", el("Observation.code.coding", binding={"strength": "required", "valueSet": vs["url"]}))
    b.pair("required coding", observation(code=coded("c")), observation(code=coded("b")), vs, CODES, profile=p)
    p = profile("bind-string", "Patient", el("Patient.name.family", binding={"strength": "required", "valueSet": vs["url"]}))
    b.pair("required string", patient(name=[{"family": "c"}]), patient(name=[{"family": "a"}]), vs, CODES, profile=p)
    units = value_set("units", "mg", "g", system="http://unitsofmeasure.org")
    p = profile("bind-quantity", "Observation", el("Observation.value[x]", type=[{"code": "Quantity"}], binding={"strength": "required", "valueSet": units["url"]}))
    unit = {"value": 1, "system": "http://unitsofmeasure.org"}
    b.pair("required unit", observation(valueQuantity=unit | {"code": "kg"}), observation(valueQuantity=unit | {"code": "mg"}), units, profile=p)
    b.add("required unit missing", observation(valueQuantity={"value": 1}), True, (units,), p)
    whole = value_set("whole")
    maximum = {"extension": [{"url": BASE + "elementdefinition-maxValueSet", "valueCanonical": whole["url"]}]}
    p = profile("bind-max", "Observation", el("Observation.code", binding={"strength": "extensible", "valueSet": vs["url"], **maximum}))
    b.pair("max value set", observation(code=coded("a", "http://other.org")), observation(code=coded("c")), vs, whole, CODES, profile=p)
    p = profile("bind-narrow", "Observation", el("Observation.status", binding={"strength": "required", "valueSet": "http://example.org/probe/ValueSet/status"}))
    status = value_set("status", "final", "amended", system="http://hl7.org/fhir/observation-status")
    b.pair("narrowed code", observation(status="registered"), observation(), status, profile=p)
    b.pair("known system, unknown code, no binding strength", observation(category=[coded("zz", "http://terminology.hl7.org/CodeSystem/observation-category")]), observation(category=[coded("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")]))
    b.pair("example binding, unknown code of a known system", patient(maritalStatus=coded("Q", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus")), patient(maritalStatus=coded("M", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus")))
    b.add("unknown system (valid)", observation(code=coded("zz", "http://other.org/cs")), False)
    b.add("loinc code (valid)", observation(code=coded("8867-4", "http://loinc.org")), False)
    b.add("snomed code (valid)", observation(code=coded("271649006", "http://snomed.info/sct")), False)
    b.pair("relative code system", observation(code=coded("a", "foo")), observation(code=coded("a", "http://foo.org")))
    b.pair("value set for system", observation(code=coded("male", "http://hl7.org/fhir/ValueSet/administrative-gender")), observation(code={"text": "x"}))
    b.pair("tag of known system", patient(meta={"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "zz"}]}), patient(meta={"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}]}))
    b.pair("security label", patient(meta={"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "ZZ"}]}), patient(meta={"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}))
    for code, faulty in (("mg", False), ("mgg", True), ("mm[Hg]", False), ("/min", False), ("kg/m2", False), ("10*9/L", False), ("{score}", False), ("mm Hg", True), ("{a}{b}", False), ("mL/min/{1.73_m2}", False),
                         ("Cel", False), ("degC", True), ("%", False), ("10*3/uL", False), ("mmol/L", False), ("U/L", False), ("h", False), ("hour", True), ("d", False), ("wk", False), ("a", False), ("bpm", True), ("beats/min", True), ("[in_i]", False), ("[lb_av]", False), ("ug/dL", False), ("mcg", True), ("cm", False), ("L/min", False), ("1", False), ("kg.m-2", False), ("m2", False), ("((m", True), ("m//s", True), ("[IU]", False), ("[iU]/L", False), ("ng/mL{x}", False), ("mg/dl", False), ("KG", True), ("{", True), ("mmHg", True)):
        b.add(f"ucum {code}", observation(valueQuantity={"value": 1, "system": "http://unitsofmeasure.org", "code": code}), faulty)
    for code, faulty in (("sv", False), ("en-US", False)):
        b.add(f"language {code}", patient(language=code), faulty)
    for kind, faulty in (("image/png", False), ("text/plain; charset=utf-8", False), ("x y", True), ("png", True)):
        b.add(f"mime {kind}", patient(photo=[{"contentType": kind, "url": "http://x.org"}]), faulty)
    money = {"resourceType": "Account", "status": "active", "extension": []}
    del money
    for code, faulty in (("SEK", False), ("XXQ", True)):
        b.add(f"currency {code}", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueMoney": {"value": 1, "currency": code}}]}, faulty)


def _terminology(b: _Book) -> None:
    def bound(name: str, vs: Json, bad: list[str], good: list[str], *more: Json) -> None:
        p = profile("tx-" + name, "Observation", el("Observation.code", binding={"strength": "required", "valueSet": vs["url"]}))
        for code in bad:
            b.add(f"{name} {code}", observation(code=coded(code)), True, (vs, CODES, *more), p)
        for code in good:
            b.add(f"{name} {code} (valid)", observation(code=coded(code)), False, (vs, CODES, *more), p)

    bound("whole system", value_set("tx-whole"), ["zz"], ["a", "a11", "c"])
    is_a = value_set("tx-isa", filter=[{"property": "concept", "op": "is-a", "value": "a"}])
    bound("is-a", is_a, ["b"], ["a", "a1", "a11"])
    below = value_set("tx-below", filter=[{"property": "concept", "op": "descendent-of", "value": "a"}])
    bound("descendent-of", below, ["a", "b"], ["a1", "a11"])
    without = value_set("tx-without") | {}
    without["compose"] = without["compose"] | {"exclude": [{"system": "http://example.org/cs", "concept": [{"code": "b"}]}]}
    bound("exclude", without, ["b"], ["a", "c"])
    one, two = value_set("tx-one", "a"), value_set("tx-two", "a", "b")
    union = value_set("tx-union") | {"compose": {"include": [{"valueSet": [one["url"]]}, {"valueSet": [two["url"]]}]}}
    bound("union of sets", union, ["c"], ["a", "b"], one, two)
    both = value_set("tx-both") | {"compose": {"include": [{"valueSet": [one["url"], two["url"]]}]}}
    bound("intersection of sets", both, ["b", "c"], ["a"], one, two)
    limited = value_set("tx-limited") | {"compose": {"include": [{"system": "http://example.org/cs", "valueSet": [two["url"]]}]}}
    bound("system and set", limited, ["c"], ["a", "b"], two)
    expanded = value_set("tx-expanded", "a")
    del expanded["compose"]
    expanded["expansion"] = {"timestamp": "2020-01-01T00:00:00Z", "contains": [{"system": "http://example.org/cs", "code": "a"}]}
    bound("expansion only", expanded, ["b"], ["a"])


def _invariants(b: _Book) -> None:
    b.pair("pat-1", patient(contact=[{"gender": "male"}]), patient(contact=[{"name": {"text": "x"}}]))
    b.pair("cpt-2", patient(telecom=[{"value": "1"}]), patient(telecom=[{"system": "phone", "value": "1"}]))
    b.pair("per-1", patient(name=[{"text": "x", "period": {"start": "2021", "end": "2020"}}]), patient(name=[{"text": "x", "period": {"start": "2020", "end": "2021"}}]))
    b.pair("per-1 with time", observation(effectivePeriod={"start": "2020-01-01T10:00:00+02:00", "end": "2020-01-01T07:59:59Z"}), observation(effectivePeriod={"start": "2020-01-01T10:00:00+02:00", "end": "2020-01-01T08:00:01Z"}))
    b.pair("per-1 equal", observation(effectivePeriod={"start": "2020-01-02", "end": "2020-01-01"}), observation(effectivePeriod={"start": "2020-01-01", "end": "2020-01-01"}))
    b.pair("qty-3", observation(valueQuantity={"value": 1, "code": "mg"}), observation(valueQuantity={"value": 1, "code": "mg", "system": "http://unitsofmeasure.org"}))
    b.pair("obs-6", observation(valueString="x", dataAbsentReason={"text": "x"}), observation(dataAbsentReason={"text": "x"}))
    b.pair("obs-7", observation(code={"coding": [{"system": "http://x.org", "code": "a"}]}, component=[{"code": {"coding": [{"system": "http://x.org", "code": "a"}]}, "valueString": "x"}], valueString="y"),
           observation(code={"coding": [{"system": "http://x.org", "code": "a"}]}, component=[{"code": {"coding": [{"system": "http://x.org", "code": "b"}]}, "valueString": "x"}]))
    b.pair("obs-3", observation(referenceRange=[{"age": {"low": {"value": 1}}}]), observation(referenceRange=[{"text": "x"}]))
    b.pair("cpl-3", care_plan(activity=[{"reference": {"reference": "Task/1"}, "detail": {"status": "scheduled"}}]), care_plan(activity=[{"reference": {"reference": "Task/1"}}]))
    b.pair("org-1", {"resourceType": "Organization", "active": True}, {"resourceType": "Organization", "name": "x"})
    b.pair("rng-2", observation(valueRange={"low": {"value": 2}, "high": {"value": 1}}), observation(valueRange={"low": {"value": 1}, "high": {"value": 2}}))
    b.pair("rat-1", observation(valueRatio={"numerator": {"value": 1}}), observation(valueRatio={"numerator": {"value": 1}, "denominator": {"value": 2}}))
    b.pair("sqty-1", observation(referenceRange=[{"low": {"value": 1, "comparator": "<"}}]), observation(referenceRange=[{"low": {"value": 1}}]))
    b.pair("att-1", patient(photo=[{"data": "YWJj"}]), patient(photo=[{"data": "YWJj", "contentType": "image/png"}]))
    b.pair("ctm-1", {"resourceType": "CareTeam", "participant": [{"onBehalfOf": {"reference": "Organization/1"}, "member": {"reference": "Patient/1"}}]},
           {"resourceType": "CareTeam", "participant": [{"onBehalfOf": {"reference": "Organization/1"}, "member": {"reference": "Practitioner/1"}}]})
    timing = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/1"}}
    for name, bad, good in (
        ("tim-1", {"duration": 1}, {"duration": 1, "durationUnit": "h"}),
        ("tim-2", {"period": 1}, {"period": 1, "periodUnit": "d"}),
        ("tim-4", {"duration": -1, "durationUnit": "h"}, {"duration": 1, "durationUnit": "h"}),
        ("tim-6", {"durationMax": 2}, {"durationMax": 2, "duration": 1, "durationUnit": "h"}),
        ("tim-9", {"offset": 5}, {"offset": 5, "when": ["AC"]}),
        ("tim-10", {"timeOfDay": ["10:00:00"], "when": ["AC"]}, {"timeOfDay": ["10:00:00"]}),
    ):
        b.pair(name, timing | {"occurrenceTiming": {"repeat": bad}}, timing | {"occurrenceTiming": {"repeat": good}})
    b.pair("prr-1", timing | {"orderDetail": [{"text": "x"}]}, timing | {"orderDetail": [{"text": "x"}], "code": {"text": "y"}})
    appointment = {"resourceType": "Appointment", "status": "proposed", "participant": [{"status": "accepted", "actor": {"reference": "Patient/1"}}]}
    b.pair("app-1", appointment | {"participant": [{"status": "accepted"}]}, appointment)
    b.pair("app-2", appointment | {"start": "2020-01-01T10:00:00Z"}, appointment | {"start": "2020-01-01T10:00:00Z", "end": "2020-01-01T11:00:00Z"})
    b.pair("app-3", appointment | {"status": "booked"}, appointment | {"status": "booked", "start": "2020-01-01T10:00:00Z", "end": "2020-01-01T11:00:00Z"})
    b.pair("app-4", appointment | {"cancelationReason": {"text": "x"}}, appointment | {"status": "cancelled", "cancelationReason": {"text": "x"}})
    task = {"resourceType": "Task", "status": "requested", "intent": "order"}
    b.pair("inv-1", task | {"lastModified": "2020-01-01T10:00:00Z", "authoredOn": "2020-01-02T10:00:00Z"}, task | {"lastModified": "2020-01-03T10:00:00Z", "authoredOn": "2020-01-02T10:00:00Z"})
    allergy = {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}, "code": {"text": "x"}}
    status = coded("active", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical")
    wrong = coded("entered-in-error", "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification")
    b.pair("ait-1", allergy, allergy | {"clinicalStatus": status})
    b.pair("ait-2", allergy | {"clinicalStatus": status, "verificationStatus": wrong}, allergy | {"verificationStatus": wrong})
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "code": {"text": "x"}}
    active = coded("active", "http://terminology.hl7.org/CodeSystem/condition-clinical")
    b.pair("con-4", condition | {"abatementDateTime": "2020", "clinicalStatus": active}, condition | {"abatementDateTime": "2020", "clinicalStatus": coded("resolved", "http://terminology.hl7.org/CodeSystem/condition-clinical")})
    encounter = {"resourceType": "Encounter", "status": "finished", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}}
    b.add("encounter (valid)", encounter, False)
    b.pair("nutrition", {"resourceType": "NutritionOrder", "status": "active", "intent": "order", "patient": {"reference": "Patient/1"}, "dateTime": "2020"},
           {"resourceType": "NutritionOrder", "status": "active", "intent": "order", "patient": {"reference": "Patient/1"}, "dateTime": "2020", "oralDiet": {"type": [{"text": "x"}]}})
    questionnaire = {"resourceType": "Questionnaire", "status": "draft", "name": "X"}
    b.pair("que-1", questionnaire | {"item": [{"linkId": "1", "type": "group", "text": "x"}]}, questionnaire | {"item": [{"linkId": "1", "type": "string", "text": "x"}]})
    b.pair("que-2", questionnaire | {"item": [{"linkId": "1", "type": "string", "text": "x"}] * 2}, questionnaire | {"item": [{"linkId": "1", "type": "string", "text": "x"}]})
    vs = value_set("inv-vs", "a")
    b.pair("vsd-1", vs | {"compose": {"include": [{"concept": [{"code": "a"}]}]}}, vs)
    subscription = {"resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": "Patient", "channel": {"type": "rest-hook", "payload": "application/fhir+json"}}
    b.pair("subscription payload", subscription | {"channel": {"payload": "x"}}, subscription)
    rule = {"key": "x-1", "severity": "error", "human": "x", "expression": "family.exists() or text.exists()"}
    p = profile("inv-error", "Patient", el("Patient.name", constraint=[rule]))
    b.pair("profile invariant", patient(name=[{"given": ["x"]}]), patient(name=[{"family": "x"}]), profile=p)
    p = profile("inv-warning", "Patient", el("Patient.name", constraint=[rule | {"severity": "warning"}]))
    b.add("profile invariant as warning (valid)", patient(name=[{"given": ["x"]}]), False, profile=p)
    p = profile("inv-root", "Patient", {"path": "Patient.active", "constraint": [rule | {"expression": "$this = true"}]})
    b.pair("invariant on a primitive", patient(active=False), patient(active=True), profile=p)


def _references(b: _Book) -> None:
    b.pair("reference with space", observation(subject={"reference": "Patient/1 2"}), observation(subject={"reference": "Patient/1"}))
    b.pair("fragment not contained", observation(subject={"reference": "#p"}), observation(subject={"reference": "#p"}, contained=[patient(id="p")]))
    b.pair("contained of wrong type", observation(subject={"reference": "#p"}, contained=[{"resourceType": "Practitioner", "id": "p"}]), observation(subject={"reference": "#p"}, contained=[patient(id="p")]))
    b.pair("type that is not allowed", observation(subject={"reference": "Patient/1", "type": "Practitioner"}), observation(subject={"reference": "Patient/1", "type": "Patient"}))
    b.pair("type that is no type", observation(subject={"display": "x", "type": "Foo"}), observation(subject={"display": "x", "type": "Patient"}))
    b.pair("type against reference", observation(subject={"reference": "Patient/1", "type": "Group"}), observation(subject={"reference": "Group/1", "type": "Group"}))
    b.add("urn uuid (valid)", observation(subject={"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}), False)
    b.add("absolute (valid)", observation(subject={"reference": "http://x.org/fhir/Patient/1"}), False)
    b.add("identifier only (valid)", observation(subject={"identifier": {"system": "http://x.org", "value": "1"}}), False)
    b.add("versioned (valid)", observation(subject={"reference": "Patient/1/_history/2"}), False)
    b.add("display only (valid)", observation(subject={"display": "x"}), False)
    b.pair("malformed relative", observation(subject={"reference": "Patient/å"}), observation(subject={"reference": "Patient/a"}))
    b.pair("empty reference", observation(subject={"reference": ""}), observation(subject={"reference": "Patient/a"}))
    p = profile("ref-target", "Observation", el("Observation.subject", type=[{"code": "Reference", "targetProfile": [BASE + "Patient"]}]))
    b.pair("profile target", observation(subject={"reference": "#g"}, contained=[{"resourceType": "Group", "id": "g", "type": "person", "actual": True}]), observation(subject={"reference": "#p"}, contained=[patient(id="p")]), profile=p)
    named = profile("ref-named", "Patient", el("Patient.name", min=1))
    p = profile("ref-profile", "Observation", el("Observation.subject", type=[{"code": "Reference", "targetProfile": [named["url"]]}]))
    b.pair("targetProfile in contained", observation(subject={"reference": "#p"}, contained=[patient(id="p")]), observation(subject={"reference": "#p"}, contained=[patient(id="p", name=[{"text": "x"}])]), named, profile=p)
    url = "http://x.org/fhir/Patient/p"
    both = profile("ref-bundle", "Bundle", el("Bundle.entry.resource", max="1"))
    del both

    def held(subject: Json) -> Json:
        claim = {"meta": {"profile": [p["url"]]}}
        return bundle("collection", entry(observation(id="o", subject={"reference": "Patient/p"}, **claim), "http://x.org/fhir/Observation/o"), entry(subject, url))

    b.pair("targetProfile in a Bundle", held(patient(id="p")), held(patient(id="p", name=[{"text": "x"}])), named, p)
    p = profile("ref-aggregation", "Observation", el("Observation.subject", type=[{"code": "Reference", "targetProfile": [BASE + "Patient"], "aggregation": ["contained"]}]))
    b.pair("aggregation", observation(subject={"reference": "Patient/1"}), observation(subject={"reference": "#p"}, contained=[patient(id="p")]), profile=p)


def _contained(b: _Book) -> None:
    org = {"resourceType": "Organization", "id": "o", "name": "x"}
    use = {"managingOrganization": {"reference": "#o"}}
    good = patient(contained=[org], **use)
    b.pair("dom-3 unused", patient(contained=[org]), good)
    b.pair("contained without id", patient(contained=[{"resourceType": "Organization", "name": "x"}]), good)
    b.pair("dom-2 nested", patient(contained=[org | {"contained": [patient(id="p")], "partOf": {"reference": "#p"}}], **use), good)
    b.pair("dom-4 versionId", patient(contained=[org | {"meta": {"versionId": "1"}}], **use), good)
    b.pair("dom-4 lastUpdated", patient(contained=[org | {"meta": {"lastUpdated": "2020-01-01T00:00:00Z"}}], **use), good)
    b.pair("dom-5 security", patient(contained=[org | {"meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}}], **use), good)
    b.pair("fault in contained", patient(contained=[org | {"foo": 1}], **use), good)
    b.pair("cardinality in contained", patient(contained=[{"resourceType": "Organization", "id": "o"}], **use), good)
    b.pair("two of one id", patient(contained=[org, org], **use), good)
    b.pair("contained of unknown type", patient(contained=[{"resourceType": "Foo", "id": "o"}], **use), good)
    b.pair("contained without type", patient(contained=[{"id": "o", "name": "x"}], **use), good)
    b.add("contained that points out (valid)", observation(contained=[{"resourceType": "Provenance", "id": "p", "target": [{"reference": "#"}], "recorded": "2020-01-01T00:00:00Z", "agent": [{"who": {"display": "x"}}]}]), False)
    b.add("contained by contained (valid)", patient(contained=[org | {"partOf": {"reference": "#o2"}}, org | {"id": "o2"}], **use), False)
    b.add("contained by canonical (valid)", {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#q", "contained": [{"resourceType": "Questionnaire", "id": "q", "status": "draft", "item": [{"linkId": "1", "type": "string", "text": "x"}]}], "item": [{"linkId": "1", "text": "x", "answer": [{"valueString": "x"}]}]}, False)


def _extensions(b: _Book) -> None:
    simple = extension("ext-simple", el("Extension.value[x]", min=1, type=[{"code": "string"}]), context="Patient")
    url = simple["url"]
    good = patient(extension=[{"url": url, "valueString": "x"}])
    b.pair("unknown extension", patient(extension=[{"url": "http://unknown.org/x", "valueString": "x"}]), good, simple)
    b.pair("extension without url", patient(extension=[{"valueString": "x"}]), good, simple)
    b.pair("extension with relative url", patient(extension=[{"url": "x", "valueString": "x"}]), good, simple)
    b.pair("extension of wrong type", patient(extension=[{"url": url, "valueInteger": 1}]), good, simple)
    b.pair("extension without value", patient(extension=[{"url": url}]), good, simple)
    b.pair("extension with value and extension", patient(extension=[{"url": url, "valueString": "x", "extension": [{"url": url, "valueString": "x"}]}]), good, simple)
    b.pair("extension out of context", observation(extension=[{"url": url, "valueString": "x"}]), good, simple)
    b.pair("extension deeper than its context", patient(name=[{"text": "x", "extension": [{"url": url, "valueString": "x"}]}]), good, simple)
    b.pair("extension in modifierExtension", patient(modifierExtension=[{"url": url, "valueString": "x"}]), good, simple)
    b.pair("extension with an unknown property", patient(extension=[{"url": url, "valueString": "x", "foo": 1}]), good, simple)
    modifier = extension("ext-modifier", el("Extension", isModifier=True, isModifierReason="x"), el("Extension.value[x]", type=[{"code": "boolean"}]), context="Patient")
    modifier["differential"]["element"].pop(0)
    b.pair("modifier in extension", patient(extension=[{"url": modifier["url"], "valueBoolean": True}]), patient(modifierExtension=[{"url": modifier["url"], "valueBoolean": True}]), modifier)
    nested = extension("ext-complex", el("Extension.extension", slicing={"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}),
                       el("Extension.extension:part", min=1, max="1"), el("Extension.extension:part.url", fixedUri="part"), el("Extension.extension:part.value[x]", min=1, type=[{"code": "string"}]),
                       el("Extension.value[x]", max="0"))
    whole = {"url": nested["url"], "extension": [{"url": "part", "valueString": "x"}]}
    b.pair("complex: part missing", patient(extension=[{"url": nested["url"], "extension": [{"url": "other", "valueString": "x"}]}]), patient(extension=[whole]), nested)
    b.pair("complex: part of wrong type", patient(extension=[{"url": nested["url"], "extension": [{"url": "part", "valueInteger": 1}]}]), patient(extension=[whole]), nested)
    b.pair("complex: part twice", patient(extension=[{"url": nested["url"], "extension": [{"url": "part", "valueString": "x"}] * 2}]), patient(extension=[whole]), nested)
    b.pair("complex: with value", patient(extension=[{"url": nested["url"], "valueString": "x"}]), patient(extension=[whole]), nested)
    b.pair("complex: unknown part", patient(extension=[whole | {"extension": [*whole["extension"], {"url": "zz", "valueString": "x"}]}]), patient(extension=[whole]), nested)
    on_type = extension("ext-on-type", el("Extension.value[x]", type=[{"code": "string"}]), context="HumanName")
    b.pair("context of a data type", patient(extension=[{"url": on_type["url"], "valueString": "x"}]), patient(name=[{"text": "x", "extension": [{"url": on_type["url"], "valueString": "x"}]}]), on_type)
    on_path = extension("ext-on-path", el("Extension.value[x]", type=[{"code": "string"}]), context="CarePlan.activity")
    b.pair("context of a path", care_plan(extension=[{"url": on_path["url"], "valueString": "x"}]), care_plan(activity=[{"detail": {"status": "scheduled"}, "extension": [{"url": on_path["url"], "valueString": "x"}]}]), on_path)
    on_primitive = extension("ext-on-primitive", el("Extension.value[x]", type=[{"code": "string"}]), context="Patient.birthDate")
    b.pair("context of a primitive", patient(_gender={"extension": [{"url": on_primitive["url"], "valueString": "x"}]}), patient(_birthDate={"extension": [{"url": on_primitive["url"], "valueString": "x"}]}), on_primitive)
    on_extension = extension("ext-on-ext", el("Extension.value[x]", type=[{"code": "string"}]), context={"type": "extension", "expression": nested["url"]})
    b.pair("context of an extension", patient(extension=[{"url": on_extension["url"], "valueString": "x"}]), patient(extension=[{"url": nested["url"], "extension": [{"url": "part", "valueString": "x"}, {"url": on_extension["url"], "valueString": "x"}]}]), on_extension, nested)
    on_path2 = extension("ext-on-fhirpath", el("Extension.value[x]", type=[{"code": "string"}]), context={"type": "fhirpath", "expression": "Patient.contact.where(gender = 'male')"})
    b.pair("context by fhirpath", patient(contact=[{"name": {"text": "x"}, "gender": "female", "extension": [{"url": on_path2["url"], "valueString": "x"}]}]), patient(contact=[{"name": {"text": "x"}, "gender": "male", "extension": [{"url": on_path2["url"], "valueString": "x"}]}]), on_path2)
    on_resource = extension("ext-on-resource", el("Extension.value[x]", type=[{"code": "string"}]), context="DomainResource")
    b.pair("context DomainResource", patient(name=[{"text": "x", "extension": [{"url": on_resource["url"], "valueString": "x"}]}]), patient(extension=[{"url": on_resource["url"], "valueString": "x"}]), on_resource)
    needed = profile("ext-needed", "Patient", el("Patient.extension", slicing={"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}),
                     el("Patient.extension:x", min=1, max="1", type=[{"code": "Extension", "profile": [url]}]))
    b.pair("extension that a profile needs", patient(), good, simple, profile=needed)
    b.pair("extension once in a profile", patient(extension=good["extension"] * 2), good, simple, profile=needed)
    fixed_value = profile("ext-fixed", "Patient", el("Patient.extension:x", type=[{"code": "Extension", "profile": [url]}]), el("Patient.extension:x.value[x]", fixedString="y"))
    b.pair("extension value by profile", good, patient(extension=[{"url": url, "valueString": "y"}]), simple, profile=fixed_value)
    closed = profile("ext-closed", "Patient", el("Patient.extension", slicing={"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"}), el("Patient.extension:x", type=[{"code": "Extension", "profile": [url]}]))
    b.pair("extension outside closed slices", patient(extension=[{"url": BASE + "patient-importance", "valueCodeableConcept": {"text": "x"}}]), good, simple, profile=closed)
    b.pair("core extension", patient(extension=[{"url": BASE + "patient-birthPlace", "valueString": "x"}]), patient(extension=[{"url": BASE + "patient-birthPlace", "valueAddress": {"city": "x"}}]))
    b.pair("core extension binding", patient(_birthDate={"extension": [{"url": BASE + "data-absent-reason", "valueCode": "zz"}]}), patient(_birthDate={"extension": [{"url": BASE + "data-absent-reason", "valueCode": "unknown"}]}))
    b.pair("core extension context", observation(extension=[{"url": BASE + "patient-birthPlace", "valueAddress": {"city": "x"}}]), patient(extension=[{"url": BASE + "patient-birthPlace", "valueAddress": {"city": "x"}}]))
    b.pair("profile as extension", patient(extension=[{"url": BASE + "Patient", "valueString": "x"}]), good, simple)
    coded_ext = extension("ext-coded", el("Extension.value[x]", type=[{"code": "code"}], binding={"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/administrative-gender"}))
    b.pair("extension binding", patient(extension=[{"url": coded_ext["url"], "valueCode": "zz"}]), patient(extension=[{"url": coded_ext["url"], "valueCode": "male"}]), coded_ext)
    ref_ext = extension("ext-ref", el("Extension.value[x]", type=[{"code": "Reference", "targetProfile": [BASE + "Patient"]}]))
    b.pair("extension reference", observation(contained=[{"resourceType": "Organization", "id": "o", "name": "x"}], extension=[{"url": ref_ext["url"], "valueReference": {"reference": "#o"}}]), observation(contained=[patient(id="o")], extension=[{"url": ref_ext["url"], "valueReference": {"reference": "#o"}}]), ref_ext)
    p = profile("ext-no", "Patient", el("Patient.extension", max="0"))
    b.pair("profile forbids extensions", patient(extension=[{"url": BASE + "patient-importance", "valueCodeableConcept": {"text": "x"}}]), patient(), profile=p)


def _bundles(b: _Book) -> None:
    x = "http://x.org/fhir/"
    p = patient(id="p")
    obs = observation(id="o", subject={"reference": "Patient/p"})
    good = bundle("collection", entry(p, x + "Patient/p"), entry(obs, x + "Observation/o"))
    b.add("collection (valid)", good, False)
    b.pair("fullUrl twice", bundle("collection", entry(p, x + "Patient/p"), entry(p, x + "Patient/p")), good)
    b.pair("fullUrl and id differ", bundle("collection", entry(p, x + "Patient/q")), good)
    b.pair("fullUrl and type differ", bundle("collection", entry(p, x + "Observation/p")), good)
    b.pair("fullUrl relative", bundle("collection", entry(p, "Patient/p")), good)
    b.pair("fullUrl missing in collection", bundle("collection", entry(p)), good)
    b.pair("fullUrl of REST without id", bundle("collection", entry(patient(active=True), x + "Patient/p")), good)
    b.add("fullUrl urn (valid)", bundle("collection", entry(patient(active=True), "urn:uuid:c757873d-ec9a-4326-a141-556f43239520")), False)
    b.add("fullUrl urn with id (valid)", bundle("collection", entry(p, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520")), False)
    b.pair("fault in an entry", bundle("collection", entry(p | {"foo": 1}, x + "Patient/p")), good)
    b.pair("no type", {"resourceType": "Bundle", "entry": [entry(p, x + "Patient/p")]}, good)
    b.pair("entry of unknown type", bundle("collection", entry({"resourceType": "Foo"}, x + "Foo/p")), good)
    b.pair("wrong target in the Bundle", bundle("collection", entry({"resourceType": "Organization", "id": "p", "name": "x"}, x + "Organization/p"), entry(observation(id="o", subject={"reference": "Organization/p"}), x + "Observation/o")), good)
    b.pair("link without relation", good | {"link": [{"url": "http://x.org"}]}, good | {"link": [{"relation": "self", "url": "http://x.org"}]})
    b.pair("bdl-1 total", good | {"total": 2}, bundle("searchset", entry(p, x + "Patient/p", search={"mode": "match"}), total=1))
    b.pair("bdl-2 search", bundle("collection", entry(p, x + "Patient/p", search={"mode": "match"})), bundle("searchset", entry(p, x + "Patient/p", search={"mode": "match"})))
    b.pair("bdl-3 request missing", bundle("transaction", entry(p, x + "Patient/p")), bundle("transaction", entry(p, x + "Patient/p", request={"method": "PUT", "url": "Patient/p"})))
    b.pair("bdl-3 request in collection", bundle("collection", entry(p, x + "Patient/p", request={"method": "PUT", "url": "Patient/p"})), good)
    b.pair("bdl-4 response missing", bundle("transaction-response", entry(p, x + "Patient/p")), bundle("transaction-response", entry(p, x + "Patient/p", response={"status": "200"})))
    b.pair("bdl-5 empty entry", bundle("collection", entry(None, x + "Patient/p")), good)
    b.pair("bdl-8 versioned fullUrl", bundle("collection", entry(p, x + "Patient/p/_history/1")), good)
    b.pair("request without url", bundle("transaction", entry(p, request={"method": "POST"})), bundle("transaction", entry(p, request={"method": "POST", "url": "Patient"})))
    b.pair("request of unknown method", bundle("transaction", entry(p, request={"method": "FOO", "url": "Patient"})), bundle("transaction", entry(p, request={"method": "POST", "url": "Patient"})))
    b.add("transaction without fullUrl (valid)", bundle("transaction", entry(p, request={"method": "PUT", "url": "Patient/p"})), False)
    b.add("batch (valid)", bundle("batch", entry(None, None, request={"method": "GET", "url": "Patient/p"})), False)
    b.add("delete (valid)", bundle("transaction", entry(None, None, request={"method": "DELETE", "url": "Patient/p"})), False)
    b.add("empty searchset (valid)", {"resourceType": "Bundle", "type": "searchset", "total": 0}, False)
    b.add("history (valid)", bundle("history", entry(p, x + "Patient/p", request={"method": "PUT", "url": "Patient/p"}, response={"status": "200", "lastModified": "2020-01-01T00:00:00Z"})), False)
    u = "urn:uuid:c757873d-ec9a-4326-a141-556f4323952"
    composition = {"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2020", "title": "x", "author": [{"reference": u + "1"}], "subject": {"reference": u + "2"}}
    doctor, person = {"resourceType": "Practitioner", "active": True}, patient(active=True)
    head = {"identifier": {"system": "http://x.org", "value": "1"}, "timestamp": "2020-01-01T00:00:00Z"}
    document = bundle("document", entry(composition, u + "0"), entry(doctor, u + "1"), entry(person, u + "2"), **head)
    b.add("document (valid)", document, False)
    b.pair("document first", document | {"entry": document["entry"][::-1]}, document)
    b.pair("document without identifier", {k: v for k, v in document.items() if k != "identifier"}, document)
    b.pair("document without timestamp", {k: v for k, v in document.items() if k != "timestamp"}, document)
    b.pair("document without its author", document | {"entry": [document["entry"][0], document["entry"][2]]}, document)
    b.pair("document without its subject", document | {"entry": document["entry"][:2]}, document)
    b.pair("document with an orphan", document | {"entry": [*document["entry"], entry(patient(active=True), u + "9")]}, document)
    b.pair("empty document", {"resourceType": "Bundle", "type": "document", **head}, document)
    section = composition | {"section": [{"title": "x", "entry": [{"reference": u + "7"}], "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}}]}
    b.pair("section entry missing", document | {"entry": [entry(section, u + "0"), *document["entry"][1:]]}, document | {"entry": [entry(section, u + "0"), *document["entry"][1:], entry(observation(), u + "7")]})
    at = {"resourceType": "MessageHeader", "eventUri": "http://x.org/e", "source": {"endpoint": "http://x.org/"}, "focus": [{"reference": "Observation/o"}]}
    seen = entry(observation(id="o", subject={"reference": "Patient/a"}), "http://x.org/Observation/o")
    b.pair("relative reference to an entry of another base",
           bundle("message", entry(at | {"id": "m"}, "http://x.org/MessageHeader/m"), seen, entry(patient(id="a"), "http://y.org/Patient/a")),
           bundle("message", entry(at | {"id": "m"}, "http://x.org/MessageHeader/m"), seen, entry(patient(id="a"), "http://x.org/Patient/a")))
    header = {"resourceType": "MessageHeader", "eventCoding": {"system": "http://x.org/e", "code": "x"}, "source": {"endpoint": "http://x.org/"}, "focus": [{"reference": u + "2"}]}
    message = bundle("message", entry(header, u + "0"), entry(person, u + "2"))
    b.add("message (valid)", message, False)
    b.pair("message first", message | {"entry": message["entry"][::-1]}, message)
    b.pair("message without focus", message | {"entry": message["entry"][:1]}, message)
    b.pair("message with an orphan", message | {"entry": [*message["entry"], entry({"resourceType": "Organization", "name": "x"}, u + "9")]}, message)
    b.pair("empty message", {"resourceType": "Bundle", "type": "message"}, message)
    b.pair("header without source", message | {"entry": [entry({k: v for k, v in header.items() if k != "source"}, u + "0"), message["entry"][1]]}, message)
    b.pair("searchset outcome", bundle("searchset", entry(p, x + "Patient/p", search={"mode": "outcome"})), bundle("searchset", entry({"resourceType": "OperationOutcome", "id": "1", "issue": [{"severity": "error", "code": "invalid"}]}, x + "OperationOutcome/1", search={"mode": "outcome"})))
    b.pair("nested Bundle", bundle("collection", entry(bundle("collection", entry(p | {"foo": 1}, x + "Patient/p")), u + "0")), bundle("collection", entry(good, u + "0")))
    b.pair("reference of wrong type to urn", bundle("collection", entry(doctor, u + "1"), entry(observation(subject={"reference": u + "1"}), u + "0")), bundle("collection", entry(person, u + "1"), entry(observation(subject={"reference": u + "1"}), u + "0")))
    only = profile("bundle-slices", "Bundle", el("Bundle.entry", slicing={"discriminator": [{"type": "type", "path": "resource"}], "rules": "open"}), el("Bundle.entry:patient", min=1, max="1"), el("Bundle.entry:patient.resource", min=1, type=[{"code": "Patient"}]))
    b.pair("Bundle sliced by type", bundle("collection", entry(obs, x + "Observation/o")), good, profile=only)
    b.pair("Bundle sliced by type, two", bundle("collection", entry(p, x + "Patient/p"), entry(patient(id="q"), x + "Patient/q")), good, profile=only)
    named = profile("bundle-named", "Patient", el("Patient.name", min=1))
    by_profile = profile("bundle-by-profile", "Bundle", el("Bundle.entry", slicing={"discriminator": [{"type": "profile", "path": "resource"}], "rules": "open"}), el("Bundle.entry:patient", min=1, max="1"), el("Bundle.entry:patient.resource", min=1, type=[{"code": "Patient", "profile": [named["url"]]}]))
    full = bundle("collection", entry(patient(id="p", name=[{"text": "x"}]), x + "Patient/p"))
    b.pair("Bundle sliced by profile", good, full, named, profile=by_profile)


def _narrative(b: _Book) -> None:
    def text(inner: str, status: str = "generated", *, root: str = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>') -> Json:
        return patient(text={"status": status, "div": root.format(inner)})

    for inner in ("x", "<p>x</p>", "<b>x</b><br/>y", '<table class="a"><tr><td colspan="2">x</td></tr></table>', '<a href="http://x.org">x</a>', "<ul><li>x</li></ul>", '<img src="http://x.org/i.png" alt="x"/>',
                  "x &amp; y", "&lt;x&gt;", "å &#228; x", '<span style="color: red">x</span>', '<p id="a">x</p>', "<h1>x</h1><hr/><pre>y</pre>", '<p lang="sv" xml:lang="sv">x</p>', "<!-- c -->x", '<a name="q">x</a>', "<div>x</div>", "<i>x</i><em>y</em><strong>z</strong><sub>1</sub><sup>2</sup><code>c</code>", '<a href="#a">x</a><p id="a">y</p>', '<a href="mailto:a@b.se">x</a>', "&nbsp;x", '<table border="1"><thead><tr><th scope="col">x</th></tr></thead><tbody><tr><td>y</td></tr></tbody></table>', '<p title="x">x</p>', '<ol type="1"><li>x</li></ol>', "<td>x</td>", '<img src="data:image/png;base64,YWJj" alt="x"/>', '<a href="tel:123">x</a>', '<a href="x.html">x</a>', '<p dir="rtl">x</p>', "<blockquote>x</blockquote><dl><dt>x</dt><dd>y</dd></dl>"):
        b.add(f"narrative {inner[:40]} (valid)", text(inner), False)
    for inner in ("<script>x</script>", "<p onclick='x()'>x</p>", "<form>x</form>", "<iframe>x</iframe>", "<foo>x</foo>", "<p>x", "<p>x</b></p>", "<input/>x", "<object>x</object>", "<style>x</style>x", '<p foo="x">x</p>', "<link/>x", "<base/>x", "<button>x</button>", "<video>x</video>", '<a onmouseover="x">x</a>', "a & b", "a < b", "<head>x</head>", "<body>x</body>", "&foo;", "", "  ", "<p></p>", "<p> </p>", '<a href="javascript:x">x</a>', "<center>x</center>", "<font>x</font>", "<u>x</u>", "<svg>x</svg>", "<nav>x</nav>", "<section>x</section>", '<p data-x="1">x</p>', '<p role="x">x</p>', '<a href="urn:uuid:1">x</a>', '<a href="#nowhere">x</a>', '<p hidden="x">x</p>', '<a href="http://x.org" target="_blank">x</a>', '<p xmlns="http://x.org">x</p>', '<a href="ftp://x.org">x</a>'):
        b.add(f"narrative {inner[:40]}", text(inner), inner not in ('<a href="http://x.org" target="_blank">x</a>',))
    b.pair("narrative without namespace", text("x", root="<div>{}</div>"), text("x"))
    b.pair("narrative root", text("x", root='<p xmlns="http://www.w3.org/1999/xhtml">{}</p>'), text("x"))
    b.pair("narrative plain", text("x", root="{}"), text("x"))
    b.pair("narrative status", text("x", "foo"), text("x", "additional"))
    b.pair("narrative without div", patient(text={"status": "generated"}), text("x"))
    b.pair("narrative without status", patient(text={"div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}), text("x"))
    b.pair("narrative after the div", text("x", root='<div xmlns="http://www.w3.org/1999/xhtml">{}</div>y'), text("x"))
    b.pair("narrative doctype", text("x", root='<!DOCTYPE div><div xmlns="http://www.w3.org/1999/xhtml">{}</div>'), text("x"))


def _sliced(name: str, discriminator: list[Json], *elements: Json, rules: str = "open", ordered: bool = False, path: str = "Patient.identifier", kind: str = "Patient") -> Json:
    slicing = {"discriminator": discriminator, "rules": rules, "ordered": ordered}
    return profile(name, kind, el(path, slicing=slicing), *elements)


def _slicing(b: _Book) -> None:
    by_system = [{"type": "value", "path": "system"}]
    a = (el("Patient.identifier:a", min=1, max="1"), el("Patient.identifier:a.system", min=1, fixedUri="http://a.org"))
    c = (el("Patient.identifier:c", min=0, max="1"), el("Patient.identifier:c.system", min=1, fixedUri="http://c.org"))
    ia, ic, iz = ({"system": f"http://{n}.org", "value": "1"} for n in "acz")
    p = _sliced("slice-open", by_system, *a, *c)
    b.pair("slice min", patient(identifier=[ic]), patient(identifier=[ia]), profile=p)
    b.pair("slice max", patient(identifier=[ia, ia]), patient(identifier=[ia, ic]), profile=p)
    b.add("slice open (valid)", patient(identifier=[iz, ia, iz]), False, profile=p)
    b.add("slice min, element absent", patient(), True, profile=p)
    p = _sliced("slice-closed", by_system, *a, *c, rules="closed")
    b.pair("slice closed", patient(identifier=[ia, iz]), patient(identifier=[ia, ic]), profile=p)
    p = _sliced("slice-end", by_system, *a, *c, rules="openAtEnd")
    b.pair("slice openAtEnd", patient(identifier=[iz, ia]), patient(identifier=[ia, iz]), profile=p)
    p = _sliced("slice-ordered", by_system, *a, *c, ordered=True)
    b.pair("slice ordered", patient(identifier=[ic, ia]), patient(identifier=[ia, ic]), profile=p)
    p = _sliced("slice-children", by_system, *a, el("Patient.identifier:a.value", min=1), el("Patient.identifier:a.period", max="0"))
    b.pair("slice child min", patient(identifier=[{"system": "http://a.org"}]), patient(identifier=[ia]), profile=p)
    b.pair("slice child max", patient(identifier=[ia | {"period": {"start": "2020"}}]), patient(identifier=[ia, iz | {"period": {"start": "2020"}}]), profile=p)
    p = _sliced("slice-child-inv", by_system, *a, el("Patient.identifier:a.value", constraint=[{"key": "s-1", "severity": "error", "human": "x", "expression": "length() = 3"}]))
    b.pair("slice child invariant", patient(identifier=[ia]), patient(identifier=[ia | {"value": "123"}, iz]), profile=p)
    p = _sliced("slice-pattern", [{"type": "pattern", "path": "type"}], el("Patient.identifier:a", max="1"), el("Patient.identifier:a.type", min=1, patternCodeableConcept=coded("a")), el("Patient.identifier:a.value", min=1))
    b.pair("slice by pattern", patient(identifier=[{"type": coded("a")}]), patient(identifier=[{"type": coded("a"), "value": "1"}, {"type": coded("b")}]), CODES, profile=p)
    p = _sliced("slice-value-pattern", [{"type": "value", "path": "type"}], el("Patient.identifier:a", max="1"), el("Patient.identifier:a.type", min=1, patternCodeableConcept=coded("a")), el("Patient.identifier:a.value", min=1))
    b.pair("slice by value with pattern", patient(identifier=[{"type": coded("a")}]), patient(identifier=[{"type": coded("a"), "value": "1"}]), CODES, profile=p)
    p = _sliced("slice-deep", [{"type": "value", "path": "coding.code"}], el("Observation.category:a", min=1, max="1"), el("Observation.category:a.coding", min=1), el("Observation.category:a.coding.code", min=1, fixedCode="a"), el("Observation.category:a.text", min=1), path="Observation.category", kind="Observation")
    b.pair("slice by deep value", observation(category=[coded("a")]), observation(category=[coded("a") | {"text": "x"}]), CODES, profile=p)
    b.add("slice by deep value, missing", observation(category=[coded("b")]), True, (CODES,), p)
    p = _sliced("slice-this", [{"type": "pattern", "path": "$this"}], el("Observation.category:a", min=1, max="1", patternCodeableConcept=coded("a")), path="Observation.category", kind="Observation")
    b.pair("slice by $this", observation(category=[coded("b")]), observation(category=[coded("b"), coded("a")]), CODES, profile=p)
    p = _sliced("slice-this-value", [{"type": "value", "path": "$this"}], el("Observation.category:a", min=1, max="1", fixedCodeableConcept=coded("a")), path="Observation.category", kind="Observation")
    b.pair("slice by fixed $this", observation(category=[coded("b")]), observation(category=[coded("b"), coded("a")]), CODES, profile=p)
    p = _sliced("slice-primitive", [{"type": "value", "path": "$this"}], el("Patient.name.given:a", min=1, max="1", fixedString="A"), path="Patient.name.given")
    b.pair("slice of primitives", patient(name=[{"given": ["B"]}]), patient(name=[{"given": ["B", "A"]}]), profile=p)
    p = _sliced("slice-exists", [{"type": "exists", "path": "period"}], el("Patient.identifier:old", max="1"), el("Patient.identifier:old.period", min=1), el("Patient.identifier:new", max="1"), el("Patient.identifier:new.value", min=1), el("Patient.identifier:new.period", max="0"))
    b.pair("slice by exists", patient(identifier=[{"system": "http://a.org"}]), patient(identifier=[{"period": {"start": "2020"}}, ia]), profile=p)
    b.pair("slice by exists, two", patient(identifier=[{"period": {"start": "2020"}}] * 2), patient(identifier=[{"period": {"start": "2020"}}]), profile=p)
    two = [{"type": "value", "path": "system"}, {"type": "value", "path": "use"}]
    p = _sliced("slice-two", two, *a, el("Patient.identifier:a.use", min=1, fixedCode="official"))
    b.pair("slice by two", patient(identifier=[ia | {"use": "old"}]), patient(identifier=[ia | {"use": "official"}]), profile=p)
    vs = value_set("slice-vs", "a", "a1")
    p = _sliced("slice-binding", [{"type": "value", "path": "type"}], el("Patient.identifier:a", max="1"), el("Patient.identifier:a.type", min=1, binding={"strength": "required", "valueSet": vs["url"]}), el("Patient.identifier:a.value", min=1))
    b.pair("slice by binding", patient(identifier=[{"type": coded("a1")}]), patient(identifier=[{"type": coded("a1"), "value": "1"}, {"type": coded("b")}]), CODES, vs, profile=p)
    p = _sliced("slice-default", by_system, *a, el("Patient.identifier:@default", min=0, max="*"), el("Patient.identifier:@default.value", min=1), rules="closed")
    b.pair("slice default", patient(identifier=[ia, {"system": "http://z.org"}]), patient(identifier=[ia, iz]), profile=p)
    p = profile("reslice", "Patient", el("Patient.identifier", slicing={"discriminator": by_system, "rules": "open"}), el("Patient.identifier:a", slicing={"discriminator": [{"type": "value", "path": "use"}], "rules": "open"}, min=0, max="*"), el("Patient.identifier:a.system", min=1, fixedUri="http://a.org"),
                el("Patient.identifier:a/x", min=1, max="1"), el("Patient.identifier:a/x.use", min=1, fixedCode="official"))
    b.pair("reslice min", patient(identifier=[ia]), patient(identifier=[ia | {"use": "official"}, ia]), profile=p)
    b.pair("reslice max", patient(identifier=[ia | {"use": "official"}] * 2), patient(identifier=[ia | {"use": "official"}]), profile=p)
    by_type = _sliced("slice-resolve", [{"type": "type", "path": "resolve()"}], el("Observation.performer:p", max="1", type=[{"code": "Reference", "targetProfile": [BASE + "Practitioner"]}]), path="Observation.performer", kind="Observation")
    doctor = {"resourceType": "Practitioner", "id": "d"}
    b.pair("slice by resolve()", observation(performer=[{"reference": "#d"}, {"reference": "#e"}], contained=[doctor, doctor | {"id": "e"}]), observation(performer=[{"reference": "#d"}], contained=[doctor]), profile=by_type)
    ext = extension("slice-ext", el("Extension.value[x]", min=1, type=[{"code": "code"}]))
    p = _sliced("slice-by-ext", [{"type": "value", "path": f"extension('{ext['url']}').value"}], el("Patient.name:x", max="1"), el("Patient.name:x.extension", min=1), el("Patient.name:x.extension:q", min=1, max="1", type=[{"code": "Extension", "profile": [ext["url"]]}]), el("Patient.name:x.extension:q.value[x]", min=1, fixedCode="q"), el("Patient.name:x.family", min=1), path="Patient.name")
    tagged = {"extension": [{"url": ext["url"], "valueCode": "q"}]}
    b.pair("slice by extension", patient(name=[tagged | {"text": "x"}]), patient(name=[tagged | {"family": "x"}, {"text": "y"}]), ext, profile=p)
    p = _sliced("slice-coding", [{"type": "value", "path": "system"}], el("Observation.code.coding:l", min=1, max="1"), el("Observation.code.coding:l.system", min=1, fixedUri="http://loinc.org"), el("Observation.code.coding:l.code", min=1), path="Observation.code.coding", kind="Observation")
    b.pair("slice of codings", observation(code=coded("a")), observation(code={"coding": [{"system": "http://loinc.org", "code": "8867-4"}, *coded("a")["coding"]]}), CODES, profile=p)
    p = _sliced("slice-component", [{"type": "pattern", "path": "code"}], el("Observation.component:s", min=1, max="1"), el("Observation.component:s.code", patternCodeableConcept=coded("a")), el("Observation.component:s.value[x]", min=1, type=[{"code": "Quantity"}]), path="Observation.component", kind="Observation")
    b.pair("slice of components", observation(component=[{"code": coded("a"), "valueString": "x"}]), observation(component=[{"code": coded("a"), "valueQuantity": {"value": 1}}, {"code": coded("b"), "valueString": "x"}]), CODES, profile=p)
    b.add("slice of components, missing", observation(component=[{"code": coded("b"), "valueString": "x"}]), True, (CODES,), p)
    p = _sliced("slice-total", by_system, el("Patient.identifier:a", max="*"), el("Patient.identifier:a.system", min=1, fixedUri="http://a.org"))
    p["differential"]["element"][1] |= {"max": "2"}
    b.pair("max over all slices", patient(identifier=[ia, iz, ic]), patient(identifier=[ia, iz]), profile=p)
    p = _sliced("slice-telecom", [{"type": "value", "path": "system"}, {"type": "value", "path": "use"}], el("Patient.telecom:home", max="1"), el("Patient.telecom:home.system", min=1, patternCode="phone"), el("Patient.telecom:home.use", min=1, patternCode="home"), path="Patient.telecom")
    phone = {"system": "phone", "value": "1", "use": "home"}
    b.pair("slice by pattern codes", patient(telecom=[phone, phone]), patient(telecom=[phone, phone | {"use": "work"}]), profile=p)


def _profiles(b: _Book) -> None:
    parent = profile("deriv-parent", "Patient", el("Patient.name", min=1))
    child = profile("deriv-child", "Patient", el("Patient.gender", min=1), baseDefinition=parent["url"])
    b.pair("derived: rule of the parent", patient(gender="male"), patient(gender="male", name=[{"text": "x"}]), parent, profile=child)
    b.pair("derived: own rule", patient(name=[{"text": "x"}]), patient(gender="male", name=[{"text": "x"}]), parent, profile=child)
    p = profile("claimed", "Patient", el("Patient.name", min=1))
    claim = {"meta": {"profile": [p["url"]]}}
    b.pair("claimed profile", patient(**claim), patient(name=[{"text": "x"}], **claim), p)
    b.pair("claimed unknown profile", patient(meta={"profile": ["http://unknown.org/p"]}), patient(name=[{"text": "x"}], **claim), p)
    b.pair("claimed profile of another type", observation(**claim), patient(name=[{"text": "x"}], **claim), p)
    b.pair("claimed base type", patient(meta={"profile": [BASE + "Observation"]}), patient(meta={"profile": [BASE + "Patient"]}))
    typed = profile("dt-identifier", "Identifier", el("Identifier.system", min=1, fixedUri="http://a.org"), el("Identifier.value", min=1))
    p = profile("type-profile", "Patient", el("Patient.identifier", type=[{"code": "Identifier", "profile": [typed["url"]]}]))
    b.pair("profile on a type", patient(identifier=[{"system": "http://b.org", "value": "1"}]), patient(identifier=[{"system": "http://a.org", "value": "1"}]), typed, profile=p)
    other = profile("dt-identifier2", "Identifier", el("Identifier.system", min=1, fixedUri="http://b.org"))
    p = profile("type-profiles", "Patient", el("Patient.identifier", type=[{"code": "Identifier", "profile": [typed["url"], other["url"]]}]))
    b.pair("one of two profiles on a type", patient(identifier=[{"system": "http://c.org", "value": "1"}]), patient(identifier=[{"system": "http://b.org", "value": "1"}]), typed, other, profile=p)
    p = profile("type-slices", "Patient", el("Patient.identifier", slicing={"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}), el("Patient.identifier:a", min=1, max="1", type=[{"code": "Identifier", "profile": [typed["url"]]}]))
    b.pair("slice with a profile on its type", patient(identifier=[{"system": "http://a.org"}]), patient(identifier=[{"system": "http://a.org", "value": "1"}]), typed, profile=p)
    named = profile("res-named", "Patient", el("Patient.name", min=1))
    p = profile("contained-profile", "Observation", el("Observation.contained", type=[{"code": "Patient", "profile": [named["url"]]}]))
    b.pair("profile on contained", observation(subject={"reference": "#p"}, contained=[patient(id="p")]), observation(subject={"reference": "#p"}, contained=[patient(id="p", name=[{"text": "x"}])]), named, profile=p)
    vitals = observation(category=[coded("vital-signs", "http://terminology.hl7.org/CodeSystem/observation-category")], subject={"reference": "Patient/1"}, effectiveDateTime="2020-01-01", code=coded("8867-4", "http://loinc.org"), valueQuantity={"value": 1, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"})
    claim = {"meta": {"profile": [BASE + "heartrate"]}}
    b.pair("core profile heartrate", vitals | claim | {"valueQuantity": {"value": 1, "unit": "x"}}, vitals | claim)
    without = deepcopy(vitals) | claim
    del without["category"]
    b.pair("core profile heartrate category", without, vitals | claim)
    p = profile("ms", "Patient", el("Patient.name", mustSupport=True))
    b.add("mustSupport says nothing (valid)", patient(), False, profile=p)
    p = profile("content-ref", "Questionnaire", el("Questionnaire.item.item.prefix", min=1))
    inner = {"linkId": "2", "type": "string", "text": "x"}
    q = {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "group", "text": "x", "item": [inner]}]}
    b.pair("contentReference child", q, q | {"item": [q["item"][0] | {"item": [inner | {"prefix": "1"}]}]}, profile=p)
    bad = deepcopy(q)
    bad["item"][0]["item"][0]["foo"] = 1
    b.pair("unknown in a contentReference", bad, q)


def _fhirpath(b: _Book) -> None:
    def rule(name: str, expression: str, bad: Json, good: Json, path: str = "Patient", *definitions: Json) -> None:
        constraint = {"key": "fp-1", "severity": "error", "human": "x", "expression": expression}
        kind = path.partition(".")[0]
        elements = [el(path, constraint=[constraint])]
        made = profile("fp-" + name, kind, *elements)
        if path == kind:
            made["differential"]["element"].pop(0)
        b.pair("fhirpath " + name, bad, good, *definitions, profile=made)

    n = lambda *names: patient(name=[{"family": f} for f in names])  # noqa: E731 a word
    rule("exists", "name.exists()", patient(), n("x"))
    rule("exists-criteria", "name.exists(family = 'x')", n("y"), n("y", "x"))
    rule("all", "name.all(family.exists())", patient(name=[{"text": "x"}]), n("x"))
    rule("count", "name.count() = 2", n("x"), n("x", "y"))
    rule("where", "name.where(family = 'x').count() = 1", n("y"), n("x", "y"))
    rule("first", "name.first().family = 'x'", n("y", "x"), n("x", "y"))
    rule("last", "name.last().family = 'x'", n("x", "y"), n("y", "x"))
    rule("tail", "name.tail().family = 'x'", n("x", "y"), n("y", "x"))
    rule("skip-take", "name.skip(1).take(1).family = 'x'", n("x", "y", "z"), n("y", "x", "z"))
    rule("index", "name[1].family = 'x'", n("x", "y"), n("y", "x"))
    rule("distinct", "name.family.isDistinct()", n("x", "x"), n("x", "y"))
    rule("distinct-count", "name.family.distinct().count() = 2", n("x", "x"), n("x", "y", "x"))
    rule("union", "(name.family | name.given).count() = 2", patient(name=[{"family": "x", "given": ["x"]}]), patient(name=[{"family": "x", "given": ["y"]}]))
    rule("combine", "name.family.combine(name.given).count() = 2", patient(name=[{"family": "x"}]), patient(name=[{"family": "x", "given": ["x"]}]))
    rule("intersect", "name.family.intersect(name.given).exists()", patient(name=[{"family": "x", "given": ["y"]}]), patient(name=[{"family": "x", "given": ["x"]}]))
    rule("exclude", "name.family.exclude('x').exists()", n("x"), n("x", "y"))
    rule("select", "name.select(family + 'z').first() = 'xz'", n("y"), n("x"))
    rule("repeat", "contact.repeat($this.name).exists()", patient(contact=[{"gender": "male", "telecom": [{"system": "phone", "value": "1"}]}]), patient(contact=[{"name": {"text": "x"}}]))
    rule("ofType", "deceased.ofType(boolean).exists()", patient(deceasedDateTime="2020"), patient(deceasedBoolean=True))
    rule("is", "deceased is dateTime", patient(deceasedBoolean=True), patient(deceasedDateTime="2020"))
    rule("as", "(deceased as boolean) = true", patient(deceasedBoolean=False), patient(deceasedBoolean=True))
    rule("implies", "gender.exists() implies birthDate.exists()", patient(gender="male"), patient(gender="male", birthDate="2020"))
    rule("xor", "gender.exists() xor birthDate.exists()", patient(gender="male", birthDate="2020"), patient(gender="male"))
    rule("or", "gender = 'male' or birthDate.exists()", patient(gender="female"), patient(gender="male"))
    rule("and", "gender = 'male' and birthDate.exists()", patient(gender="male"), patient(gender="male", birthDate="2020"))
    rule("not", "gender.exists().not()", patient(gender="male"), patient())
    rule("in", "gender in ('male' | 'female')", patient(gender="other"), patient(gender="male"))
    rule("contains", "name.family contains 'x'", n("y"), n("y", "x"))
    rule("equivalent", "name.first().family ~ 'X'", n("y"), n("x"))
    rule("notequal", "gender != 'male'", patient(gender="male"), patient(gender="female"))
    rule("starts", "name.all(family.startsWith('x'))", n("yx"), n("xy"))
    rule("ends", "name.all(family.endsWith('x'))", n("xy"), n("yx"))
    rule("contains-string", "name.all(family.contains('b'))", n("ac"), n("abc"))
    rule("matches", "name.all(family.matches('^[a-z]+$'))", n("A1"), n("abc"))
    rule("replace", "name.first().family.replace('a', 'b') = 'bb'", n("ac"), n("ab"))
    rule("replaceMatches", "name.first().family.replaceMatches('[0-9]', '') = 'a'", n("b1"), n("a1"))
    rule("length", "name.first().family.length() > 2", n("ab"), n("abc"))
    rule("substring", "name.first().family.substring(1, 1) = 'b'", n("ac"), n("abc"))
    rule("indexOf", "name.first().family.indexOf('b') = 1", n("ba"), n("ab"))
    rule("upper", "name.first().family.upper() = 'AB'", n("ac"), n("ab"))
    rule("split", "name.first().family.split('-').count() = 2", n("ab"), n("a-b"))
    rule("trim", "name.first().family.trim() = 'a'", n("b"), n("a"))
    rule("toInteger", "name.first().family.toInteger() > 5", n("4"), n("6"))
    rule("convertsToInteger", "name.first().family.convertsToInteger()", n("x"), n("6"))
    rule("toString", "multipleBirth.toString() = '2'", patient(multipleBirthInteger=3), patient(multipleBirthInteger=2))
    rule("compare-date", "birthDate <= @2020-01-01", patient(birthDate="2020-01-02"), patient(birthDate="2020-01-01"))
    rule("compare-date-precision", "birthDate < @2020-06", patient(birthDate="2020-07-01"), patient(birthDate="2020-05-01"))
    rule("date-arithmetic", "birthDate + 1 year >= @2020-01-01", patient(birthDate="2018-12-31"), patient(birthDate="2019-01-01"))
    rule("today", "birthDate <= today()", patient(birthDate="2999-01-01"), patient(birthDate="2000-01-01"))
    rule("now", "deceased.ofType(dateTime) <= now()", patient(deceasedDateTime="2999-01-01T00:00:00Z"), patient(deceasedDateTime="2000-01-01T00:00:00Z"))
    rule("math", "multipleBirth * 2 + 1 = 5", patient(multipleBirthInteger=3), patient(multipleBirthInteger=2))
    rule("div-mod", "multipleBirth mod 2 = 0 and multipleBirth div 2 = 2", patient(multipleBirthInteger=6), patient(multipleBirthInteger=4))
    rule("abs", "(multipleBirth - 5).abs() = 2", patient(multipleBirthInteger=4), patient(multipleBirthInteger=3))
    rule("iif", "iif(gender = 'male', birthDate.exists(), true)", patient(gender="male"), patient(gender="female"))
    rule("this", "name.family.all($this = 'x')", n("x", "y"), n("x", "x"))
    rule("index-var", "name.where($index = 1).family = 'x'", n("x", "y"), n("y", "x"))
    rule("hasValue", "birthDate.hasValue()", patient(_birthDate={"extension": [{"url": BASE + "data-absent-reason", "valueCode": "unknown"}]}), patient(birthDate="2020"))
    rule("extension-fn", f"birthDate.extension('{BASE}patient-birthTime').exists()", patient(birthDate="2020"), patient(birthDate="2020", _birthDate={"extension": [{"url": BASE + "patient-birthTime", "valueDateTime": "2020-01-01T00:00:00Z"}]}))
    rule("resolve", "managingOrganization.resolve().name = 'x'", patient(managingOrganization={"reference": "#o"}, contained=[{"resourceType": "Organization", "id": "o", "name": "y"}]), patient(managingOrganization={"reference": "#o"}, contained=[{"resourceType": "Organization", "id": "o", "name": "x"}]))
    rule("resolve-is", "subject.resolve() is Patient", observation(subject={"reference": "#o"}, contained=[{"resourceType": "Group", "id": "o", "type": "person", "actual": True}]), observation(subject={"reference": "#o"}, contained=[patient(id="o")]), "Observation")
    rule("resource-var", "%resource.active = true", patient(name=[{"text": "x"}], active=False), patient(name=[{"text": "x"}], active=True), "Patient.name")
    rule("context-var", "%context.family.exists()", patient(name=[{"text": "x"}]), n("x"), "Patient.name")
    rule("descendants", "descendants().where($this is Period).exists()", n("x"), patient(name=[{"family": "x", "period": {"start": "2020"}}]))
    rule("children", "children().count() = 2", patient(name=[{"family": "x"}]), patient(name=[{"family": "x", "text": "y"}]), "Patient.name")
    rule("memberOf", "gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender') and gender != 'other'", patient(gender="other"), patient(gender="male"))
    named = profile("fp-named", "Patient", el("Patient.name", min=1))
    rule("conformsTo", f"conformsTo('{named['url']}')", patient(), n("x"), "Patient", named)
    rule("aggregate", "name.aggregate($this.given.count() + $total, 0) = 2", patient(name=[{"given": ["a"]}]), patient(name=[{"given": ["a"]}, {"given": ["b"]}]))
    rule("trace", "name.trace('x').exists()", patient(), n("x"))
    rule("join", "name.given.join(',') = 'a,b'", patient(name=[{"given": ["a"]}]), patient(name=[{"given": ["a", "b"]}]))
    rule("allTrue", "name.select(family.exists()).allTrue()", patient(name=[{"text": "x"}]), n("x"))
    rule("subsetOf", "name.given.subsetOf('a' | 'b')", patient(name=[{"given": ["c"]}]), patient(name=[{"given": ["a"]}]))
    rule("empty-is-false", "birthDate > @2000-01-01", patient(), patient(birthDate="2020-01-01"))
    rule("quantity", "value.ofType(Quantity) > 5 'mg'", observation(valueQuantity={"value": 4, "system": "http://unitsofmeasure.org", "code": "mg"}), observation(valueQuantity={"value": 6, "system": "http://unitsofmeasure.org", "code": "mg"}), "Observation")
    rule("quantity-value", "value.value >= 1 and value.value < 10", observation(valueQuantity={"value": 10}), observation(valueQuantity={"value": 1.5}), "Observation")
    rule("singleton-as-true", "name", patient(), n("x"))
    rule("concat", "name.first().family & name.first().text = 'x'", n("y"), n("x"))
    rule("type", "value.type().name = 'Quantity'", observation(valueString="x"), observation(valueQuantity={"value": 1}), "Observation")
    rule("decimal", "value.value = 1.0", observation(valueQuantity={"value": 1.5}), observation(valueQuantity={"value": 1}), "Observation")
    rule("bundle-of", "gender.empty() or gender.toString() in 'male'", patient(gender="female"), patient(gender="male"))
    rule("brackets", "(name.family.first() = 'x' or name.family.first() = 'y') and gender.empty()", n("z"), n("y"))
    rule("personnummer", "identifier.where(system = 'http://x.org').all(value.matches('^[0-9]{12}$'))", patient(identifier=[{"system": "http://x.org", "value": "19121212-1212"}]), patient(identifier=[{"system": "http://x.org", "value": "191212121212"}]))


def _xml(b: _Book) -> None:
    def x(inner: str, root: str = '<Patient xmlns="http://hl7.org/fhir">{}</Patient>') -> str:
        return root.format(inner)

    good = x('<active value="true"/><name><family value="x"/></name><gender value="male"/>')
    for name, bad in (
        ("order", x('<gender value="male"/><active value="true"/>')),
        ("unknown element", x('<foo value="x"/>')),
        ("unknown attribute", x('<active value="true" foo="x"/>')),
        ("text", x('<active value="true">x</active>')),
        ("namespace", x('<active value="true"/>', '<Patient xmlns="http://x.org">{}</Patient>')),
        ("no namespace", x('<active value="true"/>', "<Patient>{}</Patient>")),
        ("not closed", x('<active value="true">')),
        ("twice", x('<active value="true"/><active value="true"/>')),
        ("empty value", x('<gender value=""/>')),
        ("no value", x("<gender/>")),
        ("boolean", x('<active value="yes"/>')),
        ("integer", x('<multipleBirthInteger value="x"/>')),
        ("code", x('<gender value="m"/>')),
        ("unknown root", x("", '<Foo xmlns="http://hl7.org/fhir">{}</Foo>')),
        ("doctype", '<!DOCTYPE Patient [<!ENTITY a "b">]>' + x('<name><family value="&a;"/></name>')),
        ("attribute on backbone", x('<contact foo="x"><name><text value="x"/></name></contact>')),
        ("empty element", x("<name/>")),
        ("value on complex", x('<name value="x"/>')),
        ("two choices", x('<deceasedBoolean value="true"/><deceasedDateTime value="2020"/>')),
        ("div namespace", x('<text><status value="generated"/><div>x</div></text>')),
        ("narrative", x('<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div></text>')),
        ("schemaLocation", x("", '<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir ../fhir.xsd"><active value="true"/>{}</Patient>')),
    ):
        b.pair("xml " + name, bad, good)
    for name, fine in (
        ("narrative", x('<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></text>')),
        ("comment", x('<!-- x --><active value="true"/>')),
        ("prefix", '<f:Patient xmlns:f="http://hl7.org/fhir"><f:active value="true"/></f:Patient>'),
        ("id", x('<id value="x"/><name id="a"><family value="x"/></name>')),
        ("extension", x(f'<extension url="{BASE}patient-importance"><valueCodeableConcept><text value="x"/></valueCodeableConcept></extension>')),
        ("contained", x('<contained><Organization><id value="o"/><name value="x"/></Organization></contained><managingOrganization><reference value="#o"/></managingOrganization>')),
        ("primitive extension", x(f'<birthDate value="2020"><extension url="{BASE}patient-birthTime"><valueDateTime value="2020-01-01T00:00:00Z"/></extension></birthDate>')),
    ):
        b.add(f"xml {name} (valid)", fine, False)
