"""Resources that recur in message after message, as those of units and staff: made once and kept as JSON.

What is kept are bytes, and never of a patient or a note. Each message gets a copy of its own, so that no
later step can change what the next message gets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec

import orjson

from adapter.fhir.draft import Draft
from adapter.fhir.element import Json
from adapter.recalled import recalled

P = ParamSpec("P")
_MOST: Final = 1024  # of each kind


def recurring(make: Callable[P, Json]) -> Callable[Concatenate[Draft, P], Json]:
    """A builder whose resource hangs on nothing but texts, which remembers what it built last.

    While traces are collected every text has its place, so everything is made anew.
    """

    @recalled(_MOST)
    def kept(*args: P.args, **kwargs: P.kwargs) -> bytes:
        return orjson.dumps(make(*args, **kwargs))

    def made(draft: Draft, /, *args: P.args, **kwargs: P.kwargs) -> Json:
        if draft.has_traces:
            return make(*args, **kwargs)
        copy: Json = orjson.loads(kept(*args, **kwargs))
        return copy

    return made
