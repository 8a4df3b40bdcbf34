"""The resource in a body, in JSON or XML, and what the validator has to say of it.

https://hl7.org/fhir/R4/http.html#mime-type and https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.rest.body import body
from adapter.rest.outcome import Problem
from adapter.rest.served import Served
from adapter.rest.storable import check_storable
from adapter.validation import operation_outcome
from adapter.validation.reading import Source, read

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from starlette.requests import Request

    from adapter.validation import Issue

Json = dict[str, Any]
FHIR_MEDIA = frozenset(
    {
        "",
        "application/fhir+json",
        "application/fhir+xml",
        "application/json",
        "application/xml",
        "text/json",
        "text/xml",
    }
)
PATCH_MEDIA = frozenset({"application/json-patch+json"})


def media_of(request: Request) -> str:
    """The media type that the caller says, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def sent_body(request: Request, media: Collection[str]) -> bytes:
    """The body. Problem 415 for another media type, 400 when there is nothing."""
    if media_of(request) not in media:
        what = f"Skicka innehållet som {' eller '.join(sorted(filter(None, media))[:2])}."
        raise Problem(415, "not-supported", what)
    served = Served.of(request)
    raw = await body(request, served.max_body_bytes, served.body_timeout_seconds)
    if not raw.strip():
        raise Problem(400, "structure", "Anropet saknar innehåll. Skicka resursen i kroppen.")
    return raw


async def sent_resource(request: Request, type_: str) -> Source:
    """The resource as it was read. Problem 400 when it cannot be read or is of another type."""
    served = Served.of(request)
    raw = await sent_body(request, FHIR_MEDIA)
    found = read_resource(served, raw)
    told = found.resource.get("resourceType")
    if told != type_:
        what = f"Adressen gäller {type_} men resursen är en annan. Byt adress eller resurs."
        raise Problem(400, "invalid", what, where="resourceType")
    return found


def read_resource(served: Served, raw: bytes) -> Source:
    """One resource out of bytes of either form. Problem 400 when they hold none."""
    validator = served.validator()
    found = read(raw, validator.engine.model)
    if found.resource is None or not isinstance(found.resource, dict):
        issues = validator.validate(raw)
        raise refused(400, issues)
    return found


async def check(served: Served, source: Source) -> None:
    """Judge by base R4 and the profiles that the resource claims. Problem 422 when there is an error."""
    check_storable(source.resource)
    (issues,) = await judged(served, [source])
    check_issues(issues)


async def judged(served: Served, sources: Sequence[Source]) -> list[tuple[Issue, ...]]:
    """What there is to say of each, all judged in one go beside. Problem 422 when it takes too long."""
    try:
        return await served.beside(lambda: [_judged(served, source) for source in sources])
    except TimeoutError:
        what = "Innehållet tog för lång tid att kontrollera, så inget är sparat. Dela upp det."
        raise Problem(422, "too-costly", what) from None


def check_issues(issues: tuple[Issue, ...]) -> None:
    """Problem 422 when one of them is an error."""
    if any(issue.is_error for issue in issues):
        raise refused(422, issues)


def _judged(served: Served, source: Source) -> tuple[Issue, ...]:
    issues: tuple[Issue, ...] = served.validator().engine.judge(source, (), with_invariants=True).result()
    if not source.is_placed:
        return issues
    placed = ((issue, source.place_of(issue.keys)) for issue in issues)
    return tuple(replace(issue, line=line, column=column) for issue, (line, column) in placed)


def refused(status: int, issues: tuple[Issue, ...]) -> Problem:
    """What the validator said, as the answer."""
    return Problem(status, "invalid", "", told=operation_outcome(issues))
