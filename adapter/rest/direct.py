"""The straight way from the gate to a handler: a request that is one of ours passes no layer between.

The framework's layers (its own router, telemetry, exit stacks) cost more than a fetch's whole search. What is
not found here goes the long way, and meets the framework's words for 404 and 405; the framework is made when
that first happens.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request

from adapter.rest.trail import INTERACTION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    Handler = Callable[[Request], Awaitable[Response]]
    ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]

Segments = tuple[str, ...]


def methods(routes: Iterable[tuple[str, str, Handler]], path: str) -> list[str]:
    """What can be done at a path, as ``Allow`` says it."""
    parts = path.split("/")
    found = {method for method, known, _ in routes if _fits(parts, known.split("/"))}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _fits(parts: Sequence[str], segments: Sequence[str]) -> bool:
    pairs = list(zip(parts, segments, strict=False))
    is_same = all(part == said or (part and said[:1] == "{") for part, said in pairs)
    return is_same and len(parts) == len(segments)


class Direct:
    """Routes by method and path; ``{name}`` stands for one segment that is not empty. The first one counts.

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
        self._routes: dict[tuple[str, int], list[tuple[Segments, Handler]]] = {}
        for method, path, handler in self.table:
            segments = tuple(path.split("/"))
            self._routes.setdefault((method, len(segments)), []).append((segments, handler))

    @cached_property
    def app(self) -> ASGIApp:
        """The long way."""
        return self._framework()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        handler = self._handler(scope) if scope["type"] == "http" else None
        if handler is None:
            await self.app(scope, receive, send)
            return
        scope["routes"] = self
        request = Request(scope, receive, send)
        try:
            response = await handler(request)
        except tuple(self._errors) as problem:
            response = await self._errors[type(problem)](request, problem)
        await response(scope, receive, send)

    def _handler(self, scope: Scope) -> Handler | None:
        parts = scope["path"].split("/")
        for segments, handler in self._routes.get((scope["method"], len(parts)), ()):
            pairs = list(zip(parts, segments, strict=True))
            if all(part == said or (part and said[:1] == "{") for part, said in pairs):
                scope[INTERACTION] = handler.__name__
                scope["path_params"] = {said[1:-1]: part for part, said in pairs if said[:1] == "{"}
                return handler
        return None
