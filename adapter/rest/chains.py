"""Chained and reverse chained parameters, one step deep, looked up before the search itself.

https://hl7.org/fhir/R4/search.html#chaining and #has. What they lead to is found as its own search would find
it, by what the caller may see; the search then goes by ids, which links can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from adapter.fhir.search_index import SEARCH_PARAMETERS, parameter
from adapter.fhir.search_index import references as led_to
from adapter.fhir.sieve import unindexed
from adapter.ports import Criterion
from adapter.rest.values import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.ports import Row
    from adapter.rest.outcome import Problem

MOST_CHAINED: Final = 1_000  # resources that a step may lead through
NOBODY: Final = "unknown"  # the id of what is not there, where a link needs one


@dataclass(frozen=True, slots=True)
class Chain:
    """``care-team.name=x``: ``param`` of this type leads to one of ``types``, where ``name`` is ``text``."""

    param: str
    types: tuple[str, ...]
    name: str
    text: str

    def told(self, rows: Sequence[Row]) -> tuple[Criterion, tuple[str, str]]:
        """What it comes to, and how a link shows it."""
        values = tuple(f"{row.type}/{row.id}" for row in rows) or (f"{self.types[0]}/{NOBODY}",)
        criterion = Criterion(param=self.param, kind="reference", values=values)
        return criterion, (self.param, ",".join(values))


@dataclass(frozen=True, slots=True)
class Has:
    """``_has:Observation:patient:code=x``: ``param`` of ``type`` leads here, where ``name`` is ``text``."""

    here: str
    type: str
    param: str
    name: str
    text: str

    @property
    def types(self) -> tuple[str, ...]:
        """The one type that is searched."""
        return (self.type,)

    def told(self, rows: Sequence[Row]) -> tuple[Criterion, tuple[str, str]]:
        """What it comes to, and how a link shows it."""
        found = {
            target.removeprefix(f"{self.here}/")
            for row in rows
            for target in led_to(orjson.loads(row.body), self.param)
            if target.startswith(f"{self.here}/")
        }
        ids = tuple(sorted(found)) or (NOBODY,)
        return Criterion(param="_id", kind="id", values=ids), ("_id", ",".join(ids))


def read_chain(type_: str, param: str, target: str, name: str, text: str) -> Chain:
    """``param[:target].name=text``. Problem 400 when it leads nowhere, or more than one step."""
    known = parameter(type_, param)
    if known is None or known.kind != "reference":
        raise invalid(param, "leder inte vidare. Sök på den som den är.")
    if "." in name:
        raise invalid(param, "går bara ett steg. Sök i två omgångar.")
    types = (target,) if target else known.targets
    if not types:
        raise invalid(param, f"kan leda till flera typer. Ange vilken, som {param}:Patient.{name[:40]}.")
    if target and (target not in SEARCH_PARAMETERS or (known.targets and target not in known.targets)):
        raise invalid(
            param, f"kan bara leda till {', '.join(known.targets) or ', '.join(SEARCH_PARAMETERS)}."
        )
    bare = name.partition(":")[0]
    there = tuple(t for t in types if t in SEARCH_PARAMETERS and is_parameter(t, bare))
    if not there:
        raise invalid(param, "leder inte till något med den sökparametern. Kontrollera namnet efter punkten.")
    return Chain(param, there, name, text)


def read_has(here: str, name: str, text: str) -> Has:
    """``_has:Type:param:name=text``. Problem 400 when it is not that, or leads elsewhere."""
    parts = name.split(":", 3)
    known = parameter(parts[1], parts[2]) if len(parts) == 4 else None  # noqa: PLR2004  as above
    if known is None or known.kind != "reference" or parts[1] not in SEARCH_PARAMETERS:
        raise invalid("_has", "skriv _has:Typ:referens:parameter=värde, ett steg.")
    if (known.targets and here not in known.targets) or parts[3].startswith("_has") or "." in parts[3]:
        raise invalid("_has", f"leder inte till {here} i ett steg.")
    return Has(here, parts[1], parts[2], parts[3], text)


def is_parameter(type_: str, name: str) -> bool:
    """Whether a type can be searched by this name."""
    known = parameter(type_, name) or unindexed(type_, name)
    return known is not None or name in {"_id", "_lastUpdated"}


def checked(name: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, unless there are more than a step may lead through."""
    if len(rows) > MOST_CHAINED:
        raise too_many(name)
    return rows


def too_many(name: str) -> Problem:
    """400: the step is to be narrowed."""
    return invalid(name, f"leder till fler än {MOST_CHAINED} resurser. Avgränsa den.")
