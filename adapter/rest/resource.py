"""One stored version of a resource as an HTTP answer: ETag, Last-Modified, 304.

https://hl7.org/fhir/R4/http.html#versioning and #cread
"""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from adapter.rest.form import VARY, form_of, formed
from adapter.rest.subset import asked_subset

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from adapter.ports import Row


def resource_response(request: Request, row: Row) -> Response:
    """The version in the form asked for; 304 when the caller already has it."""
    is_whole = not request.scope["query_string"]
    form = form_of(request) if is_whole else form_of(request, asked_subset(row.type, request.query_params))
    tag = f'W/"{row.version}"'
    headers = {"ETag": tag, "Last-Modified": http_date(row.last_updated)}
    if has_it(request, tag, row.last_updated):
        return Response(status_code=304, headers=headers | VARY)
    return formed(request, form, row.body, headers=headers)


def has_it(request: Request, tag: str, last_updated: datetime | None = None) -> bool:
    """If-None-Match decides; without it If-Modified-Since, to the second (RFC 9110, 13.2.2)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or _opaque(tag) in {_opaque(part) for part in known.split(",")}
    since = request.headers.get("if-modified-since")
    if since is None or last_updated is None:
        return False
    try:
        return last_updated.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def http_date(moment: datetime) -> str:
    """``Sun, 01 Feb 2026 09:14:00 GMT``: what Last-Modified holds."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _opaque(tag: str) -> str:
    """Weak comparison: ``W/"2"`` and ``"2"`` are the same."""
    return tag.strip().removeprefix("W/").strip('"')
