"""What we wrote to ourselves, taken in: a reminder like any message, an answer that has waited anew.

An answer that is taken up is decided again from its own bytes, and kept as a message of its own beside the
parked one: it is then that it has effect. The same event twice has effect once.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson

from adapter.domain.consultation import Consultation
from adapter.domain.event import Event, EventKind
from adapter.fhir import is_mark
from adapter.frozen import dataclass, replace
from adapter.known import Known
from adapter.mapping import map_message
from adapter.pipeline import NAMESPACE, Needs, arrival, decide, keep, receive
from adapter.placing import awaited_names
from adapter.policy import ORDINARY, Policy
from adapter.ports import Answer, Kept, Outcome
from adapter.telling import never_asked
from adapter.waiting import unmarked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.decision import Decision, Source
    from adapter.own_faults import Check
    from adapter.ports import Arrival, Clock, MessageRow, Store

OURS = "overens.event"
_NOTHING = Answer(status=200, body=b'{"resourceType":"OperationOutcome","issue":[]}')
_TAKEN = frozenset({EventKind.TAKE_UP, EventKind.WAITED_LONG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What it takes to take in an event."""

    sources: Mapping[str, Source]
    store: Store
    clock: Clock
    check: Check | None = None
    policy: Policy = ORDINARY

    async def take(self, body: bytes) -> Kept:
        """One event. Raises ``StoreUnavailable`` when nothing could be kept."""
        source = self.sources[OURS]
        said = map_message(source.plan, source.parse(body)).records
        if said and isinstance(said[0], Event) and said[0].kind in _TAKEN:
            return await self._again(said[0])
        return await receive(body, source, self.store, self.clock, check=self.check, policy=self.policy)

    async def _again(self, event: Event) -> Kept:
        """The answer that has waited, unless it has been taken up or its source is gone."""
        row = await self.store.message(event.waiting)
        source = self.sources.get(row.source) if row else None
        if row is None or source is None or await self._is_there(row, source):
            return _done(event)
        waited = row
        known_source = source

        async def made(contested: frozenset[str], known: Known) -> Arrival | Needs:
            decision = self._decided(waited, known_source, event, known, contested)
            marked = _marked(decision, known_source)
            if needs := decision.needs | (marked - known.resources.keys()):
                return Needs(needs)
            arrived = self._arrival(waited, known_source, event, decision)
            there = ((name, known.resources[name]) for name in sorted(marked))
            closed = unmarked(there, waited.id, decision.lane) if decision.kept else ()
            own = {f"{put.resource['resourceType']}/{put.resource['id']}" for put in arrived.puts}
            puts = (put for put in closed if f"Communication/{put.resource['id']}" not in own)
            return replace(arrived, puts=(*arrived.puts, *puts))

        return await keep(made, self.store)

    def _decided(
        self, row: MessageRow, source: Source, event: Event, known: Known, contested: frozenset[str]
    ) -> Decision:
        """In its thread; when that has not come in time, as a thread of its own."""
        decision = self._decide(row, source, contested, known)
        if not any(effect.awaits for effect in decision.effects):
            return decision
        if event.kind is EventKind.TAKE_UP:  # another message had that id: it waits on
            return replace(decision, effects=tuple(replace(effect, awaits={}) for effect in decision.effects))
        alone = self._decide(row, source, contested, None)
        told = tuple(never_asked(effect, event.event_id, self.policy) for effect in alone.effects)
        return replace(alone, effects=told)

    def _decide(
        self, row: MessageRow, source: Source, contested: frozenset[str], known: Known | None
    ) -> Decision:
        return decide(
            row.raw,
            source,
            received_at=row.received_at.isoformat(),
            check=self.check,
            contested=contested,
            known=known,
            policy=self.policy,
        )

    def _arrival(self, row: MessageRow, source: Source, event: Event, decision: Decision) -> Arrival:
        sender = row.sender.partition("|")[2]
        made = arrival(row.raw, source, decision, self.clock.now(), sender=sender, policy=self.policy)
        own_id = str(uuid.uuid5(NAMESPACE, f"{row.id}|{event.event_id}"))
        return replace(made, id=own_id, is_letter=False, replays=row.id)

    async def _is_there(self, row: MessageRow, source: Source) -> bool:
        """Whether what the answer becomes is kept already: it was taken up before, or came another way."""
        alone = self._decide(row, source, frozenset(), None)
        for resource in alone.resources:
            if resource["resourceType"] == "Communication":
                found = await self.store.read("Communication", resource["id"])
                return found is not None and not is_mark(orjson.loads(found.body))
        return True


def _marked(decision: Decision, source: Source) -> frozenset[str]:
    """Where those who answer have left marks."""
    records = (effect.record for effect in decision.effects)
    answers = (each for each in records if isinstance(each, Consultation) and each.in_reply_to)
    return frozenset(name for each in answers for name in awaited_names(each, source.name))


def _done(event: Event) -> Kept:
    return Kept(outcome=Outcome.SAME, answer=_NOTHING, id=event.waiting)
