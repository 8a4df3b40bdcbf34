"""$everything: a patient and all that is about the patient, a page at a time.

https://hl7.org/fhir/R4/patient-operation-everything.html. Which types are about a patient is told by their
search parameter ``patient``; what they refer to (units, people, places) comes along with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.fhir.search_dates import date_bounds
from adapter.fhir.search_index import SEARCH_PARAMETERS
from adapter.ports import Criterion, Include, Page, Query
from adapter.rest.bundle import searchset
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.served import Served
from adapter.rest.types import sound_id
from adapter.security.guarded import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.ports import Row

COMPARTMENT: Final = tuple(
    type_ for type_, known in SEARCH_PARAMETERS.items() if "patient" in known and type_ != "Provenance"
)
_WITH: Final = frozenset(SEARCH_PARAMETERS) - frozenset(COMPARTMENT) - {"Patient"}
_FURTHER: Final = tuple(
    Include(type=type_, param=name, iterate=True)
    for type_ in ("HealthcareService", "Location", "Organization", "PractitionerRole")
    for name, known in SEARCH_PARAMETERS[type_].items()
    if known.kind == "reference"
)
_ORIGIN: Final = (Include(type="Provenance", param="target"),)
_PARAMETERS: Final = frozenset({"_count", "_page", "_since", "_type", "_format", "_pretty"})


async def everything(request: Request) -> Response:
    """``GET /fhir/Patient/{id}/$everything``, with ``_type``, ``_since`` and ``_count``."""
    served, id_, form = Served.of(request), sound_id(request), form_of(request)
    asked = request.query_params
    if unknown := set(asked) - _PARAMETERS:
        what = f"{len(unknown)} parametrar finns inte här. De som går: {', '.join(sorted(_PARAMETERS))}."
        raise Problem(400, "not-supported", what)
    patient = await served.store.read("Patient", id_)
    if patient is None:
        raise not_found("Patient")
    wanted, since = _types(asked.get("_type", "")), _since(asked.get("_since", ""))
    types = tuple(type_ for type_ in COMPARTMENT if type_ in wanted)
    count = _count(asked.get("_count"), served.max_page_size)
    at, mark = _place(asked.get("_page", ""), types)
    page = await _page(served, id_, types[at:], since, mark, count)
    first = () if asked.get("_page") else (patient,)
    included = [row for row in page.included if row.type in wanted]
    whole = Page(matches=(*first, *page.matches), included=included)
    base = served.base(request)
    address = f"{base}/Patient/{id_}/$everything"
    kept = "&".join(
        f"{n}={asked[n]}" for n in ("_type", "_since", "_count", "_format", "_pretty") if n in asked
    )
    links = {"self": f"{address}?{kept}" if kept else address}
    if page.next:
        links["next"] = f"{address}?{kept}&_page={page.next}" if kept else f"{address}?_page={page.next}"
    return formed(request, form, searchset(base, whole, links))


async def _page(  # noqa: PLR0913, PLR0917  what is asked, and from where on
    served: Served, id_: str, types: Sequence[str], since: str, mark: str, count: int
) -> Page:
    """The next rows of the types, in their order; ``next`` is a type and the mark in its search."""
    matches: list[Row] = []
    included: dict[tuple[str, str], Row] = {}
    for n, type_ in enumerate(types):
        if len(matches) >= count:
            return Page(matches=matches, included=list(included.values()), next=f"{type_}.")
        try:
            found = await served.store.search(
                _query(type_, id_, since, mark if n == 0 else "", count - len(matches))
            )
        except NotAllowed:
            continue
        except ValueError:
            raise _BAD_MARK.anew() from None
        matches += found.matches
        included |= {(row.type, row.id): row for row in found.included if row.type in _WITH}
        if found.next:
            return Page(matches=matches, included=list(included.values()), next=f"{type_}.{found.next}")
    return Page(matches=matches, included=list(included.values()))


def _query(type_: str, id_: str, since: str, mark: str, count: int) -> Query:
    criteria = [Criterion(param="patient", kind="reference", values=(f"Patient/{id_}",))]
    if since:
        criteria.append(Criterion(param="_lastUpdated", kind="date", values=(("ge", since, since),)))
    names = [name for name, known in SEARCH_PARAMETERS[type_].items() if known.kind == "reference"]
    includes = (*(Include(type=type_, param=name) for name in names), *_FURTHER)
    return Query(
        type=type_,
        criteria=tuple(criteria),
        includes=includes,
        revincludes=_ORIGIN,
        count=count,
        after=mark,
    )


_BAD_MARK = Problem(
    400, "invalid", "Sidmärket i adressen går inte att använda. Följ länken next som den är.", where="_page"
)


def _types(text: str) -> frozenset[str]:
    if not text:
        return frozenset(SEARCH_PARAMETERS)
    asked = frozenset(name.strip() for name in text.split(","))
    if not asked <= frozenset(SEARCH_PARAMETERS):
        what = f"_type: de som går är {', '.join(SEARCH_PARAMETERS)}."
        raise Problem(400, "invalid", what, where="_type")
    return asked


def _since(text: str) -> str:
    if not text:
        return ""
    try:
        return date_bounds(text.replace(" ", "+"))[0]
    except (ValueError, OverflowError):
        what = "_since: skriv en tid som 2026-02-01T10:00:00+01:00."
        raise Problem(400, "invalid", what, where="_since") from None


def _count(text: str | None, most: int) -> int:
    if text is None:
        return most
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) == 0:
        raise Problem(400, "invalid", "_count: ange ett heltal, 1 eller mer.", where="_count")
    return min(int(text[:9]), most)


def _place(text: str, types: Sequence[str]) -> tuple[int, str]:
    if not text:
        return 0, ""
    type_, _, mark = text.partition(".")
    if type_ not in types:
        raise _BAD_MARK.anew()
    return types.index(type_), mark
