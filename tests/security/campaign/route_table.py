"""What each route answers with each kind of token, for a body that is no resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.rest.issuer import bearer
from tests.security.campaign.world import TRUSTED, World, as_patient

STATES: Final[Mapping[str, Callable[[World], dict[str, str]]]] = {
    "none": lambda _: {},
    "expired": lambda made: as_patient(made.people[0], exp=1),
    "another patient": lambda made: as_patient(made.people[1]),
    "the patient": lambda made: as_patient(made.people[0]),
    "trusted": lambda _: bearer(**TRUSTED),
}
_OPEN = (200,) * 5
_THEIRS = (401, 401, 404, 200, 200)
_TABLE: Final = {
    ("POST", "/messages/{name}"): (401, 401, 403, 403, 422),
    ("POST", "/fhir/{type}/_search"): (401, 401, 415, 415, 415),
    ("POST", "/fhir"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/"): (401, 401, 400, 400, 400),
    ("PUT", "/fhir/{type}/{id}"): (401, 401, 400, 400, 400),
    ("PUT", "/fhir/{type}"): (401, 401, 400, 400, 400),
    ("PATCH", "/fhir/{type}/{id}"): (401, 401, 415, 415, 415),
    ("PATCH", "/fhir/{type}"): (401, 401, 415, 415, 415),
    ("DELETE", "/fhir/{type}/{id}"): (401, 401, 404, 200, 200),
    ("DELETE", "/fhir/{type}"): (401, 401, 412, 412, 412),
    ("POST", "/fhir/$validate"): (401, 401, 200, 200, 200),
    ("POST", "/fhir/{type}/$validate"): (401, 401, 200, 200, 200),
    ("POST", "/fhir/{type}/{id}/$validate"): (401, 401, 200, 200, 200),
    ("POST", "/fhir/$convert"): (401, 401, 422, 422, 422),
    ("POST", "/fhir/$process-message"): (401, 401, 404, 404, 404),  # when no source reads Bundles
    ("GET", "/fhir/metadata"): _OPEN,
    ("GET", "/fhir/_history"): (401, 401, 200, 200, 200),
    ("GET", "/fhir/{type}/_history"): (401, 401, 200, 200, 200),
    ("GET", "/fhir/{type}"): (401, 401, 200, 200, 200),
    ("GET", "/fhir/{type}/{id}"): _THEIRS,
    ("GET", "/fhir/{type}/{id}/_history/{version}"): _THEIRS,
    ("GET", "/fhir/{type}/{id}/_history"): _THEIRS,
    ("GET", "/fhir/Patient/{id}/$everything"): _THEIRS,
    ("GET", "/fhir/Patient/{id}/$access-log"): _THEIRS,
    ("GET", "/fhir/CarePlan/{id}/$diff"): _THEIRS,
    ("POST", "/fhir/Patient/{id}/$everything"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/CarePlan/{id}/$diff"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/Subscription/$status"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/Subscription/{id}/$status"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/Subscription/{id}/$events"): (401, 401, 400, 400, 400),
    ("POST", "/fhir/Subscription"): (401, 401, 400, 400, 400),
    ("GET", "/fhir/Subscription/{id}"): (401, 401, 404, 404, 404),
    ("PUT", "/fhir/Subscription/{id}"): (401, 401, 400, 400, 400),
    ("DELETE", "/fhir/Subscription/{id}"): (401, 401, 404, 404, 404),
    ("GET", "/fhir/Subscription/$status"): (401, 401, 200, 200, 200),
    ("GET", "/fhir/Subscription/{id}/$status"): (401, 401, 404, 404, 404),
    ("GET", "/fhir/Subscription/{id}/$events"): (401, 401, 404, 404, 404),
    ("POST", "/fhir/{type}"): (401, 401, 400, 400, 400),
    ("GET", "/messages/{name}"): (401, 401, 404, 404, 404),
    ("GET", "/openapi.json"): _OPEN,
    ("GET", "/healthz"): _OPEN,
    ("GET", "/readyz"): _OPEN,
    ("GET", "/"): _OPEN,
}


def told(method: str, path: str) -> tuple[int, ...] | None:
    """The statuses in the order of STATES; None for a route that nobody has thought of."""
    return _TABLE.get((method, path))
