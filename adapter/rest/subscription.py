"""Subscriptions: asked for, read, ended, and asked how they are (R4 backport guide, rest-hook alone).

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/. A subscription belongs to the client that asked for
it, at its unit: to others it is as one that does not exist. What it is sent was judged as that client's own
reading. An address counts only when the receivers file has it.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from adapter.fhir.subscription import (
    Asked,
    Notification,
    Told,
    Unfit,
    asked,
    notification,
    status_parameters,
    without_guide,
)
from adapter.ports import Put, Stale
from adapter.rest.access import WHO
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.sent import check, read_resource, sent_resource
from adapter.rest.served import Served
from adapter.rest.storable import check_storable
from adapter.rest.types import sound_id
from adapter.rest.writing import ATTEMPTS, STALE, without_version
from adapter.security.callers import OPEN, Caller
from adapter.security.guarded import NotAllowed
from adapter.subscribing import (
    as_said,
    heartbeat,
    keeping,
    kept,
    one_transaction,
    opened_at,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.ports import Letter
    from adapter.security.scopes import Letter as Right

Json = dict[str, Any]
TYPE: Final = "Subscription"
MOST: Final = 200  # at the same time
MOST_EVENTS: Final = 1_000  # of one answer
_FULL = Problem(422, "too-costly", f"Servern har redan {MOST} prenumerationer. Avsluta någon först.")


async def create_subscription(request: Request) -> Response:
    """``POST /fhir/Subscription`` with status requested; it becomes active when the endpoint has answered."""
    served, who = Served.of(request), _caller(request, "c")
    source = await sent_resource(request, TYPE)
    check_storable(source.resource)
    await check(served, read_resource(served, orjson.dumps(without_guide(source.resource))))
    wish = _wish(served, source.resource)
    id_ = str(uuid.uuid4())
    resource = {**without_version(source.resource), "id": id_, "status": "requested"}
    state: Json = {
        "count": 0,
        "is_off": False,
        "base": served.base(request),
        "receiver": served.endpoints[wish.endpoint],
        "caller": who.told(),
    }
    said = Notification(
        kind="handshake",
        base=state["base"],
        subscription=id_,
        topic=wish.topic,
        status="requested",
        count=0,
    )
    letters = [told(state["receiver"], said)]
    if wish.heartbeat:
        first = served.clock.now() + timedelta(seconds=wish.heartbeat)
        letters.append(heartbeat(id_, 1, first))
    for _ in range(ATTEMPTS):
        listed, version = await kept(served.whole, "list")
        ids = listed.get("ids", [])
        if len(ids) >= MOST:
            raise _FULL
        puts = (
            Put(resource=resource, lane=0, expects=0),
            keeping(state, 0, id_, "state"),
            keeping({"ids": [*ids, id_]}, version, "list"),
        )
        if await _kept(served, puts, letters):
            response = formed(request, form_of(request), orjson.dumps(resource))
            response.status_code = 201
            response.headers["Location"] = f"{state['base']}/{TYPE}/{id_}"
            return response
    raise STALE


async def read_subscription(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}``: as it was asked for, with the status that it has now."""
    served, form = Served.of(request), form_of(request)
    resource, _ = await _own(request, "r")
    status = await _status(served, resource)
    return formed(request, form, orjson.dumps({**resource, "status": status}))


async def delete_subscription(request: Request) -> Response:
    """``DELETE /fhir/Subscription/{id}``: it is off from then on, and what waits is not sent."""
    served, form = Served.of(request), form_of(request)
    for _ in range(ATTEMPTS):
        resource, _ = await _own(request, "d")
        id_ = resource["id"]
        off = {**without_version(resource), "status": "off"}
        state, version = await kept(served.whole, id_, "state")
        listed, at = await kept(served.whole, "list")
        puts = (
            Put(resource=off, lane=0),
            keeping({**state, "is_off": True}, version, id_, "state"),
            keeping({"ids": [each for each in listed.get("ids", ()) if each != id_]}, at, "list"),
        )
        if await _kept(served, puts, ()):
            return formed(request, form, orjson.dumps(off))
    raise STALE


