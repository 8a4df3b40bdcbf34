"""A write as its answer: Location, ETag, and the body that Prefer asks for.

https://hl7.org/fhir/R4/http.html#ops
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response

from adapter.rest.form import form_of, formed
from adapter.rest.outcome import outcome, outcome_response
from adapter.rest.prefer import wanted_return
from adapter.rest.resource import http_date
from adapter.rest.served import Served

if TYPE_CHECKING:
    from starlette.requests import Request

    from adapter.rest.writing import Written


def written_response(request: Request, done: Written) -> Response:
    """201 or 200 with the version that is now current."""
    headers = written_headers(Served.of(request).base(request), done)
    wanted, status = wanted_return(request), done.change.status
    if wanted == "minimal":
        return Response(status_code=status, headers=headers)
    if wanted == "OperationOutcome" or done.change.interaction == "delete":
        told = outcome("informational", done.change.remark, severity="information")
        return outcome_response(request, status, orjson.dumps(told), headers)
    return formed(request, form_of(request), done.row.body, status, headers)


def written_headers(base: str, done: Written) -> dict[str, str]:
    """Where the version is, which one it is, and when it was made."""
    row = done.row
    headers = {"ETag": f'W/"{row.version}"', "Last-Modified": http_date(row.last_updated)}
    if done.change.interaction == "create":
        headers["Location"] = f"{base}/{row.type}/{row.id}/_history/{row.version}"
    return headers
