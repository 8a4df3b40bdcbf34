"""OperationOutcome: what every error is told as, in JSON, or in XML when asked for.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import orjson
from starlette.responses import Response

from adapter.errors import OverensError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

JSON_TYPE = "application/fhir+json"
XML_TYPE = "application/fhir+xml"
_XML_WORDS = ("application/fhir+xml", "application/xml", "text/xml")
_JSON_WORDS = ("application/fhir+json", "application/json", "text/json", "application/*", "*/*")
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
    if wants_xml(request):
        return Response(outcome_xml(orjson.loads(body)), status, headers, XML_TYPE)
    return Response(body, status, headers, JSON_TYPE)


def wants_xml(request: Request) -> bool:
    """XML is asked for by ``_format`` or, without it, comes before JSON in Accept."""
    form = _format(request)
    if form:
        return form == "xml" or form in _XML_WORDS
    for word in request.headers.get("accept", "").split(","):
        media = word.split(";")[0].strip().lower()
        if media in _XML_WORDS:
            return True
        if media in _JSON_WORDS:
            return False
    return False


def wants_json(request: Request) -> bool:
    """JSON is asked for, or nothing in particular is."""
    form = _format(request)
    if form:
        return form == "json" or form in _JSON_WORDS
    accept = request.headers.get("accept", "")
    if not accept or "*/*" in accept or "json" in accept:
        return True
    return any(word.split(";")[0].strip() in _JSON_WORDS for word in accept.split(","))


def _format(request: Request) -> str:
    """The form that the address asks for; it is not read when there is nothing to read."""
    if not request.scope.get("query_string"):
        return ""
    return request.query_params.get("_format", "").split(";")[0].strip()


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
