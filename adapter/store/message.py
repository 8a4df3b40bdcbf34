"""A message as a database row, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from adapter.ports import Answer, Arrival, MessageRow, State


def message_values(arrival: Arrival, state: State, answer: Answer, made: list[str]) -> tuple[Any, ...]:
    """The values of ``insert_message``, in its order."""
    return (
        arrival.id,
        arrival.lane,
        arrival.sender,
        arrival.message_id,
        arrival.source,
        state.value,
        arrival.received_at.isoformat(),
        arrival.sha256,
        orjson.dumps(arrival.findings),
        orjson.dumps(made),
        answer.status,
        answer.media_type,
        answer.body,
        arrival.mapping_version,
        arrival.raw,
    )


def message_row(found: tuple[Any, ...]) -> MessageRow:
    """The row of ``message`` as the port has it."""
    (id_, sender, message_id, source, state, received_at, sha256, raw, findings, made, *answer, version) = (
        found
    )
    return MessageRow(
        id=id_,
        sender=sender,
        message_id=message_id,
        source=source,
        state=State(state),
        received_at=datetime.fromisoformat(received_at),
        sha256=sha256,
        raw=bytes(raw),
        findings=tuple(orjson.loads(findings)),
        made=tuple(orjson.loads(made)),
        answer=stored_answer(tuple(answer)),
        mapping_version=version,
    )


def stored_answer(found: tuple[Any, ...]) -> Answer:
    """The stored answer: status, media type, body."""
    status, media_type, body = found
    return Answer(status=status, media_type=media_type, body=bytes(body))
