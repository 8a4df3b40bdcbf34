"""_summary and _elements: a part of each resource, marked as such.

https://hl7.org/fhir/R4/search.html#summary and #elements
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapter.fhir.summaries import ALWAYS, REQUIRED, SUMMARIES
from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
SUMMARY_WORDS: Final = ("true", "text", "data", "count", "false")
_ELEMENT = re.compile(r"(?:([A-Z][A-Za-z]+)\.)?([a-z][A-Za-z]*)(?:\.[A-Za-z.]+)?")
_MOST: Final = 100
_SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


@dataclass(frozen=True, slots=True)
class Subset:
    """Which part of each resource: by ``summary``, or ``elements`` as (type, name)."""

    summary: str = "false"
    elements: tuple[tuple[str, str], ...] = ()


WHOLE: Final = Subset()


def asked_subset(type_: str, said: Mapping[str, str]) -> Subset:
    """What ``_summary`` and ``_elements`` ask for; a bare element is one of ``type_``. Problem 400."""
    summary, names = said.get("_summary", "false"), said.get("_elements", "")
    if summary not in SUMMARY_WORDS:
        raise Problem(400, "invalid", f"_summary ska vara {', '.join(SUMMARY_WORDS)}.", where="_summary")
    if not names:
        return WHOLE if summary in {"false", "count"} else Subset(summary)
    if summary not in {"false", "count"}:
        what = "_summary och _elements går inte ihop. Ange ett av dem."
        raise Problem(400, "invalid", what, where="_elements")
    found = [_ELEMENT.fullmatch(name.strip()) for name in names.split(",")]
    if not all(found) or len(found) > _MOST:
        what = f"_elements är namn på element med komma emellan, högst {_MOST}. Rätta det."
        raise Problem(400, "invalid", what, where="_elements")
    return Subset("false", tuple((match[1] or type_, match[2]) for match in found if match))


def subset(resource: Json, part: Subset) -> Json:
    """The part of a resource, or of each in a Bundle, with the tag SUBSETTED when something is gone."""
    if part is WHOLE:
        return resource
    if resource["resourceType"] != "Bundle":
        return _part_of(resource, part)
    entries = [
        {**entry, "resource": _part_of(entry["resource"], part)} if "resource" in entry else entry
        for entry in resource.get("entry", ())
    ]
    return {**resource, "entry": entries} if entries else resource


def _part_of(resource: Json, part: Subset) -> Json:
    type_ = resource["resourceType"]
    if type_ not in SUMMARIES or (part.elements and all(t != type_ for t, _ in part.elements)):
        return resource
    if part.summary == "data":
        kept = {name: value for name, value in resource.items() if name != "text"}
    else:
        wanted = _wanted(type_, part)
        kept = {name: value for name, value in resource.items() if _is_one(name, wanted)}
    return resource if len(kept) == len(resource) else _marked(kept)


def _wanted(type_: str, part: Subset) -> frozenset[str]:
    if part.summary == "true":
        return ALWAYS | SUMMARIES[type_]
    if part.summary == "text":
        return ALWAYS | REQUIRED[type_] | {"text"}
    named = {name for t, name in part.elements if t == type_}
    return ALWAYS | REQUIRED[type_] | named | {f"{name}[x]" for name in named}


def _is_one(name: str, wanted: frozenset[str]) -> bool:
    bare = name.removeprefix("_")
    return bare in wanted or any(w[-3:] == "[x]" and bare.startswith(w[:-3]) for w in wanted)


def _marked(resource: Json) -> Json:
    meta = resource.get("meta", {})
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", ()), _SUBSETTED]}}
