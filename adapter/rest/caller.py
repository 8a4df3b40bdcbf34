"""Who calls, as the outer layers made it out; everybody is the same open client in demo mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.fhir.written import Writer

if TYPE_CHECKING:
    from starlette.requests import Request

SCOPE_KEY: Final = "overens.caller"  # where whoever reads the token puts the Writer
DEMO: Final = Writer(client="demo")


def caller(request: Request) -> Writer:
    """The caller of a request."""
    found = request.scope.get(SCOPE_KEY, DEMO)
    assert isinstance(found, Writer)  # noqa: S101  nobody else writes this key
    return found
