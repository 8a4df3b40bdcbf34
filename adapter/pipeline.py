"""One message, from bytes to answer. Read this first: every other package is one of its lines.

``decide`` is the functional core: bytes to tree (``wire``), tree to domain values (``mapping``), domain
values to FHIR (``fhir``), with findings all the way. It has no clock, disk, network or chance: the same
bytes give the same decision. ``receive`` is the shell around it: decide, keep everything in one
transaction, and give the answer that is now on disk.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from adapter import acknowledgement
from adapter.answers import answer, finding_json
from adapter.conflicts import NAMING, without_contested, without_contradictions
from adapter.decision import REFERENCE_LANE, Decision, Effect, Source, held_back, is_within
from adapter.effects import Making, nothing_in_it, too_many
from adapter.errors import Unparsable
from adapter.fhir import MadeBy, is_shared, message_audit_event
from adapter.findings import told
from adapter.frozen import dataclass, replace
from adapter.known import Known
from adapter.mapping import map_message
from adapter.policy import ORDINARY, Policy
from adapter.ports import Arrival, Contested, Put, Ready, Stale
from adapter.subscribing import announcement
from adapter.threads import load
from adapter.waiting import marks, watch
from adapter.wire.hl7v2_header import read_header
from adapter.wire.positions import located, spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from adapter.findings import Finding
    from adapter.mapping import Mapped
    from adapter.own_faults import Check
    from adapter.ports import Answer, Clock, Json, Kept, Store

__all__ = ["Decision", "Effect", "Needs", "Source", "arrival", "decide", "keep", "receive"]

NAMESPACE = uuid.UUID("6f1a3b52-8f0e-5c39-9f6d-0d5a5c7a9e11")  # of inbox ids


def decide(  # noqa: PLR0913  the bytes, and all that the world may say about them
    raw: bytes,
    source: Source,
    *,
    received_at: str = "",
    trace: bool = False,
    check: Check | None = None,
    contested: frozenset[str] = frozenset(),
    known: Known | None = None,
    policy: Policy = ORDINARY,
) -> Decision:
    """The functional core: no clock, no disk, no network, same answer every time.

    ``received_at`` (ISO 8601) stands in only where the message gives no time of its own. With ``trace``
    the decision holds the source map. ``check`` judges what is made: a note whose resources it finds an
    error in is parked. ``contested`` are the keys that are held by other content: they are set aside.
    ``known`` is what the store has of that which the message speaks of: a decision that ``needs`` more of it
    is none yet. Without a store (None) a message stands alone.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        message = source.parse(raw)  # bytes -> tree
    except Unparsable as problem:
        return Decision(sha256=sha256, findings=told((problem.finding,)))
    mapped = source.read(raw, message) if source.read else map_message(source.plan, message)  # tree -> domain
    envelope = source.envelope(raw) if source.envelope else None
    made_by = MadeBy(
        source=source.name, mapping_version=source.plan.version, sha256=sha256, received_at=received_at
    )
    lines = spans(raw, {record.origin() for record in mapped.records}, message)
    making = Making(
        source=source,
        made_by=made_by,
        lines=lines,
        trace=trace,
        check=check,
        known=known,
        policy=policy,
    )
    own, shared = _by_record(mapped)
    effects = tuple(map(making.effect, mapped.records, mapped.contents, own))  # domain -> FHIR
    effects = without_contradictions(effects)
    if not effects and not shared:
        shared = (nothing_in_it(source.title),)
    shared += too_many(effects)
    shared += envelope.reused(contested) if envelope else ()
    effects = held_back(
        effects, shared, lambda: [n.where for root in source.plan.roots for n in root.find(message)]
    )
    if contested:
        effects, shared = without_contested(effects, shared, contested, envelope.id if envelope else "")
    findings = (*shared, *(finding for effect in effects for finding in effect.findings))
    if findings:
        findings = located(raw, told(findings, NAMING), message)
    message.let_go()
    content = envelope.content if envelope else sha256
    return Decision(sha256=content, effects=effects, findings=findings, loss=mapped.loss, envelope=envelope)


