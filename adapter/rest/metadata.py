"""capabilities: what this server does, said from what it does.

https://hl7.org/fhir/R4/http.html#capabilities. The profile package says the same (``profiles/capability.py``
writes it from here).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.fhir.mistaken import MISTAKABLE
from adapter.fhir.search_index import SEARCH_PARAMETERS, UNIVERSAL_PARAMETERS
from adapter.fhir.sieve import UNINDEXED_PARAMETERS
from adapter.fhir.subscription import GUIDE, TOPICS
from adapter.fhir.supported import SUPPORTED
from adapter.fhir.systems import BASE
from adapter.rest.form import form_of, formed
from adapter.rest.include import includable, rev_includable
from adapter.rest.served import Served
from adapter.rest.types import SERVED_TYPES
from adapter.rest.writing import SERVER_OWNED

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Json = dict[str, Any]
FORMATS: Final = ["application/fhir+json", "application/fhir+xml", "json", "xml"]
_BACKPORT: Final = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription"
_CORE: Final = "http://hl7.org/fhir/OperationDefinition/"
_VALIDATE: Final = {"name": "validate", "definition": f"{_CORE}Resource-validate"}
_EVERYTHING: Final = {"name": "everything", "definition": f"{_CORE}Patient-everything"}
_DIFF: Final = {"name": "diff", "definition": f"{BASE}/OperationDefinition/diff"}
_CONVERT: Final = {"name": "convert", "definition": f"{BASE}/OperationDefinition/convert"}
_PROCESS_MESSAGE: Final = {"name": "process-message", "definition": f"{_CORE}MessageHeader-process-message"}
_ACCESS_LOG: Final = {"name": "access-log", "definition": f"{BASE}/OperationDefinition/access-log"}
_OF_TYPE: Final = {"Patient": [_EVERYTHING, _ACCESS_LOG], "CarePlan": [_DIFF]}
_TOPIC: Final = f"{GUIDE}/capabilitystatement-subscriptiontopic-canonical"
_SUBSCRIPTION: Final = {
    "extension": [{"url": _TOPIC, "valueCanonical": topic} for topic in TOPICS],
    "type": "Subscription",
    "supportedProfile": [f"{GUIDE}/backport-subscription"],
    "interaction": [{"code": code} for code in ("create", "read", "update", "delete")],
    "operation": [{"name": name, "definition": f"{_BACKPORT}-{name}"} for name in ("status", "events")],
}
"""What is said besides by a server that has addresses for subscriptions."""
_READING: Final = ("read", "vread", "history-instance", "history-type", "search-type")
_WRITING: Final = ("create", "update", "patch")


async def metadata(request: Request) -> Response:
    """``GET /fhir/metadata``."""
    form = form_of(request)
    served = Served.of(request)
    statement = capability_statement(
        served.base(request), served.version, served.started_at.isoformat(), is_demo=served.is_demo
    )
    if served.endpoints:
        statement["rest"][0]["resource"].append(_SUBSCRIPTION)
    return formed(request, form, orjson.dumps(statement))


def capability_statement(base: str, version: str, date: str, *, is_demo: bool = True) -> Json:
    """The CapabilityStatement of this instance; ``date`` is when it started."""
    (rest,) = what_it_does()
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Överens", "version": version},
        "implementation": {"description": "Överens: överenskommelser och konsultationer", "url": base},
        "fhirVersion": "4.0.1",
        "format": FORMATS,
        "patchFormat": ["application/json-patch+json"],
        "rest": [{"mode": "server", "security": _security(is_demo=is_demo)} | rest],
    }


def _security(*, is_demo: bool) -> Json:
    if is_demo:
        return {"description": "Öppen, och därför bara på den egna datorn (demoläge)."}
    smart = "http://terminology.hl7.org/CodeSystem/restful-security-service"
    service = {"coding": [{"system": smart, "code": "SMART-on-FHIR"}]}
    return {"service": [service], "description": "Åtkomsttoken (JWT) i Authorization: Bearer."}


def what_it_does() -> list[Json]:
    """``rest`` as the statement has it, the same for every instance."""
    return [
        {
            "mode": "server",
            "resource": [_resource(type_) for type_ in SERVED_TYPES],
            "interaction": [{"code": code} for code in ("transaction", "batch", "history-system")],
            "operation": [_VALIDATE, _CONVERT, _PROCESS_MESSAGE],
        }
    ]


def _resource(type_: str) -> Json:
    said: Json = {"type": type_}
    if supported := SUPPORTED.get(type_):
        said["supportedProfile"] = list(supported)
    said |= {
        "interaction": [{"code": code} for code in _interactions(type_)],
        "versioning": "versioned" if type_ in SERVER_OWNED else "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        **_conditional(type_),
        "referencePolicy": ["literal"],
    }
    if includes := includable(type_):
        said["searchInclude"] = ["*", *includes]
    if reverse := rev_includable(type_):
        said["searchRevInclude"] = ["*", *reverse]
    said["searchParam"] = _search_parameters(type_)
    said["operation"] = [_VALIDATE, *_OF_TYPE.get(type_, ())]
    return said


def _interactions(type_: str) -> tuple[str, ...]:
    if type_ in SERVER_OWNED:
        return _READING
    return (*_READING, *_WRITING, *(("delete",) if type_ in MISTAKABLE else ()))


def _conditional(type_: str) -> Json:
    """What can be done by a search in the place of an id."""
    if type_ in SERVER_OWNED:
        return {"conditionalRead": "full-support"}
    delete = {"conditionalDelete": "single"} if type_ in MISTAKABLE else {}
    return {
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        **delete,
    }


def _search_parameters(type_: str) -> list[dict[str, str]]:
    own, more = SEARCH_PARAMETERS[type_], UNINDEXED_PARAMETERS.get(type_, {})
    kinds = {name: p.kind for name, p in (*own.items(), *UNIVERSAL_PARAMETERS.items(), *more.items())}
    kinds |= {"_id": "token", "_lastUpdated": "date", "_source": "uri"}
    kinds |= {f"{name}.identifier": "token" for name in ("patient", "subject") if name in own}
    told = {"canonical": "reference"}  # what R4 calls them
    return [{"name": name, "type": told.get(kind, kind)} for name, kind in sorted(kinds.items())]
