"""The types and ids of an address: what is served, and what cannot be an id.

https://hl7.org/fhir/R4/http.html#styleguide
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.fhir.search_index import SEARCH_PARAMETERS
from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

SERVED_TYPES = tuple(sorted(SEARCH_PARAMETERS))
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def known_type(request: Request) -> str:
    """The resource type of the address; 404 with what is served when it is another."""
    type_: str = request.path_params["type"]
    if type_ not in SEARCH_PARAMETERS:
        what = f"Servern har inga resurser av denna typ. Den har {', '.join(SERVED_TYPES)}."
        raise Problem(404, "not-supported", what)
    return type_


def sound_id(request: Request) -> str:
    """The id of the address; what cannot be an id is answered as one that is not there."""
    id_: str = request.path_params["id"]
    if not _ID.fullmatch(id_):
        what = "Adressen innehåller inget giltigt id (1-64 tecken: a-z, 0-9, - och .). Rätta det."
        raise Problem(404, "not-found", what)
    return id_
