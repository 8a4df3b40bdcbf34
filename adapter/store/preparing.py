"""An arrival made ready to be written: all that takes time and needs no store.

Dumped, hashed, packed, with search rows. Pure, so it is done wherever there is time: an arrival that is made
ready in another process comes as :class:`adapter.ports.Ready`, bytes that only this module reads.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from adapter.ports import Answer, Arrival, Json, Put, Ready
from adapter.store.compressed import compressed
from adapter.store.content import Content, Pack, digest_of, dumped
from adapter.store.outgoing import all_letter_values
from adapter.store.terms import rows_of

Key = tuple[str, str]  # type and id

REFERENCE_LANE = 0  # of what is not one patient's
FIRST = frozenset({"CarePlan", "CareTeam", "Provenance"})  # what a portal asks for stands first in a pack
_FORM = 2  # of marshal: the same bytes for the same arrival


class Wanted(NamedTuple):
    """One put made ready before its turn."""

    key: Key
    lane: int
    is_shared: bool
    order: str
    expects: int | None
    content: Content

    @property
    def type(self) -> str:
        """``CarePlan`` and so on."""
        return self.key[0]

    @property
    def id(self) -> str:
        """Its id."""
        return self.key[1]

    def made(self, version: int) -> str:
        """``CarePlan/<id>/_history/2``."""
        type_, id_ = self.key
        return f"{type_}/{id_}/_history/{version}"


class Message(NamedTuple):
    """The message itself, as its row holds it."""

    id: str
    lane: int
    sender: str
    message_id: str
    source: str
    state: str
    received_at: str  # ISO 8601
    sha256: str
    findings: bytes  # JSON
    mapping_version: str
    raw: bytes  # compressed
    answer: tuple[int, str, bytes]  # status, media type, body
    note_keys: tuple[tuple[str, str], ...]
    is_letter: bool
    has_audit: bool
    letters: tuple[tuple[Any, ...], ...]  # as ``outgoing`` has them
    replays: str

    @property
    def told(self) -> Answer:
        """What its sender is told."""
        status, media_type, body = self.answer
        return Answer(status=status, media_type=media_type, body=body)


class Prepared(NamedTuple):
    """A message and its puts, the AuditEvent last; ``pack`` has the resources of all of them."""

    message: Message
    puts: list[Wanted]
    pack: Pack


def prepare(arrival: Arrival | Ready) -> Prepared:
    """An arrival as the stores take it."""
    if isinstance(arrival, Ready):
        message, puts, size, packed = marshal.loads(arrival.data)  # noqa: S302  from our own process
        return _prepared(Message(*message), puts, Pack(data=packed, size=size))
    message, puts, opened = _parts(arrival)
    return _prepared(message, puts, Pack(opened=opened, size=len(opened)))


def ready(arrival: Arrival) -> Ready:
    """An arrival on its way to a store; the same bytes for the same arrival."""
    message, puts, opened = _parts(arrival)
    packed = compressed(opened)
    return Ready(marshal.dumps((tuple(message), puts, len(opened), packed), _FORM))


class Logged(NamedTuple):
    """AuditEvents ready to be kept by themselves."""

    puts: list[Wanted]
    pack: Pack


def logged(events: Iterable[Json], lane: int) -> Logged:
    """AuditEvents that no message brought, in a pack of their own."""
    values, opened = _laid_out([_part(Put(resource=event, lane=lane)) for event in events])
    pack = Pack(opened=opened, size=len(opened))
    return Logged(_wanted(pack, values), pack)


def wanted(put: Put) -> Wanted:
    """A put that the store itself wishes for, in a pack of its own."""
    part, data = _part(put)
    pack = Pack(opened=data)
    return _wanted(pack, [(0, *part)])[0]


@lru_cache(maxsize=1024)  # the puts of one message share their order
def order(text: str) -> str:
    """A version time in a form whose alphabetical order is that of time: no zone, no idle zeros."""
    bare = text.removesuffix("Z").removesuffix("+00:00")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def _parts(arrival: Arrival) -> tuple[Message, list[Any], bytes]:
    """The message, its puts as plain values in the order of their bytes, and the bytes."""
    puts = list(arrival.puts)
    if arrival.audit:
        puts.append(Put(resource={"id": arrival.id, **arrival.audit}, lane=arrival.lane))
    values, opened = _laid_out([_part(put) for put in puts])
    return _message(arrival), values, opened


def _laid_out(parts: list[tuple[tuple[Any, ...], bytes]]) -> tuple[list[Any], bytes]:
    """The values of parts with their places, and the bytes of the pack that they make."""
    order_in_pack = sorted(range(len(parts)), key=lambda index: parts[index][0][0] not in FIRST)
    places, at = [0] * len(parts), 0
    for index in order_in_pack:
        places[index] = at
        at += len(parts[index][1])
    values = [(place, *part) for place, (part, _) in zip(places, parts, strict=True)]
    return values, b"".join(parts[index][1] for index in order_in_pack)


def _part(put: Put) -> tuple[tuple[Any, ...], bytes]:
    resource: Json = put.resource
    data = dumped(resource)
    rows = tuple(rows_of(resource))  # no class of ours, so that it can be marshalled
    values = (resource["resourceType"], resource["id"], put.lane, put.is_shared, order(put.order))
    return (*values, put.expects, digest_of(data), len(data), rows), data


def _prepared(message: Message, puts: list[Any], pack: Pack) -> Prepared:
    return Prepared(message, _wanted(pack, puts), pack)


def _wanted(pack: Pack, puts: list[Any]) -> list[Wanted]:
    """Puts of plain values as the stores take them."""
    return [
        Wanted((type_, id_), lane, is_shared, at, expects, Content(digest, pack, place, size, rows))
        for place, type_, id_, lane, is_shared, at, expects, digest, size, rows in puts
    ]


def _message(arrival: Arrival) -> Message:
    return Message(
        id=arrival.id,
        lane=arrival.lane,
        sender=arrival.sender,
        message_id=arrival.message_id,
        source=arrival.source,
        state=arrival.state.value,
        received_at=arrival.received_at.isoformat(),
        sha256=arrival.sha256,
        findings=orjson.dumps(arrival.findings),
        mapping_version=arrival.mapping_version,
        raw=compressed(arrival.raw),
        answer=_said(arrival.answer),
        note_keys=arrival.note_keys,
        is_letter=arrival.is_letter,
        has_audit=bool(arrival.audit),
        letters=all_letter_values(arrival.letters),
        replays=arrival.replays,
    )


def _said(answer: Answer) -> tuple[int, str, bytes]:
    return answer.status, answer.media_type, answer.body
