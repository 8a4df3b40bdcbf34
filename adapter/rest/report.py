"""The report on a message: what was found, where each FHIR element came from, what became of each place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.answers import finding_json
from adapter.wire.positions import locate
from adapter.wire.soap import SOAP_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.fhir import Trace
    from adapter.mapping import Loss
    from adapter.pipeline import Decision, Source


def report(raw: bytes, source: Source, decision: Decision) -> dict[str, Any]:
    """``{"findings", "sourceMap", "loss"}`` of a decision that was made with ``trace``."""
    return {
        "findings": [finding_json(finding) for finding in decision.findings],
        "sourceMap": source_map(raw, source, decision.traces),
        "loss": loss(decision.loss),
    }


def source_map(raw: bytes, source: Source, traces: Sequence[Trace]) -> list[dict[str, Any]]:
    """Every FHIR element with its place in the message (and line and column), or the rule that made it."""
    namespaces = SOAP_NAMESPACES.union(source.plan.about.namespaces)
    found = locate(raw, {trace.where for trace in traces if trace.where}, namespaces)
    return [_row(trace, found.get(trace.where)) for trace in traces]


def loss(lost: Loss | None) -> dict[str, Any]:
    """What became of every place: mapped + ignored + unread = leaves. Empty when unreadable."""
    if lost is None:
        return {}
    return {
        "leaves": lost.leaves,
        "mapped": lost.mapped,
        "ignored": lost.ignored,
        "unread": lost.unread,
        "ignoredPlaces": list(lost.ignored_places),
        "unreadPlaces": list(lost.unread_places),
    }


def _row(trace: Trace, place: tuple[int, int] | None) -> dict[str, Any]:
    said: dict[str, Any] = {"element": trace.element, "where": trace.where, "rule": trace.rule}
    if place:
        said |= {"line": place[0], "column": place[1]}
    return {name: part for name, part in said.items() if part}
