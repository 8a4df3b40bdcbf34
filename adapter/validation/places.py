"""Where we are in a resource while we walk it: a chain that costs one small tuple a step.

A place is ``None`` (the root) or ``(parent, label, key, index)``: the label is the FHIRPath name
(``value.ofType(Quantity)``), the key the JSON name, the index -1 when the element does not repeat.
"""

from __future__ import annotations

from typing import Any

Place = tuple[Any, str, str, int] | None


def expression(root: str, place: Place) -> str:
    """The place as HL7's validator writes it: ``CarePlan.activity[0].reference``."""
    parts: list[str] = []
    while place is not None:
        parent, label, _, index = place
        parts.append(label if index < 0 else f"{label}[{index}]")
        place = parent
    parts.append(root)
    return ".".join(reversed(parts))


def keys(place: Place) -> tuple[str | int, ...]:
    """The place as keys and indexes into the JSON tree, to find its line."""
    parts: list[str | int] = []
    while place is not None:
        parent, _, key, index = place
        if index >= 0:
            parts.append(index)
        if key:
            parts.append(key)
        place = parent
    return tuple(reversed(parts))
