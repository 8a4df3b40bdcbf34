"""FHIR that comes in: read, judged by R4 and by the profiles that it claims, and told about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from adapter.cli.told import WrongUse
from adapter.findings import Finding
from adapter.profiles import own_validator
from adapter.validation.reading import read

if TYPE_CHECKING:
    from adapter.validation import Issue

FHIR_XML = b"http://hl7.org/fhir"
HEAD = 2_000  # bytes in which XML says its namespace
UNSOUND = (
    "Det FHIR som kom in följer inte standarden, eller inte den profil som det säger att det följer. Det som "
    "går att läsa är med. Rätta resursen eller be avsändaren om det; overens validate visar allt."
)


def is_fhir(raw: bytes) -> bool:
    """JSON with a resourceType, or XML in FHIR's namespace."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        return FHIR_XML in start[:HEAD] and b"Envelope" not in start[:HEAD]
    if start[:1] != b"{" or b'"resourceType"' not in raw:
        return False
    try:
        whole = orjson.loads(start)
    except orjson.JSONDecodeError:
        return False
    return isinstance(whole, dict) and "resourceType" in whole


def bundle_of(raw: bytes) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The Bundle, and its errors as findings with their places. Raises WrongUse when there is no Bundle."""
    validator = own_validator(lambda: datetime.now(UTC))
    issues = validator.validate(raw)
    resource = read(raw, validator.engine.model).resource
    fatal = next((issue for issue in issues if issue.severity == "fatal"), None)
    if fatal is not None:
        place = f"Rad {fatal.line}, kolumn {fatal.column}: " if fatal.line else ""
        raise WrongUse(f"Detta går inte att läsa som FHIR R4. {place}{fatal.what_sv}")
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        raise WrongUse(
            "Detta är en FHIR-resurs men ingen Bundle. Lägg den, med allt som den pekar på, i en Bundle."
        )
    return resource, tuple(_told(issue) for issue in issues if issue.is_error)


def _told(issue: Issue) -> Finding:
    """A fault of those who sent it; what can be read is read all the same."""
    return Finding(
        "fhir-in-unsound",
        issue.expression,
        issue.rule,
        UNSOUND,
        issue.what_sv,
        line=issue.line,
        column=issue.column,
    )
