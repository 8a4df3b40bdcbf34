"""search: by GET, or by POST so that no personnummer stands in an address.

https://hl7.org/fhir/R4/http.html#search
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

import orjson
from starlette.responses import Response

from adapter.ports import Page
from adapter.rest.body import body
from adapter.rest.bundle import searchset
from adapter.rest.form import VARY, form_of, formed
from adapter.rest.outcome import Problem, outcome
from adapter.rest.parameters import PAGE_MARK, Asked, PageSizes, read_parameters, shown_name
from adapter.rest.prefer import is_lenient
from adapter.rest.resource import has_it
from adapter.rest.served import Served
from adapter.rest.subset import WHOLE
from adapter.rest.types import known_type
from adapter.rest.understood import found_by, understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from adapter.rest.form import Form

_FORM = "application/x-www-form-urlencoded"
_FORM_BYTES = 64_000
_MOST_PARAMETERS = 200
_PLAIN = re.compile(r"[A-Za-z0-9_.~:/,|-]*")  # what stands in a URL as it is


async def search(request: Request) -> Response:
    """``GET /fhir/{type}?…``."""
    return await _found(request, pairs_of(request.scope["query_string"]))


async def search_by_post(request: Request) -> Response:
    """``POST /fhir/{type}/_search`` with the parameters as a form; those of the address count too."""
    media = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if media != _FORM:
        raise Problem(415, "not-supported", f"Skicka sökningen som formulär: Content-Type: {_FORM}.")
    form = await body(request, _FORM_BYTES, Served.of(request).body_timeout_seconds)
    return await _found(request, [*pairs_of(request.scope["query_string"]), *pairs_of(form)])


async def _found(request: Request, pairs: Sequence[tuple[str, str]]) -> Response:
    served = Served.of(request)
    type_ = known_type(request)
    form = form_of(request)
    base = served.base(request)
    asked = read_parameters(
        type_,
        pairs,
        base,
        PageSizes(served.page_size, served.max_page_size),
        is_lenient=is_lenient(request),
    )
    if asked.persons or asked.steps:
        asked = await understood(served, base, asked)
    page = await _page(served, asked)
    if asked.is_count_only:
        page = Page(matches=(), total=page.total)
    if asked.part is not WHOLE:
        form = form_of(request, asked.part)
    return _answer(request, form, base, asked, page)


async def _page(served: Served, asked: Asked) -> Page:
    try:
        return await found_by(served, asked)
    except ValueError:
        if not asked.query.after:
            raise
        what = "Sidmärket i adressen går inte att använda. Följ länken next som den är, eller sök om."
        raise Problem(400, "invalid", what, where=PAGE_MARK) from None


def _answer(request: Request, form: Form, base: str, asked: Asked, page: Page) -> Response:
    links = _links(f"{base}/{asked.query.type}", asked, page)
    rows = [*page.matches, *page.included]
    seen = "".join(f"{row.type}/{row.id}/{row.version};" for row in rows)
    whole = f"{seen}{len(page.matches)}{page.total}{links}{asked.ignored}"
    headers = {
        "ETag": f'W/"{hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()}"',
        "Cache-Control": "private, no-cache",
    }
    if has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers | VARY)
    remark = _remark(asked.ignored) if asked.ignored else b""
    return formed(request, form, searchset(base, page, links, remark), headers=headers)


def _links(address: str, asked: Asked, page: Page) -> dict[str, str]:
    """``self`` as it was understood, and ``next``: neither ever holds an identity number."""
    marked = [(PAGE_MARK, asked.query.after)] if asked.query.after else []
    links = {"self": _address(address, [*asked.shown, *marked])}
    if page.next:
        links["next"] = _address(address, [*asked.shown, (PAGE_MARK, page.next)])
    return links


def _address(address: str, pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return address
    if not _PLAIN.fullmatch("".join([part for pair in pairs for part in pair])):
        pairs = [(_quoted(name), _quoted(text)) for name, text in pairs]
    return f"{address}?" + "&".join([f"{name}={text}" for name, text in pairs])


def _quoted(text: str) -> str:
    return quote(text, safe=":/,|")


def _remark(ignored: Sequence[str]) -> bytes:
    names = ", ".join(dict.fromkeys(map(shown_name, ignored)))
    what = (
        f"Okända sökparametrar som inte har använts: {names}. Ta bort dem, eller sök utan handling=lenient."
    )
    return orjson.dumps(outcome("not-supported", what, severity="warning"))


def pairs_of(text: bytes) -> list[tuple[str, str]]:
    """Names and values out of a query or a form. Problem 400 when they cannot be read."""
    if not text:
        return []
    try:
        pairs = text.decode().split("&", _MOST_PARAMETERS)
        parts = [pair.partition("=") for pair in pairs if pair]
        read = [(_unquoted(name), _unquoted(value)) for name, _, value in parts]
    except ValueError:
        raise _unreadable() from None
    if len(pairs) > _MOST_PARAMETERS:
        raise _unreadable()
    return read


def _unquoted(text: str) -> str:
    """Raises ValueError when it is not UTF-8."""
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def _unreadable() -> Problem:
    what = f"Sökparametrarna går inte att läsa. Skriv högst {_MOST_PARAMETERS}, URL-kodade i UTF-8."
    return Problem(400, "invalid", what)
