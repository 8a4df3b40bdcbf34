"""Write the R4 core tables of ``adapter/validation/core`` from the definitions that HL7 publishes.

Usage: mvn dependency:copy -Dartifact=ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.8.0 -DoutputDirectory=.
       python profiles/build_core_tables.py hapi-fhir-validation-resources-r4-8.8.0.jar

The definitions are HL7's own (FHIR R4, 4.0.1, CC0), as that library carries them unchanged. All prose
is left out: names, paths, cardinalities, types, bindings, fixed values, invariants and codes are kept.
Four zip archives come out, one member a definition, named by its canonical address, so that a reader
opens only what a resource type needs; the names of the resource types are a member of their own.
"""

# ruff: noqa: INP001, E501 -- a command beside the profiles, not a package; one line a command

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapter.validation.core_tables import RESOURCE_TYPES
from adapter.validation.xml_reader import read_xml

Json = dict[str, Any]
FOLDER = "org/hl7/fhir/r4/model/"
TARGET = Path(__file__).parent.parent / "adapter" / "validation" / "core"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = EXTENSION + "structuredefinition-fhir-type"
REGEX = EXTENSION + "regex"
MAX_VALUE_SET = EXTENSION + "elementdefinition-maxValueSet"
BEST_PRACTICE = EXTENSION + "elementdefinition-bestpractice"
EVERYWHERE = {"ele-1", "ext-1"}  # told natively for every element; 13,000 copies of them help nobody
ELEMENT_KEYS = (
    *("id", "path", "sliceName", "slicing", "min", "max", "contentReference", "maxLength"),
    *("isModifier", "representation"),
)
STRUCTURE_KEYS = (
    *("resourceType", "url", "version", "name", "kind", "abstract", "type", "baseDefinition", "derivation"),
    *("context", "contextInvariant"),
)


def element(source: Json) -> Json:
    """One ElementDefinition without what a reader, not a validator, needs."""
    kept = {k: source[k] for k in ELEMENT_KEYS if k in source and source[k] is not False}
    kept |= {k: v for k, v in source.items() if k.startswith(("fixed", "pattern", "minValue", "maxValue"))}
    if "slicing" in kept:
        kept["slicing"] = {
            k: v for k, v in kept["slicing"].items() if k in ("discriminator", "rules", "ordered")
        }
    if "base" in source:
        kept["base"] = {"max": source["base"]["max"]}
    if types := [type_of(t) for t in source.get("type", [])]:
        kept["type"] = types
    if binding := source.get("binding"):
        kept["binding"] = {k: binding[k] for k in ("strength", "valueSet") if k in binding} | extensions(
            binding, MAX_VALUE_SET
        )
    if constraints := [constraint(c) for c in source.get("constraint", []) if c["key"] not in EVERYWHERE]:
        kept["constraint"] = constraints
    return kept


def extensions(source: Json, *urls: str) -> Json:
    """The extensions of an element that a validator reads."""
    kept = [e for e in source.get("extension", []) if e["url"] in urls]
    return {"extension": kept} if kept else {}


def type_of(source: Json) -> Json:
    """One allowed type."""
    kept = {k: source[k] for k in ("code", "profile", "targetProfile", "aggregation") if k in source}
    return kept | extensions(source, FHIR_TYPE, REGEX)


def constraint(source: Json) -> Json:
    """One invariant."""
    return {k: source[k] for k in ("key", "severity", "expression", "human") if k in source} | extensions(
        source, BEST_PRACTICE
    )


def structure(source: Json) -> Json:
    """A StructureDefinition without prose."""
    kept = {k: source[k] for k in STRUCTURE_KEYS if k in source}
    return kept | {"snapshot": {"element": [element(e) for e in source["snapshot"]["element"]]}}


def include(source: Json) -> Json:
    """One part of a value set."""
    kept = {k: source[k] for k in ("system", "version", "filter", "valueSet") if k in source}
    if "concept" in source:
        kept["concept"] = [{"code": c["code"]} for c in source["concept"]]
    return kept


