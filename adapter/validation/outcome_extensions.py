"""The extensions that HL7's validator puts on its OperationOutcomes and that R4 core does not define.

https://hl7.org/fhir/extensions/extension-registry.html
"""

from __future__ import annotations

from typing import Any

from adapter.validation.packages import Package

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
LINE, COLUMN = BASE + "operationoutcome-issue-line", BASE + "operationoutcome-issue-col"
MESSAGE_ID, SOURCE = BASE + "operationoutcome-message-id", BASE + "operationoutcome-issue-source"


def _extension(url: str, code: str) -> Json:
    """A simple extension of ``OperationOutcome.issue``."""
    elements: list[Json] = [
        {"id": "Extension", "path": "Extension"},
        {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
        {"id": "Extension.url", "path": "Extension.url", "fixedUri": url},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": code}]},
    ]
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "".join(part.capitalize() for part in url.rpartition("/")[2].split("-")),
        "status": "active",
        "kind": "complex-type",
        "abstract": False,
        "type": "Extension",
        "baseDefinition": BASE + "Extension",
        "derivation": "constraint",
        "context": [{"type": "element", "expression": "OperationOutcome.issue"}],
        "differential": {"element": elements},
    }


PACKAGE = Package(
    "operationoutcome",
    (_extension(LINE, "integer"), _extension(COLUMN, "integer"), _extension(MESSAGE_ID, "code")),
)
