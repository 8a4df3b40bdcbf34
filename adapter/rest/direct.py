"""The straight way from the gate to a handler: a request that is one of ours passes no layer between.

The framework's layers (its own router, telemetry, exit stacks) cost more than a fetch's whole search. What is
not found here goes the long way, and meets the framework's words for 404 and 405; the framework is made when
that first happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request

from adapter.rest.outcome import Problem
from adapter.rest.trail import INTERACTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

Handler = Callable[[Request], Awaitable["Response"]]
ErrorHandler = Callable[[Request, Exception], Awaitable["Response"]]
Segments = tuple[str, ...]


class Place(NamedTuple):
    """An address, and what can be done there by method."""

    segments: Segments
    handlers: dict[str, Handler]

    @property
    def allowed(self) -> str:
        """As ``Allow`` says it."""
        return ", ".join(sorted({*self.handlers, *(["HEAD"] if "GET" in self.handlers else ())}))


def _fits(parts: Sequence[str], segments: Segments) -> bool:
    pairs = zip(parts, segments, strict=True)
    return all(part == said or (part and said[:1] == "{") for part, said in pairs)


def _words(place: Place) -> int:
    return sum(said[:1] != "{" for said in place.segments)


class Direct:
    """Routes by path and method; ``{name}`` stands for one segment that is not empty, and is not the first.

    Of the addresses that a path fits, the one with most words of its own is meant; only its methods count.
    An exception of one of the classes in ``errors`` becomes its handler's answer; others pass on.
    """

    def __init__(
        self,
        framework: Callable[[], ASGIApp],
        routes: Iterable[tuple[str, str, Handler]],
        errors: Mapping[type[Exception], ErrorHandler],
    ) -> None:
        self.table = tuple(routes)
        self._framework = framework
        self._errors = errors
        places: dict[str, Place] = {}
        for method, path, handler in self.table:
            place = places.setdefault(path, Place(tuple(path.split("/")), {}))
            place.handlers[method] = handler
        self._plain = {path: place for path, place in places.items() if "{" not in path}
        self._places: dict[tuple[int, str], list[Place]] = {}  # by length and first word
        for place in sorted(places.values(), key=_words, reverse=True):
            self._places.setdefault((len(place.segments), place.segments[1]), []).append(place)

    @cached_property
    def app(self) -> ASGIApp:
        """The long way."""
        return self._framework()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        place = self._place(scope) if scope["type"] == "http" else None
        method = scope.get("method", "")
        if place is None or (method == "HEAD" and "GET" in place.handlers):
            await self.app(scope, receive, send)
            return
        handler = place.handlers.get(method) or _refused(place)
        scope["routes"] = self
        scope[INTERACTION] = handler.__name__
        request = Request(scope, receive, send)
        try:
            response = await handler(request)
        except tuple(self._errors) as problem:
            response = await self._errors[type(problem)](request, problem)
        await response(scope, receive, send)

    def _place(self, scope: Scope) -> Place | None:
        path = scope["path"]
        if path in self._plain:
            scope["path_params"] = {}
            return self._plain[path]
        parts = path.split("/")
        for place in self._places.get((len(parts), parts[1] if len(parts) > 1 else ""), ()):
            if _fits(parts, place.segments):
                pairs = zip(parts, place.segments, strict=True)
                scope["path_params"] = {said[1:-1]: part for part, said in pairs if said[:1] == "{"}
                return place
        return None


def _refused(place: Place) -> Handler:
    """What answers a method that an address has not."""

    async def not_there(request: Request) -> Response:
        what = f"{request.method} går inte på den här adressen; det gör {place.allowed}."
        raise Problem(405, "not-supported", what, headers={"Allow": place.allowed})

    return not_there
