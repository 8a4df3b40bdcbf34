"""Prefer: how the caller would like to be answered.

https://hl7.org/fhir/R4/http.html#ops and https://hl7.org/fhir/R4/search.html#errors (RFC 7240)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

_RETURNS = frozenset({"minimal", "representation", "OperationOutcome"})


def wanted_return(request: Request) -> str:
    """What a write is answered with: ``minimal``, ``representation`` (also when nothing is said) or
    ``OperationOutcome``.
    """
    found = _preferences(request).get("return", "")
    return found if found in _RETURNS else "representation"


def is_lenient(request: Request) -> bool:
    """Unknown search parameters are to be left out rather than refused."""
    return _preferences(request).get("handling") == "lenient"


def _preferences(request: Request) -> dict[str, str]:
    header = request.headers.get("prefer", "")
    if not header:
        return {}
    pairs = (part.split(";")[0].partition("=") for part in header.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
