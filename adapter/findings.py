"""What we have to say about a message: findings are values, exceptions are for stopping.

A finding is made where the fault is seen and carried, unchanged, to whoever asks: one table turns
findings into an OperationOutcome, one into an HL7 acknowledgement, one into a web page.
"""

from __future__ import annotations

from enum import StrEnum

from adapter.frozen import dataclass


class Severity(StrEnum):
    """How much a finding weighs. The words are those of FHIR's IssueSeverity."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


# Finding codes are kebab-case, stable and few; docs/findings.md explains each (a test compares).
# A code that is not listed here is a warning unless the finding is blocking.
INFORMATIVE = frozenset(
    {"unread", "rule-applied", "kept", "nothing-in-it", "reminder-not-needed", "overtaken"}
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
