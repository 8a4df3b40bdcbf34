"""history: the versions of one resource, of a type, or of all that is served, the newest first.

https://hl7.org/fhir/R4/http.html#history. Of one resource a version that came late stands where it belongs by
its source's own time; of a type and of all, by when it was kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.fhir.search_dates import date_range, from_milliseconds
from adapter.ports import Page
from adapter.rest.bundle import history_bundle, page_links
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.resource import http_date
from adapter.rest.served import Served
from adapter.rest.types import SERVED_TYPES, known_type, sound_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.ports import Row

_PARAMETERS: Final = frozenset({"_count", "_since", "_page", "_format", "_pretty"})
_BAD_MARK = Problem(
    400, "invalid", "Sidmärket i adressen går inte att använda. Följ länken next som den är.", where="_page"
)


async def history(request: Request) -> Response:
    """``GET /fhir/{type}/{id}/_history``, with ``_since`` and ``_count``."""
    type_, id_ = known_type(request), sound_id(request)
    form = form_of(request)
    _check_parameters(request)
    served = Served.of(request)
    rows = await served.store.history(type_, id_)
    if not rows:
        raise not_found(type_)
    since = from_milliseconds(_since(request))
    new = [row for row in rows if row.last_updated >= since]
    page = _cut(new, request.query_params.get("_page", ""), _count(request, served))
    headers = {"Last-Modified": http_date(max(row.last_updated for row in rows))}
    body = history_bundle(served.base(request), page.matches, _links(request, page), len(new))
    return formed(request, form, body, headers=headers)


async def history_of_type(request: Request) -> Response:
    """``GET /fhir/{type}/_history``."""
    return await _changes(request, (known_type(request),))


async def history_of_all(request: Request) -> Response:
    """``GET /fhir/_history``."""
    return await _changes(request, SERVED_TYPES)


async def _changes(request: Request, types: Sequence[str]) -> Response:
    form = form_of(request)
    _check_parameters(request)
    served = Served.of(request)
    count, mark = _count(request, served), request.query_params.get("_page", "")
    try:
        page = await served.store.changes(types, _since(request), count, mark)
    except ValueError:
        raise _BAD_MARK.anew() from None
    body = history_bundle(served.base(request), page.matches, _links(request, page))
    return formed(request, form, body)


def _cut(rows: Sequence[Row], mark: str, count: int) -> Page:
    """A page of what is at hand; its mark is how many came before."""
    if mark and not (mark.isascii() and mark.isdecimal()):
        raise _BAD_MARK.anew()
    start = int(mark[:9] or "0")
    end = start + count
    return Page(matches=rows[start:end], next=str(end) if end < len(rows) else "")


def _links(request: Request, page: Page) -> dict[str, str]:
    asked, names = request.query_params, ("_since", "_count", "_format", "_pretty")
    address = f"{Served.of(request).origin(request)}{request.url.path}"
    kept = [(name, asked[name]) for name in names if name in asked]
    return page_links(address, kept, asked.get("_page", ""), page)


def _check_parameters(request: Request) -> None:
    if unknown := set(request.query_params) - _PARAMETERS:
        what = f"{len(unknown)} parametrar finns inte här. De som går: {', '.join(sorted(_PARAMETERS))}."
        raise Problem(400, "not-supported", what)


def _since(request: Request) -> int:
    """Milliseconds UTC; 0 when all is asked for."""
    text = request.query_params.get("_since", "").replace(" ", "+")
    if not text:
        return 0
    try:
        return max(date_range(text)[0], 0)
    except (ValueError, OverflowError):
        what = "_since: skriv en tid som 2026-02-01T10:00:00+01:00."
        raise Problem(400, "invalid", what, where="_since") from None


def _count(request: Request, served: Served) -> int:
    text = request.query_params.get("_count")
    if text is None:
        return served.page_size
    if not (text.isascii() and text.isdecimal()):
        raise Problem(400, "invalid", "_count: ange ett heltal, 0 eller mer.", where="_count")
    return min(int(text[:9]), served.max_page_size)
