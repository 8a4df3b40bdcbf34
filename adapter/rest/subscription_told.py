"""What a subscriber asks of its subscription: how it stands, and the events that it has missed.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html
and …-events.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.fhir.notification import Told, notification, status_entry
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.served import Served
from adapter.rest.subscription import own
from adapter.security.guarded import NotAllowed
from adapter.subscribing import kept

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.subscribed import Subscribed

Json = dict[str, Any]
MOST_EVENTS: Final = 1_000  # of one answer


async def subscription_status(request: Request) -> Response:
    """``GET /fhir/Subscription/{id}/$status``: its state, how many events there have been, what is wrong."""
    form, to = form_of(request), await own(request, "r")
    entry = {**status_entry(to.says("query-status")), "search": {"mode": "match"}}
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "link": [{"relation": "self", "url": f"{to.state['base']}/Subscription/{to.id}/$status"}],
        "entry": [entry],
    }
    return formed(request, form, orjson.dumps(bundle))


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
