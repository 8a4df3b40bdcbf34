"""What a subscriber asks of its subscription: how it stands, and the events that it has missed.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html
and …-events.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from adapter.fhir.notification import Told, notification, status_entry
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.served import Served
from adapter.rest.subscription import all_own, own
from adapter.security.guarded import NotAllowed
from adapter.subscribing import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.subscribed import Subscribed

Json = dict[str, Any]
MOST_EVENTS: Final = 1_000  # of one answer
_STATES: Final = frozenset({"requested", "active", "error", "off"})


async def subscription_status(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}/$status``: its state, how many events there have been, what is wrong."""
    form, to = form_of(request), await own(request, "r")
    address = f"{to.state['base']}/Subscription/{to.id}/$status"
    return formed(request, form, orjson.dumps(_statuses([to], address)))


async def subscriptions_status(request: Request) -> Response:
    """``GET /fhir/Subscription/$status``: of the own ones, or those of them with an ``id`` or ``status``."""
    form, asked = form_of(request), request.query_params
    ids, states = asked.getlist("id"), asked.getlist("status")
    if not _STATES.issuperset(states):
        what = f"status är något av {', '.join(sorted(_STATES))}. Rätta det."
        raise Problem(400, "invalid", what, where="status")
    found = [
        to
        for to in await all_own(request, "r")
        if (not ids or to.id in ids) and (not states or to.status in states)
    ]
    known = [(name, text) for name, text in asked.multi_items() if name in {"id", "status"}]
    address = f"{Served.of(request).base(request)}/Subscription/$status"
    address += f"?{urlencode(known)}" if known else ""
    return formed(request, form, orjson.dumps(_statuses(found, address)))


def _statuses(found: Sequence[Subscribed], address: str) -> Json:
    """How some subscriptions stand."""
    entries = [{**status_entry(to.says("query-status")), "search": {"mode": "match"}} for to in found]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "link": [{"relation": "self", "url": address}],
        **({"entry": entries} if entries else {}),
    }


async def subscription_events(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}/$events``: those from one number to another, to fill a gap."""
    served, form = Served.of(request), form_of(request)
    to = await own(request, "r")
    count: int = to.state["count"]
    first = max(_number(request, "eventsSinceNumber", 1), 1)
    last = min(_number(request, "eventsUntilNumber", count), count)
    numbers = range(first, min(last, first + MOST_EVENTS - 1) + 1)
    events = [await _event(served, to, number) for number in numbers]
    return formed(request, form, orjson.dumps(notification(to.says("query-event", events))))


async def _event(served: Served, to: Subscribed, number: int) -> Told:
    """An event as it is told now: what the caller may no longer see is not named.

    What is not named for another reason is read all the same: that it is told of stands in the log.
    """
    event, _ = await kept(served.whole, to.id, "event", str(number))
    type_, _, id_ = event["focus"].partition("/")
    try:
        is_seen = await served.store.read(type_, id_) is not None
    except NotAllowed:
        is_seen = False
    is_named = is_seen and to.wish.content == "id-only"
    return Told(number=number, at=event["at"], focus=event["focus"] if is_named else "")


def _number(request: Request, name: str, preset: int) -> int:
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004  an integer64
        raise Problem(400, "invalid", f"{name} ska vara ett heltal. Rätta det.", where=name)
    return int(text) if text else preset
