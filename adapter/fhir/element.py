"""The small parts that every resource is made of: plain dicts, empties dropped once.

The data types are FHIR R4's (https://hl7.org/fhir/R4/datatypes.html).
"""

from __future__ import annotations

import re
from typing import Any, Final

from adapter.fhir import systems

Json = dict[str, Any]

_NUMBERS: Final = (bool, int, float)
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*)){3,}")  # three arcs name no system of anybody's
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT_LENGTH: Final = len("2026-03-12T10:14:00")
_NOT_IN_A_URI = re.compile(r"[^A-Za-z0-9._~-]+")


def element(**parts: Any) -> Json:
    """A dict without what is empty: None, no text, no items. False and 0 say something and stay."""
    return pruned(parts)


def pruned(parts: Json) -> Json:
    """The same of a dict that is there already, which is given back when nothing in it is empty."""
    if all(parts.values()):
        return parts
    return {name: part for name, part in parts.items() if part or part.__class__ in _NUMBERS}


def reference(target: str, display: str = "") -> Json:
    """A literal reference; nothing when there is no target and nothing to show."""
    if target:
        return {"reference": target, "display": display} if display else {"reference": target}
    return {"display": display} if display else {}


def coding(system: str, code: str, display: str = "") -> Json:
    """One code of a code system."""
    if display:
        return {"system": system, "code": code, "display": display}
    return {"system": system, "code": code}


def concept(*codings: Json, text: str = "") -> Json:
    """Codings for one meaning, and the words that a person reads."""
    if codings:
        return {"coding": [*codings], "text": text} if text else {"coding": [*codings]}
    return {"text": text} if text else {}


def identifier(system: str, value: str) -> Json:
    """A business identifier; without a value it says nothing."""
    if not value:
        return {}
    return {"system": system, "value": value} if system else {"value": value}


def extension(url: str, **value: Any) -> Json:
    """One extension: a value, or nested extensions; nothing when both are empty."""
    return {"url": url, **value} if any(value.values()) else {}


def original_text(text: str) -> Json:
    """The words as they were written, beside what was read out of them or shown instead of them."""
    return {"url": systems.ORIGINAL_TEXT, "valueString": text}


def narrative_link(sentence: str) -> Json:
    """From an element to the sentence of the narrative that tells of it."""
    return {"url": systems.NARRATIVE_LINK, "valueUrl": f"#{sentence}"}


def filled(*parts: Json) -> list[Json]:
    """Those of the parts that say something."""
    return [part for part in parts if part]


def uri_of_root(root: str, owner: str = "") -> str:
    """The system URI of an id's root: OID, UUID or a namespace of ours; without a root, its owner's."""
    if not root:
        return systems.own_namespace(owner) if owner else ""
    if _OID.fullmatch(root):
        return f"urn:oid:{root}"
    if _UUID.fullmatch(root):
        return f"urn:uuid:{root}"
    return systems.own_namespace(f"rot/{_NOT_IN_A_URI.sub('-', root)}")


def is_instant(moment: str) -> bool:
    """Whether a moment is precise enough for FHIR's ``instant``: seconds and offset are there."""
    return len(moment) > _INSTANT_LENGTH
