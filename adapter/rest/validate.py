"""validate: is a resource right, said without keeping it.

https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from adapter.rest.beside import SECONDS
from adapter.rest.body import body
from adapter.rest.outcome import Problem, outcome_response
from adapter.rest.read import not_found
from adapter.rest.served import Served
from adapter.rest.types import known_type, sound_id
from adapter.validation import Issue, operation_outcome
from adapter.validation.reading import Source, read

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.validation import Validator

_MEDIA = re.compile(r"(application|text)/(.+\+)?(json|xml)")
_MODES = ("create", "update", "delete", "profile")
TOO_LONG = Issue(
    "error",
    "too-costly",
    "too-costly",
    "",
    f"Kontrollen avbröts efter {SECONDS:.0f} sekunder. Dela upp innehållet.",
    "Stopped: too costly to check.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to judge: the bytes as they came, or a resource inside them; and by what."""

    raw: bytes
    type: str = ""
    id: str = ""
    profiles: tuple[str, ...] = ()
    mode: str = ""


async def validate(request: Request) -> Response:
    """``POST /fhir/$validate``, also below ``{Type}`` and ``{Type}/{id}``: 200 with what was found.

    The body is the resource, or Parameters with ``resource``, ``profile`` and ``mode``. Without a body
    the kept resource of that id is judged.
    """
    served = Served.of(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and not _MEDIA.fullmatch(media):
        raise Problem(
            415, "not-supported", "Skicka resursen som application/fhir+json eller application/fhir+xml."
        )
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    query = request.query_params
    about = request.path_params
    asked = Asked(
        raw if raw.strip() else await _kept(request, served),
        about.get("type", ""),
        about.get("id", ""),
        tuple(query.getlist("profile")),
        query.get("mode", ""),
    )
    try:
        issues = await served.beside(lambda: judged(served.validator(), asked))
    except TimeoutError:
        issues = (TOO_LONG,)
    said = orjson.dumps(operation_outcome(issues))
    return outcome_response(request, 200, said)


async def _kept(request: Request, served: Served) -> bytes:
    """The resource that the address names; nothing when it names none. Problem 404 when it is not here."""
    if "id" not in request.path_params:
        return b""
    type_, id_ = known_type(request), sound_id(request)
    row = await served.store.read(type_, id_)
    if row is None:
        raise not_found(type_)
    return row.body


def judged(validator: Validator, asked: Asked) -> tuple[Issue, ...]:
    """The verdict. Problem 404 for a type that R4 lacks, 400 for a mode that there is not."""
    if asked.type and not _is_resource(validator, asked.type):
        what = f"{asked.type[:64]} är ingen resurstyp i FHIR R4. Rätta adressen."
        raise Problem(404, "not-supported", what)
    if not asked.raw.strip() and asked.mode == "delete":
        return ()
    found = read(asked.raw, validator.engine.model)
    at = _parameters(found.resource)
    if at is None:
        _check_mode(asked.mode)
        resource = found.resource if isinstance(found.resource, dict) else {}
        return (*_of_request(asked, resource), *validator.validate(asked.raw, asked.profiles))
    said = found.resource["parameter"]
    profiles = (*asked.profiles, *_values(said, "profile"))
    mode = next(iter(_values(said, "mode")), asked.mode)
    _check_mode(mode)
    if at < 0:
        return () if mode == "delete" else (_lacks("Parameters.parameter", "parametern resource"),)
    resource = said[at]["resource"]
    told = _of_request(replace(asked, mode=mode), resource)
    return (*told, *_inside(validator, found, resource, ("parameter", at, "resource"), profiles))


def _inside(
    validator: Validator, whole: Source, resource: Any, keys: tuple[str | int, ...], profiles: tuple[str, ...]
) -> tuple[Issue, ...]:
    """Judge a resource by itself, with its places in the body that it came in."""
    form_faults = tuple(fault for fault in whole.form_faults if fault[1] is None)
    run = validator.engine.judge(Source(resource, (), form_faults), profiles, with_invariants=True)
    placed = ((issue, whole.place_of((*keys, *issue.keys))) for issue in run.result())
    return tuple(replace(issue, line=line, column=column) for issue, (line, column) in placed)


def _parameters(resource: Any) -> int | None:
    """Where the resource stands among the operation's parameters; -1 nowhere, None they are not that."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        return None
    said = resource.get("parameter")
    named = [part.get("name") if isinstance(part, dict) else None for part in said or ()]
    if not isinstance(said, list) or not {"resource", "profile", "mode"} & {*filter(_is_text, named)}:
        return None
    places = (
        n for n, name in enumerate(named) if name == "resource" and isinstance(said[n].get("resource"), dict)
    )
    return next(places, -1)


def _values(said: list[Any], name: str) -> list[str]:
    """The texts of a parameter, whichever type they are given as."""
    return [
        value
        for part in said
        if isinstance(part, dict) and part.get("name") == name
        for key, value in part.items()
        if key.startswith("value") and isinstance(value, str)
    ]


def _of_request(asked: Asked, resource: dict[str, Any]) -> tuple[Issue, ...]:
    """What the address and the mode ask for."""
    found = resource.get("resourceType")
    told = []
    if asked.type and isinstance(found, str) and found != asked.type:
        sv = f"Adressen gäller {asked.type} men resursen är en annan. Byt adress eller resurs."
        en = f"Expected {asked.type}, found {found}."
        told.append(Issue("error", "structure", "resource-type-wrong", "", sv, en))
    if asked.id and resource.get("id", asked.id) != asked.id:
        sv = "Adressen gäller en resurs med ett annat id än den som skickades. Gör id lika, eller byt adress."
        en = "The id of the resource is not that of the address."
        told.append(Issue("error", "value", "resource-id-wrong", f"{found}.id", sv, en))
    if (asked.mode == "update" or asked.id) and "id" not in resource:
        told.append(_lacks(str(found or "Resource"), "id, som behövs för att uppdatera"))
    return tuple(told)


def _lacks(where: str, what: str) -> Issue:
    sv, en = f"Här saknas {what}. Lägg till det.", f"{where}: something required is missing."
    return Issue("error", "required", "required", where, sv, en)


def _check_mode(mode: str) -> None:
    if mode and mode not in _MODES:
        raise Problem(400, "value", f"mode ska vara {', '.join(_MODES)}. Rätta det eller utelämna det.")


def _is_resource(validator: Validator, name: str) -> bool:
    info = validator.engine.model.type(name)
    return info is not None and info.is_resource


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
