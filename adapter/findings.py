"""What we have to say about a message: findings are values, exceptions are for stopping.

A finding is made where the fault is seen and carried, unchanged, to whoever asks: one table turns
findings into an OperationOutcome, one into an HL7 acknowledgement, one into a web page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from adapter.frozen import dataclass, replace


class Severity(StrEnum):
    """How much a finding weighs. The words are those of FHIR's IssueSeverity."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


# Finding codes are kebab-case, stable and few; docs/findings.md explains each (a test compares).
# A code that is not listed here is a warning unless the finding is blocking.
INFORMATIVE = frozenset(
    {"unread", "rule-applied", "kept", "nothing-in-it", "reminder-not-needed", "overtaken", "more-findings"}
)
MOST: Final = 1_000  # findings told of one message
LONGEST_VALUE: Final = 1_000  # characters told of a value
_AT: Final = "findings"
_MORE: Final = (
    "Ytterligare {count} anmärkningar visas inte. Rätta dem som visas och skicka igen, så visas resten."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a message.

    ``where`` is the place in the sender's message (path of the element, or a segment), ``at`` the
    line in our own mapping or the module whose rule spoke. ``what`` is a Swedish sentence that ends
    with what to do. ``value`` holds the offending value, apart, so that no log holds patient data.
    ``keyword`` is the path of journal keywords when there is one. ``line`` and ``column`` are
    1-based and 0 when not known (see ``wire.positions``).
    """

    code: str
    where: str
    at: str
    what: str
    value: str = ""
    blocking: bool = False
    keyword: str = ""
    line: int = 0
    column: int = 0

    @property
    def severity(self) -> Severity:
        """Error when it blocks, information when it only tells, else a warning."""
        if self.blocking:
            return Severity.ERROR
        return Severity.INFORMATION if self.code in INFORMATIVE else Severity.WARNING


def told(findings: Sequence[Finding], whole: Collection[str] = ()) -> tuple[Finding, ...]:
    """Findings as they are answered and kept: bounded, whatever a message holds; its raw bytes hold all.

    A long value is cut, unless its code is one of ``whole``. Of too many findings the first of each code
    stay, then those that block, and how many more there are is told last.
    """
    if len(findings) > MOST:
        findings = _first(findings)
    return tuple(
        finding if len(finding.value) <= LONGEST_VALUE or finding.code in whole else _cut(finding)
        for finding in findings
    )


def _cut(finding: Finding) -> Finding:
    value = f"{finding.value[:LONGEST_VALUE]} … ({len(finding.value)} tecken)"
    return replace(finding, value=value)


def _first(findings: Sequence[Finding]) -> list[Finding]:
    seen: Counter[str] = Counter()
    weights: list[tuple[bool, bool, int]] = []
    for number, finding in enumerate(findings):
        seen[finding.code] += 1
        weights.append((seen[finding.code] > 1, not finding.blocking, number))
    shown = sorted(number for *_, number in sorted(weights)[:MOST])
    more = Finding("more-findings", "", _AT, _MORE.format(count=len(findings) - MOST))
    return [*(findings[number] for number in shown), more]
