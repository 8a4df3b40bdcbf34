"""The FHIR R4 validator: a resource and packages in, issues out.

Start at ``validator.Validator``. A StructureDefinition becomes a tree (``elements``), the tree a plan
(``plans``), and ``walk`` takes a resource through the plan once. FHIRPath has its own package.
"""

from adapter.validation.alike import Alike
from adapter.validation.issues import Issue, joined, operation_outcome
from adapter.validation.packages import Package, load_package
from adapter.validation.validator import Validator

__all__ = ["Alike", "Issue", "Package", "Validator", "joined", "load_package", "operation_outcome"]
