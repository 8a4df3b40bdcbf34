"""A message as a database row, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from adapter.ports import Answer, MessageQuery, MessageRow, State
from adapter.store.compressed import decompressed
from adapter.store.preparing import Message

_OPEN = (
    "closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM inbox AS later WHERE later.replays = inbox.id"
    " AND later.replays <> '' AND later.state = 'done')"
)


def message_values(message: Message, made: Sequence[str]) -> tuple[Any, ...]:
    """The values of ``insert_message``, in its order."""
    return (
        message.id,
        message.lane,
        message.sender,
        message.message_id,
        message.source,
        message.state,
        message.received_at,
        message.sha256,
        message.findings,
        orjson.dumps(made),
        *message.answer,
        message.mapping_version,
        message.raw,
        1,
        message.replays,
    )


def message_row(found: tuple[Any, ...]) -> MessageRow:
    """The row of ``message`` as the port has it."""
    (id_, sender, message_id, source, state, received_at, sha256, raw, findings, made, *rest) = found
    *answer, version, is_deflated, replays, taken_as = rest
    return MessageRow(
        id=id_,
        sender=sender,
        message_id=message_id,
        source=source,
        state=State(state),
        received_at=datetime.fromisoformat(received_at),
        sha256=sha256,
        raw=decompressed(raw) if is_deflated else bytes(raw),
        findings=tuple(orjson.loads(findings)),
        made=tuple(orjson.loads(made)),
        answer=stored_answer(tuple(answer)),
        mapping_version=version,
        replays=replays,
        taken_as=taken_as,
    )


def message_conditions(query: MessageQuery) -> tuple[str, list[Any]]:
    """A query as a condition in SQL, with ``?`` for its values."""
    parts, values = ["replays = ''"], list[Any]()
    if query.states:  # in words, so that an index of what is not done can be used
        named = " OR ".join(f"state = '{state.value}'" for state in query.states)
        parts.append(f"({named})" + ("" if State.DONE in query.states else " AND state <> 'done'"))
    if query.source:
        parts.append("source = ?")
        values.append(query.source)
    if query.ids:
        parts.append(f"id IN ({', '.join('?' * len(query.ids))})")
        values += query.ids
    if query.is_open:
        parts.append(_OPEN)
    if any(query.after):
        parts.append("(received_at, id) < (?, ?)")
        values += query.after
    return " AND ".join(parts), [*values, query.limit]


def stored_answer(found: tuple[Any, ...]) -> Answer:
    """The stored answer: status, media type, body."""
    status, media_type, body = found
    return Answer(status=status, media_type=media_type, body=bytes(body))
