"""An arrival made ready to be written: all that takes time and needs no store.

Dumped, hashed, packed, with search rows. Pure, so it is done wherever there is time: an arrival that is made
ready in another process comes as :class:`adapter.ports.Ready`, bytes that only this module reads.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from adapter.ports import Answer, Arrival, Json, Put, Ready
from adapter.recalled import recalled
from adapter.store.compressed import compressed
from adapter.store.content import Content, Pack, digest_of, dumped
from adapter.store.outgoing import all_letter_values
from adapter.store.terms import Found, Rows, rows_of

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


# One put as plain values, which can be marshalled: where its bytes lie in the pack, type and id, lane,
# whether it is shared, its order, the version it expects, hash and size of its bytes, its search rows.
Placeless = tuple[Key, int, bool, str, int | None, bytes, int, Found]
Part = tuple[int, Key, int, bool, str, int | None, bytes, int, Found]


class Prepared:
    """A message and its puts, the AuditEvent last; ``pack`` has the resources of all of them.

    ``parts`` are the puts as they came.
    """

    __slots__ = ("_puts", "message", "pack", "parts")

    def __init__(self, message: Message, parts: Sequence[Part], pack: Pack) -> None:
        self.message = message
        self.parts = parts
        self.pack = pack
        self._puts: list[Wanted] | None = None

    @property
    def puts(self) -> list[Wanted]:
        """The puts, each made ready before its turn."""
        if self._puts is None:
            self._puts = _wanted(self.pack, self.parts)
        return self._puts


def prepare(arrival: Arrival | Ready) -> Prepared:
    """An arrival as the stores take it."""
    if isinstance(arrival, Ready):
        message, parts, size, packed = marshal.loads(arrival.data)  # noqa: S302  from our own process
        return Prepared(Message(*message), parts, Pack(data=packed, size=size))
    message, parts, opened = _parts(arrival)
    return Prepared(message, parts, Pack(opened=opened, size=len(opened)))


def ready(arrival: Arrival) -> Ready:
    """An arrival on its way to a store; the same bytes for the same arrival."""
    message, parts, opened = _parts(arrival)
    packed = compressed(opened)
    return Ready(marshal.dumps((tuple(message), parts, len(opened), packed), _FORM))


class Logged(NamedTuple):
    """AuditEvents ready to be kept by themselves."""

    puts: list[Wanted]
    pack: Pack


def logged(events: Iterable[Json], lane: int) -> Logged:
    """AuditEvents that no message brought, in a pack of their own."""
    parts, opened = _laid_out([_part(Put(resource=event, lane=lane)) for event in events])
    pack = Pack(opened=opened, size=len(opened))
    return Logged(_wanted(pack, parts), pack)


def wanted(put: Put) -> Wanted:
    """A put that the store itself wishes for, in a pack of its own."""
    part, data = _part(put)
    return _wanted(Pack(opened=data), [(0, *part)])[0]


@lru_cache(maxsize=1024)  # the puts of one message share their order
def order(text: str) -> str:
    """A version time in a form whose alphabetical order is that of time: no zone, no idle zeros."""
    bare = text.removesuffix("Z").removesuffix("+00:00")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def _parts(arrival: Arrival) -> tuple[Message, list[Part], bytes]:
    """The message, its puts, and the bytes of all of them."""
    puts = list(arrival.puts)
    if arrival.audit:
        puts.append(Put(resource={"id": arrival.id, **arrival.audit}, lane=arrival.lane))
    parts, opened = _laid_out([_part(put) for put in puts])
    return _message(arrival), parts, opened


def _laid_out(made: list[tuple[Placeless, bytes]]) -> tuple[list[Part], bytes]:
    """Parts with their places, and the bytes of the pack that they make."""
    order_in_pack = sorted(range(len(made)), key=lambda index: made[index][0][0][0] not in FIRST)
    places, at = [0] * len(made), 0
    for index in order_in_pack:
        places[index] = at
        at += len(made[index][1])
    parts = [(place, *part) for place, (part, _) in zip(places, made, strict=True)]
    return parts, b"".join(made[index][1] for index in order_in_pack)


def _part(put: Put) -> tuple[Placeless, bytes]:
    """A put as plain values but for its place, and its bytes."""
    resource: Json = put.resource
    key, data = (resource["resourceType"], resource["id"]), dumped(resource)
    if put.is_shared and key[0] != "Patient":
        digest, rows = _of_staff(data)
    else:
        digest, rows = digest_of(data), _plain(rows_of(resource))
    return (key, put.lane, put.is_shared, order(put.order), put.expects, digest, len(data), rows), data


@recalled(2048)  # the same unit and its staff stand in note after note
def _of_staff(data: bytes) -> tuple[bytes, Found]:
    """The hash and the search rows of a shared resource."""
    return digest_of(data), _plain(rows_of(orjson.loads(data)))


def _plain(rows: Rows) -> Found:
    """Rows as no class of ours, so that they can be marshalled."""
    return rows.terms, rows.periods, rows.words


def _wanted(pack: Pack, parts: Sequence[Part]) -> list[Wanted]:
    """Puts of plain values as the stores take them."""
    return [
        Wanted(key, lane, is_shared, at, expects, Content(digest, pack, place, size, rows))
        for place, key, lane, is_shared, at, expects, digest, size, rows in parts
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
