"""Domain to FHIR R4 and back: plain dicts from small builders, one module for each kind of resource.

Pure: no clock, disk or network, and nothing of the wire. What others call is named here.
"""

from adapter.fhir.draft import Built, MadeBy, Trace
from adapter.fhir.note import SHARED_TYPES, note_resources

__all__ = ["SHARED_TYPES", "Built", "MadeBy", "Trace", "note_resources"]
