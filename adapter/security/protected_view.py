"""What nobody sees of a patient whose identity is protected: where they are, and how they are reached.

Skyddade personuppgifter (sekretessmarkering, skyddad folkbokföring): neither the place nor a unit or a
relative that leads there. Only a system that is trusted with everything is given it.
"""

from __future__ import annotations

from typing import Any, Final

from adapter.fhir.people_of import is_protected

Json = dict[str, Any]

_WHEREABOUTS: Final = frozenset(
    {"address", "telecom", "contact", "generalPractitioner", "managingOrganization", "photo", "text"}
)


def without_whereabouts(patient: Json) -> Json:
    """A Patient as others see it; the same when nothing has to be left out."""
    if not is_protected(patient):
        return patient
    return {name: value for name, value in patient.items() if name not in _WHEREABOUTS}
