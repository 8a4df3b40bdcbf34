"""A kept message taken in anew: its bytes, with the mapping of today. Or only compared, with nothing written.

A replay is a message of its own, linked to the original. It uses the original's ids as its own: what the
original holds is no conflict. A dialogue that was taken in is not replayed, for its thread has moved on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from adapter.conflicts import contested_in
from adapter.decision import Decision
from adapter.fhir import is_shared
from adapter.frozen import dataclass, replace
from adapter.pipeline import Needs, arrival, decide, keep
from adapter.policy import ORDINARY, Policy
from adapter.ports import State

if TYPE_CHECKING:
    from adapter.decision import Effect, Source
    from adapter.known import Known
    from adapter.own_faults import Check
    from adapter.ports import Arrival, Clock, Json, Kept, MessageRow, Store

NAMESPACE = uuid.UUID("b6f0f7a5-24d1-5a0c-9d53-8f4c1d0f6a77")  # of replays' inbox ids
TAKEN = frozenset({State.DONE, State.PARTLY})
_BY_THE_SERVER = frozenset({"versionId", "lastUpdated"})
_OF_THE_TIME = frozenset({"Provenance", "AuditEvent"})  # they tell of the taking in, not of the content


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One resource that today's mapping would make otherwise: ``new``, ``gone`` or ``changed`` and where."""

    reference: str
    kind: str
    places: tuple[str, ...] = ()  # of elements, never what stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a replay would change."""

    state: State
    findings: tuple[str, ...]  # codes, sorted
    changes: tuple[Change, ...]


def is_past(row: MessageRow, decision: Decision) -> bool:
    """A dialogue that was taken in: what came after it would be undone."""
    return row.state in TAKEN and decision.is_letter


async def replayed(  # noqa: PLR0913  a message, and all that it takes to keep it again
    row: MessageRow,
    source: Source,
    store: Store,
    clock: Clock,
    *,
    check: Check | None = None,
    policy: Policy = ORDINARY,
) -> Kept | None:
    """Take a message in anew; None when it is past. Raises StoreUnavailable."""
    if is_past(row, _alone(row, source)):
        return None
    now = clock.now()
    id_ = str(uuid.uuid5(NAMESPACE, f"{row.id}|{source.plan.version}|{now.isoformat()}"))

    async def made(contested: frozenset[str], known: Known) -> Arrival | Needs:
        decision = decide(
            row.raw,
            source,
            received_at=row.received_at.isoformat(),
            check=check,
            contested=contested | contested_in(row.findings),
            known=known,
            policy=policy,
        )
        if decision.needs:
            return Needs(decision.needs)
        sender = row.sender.partition("|")[2]
        again = arrival(row.raw, source, decision, now, sender=sender, policy=policy)
        return replace(again, id=id_, replays=row.id, note_keys=_new_notes(row, decision))

    return await keep(made, store)


async def difference(
    row: MessageRow, source: Source, store: Store, *, check: Check | None = None
) -> Difference:
    """What today's mapping would make of a message, beside what was made of it. Writes nothing.

    The message stands alone: what has happened in its thread since is not asked for.
    """
    decision = _alone(row, source, check)
    made = dict(made.split("/_history/") for made in row.made)
    new = {f"{each['resourceType']}/{each['id']}": each for each in decision.resources}
    changes = [change async for change in _changes(store, made, new)]
    codes = tuple(sorted(finding.code for finding in decision.findings))
    return Difference(state=decision.state, findings=codes, changes=tuple(changes))


async def _changes(store: Store, made: Mapping[str, str], new: Mapping[str, Json]) -> Any:
    for reference, resource in new.items():
        type_, _, id_ = reference.partition("/")
        if type_ in _OF_THE_TIME:
            continue
        if reference not in made:
            yield Change(reference=reference, kind="new")
            continue
        kept = await store.version(type_, id_, int(made[reference]))
        known: Json = orjson.loads(kept.body) if kept else {}
        if is_shared(resource):  # others have told of it too: only what this one says is compared
            known = {name: known.get(name) for name in resource}
        if places := tuple(_places(_bare(known), _bare(orjson.loads(orjson.dumps(resource, default=float))))):
            yield Change(reference=reference, kind="changed", places=places)
    for reference in made:
        if reference not in new and reference.partition("/")[0] not in _OF_THE_TIME:
            yield Change(reference=reference, kind="gone")


def _alone(row: MessageRow, source: Source, check: Check | None = None) -> Decision:
    received_at, contested = row.received_at.isoformat(), contested_in(row.findings)
    return decide(row.raw, source, received_at=received_at, check=check, contested=contested)


def _new_notes(row: MessageRow, decision: Decision) -> tuple[tuple[str, str], ...]:
    """The notes whose ids the original does not hold already: those of which it made nothing."""
    made = {reference.partition("/_history/")[0] for reference in row.made}
    return tuple((each.key, each.content) for each in decision.kept if not made & _own(each))


def _own(effect: Effect) -> set[str]:
    return {f"{each['resourceType']}/{each['id']}" for each in effect.resources if not is_shared(each)}


def _bare(resource: Json) -> Json:
    meta = {name: said for name, said in resource.get("meta", {}).items() if name not in _BY_THE_SERVER}
    return {**resource, "meta": meta}


def _places(known: Any, new: Any, at: str = "") -> Iterator[str]:
    """The elements in which two resources differ, each as deep as it goes."""
    if isinstance(known, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*known, *new)):
            yield from _places(known.get(name), new.get(name), f"{at}.{name}" if at else name)
    elif isinstance(known, list) and isinstance(new, list) and len(known) == len(new):
        for number, (left, right) in enumerate(zip(known, new, strict=True)):
            yield from _places(left, right, f"{at}[{number}]")
    elif known != new:
        yield at
