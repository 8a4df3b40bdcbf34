"""What the validator has to say: issues, and the OperationOutcome made of them.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with a resource, or that could not be judged.

    ``severity`` is fatal, error, warning or information; ``code`` FHIR's IssueType; ``rule`` our stable
    kebab-case name of the rule or the key of the invariant; ``expression`` the place as FHIRPath;
    ``line`` and ``column`` are 1-based and 0 when not known; ``what_sv`` says in plain Swedish what is
    wrong and what to change, ``what_en`` the same in English; ``source`` is the profile that asked.
    ``keys`` is the same place as the keys and indexes of the JSON tree.
    """

    severity: str
    code: str
    rule: str
    expression: str
    what_sv: str
    what_en: str
    line: int = 0
    column: int = 0
    source: str = ""
    keys: tuple[str | int, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether the resource is not valid because of it."""
        return self.severity in ("error", "fatal")


def operation_outcome(issues: tuple[Issue, ...]) -> dict[str, Any]:
    """The OperationOutcome that HL7's validator would give: one issue each, or one that says all is well."""
    if not issues:
        fine = {
            "severity": "information",
            "code": "informational",
            "details": {"text": "Inga fel hittades. No issues detected."},
        }
        return {"resourceType": "OperationOutcome", "issue": [fine]}
    return {"resourceType": "OperationOutcome", "issue": [_issue(i) for i in issues]}


def _issue(issue: Issue) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code,
        "details": {"coding": [{"code": issue.rule}], "text": issue.what_sv},
        "diagnostics": issue.what_en,
    }
    places = [issue.expression] if issue.expression else []
    if issue.line:
        places.append(f"Line[{issue.line}] Col[{issue.column}]")
    if places:
        entry["location"] = places
    if issue.expression:
        entry["expression"] = [issue.expression]
    return entry
