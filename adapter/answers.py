"""What a sender is told about a message, as a status and an OperationOutcome."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

import orjson

from adapter.fhir import operation_outcome
from adapter.findings import Finding
from adapter.ports import Answer, State

if TYPE_CHECKING:
    from adapter.decision import Decision
    from adapter.ports import Json

AT = "answers"
TOO_LARGE = 413
STATUS = {State.DONE: 201, State.PARTLY: 201, State.PARKED: 422, State.REFUSED: 422, State.UNREADABLE: 400}


def answer(decision: Decision) -> Answer:
    """201 kept, 422 parked or refused, 400 not readable, 413 too large."""
    is_too_large = any(finding.code == "too-large" for finding in decision.findings)
    status = TOO_LARGE if is_too_large else STATUS[decision.state]
    outcome = operation_outcome((*_opening(decision.state), *decision.findings), include_values=True)
    return Answer(status=status, body=orjson.dumps(outcome))


@cache
def conflict_answer() -> Answer:
    """409: the id was seen before with other content."""
    what = (
        "Ett meddelande med samma id men annat innehåll har redan tagits emot; det första gäller. "
        "Skicka ett ändrat meddelande med ett nytt id, eller en ändrad anteckning med ny versionstid."
    )
    outcome = operation_outcome((Finding("id-conflict", "", AT, what, blocking=True),))
    return Answer(status=409, body=orjson.dumps(outcome))


def finding_json(finding: Finding) -> Json:
    """A finding as the operator, the sender and ``--report`` read it; empty parts left out."""
    said = {name: part for name, part in asdict(finding).items() if part}
    return {"severity": finding.severity.value, **said}


def _opening(state: State) -> tuple[Finding, ...]:
    if state is State.DONE:
        return (Finding("kept", "", AT, "Meddelandet är mottaget och sparat."),)
    if state is State.PARTLY:
        what = (
            "En del av meddelandet är sparad, men minst en anteckning kunde inte tas in. "
            "Läs vad som är fel nedan, rätta och skicka den anteckningen igen."
        )
        return (Finding("partly-kept", "", AT, what),)
    return ()
