"""Domain to FHIR R4 and back: plain dicts from small builders, one module for each kind of resource.

Pure: no clock, disk or network, and nothing of the wire. What others call is named here.
"""

from adapter.fhir.consultation import consultation_resources
from adapter.fhir.draft import Built, MadeBy, Trace
from adapter.fhir.note import note_resources
from adapter.fhir.shared import SHARED_TYPES

__all__ = ["SHARED_TYPES", "Built", "MadeBy", "Trace", "consultation_resources", "note_resources"]
