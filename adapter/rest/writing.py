"""Writes, from wish to commit: what each comes to beside what is kept, then all of them in one transaction.

https://hl7.org/fhir/R4/http.html. ``decide`` reads the store and decides, ``written`` keeps. The store is
told which version each write was decided upon: should another have come between, nothing is kept and it is
decided anew (``Stale``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from adapter.decision import REFERENCE_LANE
from adapter.domain.identity import lane as lane_of_person
from adapter.fhir.access_event import Access, access_event
from adapter.fhir.people_of import person
from adapter.fhir.search_index import patients
from adapter.fhir.shared import SHARED_TYPES
from adapter.fhir.written import origin_id, write_provenance
from adapter.ports import Answer, Arrival, Put, Stale, State
from adapter.rest.fresh_id import fresh_id
from adapter.rest.outcome import Problem
from adapter.rest.thread_letters import thread_letters
from adapter.subscribing import announcement
from adapter.validation.json_reader import read_json

if TYPE_CHECKING:
    from datetime import datetime

    from adapter.fhir.written import Writer
    from adapter.ports import Row
    from adapter.rest.served import Served

Json = dict[str, Any]
Decide = Callable[[], Awaitable["Sequence[Change]"]]
ATTEMPTS: Final = 8  # others may come between; each time somebody was kept
SOURCE: Final = "rest"
SERVER_OWNED: Final = frozenset({"AuditEvent", "Provenance"})
STALE = Problem(
    409,
    "conflict",
    "Resursen ändrades av andra hela tiden, så inget är sparat. Läs den igen och försök på nytt.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one write comes to: ``resource`` as it is to be kept, None when nothing changes.

    ``row`` is the current version (None for what is new), ``interaction`` as FHIR names it, ``remark`` a
    sentence for who asks to be told.
    """

    interaction: str
    status: int
    type: str
    id: str
    row: Row | None = None
    resource: Json | None = None
    remark: str = "Uppgifterna är sparade."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A change that is on disk, and the version that is now current."""

    change: Change
    row: Row
    headers: dict[str, str] = field(default_factory=dict)


async def written(served: Served, writer: Writer, decide: Decide, raw: bytes) -> list[Written]:
    """Decide and keep, again when another came between. ``raw`` is the body as it came."""
    for _ in range(ATTEMPTS):
        changes = await decide()
        try:
            return await _kept(served, writer, changes, raw)
        except Stale:
            continue
    raise STALE.anew()


async def _kept(served: Served, writer: Writer, changes: Sequence[Change], raw: bytes) -> list[Written]:
    now = served.clock.now()
    recorded = now.isoformat(timespec="milliseconds")
    puts: list[Put] = []
    lanes: dict[str, int | None] = {}
    for change in changes:
        if change.resource is not None:
            lane = await lane_of(served, change.resource, lanes)
            puts += _puts(lane, writer, change, now)
    audit, *more = [_audit(writer, change, recorded) for change in changes]
    puts += [Put(resource={**event, "id": fresh_id(now)}, lane=REFERENCE_LANE, expects=0) for event in more]
    id_ = fresh_id(now)
    lane = puts[0].lane if puts else REFERENCE_LANE
    letters = [await thread_letters(served, f"{SOURCE}|{id_}", change, lane, now) for change in changes]
    own = announcement(id_, lane, puts) if served.policy.has_subscribers else ()
    arrival = Arrival(
        id=id_,
        sender=f"{SOURCE}|{writer.client}",
        message_id=id_,
        sha256=hashlib.sha256(raw).hexdigest(),
        source=SOURCE,
        raw=raw,
        lane=lane,
        received_at=now,
        state=State.DONE,
        puts=tuple(puts),
        letters=(*(letter for each in letters for letter in each), *own),
        is_letter=False,
        audit=audit,
        answer=Answer(status=200, body=b""),
    )
    kept = await served.store.keep(arrival)
    versions = dict(made.rsplit("/_history/", 1) for made in reversed(kept.made))
    return [await _written(served, change, versions) for change in changes]


def _audit(writer: Writer, change: Change, recorded: str) -> Json:
    """The AuditEvent of one write: an entry of a transaction has its own."""
    about = (target.removeprefix("Patient/") for target in _patients(_said(change)))
    access = Access(
        id="",
        recorded=recorded,
        interaction=change.interaction,
        status=change.status,
        who=writer,
        what=f"{change.type}/{change.id}",
        patients=tuple(dict.fromkeys(about)),
    )
    return access_event(access)


async def _written(served: Served, change: Change, versions: dict[str, str]) -> Written:
    version = versions.get(f"{change.type}/{change.id}") if change.resource is not None else None
    row = change.row
    if version is not None:
        row = await served.whole.version(change.type, change.id, int(version))
    if row is None:
        raise AssertionError("what was kept is not there")
    return Written(change=change, row=row)


def _puts(in_lane: int, writer: Writer, change: Change, now: datetime) -> list[Put]:
    assert change.resource is not None  # noqa: S101  asked for those alone
    target = f"{change.type}/{change.id}"
    id_ = fresh_id(now) if change.row else origin_id(target)
    origin = write_provenance(id_, target, change.interaction, writer, now.isoformat(timespec="milliseconds"))
    expects = change.row.version if change.row else 0
    return [
        Put(resource=change.resource, lane=in_lane, expects=expects),
        Put(resource=origin, lane=in_lane),
    ]


def _said(change: Change) -> Json:
    return change.resource or (as_kept(change.row) if change.row else {})


def as_kept(row: Row) -> Json:
    """A kept resource with the digits of its decimals as they were written."""
    resource: Json = read_json(row.body)[0]
    return resource


def without_version(resource: Json) -> Json:
    """The resource without what the server writes in its meta, and without an empty meta."""
    said = resource.get("meta", {})
    if not isinstance(said, dict):  # told by whoever judges it
        return resource
    meta = {k: v for k, v in said.items() if k not in {"versionId", "lastUpdated"}}
    rest = {name: value for name, value in resource.items() if name != "meta"}
    return {**rest, "meta": meta} if meta else rest


def _patients(resource: Json) -> list[str]:
    if not resource:
        return []
    if resource["resourceType"] == "Patient":
        return [f"Patient/{resource['id']}"]
    return [f"Patient/{id_}" for id_ in patients(resource)]


async def lane_of(served: Served, resource: Json, known: dict[str, int | None]) -> int:
    """The lane of the patient that a resource is about; that of reference data when it is about nobody.

    ``known`` are the lanes of patients who were looked up, None for those who are not there.
    """
    if resource["resourceType"] == "Patient":
        return _lane(resource)
    for target in () if resource["resourceType"] in SHARED_TYPES else _patients(resource):
        if target not in known:
            row = await served.whole.read("Patient", target.removeprefix("Patient/"))
            known[target] = _lane(as_kept(row)) if row else None
        if (found := known[target]) is not None:
            return found
    return REFERENCE_LANE


def _lane(patient: Json) -> int:
    return next(map(lane_of_person, person(patient).ids), REFERENCE_LANE)