def value_set(source: Json) -> Json:
    """A ValueSet without prose."""
    compose = source.get("compose", {})
    kept = {k: [include(i) for i in compose[k]] for k in ("include", "exclude") if k in compose}
    return {k: source[k] for k in ("resourceType", "url", "version", "name") if k in source} | {
        "compose": kept
    }


def concept(source: Json) -> Json:
    """One concept with its children."""
    kept: Json = {"code": source["code"]}
    if source.get("property"):
        wanted = ("parent", "subsumedBy", "notSelectable", "status")
        props = [p for p in source["property"] if p.get("code") in wanted]
        kept |= {"property": props} if props else {}
    if source.get("concept"):
        kept["concept"] = [concept(c) for c in source["concept"]]
    return kept


def code_system(source: Json) -> Json:
    """A CodeSystem without prose."""
    keys = ("resourceType", "url", "version", "name", "caseSensitive", "content", "valueSet", "supplements")
    kept = {k: source[k] for k in keys if k in source}
    return kept | {"concept": [concept(c) for c in source.get("concept", [])]}


def read(archive: zipfile.ZipFile, name: str) -> list[Json]:
    """The resources of one bundle of the library."""
    entries = read_xml(archive.read(f"{FOLDER}{name}.xml")).resource["entry"]
    return [e["resource"] for e in entries]


def write(name: str, definitions: dict[str, Any]) -> None:
    """One archive, the same bytes each time."""
    path = TARGET / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for url, definition in sorted(definitions.items()):
            member = zipfile.ZipInfo(url, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(
                member, json.dumps(definition, separators=(",", ":"), ensure_ascii=False, default=float)
            )
    print(f"{path.name}: {len(definitions)} definitions, {path.stat().st_size} bytes")  # noqa: T201 the command's answer


def bound(structures: list[Json], sets: dict[str, Json]) -> set[str]:
    """The value sets that core binds so that a validator must judge, and what they are made of."""
    urls: set[str] = set()
    for item in structures:
        for e in item["snapshot"]["element"]:
            binding = e.get("binding", {})
            if binding.get("strength") in ("required", "extensible"):
                urls.add(binding.get("valueSet", "").split("|")[0])
            urls.update(x["valueCanonical"].split("|")[0] for x in binding.get("extension", []))
    waiting = list(urls)
    while waiting:
        for part in sets.get(waiting.pop(), {}).get("compose", {}).get("include", []):
            more = [part.get("system", ""), *(v.split("|")[0] for v in part.get("valueSet", []))]
            waiting += [u for u in more if u not in urls]
            urls.update(more)
    return urls


def resource_types(structures: Iterable[Json]) -> list[str]:
    """The types that a resource can say it is of."""
    kinds = (s for s in structures if s["kind"] == "resource" and s.get("derivation") != "constraint")
    return sorted(s["type"] for s in kinds if not s.get("abstract"))


def main(library: Path) -> None:
    """Read the bundles of the library and write the four archives."""
    with zipfile.ZipFile(library) as archive:
        names = ("profiles-types", "profiles-resources", "profiles-others")
        found = [r for name in names for r in read(archive, f"profile/{name}")]
        extensions_found = read(archive, "extension/extension-definitions")
        names = ("valuesets", "v3-codesystems", "v2-tables")
        coded = [r for name in names for r in read(archive, f"valueset/{name}") if "url" in r]
    profiles = [r for r in found if r["resourceType"] == "StructureDefinition"]
    structures = {
        s["url"]: structure(s) for s in profiles if s.get("version") == "4.0.1" or s["type"] not in s["url"]
    }
    extension_definitions = {s["url"]: structure(s) for s in extensions_found}
    sets: dict[str, Json] = {}
    for r in coded:
        sets.setdefault(r["url"], value_set(r) if r["resourceType"] == "ValueSet" else code_system(r))
    near = bound([*structures.values()], sets)
    TARGET.mkdir(parents=True, exist_ok=True)
    write("structures", structures | {RESOURCE_TYPES: resource_types(structures.values())})
    write("extensions", {u: d for u, d in extension_definitions.items() if u not in structures})
    write("codes", {u: d for u, d in sets.items() if u in near})
    write("more-codes", {u: d for u, d in sets.items() if u not in near})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
