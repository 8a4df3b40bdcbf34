"""Which form an answer is to have: ``_format`` before Accept, JSON when both are content with it.

https://hl7.org/fhir/R4/http.html#mime-type, RFC 9110 12.5.1
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

JSON_TYPE: Final = "application/fhir+json"
XML_TYPE: Final = "application/fhir+xml"
_FORMS: Final = {
    "application/fhir+json": "json",
    "application/json": "json",
    "text/json": "json",
    "json": "json",
    "application/*": "json",
    "*/*": "json",
    "*": "json",
    "application/fhir+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/*": "xml",
    "xml": "xml",
}
_R4: Final = frozenset({"", "4.0", "4.0.1"})
_MOST: Final = 4_000  # characters of a header that are read


def may_say_form(request: Request) -> bool:
    """Whether the address may hold ``_format`` or ``_pretty``: to read it costs far more than a look."""
    query: bytes = request.scope.get("query_string", b"")
    return b"_format" in query or b"_pretty" in query or b"%5" in query  # or a sign of them as %5F


def asked_form(request: Request) -> str:
    """``json`` or ``xml``; empty when neither is taken."""
    if may_say_form(request) and (said := request.query_params.get("_format")):
        return _form(said.replace(" ", "+"))[0]  # a + that was not escaped in the URL came as a space
    return _accepted(request.headers.get("accept", "")[:_MOST])


@lru_cache(maxsize=256)  # callers say the same again and again
def _accepted(header: str) -> str:
    if not header.strip():
        return "json"
    best, weight = "", 0.0
    for part in header.split(","):
        form, quality = _form(part)
        if form and quality > weight:
            best, weight = form, quality
    return best


def _form(part: str) -> tuple[str, float]:
    """One media type with its weight; no form when it is another, or another version of FHIR."""
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    said = dict(parameter.partition("=")[::2] for parameter in parameters)
    if said.get("fhirversion", "").strip('"') not in _R4:
        return "", 0.0
    try:
        return _FORMS.get(media, ""), float(said.get("q", "1"))
    except ValueError:
        return "", 0.0
