"""To which slice an item belongs.

https://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from typing import Any

from adapter.validation.discriminators import matcher
from adapter.validation.places import Place
from adapter.validation.plans import Element, Field
from adapter.validation.run import Run, Scope

Item = tuple[Any, Any, Place]
DEFAULT = "@default"


def assign(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, element: Element, field: Field, items: list[Item], place: Place, scope: Scope
) -> list[Field]:
    """The field of the slice for each item (the unsliced field where none matches), and the rules of slicing."""  # noqa: E501 see the line
    named = [s for s in element.slices if s.slice_name != DEFAULT]
    default = next((s for s in element.slices if s.slice_name == DEFAULT), None)
    chosen = [_match(run, element, named, field, item, scope) for item in items]
    _count(run, element, named, chosen, place)
    if element.is_ordered:
        _order(run, element, named, chosen, place)
    if None in chosen:
        _unmatched(run, element, chosen, items, default)
    fields = [_field(s or default, field) for s in chosen]
    for part in named:
        if part.is_sliced and (inner := [i for i, s in enumerate(chosen) if s is part]):
            again = assign(run, part, fields[inner[0]], [items[i] for i in inner], place, scope)
            for i, better in zip(inner, again, strict=True):
                fields[i] = better
    return fields


def _field(part: Element | None, field: Field) -> Field:
    return field if part is None else part.fields.get(field.key, field)


def _match(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, element: Element, named: list[Element], field: Field, item: Item, scope: Scope
) -> Element | None:
    value, sibling, here = item
    found = []
    for part in named:
        if field.key in part.fields:
            test = part.matcher
            if test is None:
                test = part.matcher = matcher(run.engine, element, part)
            if test(run, value, sibling, field.code, here, scope):
                found.append(part)
    if len(found) > 1:
        names = ", ".join(p.slice_name for p in found)
        run.say("slice-many", here, element=element.path, slices=names, source=element.owner.url)
    return found[0] if found else None


def _count(
    run: Run, element: Element, named: list[Element], chosen: list[Element | None], place: Place
) -> None:
    owner = element.owner.url
    for part in named:
        found = sum(s is part for s in chosen)
        name = f"{element.path}:{part.slice_name}"
        if found < part.min:
            run.say("min", place, element=name, min=part.min, found=found, profile=owner, source=owner)
        if found > part.max:
            run.say("max", place, element=name, max=part.max, found=found, profile=owner, source=owner)


def _order(
    run: Run, element: Element, named: list[Element], chosen: list[Element | None], place: Place
) -> None:
    positions = [named.index(s) for s in chosen if s is not None]
    if positions != sorted(positions):
        run.say(
            "slice-order", place, element=element.path, profile=element.owner.url, source=element.owner.url
        )


def _unmatched(
    run: Run, element: Element, chosen: list[Element | None], items: list[Item], default: Element | None
) -> None:
    owner = element.owner.url
    if element.rules == "closed" and default is None:
        names = ", ".join(s.slice_name for s in element.slices)
        for (_, _, here), part in zip(items, chosen, strict=True):
            if part is None:
                run.say("slice-closed", here, element=element.path, slices=names, profile=owner, source=owner)
    elif element.rules == "openAtEnd":
        first = chosen.index(None)
        if any(s is not None for s in chosen[first:]):
            run.say("slice-end", items[first][2], element=element.path, profile=owner, source=owner)
