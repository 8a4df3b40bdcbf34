"""The verdicts of ``overens validate`` as text for people, OperationOutcomes a line, or JUnit's XML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from adapter.validation import Issue, operation_outcome

_WEIGHT = {"fatal": "FEL", "error": "FEL", "warning": "varning", "information": "upplysning"}
_NOT_XML = {c: " " for c in range(32) if c not in (9, 10, 13)} | dict.fromkeys(
    (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of one file. ``is_fhir`` tells whether places are FHIRPath or HL7 v2's own."""

    file: str
    issues: tuple[Issue, ...]
    is_fhir: bool = True

    @property
    def is_valid(self) -> bool:
        """No error among the issues."""
        return not any(issue.is_error for issue in self.issues)

    def outcome(self) -> dict[str, Any]:
        """The OperationOutcome; ``expression`` is for FHIRPath alone."""
        outcome = operation_outcome(self.issues)
        for issue in () if self.is_fhir else outcome["issue"]:
            issue.pop("expression", None)
        return outcome


def as_json(verdicts: Sequence[Verdict]) -> bytes:
    """One OperationOutcome a line."""
    return b"".join(orjson.dumps(verdict.outcome()) + b"\n" for verdict in verdicts)


def as_text(verdicts: Sequence[Verdict]) -> bytes:
    """A line for each issue, and one that sums up each file."""
    lines = [line for verdict in verdicts for line in (*map(_line(verdict), verdict.issues), _sum(verdict))]
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def as_junit(verdicts: Sequence[Verdict]) -> bytes:
    """A test case for each file, failed when it is not valid."""
    failures = str(sum(not verdict.is_valid for verdict in verdicts))
    counts = {"tests": str(len(verdicts)), "failures": failures, "errors": "0"}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": "overens validate", **counts})
    for verdict in verdicts:
        name = verdict.file.translate(_NOT_XML)
        case = ET.SubElement(suite, "testcase", {"classname": "overens.validate", "name": name})
        told = "\n".join(map(_line(verdict), verdict.issues)).translate(_NOT_XML)
        if not verdict.is_valid:
            first = next(issue for issue in verdict.issues if issue.is_error)
            about = {"type": first.rule, "message": _sum(verdict).translate(_NOT_XML)}
            ET.SubElement(case, "failure", about).text = told
        elif told:
            ET.SubElement(case, "system-out").text = told
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


FORMS: dict[str, Callable[[Sequence[Verdict]], bytes]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
}


def _line(verdict: Verdict) -> Callable[[Issue], str]:
    """``patient.json:5:16 Patient.name[1].family: FEL: … [value-empty]``."""

    def line(issue: Issue) -> str:
        place = f":{issue.line}:{issue.column}" if issue.line else ""
        where = f" {issue.expression}" if issue.expression else ""
        return f"{verdict.file}{place}{where}: {_WEIGHT[issue.severity]}: {issue.what_sv} [{issue.rule}]"

    return line


def _sum(verdict: Verdict) -> str:
    told = [_WEIGHT[issue.severity] for issue in verdict.issues]
    errors, warnings, others = (told.count(word) for word in ("FEL", "varning", "upplysning"))
    word = "giltig" if verdict.is_valid else "inte giltig"
    plural = "varning" if warnings == 1 else "varningar"
    more = f", {others} {'upplysning' if others == 1 else 'upplysningar'}" if others else ""
    return f"{verdict.file}: {word} ({errors} fel, {warnings} {plural}{more})"
