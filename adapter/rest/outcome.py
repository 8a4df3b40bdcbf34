"""OperationOutcome: what every error is told as, in JSON, or in XML when asked for.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import orjson
from starlette.responses import Response

from adapter.errors import OverensError
from adapter.rest.accept import JSON_TYPE, XML_TYPE, asked_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

# The order the standard wants the elements of an issue in; XML has no other way to be read.
_ISSUE = ("severity", "code", "details", "diagnostics", "location", "expression")
_DETAILS = ("coding", "text")
_CODING = ("system", "version", "code", "display")
_ORDER = {"issue": _ISSUE, "details": _DETAILS, "coding": _CODING}
_NOT_XML = {c: " " for c in range(32) if c not in (9, 10, 13)} | dict.fromkeys(
    (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�"
)


class Problem(OverensError):
    """A request that cannot be answered as asked: status, FHIR issue type and a Swedish sentence.

    ``told`` is a whole OperationOutcome, where one sentence is not enough.
    """

    def __init__(  # noqa: PLR0913 - what an answer is made of
        self,
        status: int,
        code: str,
        what: str,
        *,
        where: str = "",
        headers: Mapping[str, str] | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.what = what
        self.where = where
        self.headers = dict(headers or {})
        self.told = told or outcome(code, what, where=where)

    def anew(self) -> Problem:
        """One like it, to be raised: an exception keeps every frame it went through, with its request."""
        return Problem(
            self.status, self.code, self.what, where=self.where, headers=self.headers, told=self.told
        )


def problem_response(request: Request, problem: Problem) -> Response:
    """A problem as its answer."""
    return outcome_response(request, problem.status, orjson.dumps(problem.told), problem.headers)


def outcome(code: str, what: str, *, severity: str = "error", where: str = "") -> dict[str, Any]:
    """An OperationOutcome of one issue."""
    issue: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": what}}
    if where:
        issue["expression"] = [where]
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def outcome_response(
    request: Request, status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> Response:
    """An OperationOutcome (JSON bytes) in the form the caller asked for."""
    if asked_form(request) == "xml":
        return Response(outcome_xml(orjson.loads(body)), status, headers, XML_TYPE)
    return Response(body, status, headers, JSON_TYPE)


def outcome_xml(resource: Mapping[str, Any]) -> bytes:
    """An OperationOutcome as FHIR XML; only the elements that we write."""
    issues = "".join(_element("issue", issue) for issue in resource["issue"])
    text = f'<OperationOutcome xmlns="http://hl7.org/fhir">{issues}</OperationOutcome>'
    return text.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(_element(part, value[part]) for part in _ORDER.get(name, ()) if part in value)
        return f"<{name}>{_extensions(value)}{inner}</{name}>"
    return (
        f"<{name} value={quoteattr(str(value).translate(_NOT_XML), {chr(10): '&#10;', chr(13): '&#13;'})}/>"
    )


def _extensions(value: Mapping[str, Any]) -> str:
    return "".join(
        f"<extension url={quoteattr(extension['url'])}>"
        + "".join(_element(key, part) for key, part in extension.items() if key.startswith("value"))
        + _extensions(extension)
        + "</extension>"
        for extension in value.get("extension", ())
    )
