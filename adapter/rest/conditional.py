"""Conditional writes: which resource a search stands for.

https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1 (conditional delete)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.fhir.ids import resource_id
from adapter.ports import Query
from adapter.rest.outcome import Problem
from adapter.rest.parameters import Asked, PageSizes, read_parameters
from adapter.rest.search import pairs_of
from adapter.rest.understood import found_by, understood

if TYPE_CHECKING:
    from adapter.ports import Row
    from adapter.rest.served import Served

_SIZES = PageSizes(2, 2)


async def question(served: Served, base: str, type_: str, criteria: str) -> Asked:
    """The search that a condition states. Problem 412 when it filters nothing, 400 when it is wrong."""
    asked = read_parameters(type_, pairs_of(criteria.encode()), base, _SIZES)
    asked = await understood(served, base, asked)
    if not (asked.query.criteria or asked.sieves):
        what = "Villkoret väljer inte ut något. Ange till exempel identifier=system|värde."
        raise Problem(412, "multiple-matches", what)
    return replace(asked, query=Query(type=type_, criteria=asked.query.criteria, count=2))


async def the_one(served: Served, asked: Asked) -> Row | None:
    """The one resource that meets a condition. Problem 412 when there are more."""
    page = await found_by(served, asked)
    if len(page.matches) > 1 or page.next:
        what = "Flera resurser stämmer med villkoret, så inget är sparat. Ange ett som bara en uppfyller."
        raise Problem(412, "multiple-matches", what)
    return next(iter(page.matches), None)


async def free_id(served: Served, asked: Asked) -> str:
    """The id that whoever creates by this condition gives, the same for all who do so at the same time.

    So the store's own key decides between them. One that was given before, to what no longer meets the
    condition, is passed over.
    """
    type_ = asked.query.type
    said = sorted(f"{c.param}|{c.kind}|{sorted(map(repr, c.values))}" for c in asked.query.criteria)
    said += sorted(map(repr, asked.sieves))
    for n in range(1_000):
        id_ = resource_id("condition", type_, *said, str(n))
        if await served.whole.read(type_, id_) is None:
            return id_
    raise Problem(409, "conflict", "Villkoret har använts för många gånger. Skapa resursen utan villkor.")