async def receive(  # noqa: PLR0913  a message, and all that it takes to keep it
    raw: bytes,
    source: Source,
    store: Store,
    clock: Clock,
    *,
    sender: str = "",
    check: Check | None = None,
    policy: Policy = ORDINARY,
) -> Kept:
    """The imperative shell: decide, keep everything in one transaction, answer what is on disk.

    ``sender`` is the caller as the shell knows it (a token's client); without one the message itself
    says who sends. Raises ``StoreUnavailable`` when nothing could be kept.
    """
    received_at = clock.now()

    async def made(contested: frozenset[str], known: Known) -> Arrival | Needs:
        decision = decide(
            raw,
            source,
            received_at=received_at.isoformat(),
            check=check,
            contested=contested,
            known=known,
            policy=policy,
        )
        if decision.needs:
            return Needs(decision.needs)
        return arrival(raw, source, decision, received_at, sender=sender, policy=policy)

    return await keep(made, store)


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be known before a message can be decided (``known``)."""

    keys: frozenset[str]


Made = Callable[[frozenset[str], Known], Awaitable["Arrival | Ready | Needs"]]


async def keep(made: Made, store: Store, whole: Store | None = None) -> Kept:
    """Keep what is made of a message: with what it needs to know, and without what is contested.

    ``made`` is asked again when it needs to know more, when other content holds one of its ids (it is given
    the keys to leave out; nobody lets go of an id, hence they are never needed again), and when what it was
    built on has changed meanwhile: then everything that it asked for is read anew. ``whole`` is the store to
    know it from, where ``store`` is what the sender sees of it.
    """
    contested: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    known = Known()
    while True:
        arrival = await made(contested, known)
        try:
            if not isinstance(arrival, Needs):
                return await store.keep(arrival)
            if arrival.keys <= asked:
                raise RuntimeError("what was asked for is asked for again")
            asked |= arrival.keys
        except Contested as found:
            if found.keys <= contested:
                raise
            contested |= found.keys
        except Stale as late:
            asked |= late.keys
        known = await load(whole or store, asked)


def arrival(  # noqa: PLR0913  a decision, and whose it is
    raw: bytes,
    source: Source,
    decision: Decision,
    received_at: datetime,
    *,
    sender: str = "",
    policy: Policy = ORDINARY,
) -> Arrival:
    """A decision as the one transaction that carries it out."""
    sent_by = sender or decision.sender or "unknown"
    header = read_header(raw) if source.is_hl7v2 else None
    letterbox = f"hl7v2|{header.station}" if header else f"{source.name}|{sent_by}"
    inbox_id = str(uuid.uuid5(NAMESPACE, f"{letterbox}|{decision.message_id}|{decision.sha256}"))
    puts = tuple(put for effect in decision.effects for put in _puts(effect, inbox_id))
    letters = tuple(
        letter
        for effect in decision.effects
        for letter in (*effect.letters, *watch(effect, inbox_id, received_at, policy.reply_window))
    )
    return Arrival(
        id=inbox_id,
        sender=letterbox,
        message_id=decision.message_id,
        sha256=decision.sha256,
        source=source.name,
        raw=raw,
        lane=decision.lane,
        received_at=received_at,
        state=decision.state,
        findings=tuple(finding_json(finding) for finding in decision.findings),
        puts=puts,
        letters=(*letters, *(announcement(inbox_id, decision.lane, puts) if policy.has_subscribers else ())),
        note_keys=decision.keys,
        is_letter=decision.is_letter,
        audit=_audit(inbox_id, source.name, sent_by, decision, received_at),
        answer=_answer(raw, source, decision, received_at, inbox_id),
        mapping_version=source.plan.version,
    )


def _answer(raw: bytes, source: Source, decision: Decision, received_at: datetime, inbox_id: str) -> Answer:
    """What the sender is told, in its own words: an OperationOutcome, or an ACK for HL7 v2."""
    told = answer(decision)
    if not source.is_hl7v2:
        return told
    code = acknowledgement.code_of(decision)
    ack = acknowledgement.acknowledge(raw, code, decision.findings, made_at=received_at, id_=inbox_id)
    return replace(told, body=ack, media_type=acknowledgement.MEDIA_TYPE)


def _by_record(mapped: Mapped) -> tuple[list[tuple[Finding, ...]], tuple[Finding, ...]]:
    """The mapping's findings by the record they are about, and those about the message as a whole."""
    places = [record.origin() for record in mapped.records]
    own: list[list[Finding]] = [[] for _ in places]
    shared: list[Finding] = []
    for finding in mapped.findings:
        index = next((i for i, place in enumerate(places) if is_within(finding.where, place)), None)
        (shared if index is None else own[index]).append(finding)
    return [tuple(found) for found in own], tuple(shared)


def _puts(effect: Effect, inbox_id: str) -> Iterator[Put]:
    if effect.is_parked:
        yield from marks(effect, inbox_id)
        return
    lane, order, expects = effect.lane, effect.order, effect.expects
    for resource in (*effect.earlier, *effect.resources):
        shared = is_shared(resource)
        is_reference = shared and resource["resourceType"] != "Patient"
        yield Put(
            resource=resource,
            lane=REFERENCE_LANE if is_reference else lane,
            is_shared=shared,
            order="" if shared else order,
            expects=expects.get(f"{resource['resourceType']}/{resource['id']}") if expects else None,
        )


def _audit(inbox_id: str, source: str, sender: str, decision: Decision, recorded: datetime) -> Json:
    made = tuple(f"{r['resourceType']}/{r['id']}" for r in decision.resources)
    return message_audit_event(
        message_id=inbox_id,
        sender=sender,
        source=source,
        state=decision.state.value,
        patient=next((target for target in made if target.startswith("Patient/")), ""),
        made=made,
        recorded=recorded.isoformat(),
    )
