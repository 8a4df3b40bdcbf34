"""The application: every route in one table, every error an OperationOutcome.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException

from adapter.ports import StoreUnavailable
from adapter.rest.access_log import access_log
from adapter.rest.batch import batch
from adapter.rest.body import BODY_READ, Refusal
from adapter.rest.convert import convert
from adapter.rest.create import create
from adapter.rest.delete import conditional_delete, delete
from adapter.rest.diff import diff
from adapter.rest.direct import Direct
from adapter.rest.everything import everything
from adapter.rest.gate import BUSY, NOT_ALLOWED, NOT_FORESEEN, Gate, loggable
from adapter.rest.health import healthz, readyz
from adapter.rest.history import history, history_of_all, history_of_type
from adapter.rest.home import home
from adapter.rest.messages import post_message, read_message
from adapter.rest.metadata import metadata
from adapter.rest.openapi import openapi
from adapter.rest.operation import by_post
from adapter.rest.outcome import Problem, problem_response
from adapter.rest.patch import conditional_patch, patch
from adapter.rest.process_message import process_message
from adapter.rest.read import read
from adapter.rest.search import search, search_by_post
from adapter.rest.subscription import (
    create_subscription,
    delete_subscription,
    read_subscription,
    update_subscription,
)
from adapter.rest.subscription_told import (
    subscription_events,
    subscription_status,
    subscriptions_status,
)
from adapter.rest.update import conditional_update, update
from adapter.rest.validate import validate
from adapter.rest.vread import vread
from adapter.security.guarded import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from adapter.rest.direct import ErrorHandler, Handler
    from adapter.rest.served import Served

_LOG = structlog.get_logger("overens.rest")

# HEAD comes with GET.
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/messages/{name}", post_message),
    ("POST", "/fhir/{type}/_search", search_by_post),
    ("POST", "/fhir", batch),
    ("POST", "/fhir/", batch),
    ("POST", "/fhir/Subscription", create_subscription),
    ("GET", "/fhir/Subscription/{id}", read_subscription),
    ("PUT", "/fhir/Subscription/{id}", update_subscription),
    ("DELETE", "/fhir/Subscription/{id}", delete_subscription),
    ("PUT", "/fhir/{type}/{id}", update),
    ("PUT", "/fhir/{type}", conditional_update),
    ("PATCH", "/fhir/{type}/{id}", patch),
    ("PATCH", "/fhir/{type}", conditional_patch),
    ("DELETE", "/fhir/{type}/{id}", delete),
    ("DELETE", "/fhir/{type}", conditional_delete),
    ("POST", "/fhir/$validate", validate),
    ("POST", "/fhir/$process-message", process_message),
    ("POST", "/fhir/{type}/$validate", validate),
    ("POST", "/fhir/{type}/{id}/$validate", validate),
    ("POST", "/fhir/$convert", convert),
    ("GET", "/fhir/metadata", metadata),
    ("GET", "/fhir/_history", history_of_all),
    ("GET", "/fhir/{type}/_history", history_of_type),
    ("GET", "/fhir/{type}", search),
    ("GET", "/fhir/{type}/{id}", read),
    ("GET", "/fhir/{type}/{id}/_history/{version}", vread),
    ("GET", "/fhir/{type}/{id}/_history", history),
    ("GET", "/fhir/Patient/{id}/$everything", everything),
    ("GET", "/fhir/Patient/{id}/$access-log", access_log),
    ("GET", "/fhir/CarePlan/{id}/$diff", diff),
    ("POST", "/fhir/Patient/{id}/$everything", by_post(everything)),
    ("POST", "/fhir/CarePlan/{id}/$diff", by_post(diff)),
    ("POST", "/fhir/{type}", create),
    ("GET", "/fhir/Subscription/$status", subscriptions_status),
    ("GET", "/fhir/Subscription/{id}/$status", subscription_status),
    ("GET", "/fhir/Subscription/{id}/$events", subscription_events),
    ("POST", "/fhir/Subscription/$status", by_post(subscriptions_status)),
    ("POST", "/fhir/Subscription/{id}/$status", by_post(subscription_status)),
    ("POST", "/fhir/Subscription/{id}/$events", by_post(subscription_events)),
    ("GET", "/messages/{name}", read_message),
    ("GET", "/openapi.json", openapi),
    ("GET", "/healthz", healthz),
    ("GET", "/readyz", readyz),
    ("GET", "/", home),
)


def application(served: Served) -> ASGIApp:
    """The whole HTTP side, served from what is given."""
    errors: dict[type[Exception], ErrorHandler] = {
        Problem: _problem,
        StoreUnavailable: _busy,
        NotAllowed: _not_allowed,
    }
    return Gate(Direct(partial(_framework, errors), ROUTES, errors), served)


def _framework(errors: Mapping[type[Exception], ErrorHandler]) -> ASGIApp:
    """The same routes in the framework, for what no route of ours takes: its import is a fifth of a start."""
    from fastapi import FastAPI  # noqa: PLC0415  as the docstring says

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for method, path, handler in ROUTES:
        app.add_route(path, handler, methods=[method])
    for kind, answer in errors.items():
        app.add_exception_handler(kind, answer)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(Exception, _not_foreseen)
    return app


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101  registered for this class alone
    if request.method in {"POST", "PUT", "PATCH"} and BODY_READ not in request.scope:
        return Refusal(request, problem)
    return problem_response(request, problem)


async def _busy(request: Request, away: Exception) -> Response:
    """The log says what the database said, by the name of its error."""
    request_id = loggable(request.scope["request_id"])
    _LOG.warning("store-unavailable", request_id=request_id, code=type(away.__cause__ or away).__name__)
    return problem_response(request, BUSY)


async def _not_allowed(request: Request, _: Exception) -> Response:
    return await _problem(request, NOT_ALLOWED)


async def _not_foreseen(request: Request, _: Exception) -> Response:
    return problem_response(request, NOT_FORESEEN)


async def _by_status(request: Request, raised: Exception) -> Response:
    """The router's own refusal: no such route."""
    assert isinstance(raised, HTTPException)  # noqa: S101  registered for this class alone
    what = "Adressen finns inte. Börja på / eller /fhir/metadata, som visar vad servern har."
    return await _problem(request, Problem(raised.status_code, "not-found", what))
