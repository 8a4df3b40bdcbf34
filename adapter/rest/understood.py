"""A search made plain before it is run: chains, reverse chains and identities become ids.

What they lead to is looked up first, so that the links of the answer can be shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.ports import Criterion, Query
from adapter.rest.chains import MOST_CHAINED, checked, too_many
from adapter.rest.parameters import Asked, PageSizes, read_parameters, with_patients
from adapter.rest.sieving import sifted
from adapter.security.guarded import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.ports import Page, Row
    from adapter.rest.chains import Chain, Has
    from adapter.rest.served import Served

_MOST_PATIENTS = 50  # with one identity number; more would be a fault in the store
_NO_PATIENT = "unknown"  # the patient id of links when the identity is nobody's
_SIZES = PageSizes(MOST_CHAINED + 1, MOST_CHAINED + 1)


async def understood(served: Served, base: str, asked: Asked) -> Asked:
    """The same question with ids in the place of what had to be looked up. Problem 400 if too much."""
    if asked.persons:
        asked = await _with_known_patients(served, asked)
    for step in asked.steps:
        rows = await _through(served, base, step)
        criterion, shown = step.told(checked(step.name, rows))
        query = replace(asked.query, criteria=(*asked.query.criteria, criterion))
        asked = replace(asked, query=query, shown=(*asked.shown, shown))
    return replace(asked, steps=()) if asked.steps else asked


async def _through(served: Served, base: str, step: Chain | Has) -> list[Row]:
    """What a step leads through. A type that the caller may not search leads nowhere, unless all are such."""
    rows: list[Row] = []
    refused: NotAllowed | None = None
    is_any = False
    for type_ in step.types:
        try:
            rows += await _led(served, base, type_, step.name, step.text)
            is_any = True
        except NotAllowed as problem:
            refused = problem
    if refused and not is_any:
        raise refused
    return rows


async def _led(served: Served, base: str, type_: str, name: str, text: str) -> Sequence[Row]:
    inner = read_parameters(type_, [(name, text)], base, _SIZES)
    found = await found_by(served, await understood(served, base, inner))
    if found.next:
        raise too_many(name)
    return found.matches


async def found_by(served: Served, asked: Asked) -> Page:
    """A page of a question that was understood."""
    return await sifted(served.store, asked.query, asked.sieves)


async def _with_known_patients(served: Served, asked: Asked) -> Asked:
    """Identities become patient ids before anything else: links can be shown, and the search is plain."""
    found: list[tuple[str, list[str]]] = []
    for name, tokens in asked.persons:
        who = Criterion(param="identifier", kind="token", values=tokens)
        asking = Query(type="Patient", criteria=(who,), count=_MOST_PATIENTS, is_bare=True)
        page = await served.store.search(asking)
        found.append((name, [row.id for row in page.matches] or [_NO_PATIENT]))
    return with_patients(asked, found)
