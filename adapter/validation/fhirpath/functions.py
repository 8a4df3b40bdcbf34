"""The functions of FHIRPath, joined from their chapters: name to (function, least, most arguments)."""

from __future__ import annotations

from adapter.validation.fhirpath.collections import COLLECTIONS
from adapter.validation.fhirpath.conversions import CONVERSIONS
from adapter.validation.fhirpath.fhir_functions import FHIR
from adapter.validation.fhirpath.lambdas import LAMBDAS
from adapter.validation.fhirpath.mathematics import MATH
from adapter.validation.fhirpath.strings import STRINGS

FUNCTIONS = {**COLLECTIONS, **CONVERSIONS, **MATH, **STRINGS, **FHIR}

__all__ = ["FUNCTIONS", "LAMBDAS"]
