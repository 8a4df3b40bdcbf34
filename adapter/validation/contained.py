"""Contained resources: the rules of DomainResource, dom-2 to dom-5.

https://hl7.org/fhir/R4/domainresource.html#invs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.places import Place
from adapter.validation.run import Run

Json = dict[str, Any]


def check_contained(run: Run, resource: Json, place: Place) -> None:
    """Judge what is contained in a resource."""
    found = resource.get("contained")
    if not isinstance(found, list):
        return
    inner = [(i, c) for i, c in enumerate(found) if isinstance(c, dict)]
    outside = set(_local({k: v for k, v in resource.items() if k != "contained"}))
    inside = [set(_local(c)) for _, c in inner]
    seen: set[str] = set()
    for number, (index, contained) in enumerate(inner):
        here: Place = (place, "contained", "contained", index)
        identity = contained.get("id")
        if not isinstance(identity, str):
            run.say("contained-id", here)
        elif identity in seen:
            run.say("contained-duplicate", here, value=identity)
        seen.add(str(identity))
        if contained.get("contained"):
            run.say("dom-2", here)
        meta = contained.get("meta")
        if isinstance(meta, dict) and ("versionId" in meta or "lastUpdated" in meta):
            run.say("dom-4", here)
        if isinstance(meta, dict) and meta.get("security"):
            run.say("dom-5", here)
        elsewhere = outside.union(*(t for n, t in enumerate(inside) if n != number))
        if not (isinstance(identity, str) and identity in elsewhere) and "" not in inside[number]:
            run.say("dom-3", here, value=identity)


def _local(value: Any) -> Iterator[str]:  # noqa: C901 one branch a kind
    """Each local reference (``#id``) below a value, without its hash."""
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if type(at) is dict:
            for inner in at.values():
                if type(inner) is str:
                    if inner[:1] == "#":
                        yield inner[1:]
                elif type(inner) is dict or type(inner) is list:
                    waiting.append(inner)
        elif type(at) is list:
            for inner in at:
                if type(inner) is str:
                    if inner[:1] == "#":
                        yield inner[1:]
                else:
                    waiting.append(inner)
