"""Answers that came before their question: how they wait, and what is written to ourselves about it.

An answer in an unknown thread is parked. In the place of the message that it answers lies a Communication
in preparation that names those who wait for it. Whatever comes in that message's name is built on what lies
there (``Put.expects``), so neither can pass the other by unseen, with however many processes. When it has
come, or when the time is out, we write to ourselves to take the answer up.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson

from adapter.domain.event import EventKind
from adapter.fhir import awaited_message, is_mark, waiting_in
from adapter.known import version_of
from adapter.ports import OURSELVES, Letter, Put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, timedelta

    from adapter.decision import Effect
    from adapter.known import Json

LETTERS = uuid.UUID("0c1e7d6a-3d3f-5a5b-8a8e-2f3d5c7b9e41")  # namespace of letters' ids


def letter_id(*cause: str) -> str:
    """The id of the letter that a cause has: the same whenever it is decided again."""
    return str(uuid.uuid5(LETTERS, "|".join(cause)))


def to_ourselves(  # noqa: PLR0913  what a reminder is about, and when
    kind: str,
    cause: str,
    lane: int,
    *,
    at: datetime | None = None,
    thread: str = "",
    sender_unit: str = "",
    **said: str,
) -> Letter:
    """A letter to ourselves, as ``overens.event`` reads it."""
    own_id = letter_id(cause, OURSELVES, kind, *sorted(said.values()))
    body = {"EventId": own_id, "Event": str(kind)} | ({"Task": thread} if thread else {}) | said
    return Letter(
        id=own_id,
        receiver=OURSELVES,
        lane=lane,
        kind=str(kind),
        media_type="application/json",
        body=orjson.dumps(body),
        thread=thread.partition("/")[2],
        not_before=at,
        sender_unit=sender_unit,
    )


def taken_up(waiting: tuple[str, ...], cause: str, lane: int) -> tuple[Letter, ...]:
    """What we write to ourselves when a message has come that others have waited for."""
    return tuple(to_ourselves(EventKind.TAKE_UP, cause, lane, Message=inbox_id) for inbox_id in waiting)


def marks(effect: Effect, inbox_id: str) -> Iterator[Put]:
    """What lies in the place of what an effect waits for."""
    for awaited, there in effect.awaits.items():
        if there and not is_mark(there):  # another message with that id: it is no mark of ours to touch
            continue
        ahead = waiting_in(there)
        resource = awaited_message(awaited, tuple(dict.fromkeys((*ahead, inbox_id))))
        yield Put(resource=resource, lane=effect.lane, expects=version_of(there) if there else 0)


def unmarked(marked: Iterable[tuple[str, Json | None]], inbox_id: str, lane: int) -> Iterator[Put]:
    """What lies in the places that an effect has waited at, once it waits no more."""
    for awaited, there in marked:
        if there and inbox_id in waiting_in(there):
            left = tuple(each for each in waiting_in(there) if each != inbox_id)
            yield Put(resource=awaited_message(awaited, left), lane=lane, expects=version_of(there))


def watch(effect: Effect, inbox_id: str, received_at: datetime, window: timedelta) -> tuple[Letter, ...]:
    """What we write to ourselves so that nobody waits for ever."""
    if not effect.awaits:
        return ()
    at = received_at + window
    return (to_ourselves(EventKind.WAITED_LONG, inbox_id, effect.lane, at=at, Message=inbox_id),)
