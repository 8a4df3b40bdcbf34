"""What we have made of a message, judged before it leaves: a fault in it is ours, and is told as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from adapter.findings import Finding

if TYPE_CHECKING:
    from adapter.fhir import Trace
    from adapter.ports import Json
    from adapter.validation import Issue

Check = Callable[["Json"], Sequence["Issue"]]  # the errors of a resource by R4 and by the profile it claims
NOT_VALID = (
    "Det FHIR som Överens gjorde av meddelandet följer inte vår egen profil och lämnas därför inte ut. Felet "
    "är vårt, inte avsändarens, och meddelandet är sparat som det kom. Kontakta förvaltningen av Överens; "
    "skicka inte om."
)


def own_faults(resources: Iterable[Json], check: Check) -> list[tuple[str, Issue]]:
    """Every error with the resource (``Type/id``) that it is in."""
    return [(f"{each['resourceType']}/{each['id']}", issue) for each in resources for issue in check(each)]


def told_as_ours(
    faults: Iterable[tuple[str, Issue]], traces: Sequence[Trace], otherwise: str
) -> tuple[Finding, ...]:
    """The errors as findings at the places in the message that the elements came from.

    ``otherwise`` is the place of the whole record: for what a rule made, and for what is missing.
    """
    told = (_finding(target, issue, traces, otherwise) for target, issue in faults)
    return tuple(dict.fromkeys(told))


def _finding(target: str, issue: Issue, traces: Sequence[Trace], otherwise: str) -> Finding:
    where = _origin(target, issue.keys, traces) or otherwise
    at = f"{issue.rule} {issue.expression}"
    return Finding("fhir-not-valid", where, at, NOT_VALID, issue.what_sv, blocking=True)


def _origin(target: str, keys: Sequence[str | int], traces: Sequence[Trace]) -> str:
    """Where an element came from: its own leaf, a leaf below it, or one of the nearest element above."""
    for length in range(len(keys), 0, -1):
        path = target + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys[:length])
        below = (f"{path}.", f"{path}[")
        for trace in traces:
            if trace.where and (trace.element == path or trace.element.startswith(below)):
                return trace.where
    return ""
