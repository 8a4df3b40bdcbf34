"""Subscriptions: asked for, read, asked for again, ended (R4 backport guide, rest-hook alone).

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/. A subscription belongs to the client that asked for
it, at its unit: to others it is as one that does not exist. What it is sent was judged as that client's own
reading. An address counts only when the receivers file has it, or an operator has approved it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from adapter.endpoints import receiver_of
from adapter.fhir.subscription import Unfit, asked, without_guide
from adapter.ports import Put
from adapter.rest.access import WHO
from adapter.rest.form import form_of, formed
from adapter.rest.fresh_id import fresh_id
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.sent import check, read_resource, sent_resource
from adapter.rest.served import Served
from adapter.rest.storable import check_storable
from adapter.rest.types import sound_id
from adapter.rest.writing import ATTEMPTS, STALE, without_version
from adapter.security.callers import OPEN, Caller
from adapter.security.guarded import NotAllowed
from adapter.subscribed import Doing, Subscribed, asked_again, subscribed
from adapter.subscribing import keeping, kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.security.scopes import Letter as Right

Json = dict[str, Any]
TYPE: Final = "Subscription"
MOST: Final = 200  # at the same time
_FULL = Problem(422, "too-costly", f"Servern har redan {MOST} prenumerationer. Avsluta någon först.")


async def create_subscription(request: Request) -> Response:
    """``POST /fhir/Subscription`` with status requested; it becomes active when the endpoint has answered."""
    served, who = Served.of(request), _caller(request, "c")
    resource = {**await _requested(request, served), "id": fresh_id(served.clock.now())}
    state: Json = {
        "count": 0,
        "is_off": False,
        "base": served.base(request),
        "receiver": await _receiver(served, resource),
        "caller": who.told(),
    }
    made = Subscribed(resource=resource, state=state)
    for _ in range(ATTEMPTS):
        if await _is_listed(served, made):
            response = _answered(request, made)
            response.status_code = 201
            response.headers["Location"] = f"{state['base']}/{TYPE}/{made.id}"
            return response
    raise STALE.anew()


async def read_subscription(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}``: as it was asked for, with the status that it has now, and why."""
    return _answered(request, await own(request, "r"))


async def update_subscription(request: Request) -> Response:
    """``PUT /fhir/Subscription/{id}`` with status requested: after an error, its next round begins.

    Nothing else of it can be changed. One that is not in error stays as it is.
    """
    served, who = Served.of(request), _caller(request, "u")
    resource = await _requested(request, served)
    if resource.get("id") != sound_id(request):
        what = "Resursens id saknas eller är ett annat än adressens. Gör dem lika."
        raise Problem(400, "invalid", what, where="Subscription.id")
    for _ in range(ATTEMPTS):
        to = await own(request, "u")
        _refuse_other(resource, to)
        if to.status != "error":
            return _answered(request, to)
        receiver = await _receiver(served, resource)
        doing = asked_again(to, served.clock.now(), receiver=receiver, caller=who.told())
        if await doing.is_kept(served.whole):
            return _answered(request, await own(request, "u"))
    raise STALE.anew()


async def delete_subscription(request: Request) -> Response:
    """``DELETE /fhir/Subscription/{id}``: it is off from then on, and what waits is not sent."""
    served, form = Served.of(request), form_of(request)
    for _ in range(ATTEMPTS):
        to = await own(request, "d")
        off = {**without_version(to.resource), "status": "off"}
        listed, at = await kept(served.whole, "list")
        doing = Doing(served.clock.now())
        doing.puts += (
            Put(resource=off, lane=0),
            to.keeping(is_off=True),
            keeping({"ids": [each for each in listed.get("ids", ()) if each != to.id]}, at, "list"),
        )
        if await doing.is_kept(served.whole):
            return formed(request, form, orjson.dumps(off))
    raise STALE.anew()


async def own(request: Request, right: Right) -> Subscribed:
    """A subscription of the caller's own. Problem 404 for every other."""
    served, who, id_ = Served.of(request), _caller(request, right), sound_id(request)
    found = await subscribed(served.whole, id_, served.clock.now())
    if found is None or not _is_owner(found, who):
        raise not_found(TYPE)
    return found


