"""Resources by reference: the way back reads what a CarePlan or a ServiceRequest points at.

A reference may be relative, absolute or the ``fullUrl`` of a Bundle's entry
(https://hl7.org/fhir/R4/bundle.html#references).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapter.fhir import systems
from adapter.fhir.element import Json

Given = Json | Iterable[Json]  # a Bundle of any type, one resource, or resources


class Index:
    """Some resources, found by what others call them."""

    def __init__(self, given: Given) -> None:
        self._by_name: dict[str, Json] = {}
        self.all: list[Json] = []
        for name, resource in _entries(given):
            self.all.append(resource)
            self._by_name[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
            if name:
                self._by_name.setdefault(name, resource)

    def of_type(self, *types: str) -> Iterator[Json]:
        """The resources of these types, in the order given."""
        return (resource for resource in self.all if resource.get("resourceType") in types)

    def get(self, reference: Json | None) -> Json:
        """What a reference points at; nothing when it is not here."""
        target = (reference or {}).get("reference", "")
        if not target:
            return {}
        return self._by_name.get(target) or self._by_name.get("/".join(target.split("/")[-2:]), {})


def _entries(given: Given) -> Iterator[tuple[str, Json]]:
    if isinstance(given, dict) and given.get("resourceType") == "Bundle":
        for entry in given.get("entry", ()):
            if "resource" in entry:
                yield entry.get("fullUrl", ""), entry["resource"]
    elif isinstance(given, dict):
        yield "", given
    else:
        for resource in given:
            yield "", resource


def first(parts: Iterable[Json]) -> Json:
    """The first of a list of elements, or nothing."""
    return next(iter(parts), {})


def name_of(resource: Json) -> str:
    """``Type/id``."""
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def originals(parent: Json, name: str = "") -> list[str]:
    """The words kept beside an element (or of a data type itself, without a name)."""
    holder = parent.get(f"_{name}", {}) if name else parent
    return [
        part["valueString"]
        for part in holder.get("extension", ())
        if part.get("url") == systems.ORIGINAL_TEXT and "valueString" in part
    ]


def said(parent: Json, name: str) -> str:
    """An element's text as the message had it: the words kept beside it, else its value."""
    kept = originals(parent, name)
    return kept[0] if kept else str(parent.get(name, ""))


def extension_of(parent: Json, url: str) -> Json:
    """The first extension of a kind, or nothing."""
    return next((part for part in parent.get("extension", ()) if part.get("url") == url), {})


def extensions_of(parent: Json, url: str) -> list[Json]:
    """Every extension of a kind."""
    return [part for part in parent.get("extension", ()) if part.get("url") == url]


def codes_of(concepts: Json | Iterable[Json], system: str) -> list[str]:
    """The codes of a system in one CodeableConcept or several."""
    listed = [concepts] if isinstance(concepts, dict) else concepts
    return [
        coding["code"]
        for concept in listed
        for coding in concept.get("coding", ())
        if coding.get("system") == system and "code" in coding
    ]


def words_of(concept: Json) -> str:
    """A CodeableConcept in words."""
    text = said(concept, "text")
    return text or next(
        (coding["display"] for coding in concept.get("coding", ()) if "display" in coding), ""
    )
