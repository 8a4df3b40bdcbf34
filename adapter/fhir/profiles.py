"""Which profile each kind of resource that we build claims; the definitions are in profiles/.

A resource claims exactly one of ours: they are derived from HL7 Sweden's where those exist.
"""

from __future__ import annotations

from typing import Final

from adapter.fhir.systems import BASE

_PROFILE: Final = f"{BASE}/StructureDefinition/"
AGREEMENT: Final = _PROFILE + "overenskommelse"  # CarePlan
FIXED_CONTACT: Final = _PROFILE + "fast-kontakt"  # CareTeam
ROSTER: Final = _PROFILE + "fasta-kontakter"  # CareTeam
PATIENT_PART: Final = _PROFILE + "patientens-del"  # Task
CARE_PART: Final = _PROFILE + "vardens-del"  # ServiceRequest
NEXT_STEP: Final = _PROFILE + "nasta-steg"  # ServiceRequest
BOOKED_TIME: Final = _PROFILE + "bokad-tid"  # Appointment
CONTACT_SERVICE: Final = _PROFILE + "kontaktvagstjanst"  # HealthcareService
NOTE: Final = _PROFILE + "anteckning"  # DocumentReference
CONSULTATION: Final = _PROFILE + "konsultationsbegaran"  # ServiceRequest
CONSULTATION_TASK: Final = _PROFILE + "konsultation-uppgift"  # Task
SIP_INVITATION: Final = _PROFILE + "sip-kallelse"  # Task
MESSAGE: Final = _PROFILE + "sbar-meddelande"  # Communication
ANSWER: Final = _PROFILE + "svar"  # Communication that answers another
VITAL_SIGN: Final = _PROFILE + "vitalparameter"  # Observation
ORIGIN: Final = _PROFILE + "ursprung"  # Provenance
AUDIT: Final = _PROFILE + "logghandelse"  # AuditEvent
OUTCOME: Final = _PROFILE + "utfall"  # OperationOutcome
PATIENT: Final = _PROFILE + "patient"
PRACTITIONER: Final = _PROFILE + "medarbetare"
PRACTITIONER_ROLE: Final = _PROFILE + "medarbetarroll"
ORGANIZATION: Final = _PROFILE + "enhet"
MESSAGE_BUNDLE: Final = _PROFILE + "meddelande"  # Bundle of type message
MESSAGE_HEADER: Final = _PROFILE + "meddelandehuvud"  # MessageHeader
ANSWER_BUNDLE: Final = _PROFILE + "kvittens"  # Bundle of type message that acknowledges another
ANSWER_HEADER: Final = _PROFILE + "kvittenshuvud"
LOSS: Final = _PROFILE + "bortfall"  # Parameters
