"""Resources that all sources share: Patient, Organization, Practitioner, PractitionerRole.

What a message does not say never clears what another said (canonical-models §1); a label that protects
is never taken away by a message that lacks it. Merging the same resource again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapter.fhir.element import Json
from adapter.fhir.narrative import told

SHARED_TYPES: Final = frozenset({"Organization", "Patient", "Practitioner", "PractitionerRole"})


def merged(current: Json, new: Json) -> Json:
    """What is known of a resource after a new message; neither argument is changed.

    Somebody known by name alone belongs to one note (``is_shared``): there the new word is the whole.
    """
    if not is_shared(new):
        return new
    whole = {**current, **new}
    for name, joined in _JOINED.items():
        if name in current and name in new:
            whole[name] = joined(current[name], new[name])
    return with_text(whole)


def is_shared(resource: Json) -> bool:
    """Whether a resource is told of by all sources: what belongs to one message names its source."""
    return resource["resourceType"] in SHARED_TYPES and "source" not in resource.get("meta", {})


PLACE: Final = "text"  # keeps the narrative's place among the elements until it is told


def shared(**parts: Any) -> Json:
    """A shared resource as one message tells of it, with its narrative."""
    return with_text({name: part for name, part in parts.items() if part})


def words_of(kind: str, /, **parts: Any) -> Json:
    """The parts of a shared resource that are words alone, behind the narrative that they give."""
    whole = shared(resourceType=kind, text=PLACE, **parts)
    del whole["resourceType"]
    return whole


def with_text(resource: Json) -> Json:
    """A shared resource with the narrative that all of it gives; the dict given is changed."""
    resource["text"] = told(_SENTENCES[resource["resourceType"]](resource))
    return resource


def _patient(resource: Json) -> str:
    name = (resource.get("name") or [{}])[0]
    words = " ".join([*name.get("given", ()), name.get("family", "")]).strip()
    return f"Patient: {_joined(words, *_values(resource))}."


def _organization(resource: Json) -> str:
    return f"Enhet: {_joined(resource.get('name', ''), *_values(resource))}."


def _practitioner(resource: Json) -> str:
    names = [name.get("text", "") for name in resource.get("name", ())]
    return f"Medarbetare: {_joined(*names, *_values(resource))}."


def _practitioner_role(resource: Json) -> str:
    titles = [code.get("text", "") for code in resource.get("code", ())]
    return f"Roll: {_joined(resource.get('practitioner', {}).get('display', ''), *titles) or 'ej angiven'}."


_SENTENCES: Final[Mapping[str, Callable[[Json], str]]] = {
    "Patient": _patient,
    "Organization": _organization,
    "Practitioner": _practitioner,
    "PractitionerRole": _practitioner_role,
}


def _values(resource: Json) -> list[str]:
    return [identifier["value"] for identifier in resource.get("identifier", ())]


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))


def _all_of(current: list[Any], new: list[Any]) -> list[Any]:
    return [*current, *(item for item in new if item not in current)]


def _by_system(current: list[Json], new: list[Json]) -> list[Json]:
    said = {point.get("system") for point in new}
    return [*(point for point in current if point.get("system") not in said), *new]


def _one_name(current: list[Json], new: list[Json]) -> list[Json]:
    if len(current) == len(new) == 1:
        return [{**current[0], **new[0]}]
    return new


def _meta(current: Json, new: Json) -> Json:
    security = _all_of(current.get("security", []), new.get("security", []))
    both = {**current, **new}
    return {**both, "security": security} if security else both


_JOINED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "meta": _meta,
    "identifier": _all_of,
    "name": lambda current, new: _one_name(current, new) if isinstance(new, list) else new,
    "telecom": _by_system,
}
