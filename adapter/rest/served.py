"""What the routes serve from: given once by the composition root, the same for every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from adapter.frozen import dataclass, replace
from adapter.own_faults import Check
from adapter.pipeline import Source
from adapter.policy import ORDINARY, Policy
from adapter.ports import Clock, Store
from adapter.rest.access import Access
from adapter.rest.beside import Beside
from adapter.rest.decider import Decider
from adapter.rest.refusing import Refuse, nothing_refused
from adapter.rest.trail import watched
from adapter.validation import Validator

if TYPE_CHECKING:
    from starlette.requests import Request

SEEN = "overens.served"  # where what one request is served from lies in its scope


Recognise = Callable[[bytes, Mapping[str, Source]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The store, the sources and the limits. ``started_at`` is an aware datetime."""

    store: Store
    sources: Mapping[str, Source]
    clock: Clock
    version: str
    started_at: datetime
    public_url: str = ""
    max_body_bytes: int = 10_000_000
    body_timeout_seconds: float = 30.0
    most_at_once: int = 0  # requests inside at the same time; 0: no limit
    requests_per_second: float = 0  # of one caller, over ten seconds; 0: no limit
    page_size: int = 50
    max_page_size: int = 500
    deciders: Sequence[Decider] = ()  # none: every message is decided in this process
    check: Check | None = None  # judges what is made of a message
    policy: Policy = ORDINARY  # who is told what, and when
    validator: Callable[[], Validator] = Validator  # made when first asked for, then the same
    beside: Beside = field(default_factory=Beside)  # where what takes long is done
    recognise: Recognise = lambda _raw, _sources: None  # which source a message looks like
    refuse: Refuse = (
        nothing_refused  # what stands in the way of a change, by the life-cycle of what is changed
    )
    endpoints: Mapping[str, str] = field(default_factory=dict)  # of subscriptions, with their receivers
    access: Access | None = None  # how callers are known; None: open to all, and so only on this machine
    sender: str = ""  # HSA-id of the one unit that messages may come from; empty: any
    behind: Store | None = None  # the whole store, when ``store`` is what the caller sees of it

    @staticmethod
    def of(request: Request) -> Served:
        """What this request is served from: the store as its caller sees it."""
        served = cast("Served", request.scope["served"])
        seen = request.scope.get(SEEN)
        if seen is None:
            store = served.access.guarded(request.scope, served.store) if served.access else served.store
            sender = served.access.sender(request.scope) if served.access else ""
            seen = replace(served, store=watched(request.scope, store), behind=served.store, sender=sender)
            request.scope[SEEN] = seen
        return cast("Served", seen)

    @property
    def whole(self) -> Store:
        """The whole store, for what the server itself has to know. What is read here goes to nobody."""
        return self.behind or self.store

    @property
    def is_demo(self) -> bool:
        """Open to whoever reaches it."""
        return self.access is None

    def origin(self, request: Request) -> str:
        """How the caller reaches us, without a last slash: the start of every link."""
        if self.public_url:
            return self.public_url
        host = request.headers.get("host", "localhost")
        return f"{request.scope['scheme']}://{host}"

    def base(self, request: Request) -> str:
        """The FHIR base URL, without a last slash."""
        return f"{self.origin(request)}/fhir"
