"""What we have made of a message, judged before it leaves: a fault in it is ours, and is told as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from adapter.findings import Finding
from adapter.validation import joined

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
    placed = (issue for target, found in faults for issue in joined([found], _of(target, traces, otherwise)))
    return tuple(dict.fromkeys(map(_finding, placed)))


def _of(target: str, traces: Sequence[Trace], otherwise: str) -> dict[str, str]:
    """The source map of one resource."""
    begins = f"{target}."
    own = (trace for trace in traces if trace.where and trace.element.startswith(begins))
    return {"": otherwise} | {trace.element.removeprefix(begins): trace.where for trace in own}


def _finding(issue: Issue) -> Finding:
    at = f"{issue.rule} {issue.expression}"
    return Finding("fhir-not-valid", issue.where, at, NOT_VALID, issue.what_sv, blocking=True)
