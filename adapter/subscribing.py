"""Subscriptions as they are kept, and the letter to ourselves that each change brings.

The letter goes into the transaction of the change. Whoever takes it in gives each matching subscription an
event with the next number, once, in one transaction with the notification (``send/notifying.py``). What is
kept lies in resources of type Basic, which no route serves: the list of subscriptions, the state of each, its
events by number, and which change had which event.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import orjson

from adapter.fhir.notification import Notification, notification
from adapter.fhir.subscription import JSON, TYPES
from adapter.ports import Answer, Arrival, Letter, Put, State
from adapter.waiting import letter_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from adapter.ports import Row, Store

Json = dict[str, Any]
NOTIFYING: Final = "overens-aviseringar"  # receiver of the letters to ourselves
CHANGED, BEAT = "andring", "livstecken"
EVENT: Final = "avisering"
_KEPT: Final = uuid.UUID("4b7d2f0e-53a9-5f14-9c0b-71e6b7a3d2c8")  # namespace of what is kept
_LANES: Final = 1023


def announcement(arrival_id: str, lane: int, puts: Iterable[Put]) -> tuple[Letter, ...]:
    """The letter to ourselves of an arrival that may change what a topic is about; none for others."""
    if not any(put.resource["resourceType"] in TYPES for put in puts):
        return ()
    return (_own(CHANGED, lane, {"of": arrival_id}, "0"),)


def _own(kind: str, lane: int, said: Json, *cause: str, at: datetime | None = None) -> Letter:
    return Letter(
        id=letter_id(NOTIFYING, kind, said["of"], *cause),
        receiver=NOTIFYING,
        lane=lane,
        kind=kind,
        media_type="application/json",
        body=orjson.dumps(said),
        not_before=at,
    )


def heartbeat(subscription: str, round_: int, number: int, at: datetime) -> Letter:
    """What reminds us to give a sign of life: number by number as long as a round lasts."""
    said = {"of": subscription, "round": round_, "number": number}
    return _own(BEAT, lane_of(subscription), said, *once_more(round_), str(number), at=at)


def once_more(round_: int) -> tuple[str, ...]:
    """What tells the letters of one round from those of another: it begins anew after an error."""
    return (f"round {round_}",) if round_ > 1 else ()


def lane_of(subscription: str) -> int:
    """Its notifications leave in their order: they are in one lane."""
    return crc32(subscription.encode()) % _LANES + 1


def told(receiver: str, said: Notification, *cause: str) -> Letter:
    """A notification on its way."""
    return Letter(
        id=letter_id(said.subscription, said.kind, *cause),
        receiver=receiver,
        lane=lane_of(said.subscription),
        kind=EVENT,
        media_type=JSON,
        body=orjson.dumps(notification(said)),
        thread=said.subscription,
    )


def kept_id(*name: str) -> str:
    """The id of something that is kept: ``(subscription, "event", "7")``."""
    return str(uuid.uuid5(_KEPT, "|".join(name)))


async def kept(store: Store, *name: str) -> tuple[Json, int]:
    """What is kept under a name, and its version; ``{}`` and 0 when there is nothing."""
    row = await store.read("Basic", kept_id(*name))
    return (as_said(row), row.version) if row else ({}, 0)


def as_said(row: Row) -> Json:
    """A row as it was given."""
    said: Json = orjson.loads(row.body)
    return said


def keeping(said: Json, version: int, *name: str) -> Put:
    """Keep something under a name, when it is at the version that was read."""
    own = {**said, "resourceType": "Basic", "id": kept_id(*name)}
    own.pop("meta", None)
    return Put(resource=own, lane=0, expects=version)


def one_transaction(id_: str, now: datetime, puts: Sequence[Put], letters: Sequence[Letter]) -> Arrival:
    """What is done about subscriptions, once for each id."""
    return Arrival(
        id=id_,
        sender=NOTIFYING,
        message_id=id_,
        sha256=id_,
        source=NOTIFYING,
        raw=b"",
        lane=0,
        received_at=now,
        state=State.DONE,
        puts=tuple(puts),
        letters=tuple(letters),
        is_letter=False,
        answer=Answer(status=200, body=b""),
    )
