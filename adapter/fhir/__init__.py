"""Domain to FHIR R4 and back: plain dicts from small builders, one module for each kind of resource.

Pure: no clock, disk or network, and nothing of the wire. What others call is named here.
"""

from adapter.fhir.agreement_of import agreement_of
from adapter.fhir.audit_event import message_audit_event
from adapter.fhir.bundle import collection
from adapter.fhir.consultation_of import NoConsultation, consultation_of, names_of
from adapter.fhir.draft import Built, MadeBy, Trace
from adapter.fhir.message import communication_id
from adapter.fhir.note import note_resources
from adapter.fhir.operation_outcome import operation_outcome
from adapter.fhir.places import placed, taken_off
from adapter.fhir.reminder import with_note as task_with_note
from adapter.fhir.reply import Place, consultation_resources
from adapter.fhir.shared import SHARED_TYPES, is_shared, merged
from adapter.fhir.shared import merged as merge
from adapter.fhir.task_steps import task_versions
from adapter.fhir.thread_of import (
    Standing,
    awaited_message,
    is_mark,
    standing_of,
    standing_of_task,
    waiting_in,
)
from adapter.fhir.times import spoken

__all__ = [
    "SHARED_TYPES",
    "Built",
    "MadeBy",
    "NoConsultation",
    "Place",
    "Standing",
    "Trace",
    "agreement_of",
    "awaited_message",
    "collection",
    "communication_id",
    "consultation_of",
    "consultation_resources",
    "is_mark",
    "is_shared",
    "merge",
    "merged",
    "message_audit_event",
    "names_of",
    "note_resources",
    "operation_outcome",
    "placed",
    "spoken",
    "standing_of",
    "standing_of_task",
    "taken_off",
    "task_versions",
    "task_with_note",
    "waiting_in",
]
