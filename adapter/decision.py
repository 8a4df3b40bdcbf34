"""What a message comes to: its source, the effects of its notes, and the decision that holds them all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from adapter.domain.agreement import Agreement
from adapter.domain.consultation import Consultation
from adapter.domain.event import Event
from adapter.domain.identity import lane
from adapter.domain.note import Note
from adapter.envelope import REUSED, Envelope
from adapter.fhir import Trace
from adapter.findings import Finding
from adapter.frozen import dataclass, replace
from adapter.mapping import Loss, Mapped, Plan
from adapter.ports import OURSELVES, State

if TYPE_CHECKING:
    from adapter.domain.guidance import PhoneSchedule
    from adapter.domain.keywords import Vocabulary
    from adapter.ports import Json, Letter
    from adapter.wire.node import Node

REFERENCE_LANE = 0  # organisations, practitioners, services: not of one patient
# Never a message, or never in its thread: there is nothing to mend and send again.
REFUSED_CODES = frozenset({"urgent-by-phone", "not-your-step", "step-refused", REUSED})
CONFLICT = frozenset({"id-conflict"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One system that sends to us: how it writes and what it means."""

    name: str  # <country>.<system>.<feed>: folder in mappings/ and fixtures/, and meta.source
    title: str
    owner: str
    version: str
    formats: tuple[str, ...]  # "hl7", "json", "xml"
    parse: Callable[[bytes], Node]
    plan: Plan
    vocabulary: Vocabulary
    example: str = ""  # a fixture that shows it
    phones: PhoneSchedule | None = None  # the region's numbers for what is acute
    is_internal: bool = False  # only we ourselves send to it
    read: Callable[[bytes, Node], Mapped] | None = None  # instead of the plan, where it is no mapping
    envelope: Callable[[bytes], Envelope | None] | None = None  # what a message is known by, apart from it

    @property
    def is_hl7v2(self) -> bool:
        """Whether it speaks HL7 v2: then it is answered so, and MSH says whose message it is."""
        return self.formats == ("hl7",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one note or one consultation comes to. Each has its own findings and may be parked alone."""

    record: Note | Consultation | Event
    agreement: Agreement | None = None
    content: str  # hash of what was read, so that the same key with other content is seen
    resources: tuple[Json, ...] = ()
    traces: tuple[Trace, ...] = ()
    earlier: tuple[Json, ...] = ()  # versions that some of them went through on the way
    expects: Mapping[str, int] = field(default_factory=dict)  # versions they are built on, by ``Type/<id>``
    letters: tuple[Letter, ...] = ()  # what others are told because of it
    findings: tuple[Finding, ...] = ()
    is_held_back: bool = False  # by what is wrong with the message as a whole
    needs: frozenset[str] = frozenset()  # what must be known before it can be decided
    awaits: Mapping[str, Json | None] = field(default_factory=dict)  # what must come first; what is there now

    @property
    def is_parked(self) -> bool:
        """Something stands in the way: nothing of this is kept but the raw bytes."""
        return self.is_held_back or any(finding.blocking for finding in self.findings)

    @property
    def key(self) -> str:
        """The sender's own identity for this content: note id and version time, or message id."""
        if isinstance(self.record, Consultation):
            return self.record.message_id
        if isinstance(self.record, Event):
            return self.record.event_id
        version = self.record.version_at
        return f"{self.record.note_id}@{version.value if version else ''}"

    @property
    def order(self) -> str:
        """The version time in UTC: an older one never becomes current. Empty when there are no versions."""
        if not isinstance(self.record, Note) or self.record.version_at is None:
            return ""
        return self.record.version_at.earliest().isoformat()

    @property
    def lane(self) -> int:
        """The patient's lane: everything that one note does happens in it."""
        ids = (number for person in self.record.patients for number in person.ids)
        return next(map(lane, ids), REFERENCE_LANE)

    @property
    def sender(self) -> str:
        """HSA-id of the system or unit that sends, as the message says."""
        if isinstance(self.record, Consultation):
            hsa_id = self.record.sender_unit.hsa_id
        elif isinstance(self.record, Event):
            return OURSELVES
        else:
            hsa_id = self.record.source_system or (self.record.unit.hsa_id if self.record.unit else None)
        return hsa_id.value if hsa_id else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything we will do about a message, before we do any of it."""

    sha256: str
    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()  # all of them, those of the effects included
    loss: Loss | None = None  # None: the bytes could not be read
    envelope: Envelope | None = None  # of a message that has one

    @property
    def kept(self) -> tuple[Effect, ...]:
        """The effects that nothing stands in the way of."""
        return tuple(effect for effect in self.effects if not effect.is_parked)

    @property
    def needs(self) -> frozenset[str]:
        """What must be known before this is a decision at all (``known``)."""
        return frozenset(need for effect in self.effects for need in effect.needs)

    @property
    def resources(self) -> tuple[Json, ...]:
        """What is kept, each resource once, in the order it was made."""
        if len(self.effects) == 1:  # which makes each resource once
            return () if self.effects[0].is_parked else self.effects[0].resources
        once = {(r["resourceType"], r["id"]): r for effect in self.kept for r in effect.resources}
        return tuple(once.values())

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The source map: every FHIR leaf and where it came from. Empty unless asked for."""
        return tuple(trace for effect in self.kept for trace in effect.traces)

    @property
    def state(self) -> State:
        """How the message ends."""
        blocking = {finding.code for finding in self.findings if finding.blocking}
        if self.loss is None:
            return State.UNREADABLE
        if not blocking:
            return State.DONE
        if self.kept:
            return State.PARTLY
        return State.REFUSED if blocking & REFUSED_CODES or self.is_conflict else State.PARKED

    @property
    def is_conflict(self) -> bool:
        """Nothing of it is kept, and other content under the same ids is all that stands in the way."""
        return {finding.code for finding in self.findings if finding.blocking} == CONFLICT and not self.kept

    @property
    def is_letter(self) -> bool:
        """Its id stands for its bytes, and it is the first to hold it as far as is known."""
        is_note = any(isinstance(effect.record, Note) for effect in self.effects)
        return not is_note and not any(finding.code in CONFLICT for finding in self.findings)

    @property
    def sender(self) -> str:
        """HSA-id of the sending system or unit; empty when it could not be read."""
        return next((effect.sender for effect in self.effects if effect.sender), "")

    @property
    def message_id(self) -> str:
        """The sender's own id of the message, or that of its content when none could be read."""
        if self.envelope:
            return self.envelope.id
        keys = sorted(effect.key for effect in self.effects)
        if len(keys) > 1:
            together = hashlib.sha256("\n".join(keys).encode()).hexdigest()
            return f"{len(keys)} notes:{together}"
        return keys[0] if keys else f"sha256:{self.sha256}"

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What is held by the content of each effect that is kept, and the envelope by its message."""
        is_reused = any(finding.code == REUSED for finding in self.findings)
        envelope = self.envelope.keys if self.envelope and not is_reused else ()
        return (*((effect.key, effect.content) for effect in self.kept), *envelope)

    @property
    def lane(self) -> int:
        """The lane of the first patient in it, where the message itself is kept."""
        return next((effect.lane for effect in self.effects), REFERENCE_LANE)


def is_within(where: str, place: str) -> bool:
    """Whether a place in a message is another place, or somewhere below it."""
    return where == place or not place or (where.startswith(place) and where[len(place)] in ".#")


def held_back(
    effects: tuple[Effect, ...], shared: tuple[Finding, ...], record_places: Callable[[], list[str]]
) -> tuple[Effect, ...]:
    """The effects, held back by what is wrong with the message as a whole.

    A note that could not be read at all (its finding lies within one of the places where records stand)
    holds back none of the others.
    """
    blocking = [finding for finding in shared if finding.blocking]
    if not blocking or not effects:
        return effects
    places = [place for place in record_places() if place]
    if all(any(is_within(finding.where, place) for place in places) for finding in blocking):
        return effects
    return tuple(replace(effect, resources=(), traces=(), is_held_back=True) for effect in effects)
