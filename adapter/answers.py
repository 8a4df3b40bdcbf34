"""What a sender is told about a message, as a status and an OperationOutcome."""

from __future__ import annotations

from dataclasses import fields
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
CONFLICT = 409
FORBIDDEN = 403
STATUS = {State.DONE: 201, State.PARTLY: 201, State.PARKED: 422, State.REFUSED: 422, State.UNREADABLE: 400}
_PARTS = tuple(part.name for part in fields(Finding))


def answer(decision: Decision) -> Answer:
    """201 kept, 422 parked or refused, 409 held by other content, 403, 400 not readable, 413 too large."""
    if not decision.findings:
        return _nothing_said(decision.state)
    codes = {finding.code for finding in decision.findings if finding.blocking}
    status = STATUS[decision.state]
    if "too-large" in codes:
        status = TOO_LARGE
    elif decision.is_conflict:
        status = CONFLICT
    elif "not-your-step" in codes and not decision.kept:
        status = FORBIDDEN
    return _told(status, (*_opening(decision.state), *decision.findings))


@cache
def _nothing_said(state: State) -> Answer:
    return _told(STATUS[state], _opening(state))


def _told(status: int, findings: tuple[Finding, ...]) -> Answer:
    return Answer(status=status, body=orjson.dumps(operation_outcome(findings, include_values=True)))


def finding_json(finding: Finding) -> Json:
    """A finding as the operator, the sender and ``--report`` read it; empty parts left out."""
    said = {name: part for name in _PARTS if (part := getattr(finding, name))}
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
