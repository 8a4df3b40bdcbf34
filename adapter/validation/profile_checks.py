"""What must hold of a StructureDefinition as a resource, besides its invariants and its base's elements.

https://hl7.org/fhir/R4/structuredefinition.html, https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from typing import Any

from adapter.validation.elements import DefinitionFault
from adapter.validation.places import Place
from adapter.validation.run import Run

Json = dict[str, Any]
ANY_TYPE = frozenset({"Resource", "DomainResource", "Element", "BackboneElement", "*"})


def check_profile(run: Run, profile: Json, place: Place) -> None:
    """Where the definition may be used, what it derives from, and elements told twice."""
    if profile.get("type") != "Extension" and profile.get("context"):
        run.say("profile-context", (place, "context", "context", 0), value=profile.get("type"))
    base = profile.get("baseDefinition")
    if isinstance(base, str) and "derivation" not in profile:
        run.say("profile-derivation", place)
    found = run.engine.definitions.structure(base) if isinstance(base, str) else None
    if found and profile.get("derivation") == "constraint" and profile.get("kind") != found.get("kind"):
        run.say("profile-kind", (place, "kind", "kind", -1), wanted=found.get("kind"))
    _twice(run, profile, place)


def _twice(run: Run, profile: Json, place: Place) -> None:
    differential = profile.get("differential")
    elements = differential.get("element") if isinstance(differential, dict) else None
    seen: set[tuple[Any, ...]] = set()
    for i, element in enumerate(elements if isinstance(elements, list) else ()):
        if not isinstance(element, dict) or not isinstance(element.get("id"), str):
            continue
        way = (element["id"].rpartition(".")[0], str(element.get("path")), str(element.get("sliceName", "")))
        if way in seen:
            here: Place = ((place, "differential", "differential", -1), "element", "element", i)
            run.say("profile-element-twice", here, value=element.get("path"))
        seen.add(way)


def judge_types(url: str, base: Json, defn: Json) -> None:
    """That an element keeps to its base's types, and its value to its own. Raises DefinitionFault."""
    allowed, own = _codes(base), _codes(defn)
    if not allowed or allowed & ANY_TYPE or any("://" in code for code in allowed | own):
        return
    if wrong := own - allowed:
        raise DefinitionFault("profile-type", url, f"{defn.get('path')}: {', '.join(sorted(wrong))}")
    suffixes = {code[:1].upper() + code[1:] for code in own or allowed}
    for key in defn:
        kind = next((key.removeprefix(p) for p in ("fixed", "pattern") if key.startswith(p)), "")
        if kind and kind not in suffixes:
            raise DefinitionFault("profile-value-type", url, f"{defn.get('path')}: {kind}")


def _codes(defn: Json) -> set[str]:
    return {str(t.get("code", "")) for t in defn.get("type") or ()}
