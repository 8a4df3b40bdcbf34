"""capabilities: what this server does, said from what it does.

https://hl7.org/fhir/R4/http.html#capabilities
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from adapter.fhir.search_index import SEARCH_PARAMETERS, UNIVERSAL_PARAMETERS
from adapter.rest.form import form_of, formed
from adapter.rest.include import includable, rev_includable
from adapter.rest.served import Served
from adapter.rest.types import SERVED_TYPES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_VALIDATE = {
    "name": "validate",
    "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
}
_INTERACTIONS = ("read", "vread", "history-instance", "search-type")


async def metadata(request: Request) -> Response:
    """``GET /fhir/metadata``."""
    form = form_of(request)
    served = Served.of(request)
    statement = capability_statement(served.base(request), served.version, served.started_at.isoformat())
    return formed(request, form, orjson.dumps(statement))


def capability_statement(base: str, version: str, date: str) -> dict[str, Any]:
    """The CapabilityStatement of this instance; ``date`` is when it started."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Överens", "version": version},
        "implementation": {"description": "Överens: överenskommelser och konsultationer", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Öppen, och därför bara på den egna datorn (demoläge)."},
                "resource": [_resource(type_) for type_ in SERVED_TYPES],
                "operation": [_VALIDATE],
            }
        ],
    }


def _resource(type_: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": type_,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned",
        "readHistory": True,
        "conditionalRead": "full-support",
        "referencePolicy": ["literal"],
        "searchParam": _search_parameters(type_),
        "operation": [_VALIDATE],
    }
    if includes := includable(type_):
        said["searchInclude"] = ["*", *includes]
    if reverse := rev_includable(type_):
        said["searchRevInclude"] = ["*", *reverse]
    return said


def _search_parameters(type_: str) -> list[dict[str, str]]:
    own = SEARCH_PARAMETERS[type_]
    kinds = {name: p.kind for name, p in (*own.items(), *UNIVERSAL_PARAMETERS.items())}
    kinds |= {"_id": "token", "_lastUpdated": "date"}
    kinds |= {f"{name}.identifier": "token" for name in ("patient", "subject") if name in own}
    return [{"name": name, "type": kind} for name, kind in sorted(kinds.items())]
