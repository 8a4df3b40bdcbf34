"""$diff: what is new in an agreement since an earlier version, in plain Swedish and as Parameters.

Our own operation (profiles/input/fsh/operations.fsh); https://hl7.org/fhir/R4/operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from adapter.fhir.plan_changes import plan_changes
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.served import Served
from adapter.rest.types import sound_id
from adapter.rest.vread import version_number
from adapter.rest.writing import as_kept
from adapter.validation.xml_tree import Element, XmlFault, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.fhir.plan_changes import Lines, PlanChange
    from adapter.ports import Row

Json = dict[str, Any]
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"p", "li", "td", "th"})
_NOTHING = "Inget är ändrat."


async def diff(request: Request) -> Response:
    """``GET /fhir/CarePlan/{id}/$diff?from=1``; without ``from`` the version before."""
    served, id_ = Served.of(request), sound_id(request)
    form = form_of(request)
    rows = await served.store.history("CarePlan", id_)
    if not rows:
        raise not_found("CarePlan")
    after = rows[0]
    before = _before(rows, request.query_params.get("from", ""))
    changes = _changes(before, after) if before else []
    return formed(request, form, orjson.dumps(_parameters(before, after, changes)))


def _before(rows: Any, said: str) -> Row | None:
    """The version to compare with; None when the current one is the first. Problem 400, 404."""
    if not said:
        return rows[1] if len(rows) > 1 else None
    version = version_number(said)
    if version is None:
        what = "from ska vara ett versionsnummer, som 1. Se vilka som finns under _history."
        raise Problem(400, "invalid", what, where="from")
    row: Row | None = next((row for row in rows if row.version == version), None)
    if row is None:
        raise Problem(404, "not-found", "Den versionen finns inte. Se vilka som finns under _history.")
    return row


def _changes(before: Row, after: Row) -> list[PlanChange]:
    old, new = as_kept(before), as_kept(after)
    return plan_changes(old, narrative_lines(old), new, narrative_lines(new))


def narrative_lines(resource: Json) -> Lines:
    """The sentences of a narrative by the heading that they stand under; none when it cannot be read."""
    found: Lines = {"": []}
    try:
        div = parse(resource.get("text", {}).get("div", "").encode())
    except XmlFault:
        return {}
    heading = ""
    for name, text in _told(div):
        if name in _HEADINGS:
            heading = text
            found.setdefault(heading, [])
        elif text:
            found[heading].append(text)
    return found


def _told(element: Element) -> Iterator[tuple[str, str]]:
    for child in element.children:
        if child.name in _HEADINGS | _LINES:
            yield child.name, " ".join(_text(child).split())
        else:
            yield from _told(child)


def _text(element: Element) -> str:
    return "".join(part if isinstance(part, str) else _text(part) for part in element.content)


def _parameters(before: Row | None, after: Row, changes: list[PlanChange]) -> Json:
    sentences = [change.sentence for change in changes]
    first = [{"name": "from", "valueString": str(before.version)}] if before else []
    return {
        "resourceType": "Parameters",
        "parameter": [
            *first,
            {"name": "to", "valueString": str(after.version)},
            {"name": "text", "valueString": "\n".join(sentences) or _NOTHING},
            *(_part(change) for change in changes),
        ],
    }


def _part(change: PlanChange) -> Json:
    said = (
        ("heading", change.heading),
        ("before", change.before),
        ("after", change.after),
        ("sentence", change.sentence),
    )
    parts: list[Json] = [{"name": "kind", "valueCode": change.kind}]
    parts += [{"name": name, "valueString": text} for name, text in said if text]
    return {"name": "change", "part": parts}
