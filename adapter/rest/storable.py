"""What no store and no form can hold: control characters, half characters, and nesting without end.

FHIR strings have no characters below U+0020 but tab, line feed and return (datatypes.html#string in R4).
"""

from __future__ import annotations

import re
from typing import Any, Final

from adapter.rest.outcome import Problem

DEEPEST: Final = 100  # levels; FHIR content has under thirty
_NEVER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARACTER = Problem(
    422,
    "value",
    "En text innehåller tecken som FHIR inte tillåter (styrtecken eller halva tecken). Ta bort dem.",
)
_DEPTH = Problem(422, "too-costly", f"Resursen har fler än {DEEPEST} nivåer. Gör den enklare.")


def check_storable(resource: Any) -> None:
    """Problem 422 for what cannot be kept, whatever its profile says."""
    waiting = [(resource, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise _DEPTH.anew()
        if isinstance(value, str):
            if _NEVER.search(value):
                raise _CHARACTER.anew()
        elif isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