async def subscription_status(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}/$status``: its state, and how many events there have been."""
    form = form_of(request)
    resource, state = await _own(request, "r")
    said = await _said(Served.of(request), resource, state, "query-status", ())
    entry = {"resource": status_parameters(said), "search": {"mode": "match"}}
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [entry]}
    return formed(request, form, orjson.dumps(bundle))


async def subscription_events(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}/$events``: those from one number to another, to fill a gap."""
    served, form = Served.of(request), form_of(request)
    resource, state = await _own(request, "r")
    first = max(_number(request, "eventsSinceNumber", 1), 1)
    last = min(_number(request, "eventsUntilNumber", state["count"]), state["count"])
    numbers = range(first, min(last, first + MOST_EVENTS - 1) + 1)
    events = [await _event(served, resource, number) for number in numbers]
    said = await _said(served, resource, state, "query-event", events)
    return formed(request, form, orjson.dumps(notification(said)))


async def _event(served: Served, resource: Json, number: int) -> Told:
    """An event as it is told now: what the caller may no longer see is not named."""
    event, _ = await kept(served.whole, resource["id"], "event", str(number))
    focus = event["focus"] if asked(resource).content == "id-only" else ""
    type_, _, id_ = focus.partition("/")
    try:
        is_seen = bool(focus) and await served.store.read(type_, id_) is not None
    except NotAllowed:
        is_seen = False
    return Told(number=number, at=event["at"], focus=focus if is_seen else "")


async def _said(
    served: Served, resource: Json, state: Json, kind: str, events: Sequence[Told]
) -> Notification:
    return Notification(
        kind=kind,
        base=state["base"],
        subscription=resource["id"],
        topic=resource["criteria"],
        status=await _status(served, resource),
        count=state["count"],
        events=tuple(events),
    )


async def _own(request: Request, right: Right) -> tuple[Json, Json]:
    """A subscription of the caller's own, and its state. Problem 404 for every other."""
    served, who, id_ = Served.of(request), _caller(request, right), sound_id(request)
    row = await served.whole.read(TYPE, id_)
    state, _ = await kept(served.whole, id_, "state")
    if row is None or not state or _owner(state["caller"]) != _owner(who.told()):
        raise not_found(TYPE)
    return as_said(row), state


def _owner(caller: Json) -> tuple[str, ...]:
    return tuple(caller[name] for name in ("kind", "client", "patient", "unit", "care_giver"))


def _caller(request: Request, right: Right) -> Caller:
    """The caller, where a scope lets it. Raises NotAllowed."""
    who = cast("Caller", request.scope.get(WHO, OPEN))
    if not who.may(right, TYPE):
        raise NotAllowed(right, TYPE)
    return who


def _wish(served: Served, resource: Json) -> Asked:
    """What is asked for. Problem 422 when it cannot be served."""
    try:
        wish = asked(resource)
    except Unfit as unfit:
        raise Problem(422, "not-supported", unfit.what, where=unfit.where) from None
    if resource.get("status") != "requested":
        what = "En ny prenumeration har status requested. Ändra det."
        raise Problem(422, "value", what, where="Subscription.status")
    if wish.endpoint not in served.endpoints:
        what = "Adressen är inte godkänd. Be driften lägga in den exakt så i mottagarfilen."
        raise Problem(422, "forbidden", what, where="Subscription.channel.endpoint")
    return wish


async def _status(served: Served, resource: Json) -> str:
    if resource["status"] == "off":
        return "off"
    return (await opened_at(served.whole, resource["id"]))[0]


async def _kept(served: Served, puts: Sequence[Put], letters: Sequence[Letter]) -> bool:
    try:
        await served.whole.keep(one_transaction(str(uuid.uuid4()), served.clock.now(), puts, letters))
    except Stale:
        return False
    return True


def _number(request: Request, name: str, preset: int) -> int:
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004  an integer64
        raise Problem(400, "invalid", f"{name} ska vara ett heltal. Rätta det.", where=name)
    return int(text) if text else preset
