"""transaction: all writes of a Bundle in one transaction of the store, or none of them.

https://hl7.org/fhir/R4/http.html#trules. References between entries (``urn:uuid:…``) and those by a search
(``Patient?identifier=…``) become references to what is kept.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from adapter.rest.caller import caller
from adapter.rest.conditional import question, the_one
from adapter.rest.entries import METHODS
from adapter.rest.fresh_id import fresh_id
from adapter.rest.json_patch import read_patch
from adapter.rest.outcome import Problem
from adapter.rest.sent import check_issues, judged
from adapter.rest.served import Served
from adapter.rest.storable import check_storable
from adapter.rest.types import SERVED_TYPES
from adapter.rest.wishes import Wish, decided
from adapter.rest.writing import written
from adapter.validation.reading import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from starlette.requests import Request

    from adapter.fhir.written import Writer
    from adapter.rest.entries import Entry
    from adapter.rest.writing import Change, Written

Json = dict[str, Any]
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.DOTALL)
_INTERACTIONS: Final = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


async def carried_out(request: Request, entries: Sequence[Entry], raw: bytes) -> dict[int, Written]:
    """What each entry came to, by its number. Problem when one of them cannot be met: then none is."""
    if not entries:
        return {}
    served, writer = Served.of(request), caller(request)
    in_order = sorted(entries, key=lambda entry: METHODS.index(entry.method))
    now = served.clock.now()
    wishes = [(entry, _wish(entry, now)) for entry in in_order]
    transaction = _Transaction(served, served.base(request), writer)

    async def changes() -> list[Change]:
        return await transaction.decided(wishes)

    done = await written(served, writer, changes, raw)
    return {entry.number: each for entry, each in zip(in_order, done, strict=True)}


class _Transaction:
    """The wishes of one Bundle, decided together."""

    def __init__(self, served: Served, base: str, writer: Writer) -> None:
        self.served = served
        self.base = base
        self.writer = writer

    async def decided(self, wishes: Sequence[tuple[Entry, Wish]]) -> list[Change]:
        """All changes, judged, with references to what they are kept as."""
        names: dict[str, str] = {}
        found: dict[int, Change] = {}
        for entry, wish in wishes:
            with _placing(entry):
                check_storable(wish.resource)  # before anything goes through it
        for entry, wish in wishes:  # creates first: others may name them
            if wish.interaction == "create":
                change = await self._one(entry, wish)
                found[entry.number] = change
                _name(names, entry, change)
            elif entry.full_url and wish.id:
                names[entry.full_url] = f"{wish.type}/{wish.id}"
        for entry, wish in wishes:
            if wish.interaction != "create":
                resource = await self._led(wish.resource, names)
                found[entry.number] = change = await self._one(entry, replace(wish, resource=resource))
                _name(names, entry, change)
        changes = [await self._settled(entry, found[entry.number], names) for entry, _ in wishes]
        await self._check([(entry, change) for (entry, _), change in zip(wishes, changes, strict=True)])
        _check_once(changes)
        return changes

    async def _check(self, changes: Sequence[tuple[Entry, Change]]) -> None:
        """Problem of the first entry with a resource that is not sound."""
        said = [
            (entry, change.resource)
            for entry, change in changes
            if change.resource is not None and change.interaction != "delete"
        ]
        found = await judged(self.served, [Source(resource) for _, resource in said]) if said else []
        for (entry, _), issues in zip(said, found, strict=True):
            with _placing(entry):
                check_issues(issues)

    async def _one(self, entry: Entry, wish: Wish) -> Change:
        with _placing(entry):
            return await decided(self.served, self.base, self.writer, wish)

    async def _settled(self, entry: Entry, change: Change, names: dict[str, str]) -> Change:
        """The change with its references led."""
        if change.resource is None:
            return change
        with _placing(entry):
            check_storable(change.resource)  # a patch may have made it what it is
            return replace(change, resource=await self._led(change.resource, names))

    async def _led(self, value: Any, names: dict[str, str]) -> Any:
        if isinstance(value, list):
            return [await self._led(part, names) for part in value]
        if not isinstance(value, dict):
            return value
        made = {name: await self._led(part, names) for name, part in value.items()}
        target = made.get("reference")
        if isinstance(target, str):
            made["reference"] = names.get(target) or await self._searched(target)
        return made

    async def _searched(self, target: str) -> str:
        match = _CONDITIONAL.fullmatch(target)
        if match is None or match[1] not in SERVED_TYPES:
            return target
        row = await the_one(self.served, await question(self.served, self.base, match[1], match[2]))
        if row is None:
            what = "En referens med sökning hittar ingen resurs, så inget är sparat. Rätta referensen."
            raise Problem(412, "not-found", what)
        return f"{row.type}/{row.id}"


def _wish(entry: Entry, now: datetime) -> Wish:
    interaction = _INTERACTIONS[entry.method]
    id_, condition = entry.id, entry.condition
    if entry.type not in SERVED_TYPES or "/" in id_ or (interaction == "create") == bool(id_ or condition):
        what = f"{entry.method} går inte på den adressen i en transaktion. Skriv Typ för POST, annars Typ/id."
        raise Problem(400, "not-supported", what, where=entry.place)
    if interaction in {"create", "update"} and entry.resource.get("resourceType") != entry.type:
        what = f"Postens resurs ska vara en {entry.type}, som adressen säger. Rätta det ena eller det andra."
        raise Problem(400, "invalid", what, where=entry.place)
    if interaction == "update" and id_ and entry.resource.get("id") != id_:
        what = "Resursens id saknas eller är ett annat än adressens. Gör dem lika."
        raise Problem(400, "invalid", what, where=entry.place)
    return Wish(
        interaction=interaction,
        type=entry.type,
        id=id_ or ("" if interaction in {"patch", "delete"} else fresh_id(now)),
        condition=entry.headers.get("if-none-exist") if interaction == "create" else condition,
        if_match=entry.headers.get("if-match", ""),
        resource=entry.resource if interaction in {"create", "update"} else {},
        patch=read_patch(entry.patch()) if interaction == "patch" else None,
    )


def _name(names: dict[str, str], entry: Entry, change: Change) -> None:
    if entry.full_url:
        names[entry.full_url] = f"{change.type}/{change.id}"


def _check_once(changes: Sequence[Change]) -> None:
    """No resource is written twice, as nobody knows which should count."""
    written_to = [(c.type, c.id) for c in changes if c.interaction != "create" or c.resource is not None]
    if len(set(written_to)) < len(written_to):
        what = "Samma resurs ändras av flera poster, så inget är sparat. Låt varje resurs stå en gång."
        raise Problem(400, "duplicate", what)


@contextmanager
def _placing(entry: Entry) -> Iterator[None]:
    """A problem in here is said of the entry."""
    try:
        yield
    except Problem as problem:
        raise _placed(entry, problem) from None


def _placed(entry: Entry, problem: Problem) -> Problem:
    """The same problem, said of its entry: 405 of an address inside is 400 of the Bundle."""
    issues = [
        {**issue, "expression": [_below(entry, place) for place in issue.get("expression", [""])]}
        for issue in problem.told["issue"]
    ]
    told = {**problem.told, "issue": issues}
    return Problem(problem.status, problem.code, problem.what, told=told)


def _below(entry: Entry, place: str) -> str:
    inside = place.partition(".")[2]
    if not place or place[0].islower():
        return entry.place
    return f"{entry.place}.resource" + (f".{inside}" if inside else "")
