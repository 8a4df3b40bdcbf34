"""OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html): findings as FHIR tells them.

One table from our finding codes to FHIR's issue types; a code that is not in it is ``processing``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from adapter.fhir import profiles, systems
from adapter.fhir.element import Json, coding, concept, element
from adapter.fhir.narrative import told
from adapter.findings import Finding, Severity

_CODES_OF: Final = {
    "informational": (
        "ok kept partly-kept rule-applied no-agreement nothing-in-it unread source-info placeholder "
        "reminder-not-needed more-findings"
    ),
    "structure": (
        "empty-body wrong-charset truncated not-json not-xml not-hl7 not-a-number duplicate-key "
        "lone-surrogate charset-guessed segment-ends escape-unread doctype-forbidden "
        "soap-body-missing nothing-recognised docbook-unreadable docbook-unknown-element "
        "keyword-misplaced agreement-twice"
    ),
    "too-long": "too-large too-deep too-many-lines",
    "required": (
        "required-missing record-incomplete patient-missing version-missing part-missing sbar-missing "
        "vitals-missing"
    ),
    "value": (
        "value-unusable control-id-unusable person-id-unusable hsa-id-unsound illegal-character "
        "attachment-unusable time-doubled validity-unread booking-unread contact-unread audience-unsure"
    ),
    "code-invalid": "code-unknown unknown-keyword id-system-unknown person-id-kind",
    "incomplete": "not-all-fetched has-more",
    "business-rule": (
        "urgent-by-phone two-patients patient-not-one no-end over-a-year contact-doubled vital-implausible "
        "letter-unwritable step-refused overtaken visits-long visits-backwards"
    ),
    "security": "prov-agent-missing",
    "not-supported": "hl7-not-taken unknown-source wrong-type",
    "invalid": "fhir-in-unsound",
    "exception": "source-error soap-fault fhir-not-valid",
    "conflict": "envelope-reused id-conflict",
    "forbidden": "not-your-step",
    "transient": "store-unavailable",
    "not-found": "not-found thread-unknown receiver-unknown",
}
ISSUE_TYPES: Final = {code: kind for kind, codes in _CODES_OF.items() for code in codes.split()}
_ALL_WELL: Final = Finding("ok", "", "", "Inget att anmärka på.")


def operation_outcome(findings: Iterable[Finding], *, include_values: bool = False) -> Json:
    """One issue for each finding, in their order.

    ``include_values`` only in the answer to the one who sent the values: they are patient data.
    """
    told_of = tuple(findings)
    issues = [_issue(finding, include_values=include_values) for finding in told_of]
    if not issues:
        issues = [_issue(_ALL_WELL, include_values=False) | {"severity": Severity.INFORMATION.value}]
    lines = [finding.what for finding in told_of] or [_ALL_WELL.what]
    meta = element(profile=[profiles.OUTCOME])
    return element(resourceType="OperationOutcome", meta=meta, text=told(*lines), issue=issues)


def _issue(finding: Finding, *, include_values: bool) -> Json:
    value = f" Värde: {finding.value}" if include_values and finding.value else ""
    return element(
        severity=finding.severity.value,
        code=ISSUE_TYPES.get(finding.code, "processing"),
        details=concept(coding(systems.FINDING, finding.code), text=finding.what),
        diagnostics=f"{finding.at}{value}".strip(),
        location=_location(finding),
    )


def _location(finding: Finding) -> list[str]:
    """Where it is in the sender's message: the path, the line, the keyword."""
    found = [finding.where] if finding.where else []
    if finding.line:
        column = f", kolumn {finding.column}" if finding.column else ""
        found.append(f"rad {finding.line}{column}")
    if finding.keyword:
        found.append(f"sökord {finding.keyword}")
    return found
