"""The store as one caller sees it: every row that leaves is judged here, and nowhere else.

REST, SOAP, pages and subscriptions read through this. A row that the caller may not see is as one that does
not exist: it is judged before it is counted against the page, on every page and for every include.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.errors import OverensError
from adapter.fhir.search_index import SEARCH_PARAMETERS, parameter
from adapter.frozen import replace
from adapter.ports import Arrival, Criterion, Page, Query, Row
from adapter.security.compartment import is_in_compartment
from adapter.security.reach import VEILED, connected, fits, is_found_by

if TYPE_CHECKING:
    from adapter.ports import Kept, MessageRow, Outbox, Own, Ready, Store
    from adapter.security.callers import Caller
    from adapter.security.judges import Judge
    from adapter.security.scopes import Letter

Json = dict[str, Any]

MOST_JUDGED: Final = 2_000  # rows of one search; then the page ends where it stands, with a next link
WRITTEN: Final = "rest"  # the source of what comes through FHIR's own interactions
_OURS: Final = frozenset({"AuditEvent", "Provenance"})  # the server writes them, whoever asks


class NotAllowed(OverensError):
    """No scope lets the caller do this. ``letter`` and ``type`` say what was tried."""

    def __init__(self, letter: Letter, type_: str) -> None:
        super().__init__(f"{letter} {type_}")
        self.letter = letter
        self.type = type_


class GuardedStore:
    """A store for one caller. Raises NotAllowed where no scope lets the caller in."""

    def __init__(self, store: Store, caller: Caller, judge: Judge) -> None:
        self._store = store
        self._caller = caller
        self._judge = judge

    @property
    def outbox(self) -> Outbox:
        """Letters are the operator's: no caller's view has any."""
        raise NotAllowed("r", "Letter")

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version, if it is seen."""
        self._check("r", type_)
        return await self._seen(await self._store.read(type_, id_))

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version: seen when both it and the current one are, so that what is withdrawn stays so."""
        if await self.read(type_, id_) is None:
            return None
        return await self._seen(await self._store.version(type_, id_, version))

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """The versions that are seen; none when the current one is not."""
        if await self.read(type_, id_) is None:
            return ()
        return await self._all_seen(await self._store.history(type_, id_), "r")

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """The versions that are seen, of the types that a scope lets the caller read.

        Who sees the rows of one patient alone is given those of that patient, and no reference data beside.
        """
        may = [type_ for type_ in types if self._caller.may("r", type_)]
        if not may:
            raise NotAllowed("r", types[0])
        own = await self._judge.own(may) if of is None else of
        matches: list[Row] = []
        page, judged = Page(matches=(), next=after), 0
        while judged < MOST_JUDGED:
            page = await self._store.changes(may, since, count - len(matches), page.next, own)
            judged += len(page.matches)
            matches += await self._versions(page.matches)
            if not page.next or len(matches) >= count:
                break
        return replace(page, matches=matches)

    async def _versions(self, rows: Sequence[Row]) -> list[Row]:
        """Those that are seen, and whose current version is."""
        names = dict.fromkeys((row.type, row.id) for row in rows)
        current = {name: await self._seen(await self._store.read(*name)) for name in names}
        return await self._all_seen([row for row in rows if current[row.type, row.id]], "r")

    async def search(self, query: Query) -> Page:
        """A page of what is seen, as long as was asked for: what is not seen takes no place on it."""
        if not (query.is_bare and query.type == "Patient"):  # whose an identity is: told by ids alone
            self._check("s", query.type)
        limits = self._judge.limits(query.type)
        if limits is None:
            return Page(matches=(), total=0 if query.with_total else None)
        criteria = [await self._literal(query.type, asked) for asked in query.criteria]
        asking = replace(query, criteria=(*criteria, *limits), with_total=False, is_bare=False)
        page = await self._page(asking)
        total = await self._total(asking) if query.with_total else None
        matches = [replace(row, body=b"") for row in page.matches] if query.is_bare else page.matches
        return replace(page, matches=matches, total=total)

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Carry out a write of the caller's own: every resource in it is one that the caller may write."""
        if not isinstance(arrival, Arrival) or arrival.source != WRITTEN:
            self._check("c", "Communication")  # a message as its sender writes it
            if isinstance(arrival, Arrival) and not self._judge.knows_sender(_sent_by(arrival)):
                raise NotAllowed("c", "Communication")
        else:
            for put in arrival.puts:
                if put.resource["resourceType"] not in _OURS:
                    await self._check_write(put.resource, is_new=put.expects == 0)
        return await self._store.keep(arrival)

    async def log(self, events: Sequence[Json]) -> None:
        """As the store: what is logged is not the caller's to choose."""
        await self._store.log(events)

    async def unlinked(self) -> Sequence[str]:
        """The audit log is the operator's."""
        raise NotAllowed("r", "AuditEvent")

    async def message(self, message_id: str) -> MessageRow | None:
        """One message of the inbox, for the one who sent it."""
        row = await self._store.message(message_id)
        return row if row and self._judge.knows_sender(_sent_by(row)) else None

    async def ready(self) -> None:
        """As the store."""
        await self._store.ready()

    async def close(self) -> None:
        """Nothing to let go of: the store is not this caller's."""

    async def _check_write(self, resource: Json, *, is_new: bool) -> None:
        type_, id_ = resource["resourceType"], resource["id"]
        self._check("c" if is_new else "u", type_)
        before = None if is_new else await self._store.read(type_, id_)
        if before is not None:
            seen = await self._seen(before)
            if seen is None or orjson.loads(seen.body) != orjson.loads(before.body):
                raise NotAllowed("u", type_)  # who does not see all of it cannot say what becomes of it
        if self._caller.patient and not await self._is_own(resource):
            raise NotAllowed("c" if is_new else "u", type_)

    async def _is_own(self, resource: Json) -> bool:
        """About the patient alone, and written by somebody who sees the patient."""
        patient = await self._store.read("Patient", self._caller.patient)
        sees = patient is not None and (await self._judge.seen([patient], is_asked=True))[0] is not None
        return sees and is_in_compartment(resource, self._caller.patient)

    def _check(self, letter: Letter, type_: str) -> None:
        if not self._caller.may(letter, type_):
            raise NotAllowed(letter, type_)

    async def _seen(self, row: Row | None, letter: Letter = "r") -> Row | None:
        return next(iter(await self._all_seen([row], letter)), None) if row else None

    async def _all_seen(self, rows: Sequence[Row], letter: Letter, *, is_asked: bool = True) -> list[Row]:
        """What is seen of some rows, and fits the query of a scope that lets the caller in."""
        seen = await self._judge.seen(rows, is_asked=is_asked)
        return [row for row in seen if row is not None and self._fits(row, letter)]

    def _fits(self, row: Row, letter: Letter) -> bool:
        scopes = self._caller.granted(letter, row.type)
        return any(fits(scope, row.body) for scope in scopes) or not scopes

    async def _page(self, query: Query) -> Page:
        """Pages of the store until ours is full; each is asked for no more than is still missing."""
        matches: list[Row] = []
        asking, judged = replace(query, includes=(), revincludes=()), 0
        page = Page(matches=())
        while len(matches) < query.count and judged < MOST_JUDGED:
            page = await self._store.search(replace(asking, count=query.count - len(matches)))
            judged += len(page.matches)
            matches += await self._found(query, page)
            if not page.next:
                break
            asking = replace(asking, after=page.next)
        return Page(matches=matches, included=await self._included(query, matches), next=page.next)

    async def _literal(self, type_: str, asked: Criterion) -> Criterion:
        """What is asked of the identifier of a veiled reference, as the references that have it.

        Only so can a row be held against it as it is seen.
        """
        known = parameter(type_, asked.param) if type_ in VEILED else None
        if known is None or asked.kind != "identifier-of":
            return asked
        who = Criterion(param="identifier", kind="token", values=asked.values)
        found: list[str] = []
        for target in known.targets or [name for name, ps in SEARCH_PARAMETERS.items() if "identifier" in ps]:
            asking = Query(type=target, criteria=(who,), count=MOST_JUDGED, is_bare=True)
            found += [f"{target}/{row.id}" for row in (await self._store.search(asking)).matches]
        return Criterion(param=asked.param, kind="reference", values=tuple(found) or ("",))

    async def _found(self, query: Query, page: Page) -> list[Row]:
        """Of what the store found, what is seen and would be found as it is seen."""
        seen = await self._all_seen(page.matches, "s")
        return [row for row in seen if is_found_by(query, row)]

    async def _included(self, query: Query, matches: Sequence[Row]) -> Sequence[Row]:
        """What is seen of that which the matches lead to, by ways that are seen themselves."""
        if not matches or not (query.includes or query.revincludes):
            return ()
        these = Criterion(param="_id", kind="id", values=tuple(row.id for row in matches))
        page = await self._store.search(
            Query(
                type=query.type,
                criteria=(these,),
                includes=query.includes,
                revincludes=query.revincludes,
                count=len(matches),
            )
        )
        allowed = [row for row in page.included if self._may_include(row.type)]
        return connected(matches, await self._all_seen(allowed, "r", is_asked=False))

    async def _total(self, query: Query) -> int | None:
        """How many are seen; None when there are more than can be judged for one answer."""
        count, asking = 0, replace(query, count=500, after="", includes=(), revincludes=())
        for _ in range(MOST_JUDGED // 500):
            page = await self._store.search(asking)
            count += len(await self._found(query, page))
            if not page.next:
                return count
            asking = replace(asking, after=page.next)
        return None

    def _may_include(self, type_: str) -> bool:
        return self._caller.may("r", type_) or self._caller.may("s", type_)


def _sent_by(message: Arrival | MessageRow) -> str:
    return message.sender.rpartition("|")[2]
