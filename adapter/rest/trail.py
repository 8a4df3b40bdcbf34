"""The audit trail of a request: what it did and whose data it met, kept before a byte of the answer leaves.

One AuditEvent a request to /fhir and /messages, and one for each entry of a Bundle. What is written or taken
in has its AuditEvent in its own transaction; the rest gets one here. An answer that cannot be logged is not
given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from adapter.fhir.access_event import SERVER_ERROR, Access, access_event
from adapter.ports import Arrival, Outcome
from adapter.rest.caller import DEMO, SCOPE_KEY
from adapter.rest.fresh_id import fresh_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Scope

    from adapter.letters import Outbox
    from adapter.ports import Json, Kept, MessageRow, Own, Page, Query, Ready, Row, Store
    from adapter.rest.served import Served

TRAIL: Final = "overens.trail"  # where the Trail lies in the scope of a request
INTERACTION: Final = "overens.interaction"  # and what its route calls it
_AUDITED: Final = ("/fhir", "/messages")
_PATIENT: Final = re.compile(rb'"Patient/([A-Za-z0-9\-.]{1,64})["/]')
_SOUND: Final = re.compile(r"[A-Z][A-Za-z]{1,63}(?:/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_:.\-]{0,60}")
MOST_NAMES: Final = 50
INTERACTIONS: Final = {
    "create": "create",
    "read": "read",
    "vread": "vread",
    "history": "history-instance",
    "history_of_type": "history-type",
    "history_of_all": "history-system",
    "update": "update",
    "conditional_update": "update",
    "patch": "patch",
    "conditional_patch": "patch",
    "delete": "delete",
    "conditional_delete": "delete",
    "create_subscription": "create",
    "read_subscription": "read",
    "update_subscription": "update",
    "delete_subscription": "delete",
    "search": "search-type",
    "search_by_post": "search-type",
    "metadata": "capabilities",
}


@dataclass(slots=True)
class Trail:
    """What is known of a request so far."""

    patients: dict[str, None] = field(default_factory=dict)
    is_kept: bool = False  # its AuditEvent went with what it wrote
    is_split: bool = False  # its entries have theirs


def begin(scope: Scope) -> None:
    """A trail for a request that is to be audited."""
    if scope["path"].startswith(_AUDITED):
        scope[TRAIL] = Trail()


async def end(scope: Scope, served: Served, status: int) -> bool:
    """Log the request, unless that is done; raises when it cannot be, unless the answer tells a fault.

    Returns whether all is logged that is to be: an answer that tells a fault is given all the same.
    """
    trail: Trail | None = scope.get(TRAIL)
    if trail is None or trail.is_kept or (trail.is_split and status < 400):  # noqa: PLR2004  refused
        return True
    try:
        await served.whole.log([access_event(_access(scope, served, trail, status))])
    except Exception:  # raised again, but for an answer that tells a fault: the gate counts and tells those
        if status < SERVER_ERROR:
            raise
        return False
    trail.is_kept = True
    return True


def watched(scope: Scope, store: Store) -> Store:
    """The store, told of in the trail of a request."""
    trail = scope.get(TRAIL)
    return Watched(store, trail) if trail is not None else store


class Watched:
    """A store that notes whose data leaves it."""

    def __init__(self, store: Store, trail: Trail) -> None:
        self._store = store
        self._trail = trail

    @property
    def outbox(self) -> Outbox:
        """As the store."""
        return self._store.outbox

    async def keep(self, arrival: Arrival | Ready) -> Kept:
        """Carry out an arrival; its AuditEvent goes with it."""
        kept = await self._store.keep(arrival)
        has_own = not isinstance(arrival, Arrival) or bool(arrival.audit)
        self._trail.is_kept |= kept.outcome is Outcome.NEW and has_own
        return kept

    async def read(self, type_: str, id_: str) -> Row | None:
        """The current version."""
        row = await self._store.read(type_, id_)
        self._note([row] if row else ())
        return row

    async def version(self, type_: str, id_: str, version: int) -> Row | None:
        """One version."""
        row = await self._store.version(type_, id_, version)
        self._note([row] if row else ())
        return row

    async def changes(
        self, types: Sequence[str], since: int, count: int, after: str = "", of: Own | None = None
    ) -> Page:
        """A page of every version."""
        page = await self._store.changes(types, since, count, after, of)
        self._note(page.matches)
        return page

    async def history(self, type_: str, id_: str) -> Sequence[Row]:
        """All versions."""
        rows = await self._store.history(type_, id_)
        self._note(rows)
        return rows

    async def search(self, query: Query) -> Page:
        """One page."""
        page = await self._store.search(query)
        self._note(page.matches)
        self._note(page.included)
        return page

    async def message(self, message_id: str) -> MessageRow | None:
        """One message, with all that was made of it."""
        row = await self._store.message(message_id)
        if row is not None:
            made = (name.split("/") for name in row.made)
            self._trail.patients.update((id_, None) for type_, id_, *_ in made if type_ == "Patient")
        return row

    async def log(self, events: Sequence[Json]) -> None:
        """As the store."""
        await self._store.log(events)

    async def unlinked(self) -> Sequence[str]:
        """As the store."""
        return await self._store.unlinked()

    async def ready(self) -> None:
        """As the store."""
        await self._store.ready()

    async def close(self) -> None:
        """As the store."""
        await self._store.close()

    def _note(self, rows: Sequence[Row]) -> None:
        """Whose rows they are. Nearly all name the one who is known already, which is soon seen."""
        patients = self._trail.patients
        patients.update((row.id, None) for row in rows if row.type == "Patient")
        for row in rows:
            known = b'"Patient/%b"' % next(iter(patients), "").encode()
            if row.body.count(b'"Patient/') != row.body.count(known):
                patients.update((found.decode(), None) for found in _PATIENT.findall(row.body))


def _access(scope: Scope, served: Served, trail: Trail, status: int) -> Access:
    now = served.clock.now()
    return Access(
        id=fresh_id(now),
        recorded=now.isoformat(timespec="milliseconds"),
        interaction=INTERACTIONS.get(scope.get(INTERACTION, ""), "operation"),
        status=status,
        who=scope.get(SCOPE_KEY, DEMO),
        what=_what(scope["path"]),
        parameters=_names(scope["query_string"]),
        patients=tuple(trail.patients),
        request_id=scope["request_id"],
    )


def _what(path: str) -> str:
    """The type, or the resource, of an address; nothing of what is not surely free of a person's number."""
    place = "/".join(path.split("/")[2:4])
    match = _SOUND.match(place) if path.startswith("/fhir/") else None
    return match[0] if match else ""


def _names(query: bytes) -> tuple[str, ...]:
    """The names of the parameters, each once; values may say who somebody is."""
    if not query:
        return ()
    pairs = query.decode("latin-1").split("&")[:MOST_NAMES]
    names = (unquote_plus(pair.partition("=")[0]) for pair in pairs)
    return tuple(dict.fromkeys(name for name in names if _NAME.fullmatch(name)))
