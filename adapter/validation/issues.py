"""What the validator has to say: issues, and the OperationOutcome made of them.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapter.validation.outcome_extensions import COLUMN, LINE, MESSAGE_ID, SOURCE


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with a resource, or that could not be judged.

    ``severity`` is fatal, error, warning or information; ``code`` FHIR's IssueType; ``rule`` our stable
    kebab-case name of the rule or the key of the invariant; ``expression`` the place as FHIRPath;
    ``line`` and ``column`` are 1-based and 0 when not known; ``what_sv`` says in plain Swedish what is
    wrong and what to change, ``what_en`` the same in English; ``source`` is the profile that asked.
    ``keys`` is the same place as the keys and indexes of the JSON tree. ``where`` is the place in the
    message that the value came from (``PID-5.1``, a keyword and its line), when it came through a mapping.
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
    where: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the resource is not valid because of it."""
        return self.severity in ("error", "fatal")


def joined(issues: Iterable[Issue], where: Mapping[str, str]) -> tuple[Issue, ...]:
    """The issues with the places in the message that the values came from.

    ``where`` is a source map of one resource: JSON keys and indexes without the resource's type
    (``period.end``, ``activity[0].reference``; ``""`` for the resource) to the place in the message. An issue
    takes the place of its element, else of the first leaf in it, else of the nearest thing around it.
    """
    return tuple(replace(issue, where=_origin(issue.keys, where)) for issue in issues)


def _origin(keys: Sequence[str | int], where: Mapping[str, str]) -> str:
    for length in range(len(keys), 0, -1):
        path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys[:length])[1:]
        below = (f"{path}.", f"{path}[")
        for element, place in where.items():
            if element == path or element.startswith(below):
                return place
    return where.get("", "")


def operation_outcome(issues: tuple[Issue, ...]) -> dict[str, Any]:
    """The OperationOutcome that HL7's validator would give: one issue each, or one that says all is well."""
    if not issues:
        fine = {
            "severity": "information",
            "code": "informational",
            "details": {"text": "Inga fel hittades. No issues detected."},
        }
        return {"resourceType": "OperationOutcome", "issue": [fine]}
    return {"resourceType": "OperationOutcome", "issue": [_sound(_issue(i)) for i in issues]}


def _sound(value: Any) -> Any:
    """Without lone surrogates, which an instance may hold and UTF-8 cannot."""
    if isinstance(value, dict):
        return {key: _sound(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_sound(part) for part in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _issue(issue: Issue) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code,
        "details": {"coding": [{"code": issue.rule}], "text": issue.what_sv},
        "diagnostics": issue.what_en,
    }
    if told := _extensions(issue):
        entry = {"extension": told} | entry
    places = [issue.expression] if issue.expression else []
    if issue.line:
        places.append(f"Line[{issue.line}] Col[{issue.column}]")
    if places:
        entry["location"] = places
    if issue.expression:
        entry["expression"] = [issue.expression]
    return entry


def _extensions(issue: Issue) -> list[dict[str, Any]]:
    """Line, column, rule and who asked, where HL7's validator puts them."""
    found: list[dict[str, Any]] = []
    if issue.line:
        found.append({"url": LINE, "valueInteger": issue.line})
        found.append({"url": COLUMN, "valueInteger": issue.column})
    found.append({"url": MESSAGE_ID, "valueCode": issue.rule})
    if source := issue.where or issue.source:
        found.append({"url": SOURCE, "valueString": source})
    return found
