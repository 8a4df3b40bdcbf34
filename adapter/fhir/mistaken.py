"""What was entered in error: how a resource says so, as nothing is ever deleted.

Canonical model §2.1; the codes are those of each type's status (https://hl7.org/fhir/R4/lifecycle.html).
"""

from __future__ import annotations

from typing import Final

from adapter.fhir.element import Json

MISTAKE: Final = "entered-in-error"
MISTAKABLE: Final = frozenset(
    {
        "Appointment",
        "CarePlan",
        "CareTeam",
        "Communication",
        "DocumentReference",
        "Observation",
        "ServiceRequest",
        "Task",
    }
)


def mistaken(resource: Json) -> Json:
    """The same resource as entered in error; its type is one of MISTAKABLE."""
    return {**resource, "status": MISTAKE}
