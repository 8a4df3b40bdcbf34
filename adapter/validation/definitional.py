"""What R4 asks of code systems, value sets, questionnaires and search parameters besides invariants.

https://hl7.org/fhir/R4/codesystem.html, valueset.html, questionnaire.html, searchparameter.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from adapter.validation.fhirpath.evaluate import FhirPathError
from adapter.validation.places import Place
from adapter.validation.profile_checks import check_profile
from adapter.validation.run import Run

Json = dict[str, Any]
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")


def check_definitional(run: Run, resource: Json, place: Place) -> None:
    """Judge a resource that defines something; says nothing of other resources."""
    check = CHECKS.get(str(resource.get("resourceType")))
    if check is not None:
        check(run, resource, place)
    url = resource.get("url")
    if run.engine.is_canonical(resource) and isinstance(url, str) and not _ABSOLUTE.fullmatch(url):
        run.say("canonical-absolute", (place, "url", "url", -1))


def _code_system(run: Run, system: Json, place: Place) -> None:
    content, count = system.get("content"), system.get("count")
    if content == "supplement" and "supplements" not in system:
        run.say("supplement-of-nothing", (place, "content", "content", -1))
    found = sum(1 for _ in _below(system.get("concept"), "concept"))
    here: Place = (place, "count", "count", -1)
    if type(count) is int and content == "complete" and found not in (0, count):
        run.say("code-system-count", here, wanted=count, found=found)
    if content == "not-present" and found:
        run.say("code-system-content", (place, "concept", "concept", 0))


def _value_set(run: Run, value_set: Json, place: Place) -> None:
    compose = value_set.get("compose")
    for name in ("include", "exclude"):
        parts = compose.get(name) if isinstance(compose, dict) else None
        for i, part in enumerate(_dicts(parts)):
            system = part.get("system")
            if isinstance(system, str) and system and not _ABSOLUTE.fullmatch(system):
                here: Place = ((place, "compose", "compose", -1), name, name, i)
                run.say("include-system-absolute", here, value=system)
            elif isinstance(system, str) and run.engine.definitions.value_set(system):
                run.say(
                    "include-system-set", ((place, "compose", "compose", -1), name, name, i), value=system
                )


def _questionnaire(run: Run, questionnaire: Json, place: Place) -> None:
    links = {str(i.get("linkId")) for i, _ in _items(questionnaire, place)}
    for item, here in _items(questionnaire, place):
        for i, condition in enumerate(_dicts(item.get("enableWhen"))):
            question, there = condition.get("question"), (here, "enableWhen", "enableWhen", i)
            if not isinstance(question, str):
                continue
            if question not in links:
                run.say("enable-when-unknown", there, value=question)
            elif question == item.get("linkId"):
                run.say("enable-when-self", there, value=question)


def _search_parameter(run: Run, parameter: Json, place: Place) -> None:
    text = parameter.get("expression")
    if not isinstance(text, str) or not text:
        return
    try:
        run.engine.fhirpath(text)
    except FhirPathError as problem:
        run.say("search-expression", (place, "expression", "expression", -1), detail=str(problem))


CHECKS: dict[str, Callable[[Run, Json, Place], None]] = {
    "CodeSystem": _code_system,
    "ValueSet": _value_set,
    "Questionnaire": _questionnaire,
    "SearchParameter": _search_parameter,
    "StructureDefinition": check_profile,
}


def _items(holder: Json, place: Place) -> Iterator[tuple[Json, Place]]:
    for i, item in enumerate(_dicts(holder.get("item"))):
        here: Place = (place, "item", "item", i)
        yield item, here
        yield from _items(item, here)


def _below(parts: Any, name: str) -> Iterator[Json]:
    for part in _dicts(parts):
        yield part
        yield from _below(part.get(name), name)


def _dicts(value: Any) -> list[Json]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
