"""The OpenAPI document: https://spec.openapis.org/oas/v3.1.0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.rest.app import ROUTES
from adapter.rest.openapi import _BODIES, _HEADERS, _QUERIES
from adapter.rest.parameters import CONTROLS

if TYPE_CHECKING:
    import httpx


async def test_every_route_is_told_with_its_parameters(client: httpx.AsyncClient) -> None:
    """
    Each method of each path once; the names in a path are those of its parameters.
    """
    told = (await client.get("/openapi.json")).json()
    assert told["openapi"] == "3.1.0"
    found = {(method.upper(), path) for path, item in told["paths"].items() for method in item}
    assert found == {(method, path) for method, path, _ in ROUTES if path != "/fhir/"}
    names = []
    for path, item in told["paths"].items():
        for operation in item.values():
            inside = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"]
            assert inside == re.findall(r"\{(\w+)\}", path)
            assert operation["summary"]
            assert {"200", "default"} <= set(operation["responses"])
            names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_what_it_says_of_handlers_is_said_of_handlers_that_there_are() -> None:
    """
    And the parameters that it names for a search are known to searches.
    """
    handlers = {getattr(handler, "__name__", "") for _, _, handler in ROUTES}
    assert set(_QUERIES) | set(_HEADERS) | set(_BODIES) <= handlers
    assert set(_QUERIES["search"]) <= {*CONTROLS, "_id", "_lastUpdated"}