async def all_own(request: Request, right: Right) -> list[Subscribed]:
    """The caller's own, but those that were deleted."""
    served, who = Served.of(request), _caller(request, right)
    return [to for to in await _listed(served, await _ids(served)) if _is_owner(to, who)]


async def _ids(served: Served) -> list[str]:
    listed, _ = await kept(served.whole, "list")
    return list(listed.get("ids", ()))


async def _listed(served: Served, ids: Sequence[str]) -> list[Subscribed]:
    now = served.clock.now()
    return [to for id_ in ids if (to := await subscribed(served.whole, id_, now))]


def _is_owner(to: Subscribed, who: Caller) -> bool:
    return _owner(to.state["caller"]) == _owner(who.told())


def _answered(request: Request, to: Subscribed) -> Response:
    """The resource with the status that it has now, and in words why it is in error."""
    said = {**to.resource, "status": to.status}
    if to.failure:
        said["error"] = to.failure.text
    return formed(request, form_of(request), orjson.dumps(said))


def _owner(caller: Json) -> tuple[str, ...]:
    return tuple(caller.get(name, "") for name in ("kind", "client", "patient", "user", "unit", "care_giver"))


def _caller(request: Request, right: Right) -> Caller:
    """The caller, where a scope lets it. Raises NotAllowed."""
    who = cast("Caller", request.scope.get(WHO, OPEN))
    if not who.may(right, TYPE):
        raise NotAllowed(right, TYPE)
    return who


async def _requested(request: Request, served: Served) -> Json:
    """The resource that was sent, valid and with status requested. Problem 400 or 422 when it is not."""
    source = await sent_resource(request, TYPE)
    check_storable(source.resource)
    await check(served, read_resource(served, orjson.dumps(without_guide(source.resource))))
    try:
        asked(source.resource)
    except Unfit as unfit:
        raise Problem(422, "not-supported", unfit.what, where=unfit.where) from None
    if source.resource.get("status") != "requested":
        what = "Den som ber om en prenumeration anger status requested. Ändra det."
        raise Problem(422, "value", what, where="Subscription.status")
    if Subscribed(resource=source.resource, state={}).is_over(served.clock.now()):
        what = "Tiden i end har redan gått. Ange en senare, eller ingen."
        raise Problem(422, "value", what, where="Subscription.end")
    return without_version(source.resource)


async def _receiver(served: Served, resource: Json) -> str:
    """Whose address it names. Problem 422 when it is not approved."""
    receiver = await receiver_of(served.whole, asked(resource).endpoint, served.endpoints)
    if not receiver:
        what = "Adressen är inte godkänd. Be driften lägga in eller godkänna den, exakt som den står här."
        raise Problem(422, "forbidden", what, where="Subscription.channel.endpoint")
    return receiver


def _refuse_other(resource: Json, to: Subscribed) -> None:
    """Problem 422 when anything but its state is to be changed, or when it is ended."""
    said, known = ({n: v for n, v in r.items() if n not in _OURS} for r in (resource, to.resource))
    if to.status == "off" or said != known:
        what = "En prenumeration går bara att begära på nytt som den är. Avsluta den och be om en ny."
        raise Problem(422, "not-supported", what, where=TYPE)


_OURS: Final = frozenset({"status", "error", "meta"})


async def _is_listed(served: Served, made: Subscribed) -> bool:
    """Keep a new subscription with its handshake; False when another came between."""
    listed, version = await kept(served.whole, "list")
    ids = listed.get("ids", [])
    if len(ids) >= MOST:
        ids = [to.id for to in await _listed(served, ids) if to.status != "off"]
    if len(ids) >= MOST:
        raise _FULL.anew()
    doing = Doing(served.clock.now())
    doing.open(made)
    doing.puts += (
        Put(resource=made.resource, lane=0, expects=0),
        made.keeping(),
        keeping({"ids": [*ids, made.id]}, version, "list"),
    )
    return await doing.is_kept(served.whole)
