"""AuditEvent of what we send to somebody who has asked to be told: to whom it goes, and about whom.

https://hl7.org/fhir/R4/auditevent.html, DICOM's Export. A notification that names nobody tells all the same
that there is something to read.
"""

from __future__ import annotations

from typing import Final

from adapter.fhir.access_event import Access, access_event
from adapter.fhir.element import Json, coding, concept, identifier
from adapter.fhir.narrative import told
from adapter.fhir.systems import own_namespace

EXPORT: Final = "110106"
_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_EVENT: Final = coding(_DCM, EXPORT, "Export")
_DESTINATION: Final = concept(coding(_DCM, "110152", "Destination Role ID"))
_KIND: Final = "http://hl7.org/fhir/subscription-notification-type"
_OBJECT: Final = coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "2", "System Object")
_TEXT: Final = told("En avisering till den som prenumererar.")


def export_event(access: Access, kind: str, receiver: str, letter: str) -> Json:
    """The AuditEvent of a notification: ``access`` says for whom and about whom, ``kind`` the guide's code.

    ``receiver`` is its name in the receivers file, ``letter`` the id of the letter: what became of it stands
    in the outbox.
    """
    who = {"identifier": identifier(own_namespace("mottagare"), receiver)}
    sent = {"what": {"identifier": identifier(own_namespace("brev"), letter)}, "type": _OBJECT}
    event = access_event(access)
    return {
        **event,
        "text": _TEXT,
        "type": _EVENT,
        "subtype": [coding(_KIND, kind)],
        "action": "R",
        "outcomeDesc": "lagd i utkorgen",
        "agent": [*event["agent"], {"type": _DESTINATION, "who": who, "requestor": False}],
        "entity": [sent, *event["entity"]],
    }
