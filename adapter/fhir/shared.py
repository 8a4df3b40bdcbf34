"""Resources that all sources share: Patient, Organization, Practitioner, PractitionerRole.

What a message does not say never clears what another said (canonical-models §1).
"""

from __future__ import annotations

from typing import Final

SHARED_TYPES: Final = frozenset({"Organization", "Patient", "Practitioner", "PractitionerRole"})
