"""AuditEvent of a request: who did what, when, from which unit, about whom.

https://hl7.org/fhir/R4/auditevent.html, with what HSLF-FS 2016:40 chapter 4 §9 wants in a log. No word of
what was read or asked for is in it: of a search only the names of its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from adapter.fhir import profiles, systems
from adapter.fhir.element import Json, coding, concept, element, filled, identifier, reference
from adapter.fhir.narrative import told
from adapter.fhir.written import Writer, proxies
from adapter.frozen import dataclass

_EVENT: Final = coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation")
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ENTITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_CLIENT: Final = concept(coding("http://dicom.nema.org/resources/ontology/DCM", "110153", "Source Role ID"))
_TEXT: Final = told("Ett anrop till FHIR-gränssnittet eller meddelandena.")
_META: Final = {"profile": [profiles.AUDIT]}
_PERSON: Final = coding(_ENTITY_TYPE, "1", "Person")
_OBJECT: Final = coding(_ENTITY_TYPE, "2", "System Object")
_PATIENT: Final = coding(_ENTITY_ROLE, "1", "Patient")
_QUERY: Final = coding(_ENTITY_ROLE, "24", "Query")
_ACTIONS: Final = {
    "read": "R",
    "vread": "R",
    "history-instance": "R",
    "history-type": "R",
    "history-system": "R",
    "create": "C",
    "update": "U",
    "patch": "U",
    "delete": "D",
}
_OUTCOMES: Final = {2: "0", 3: "0", 4: "4", 5: "8"}
SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One request, or one write of several; ``recorded`` is an instant."""

    id: str  # empty: that of the arrival it is kept with
    recorded: str
    interaction: str  # as FHIR names it; ``operation`` for what is none
    status: int  # of the HTTP answer
    who: Writer
    what: str = ""  # ``CarePlan`` or ``CarePlan/<id>``
    parameters: Sequence[str] = ()  # of a search, their names
    patients: Sequence[str] = ()  # ids of those whose data left, or were to be written
    request_id: str = ""


def access_event(access: Access) -> Json:
    """The AuditEvent of a request."""
    before, after = _common(access.interaction, access.status, access.who)
    return {
        "resourceType": "AuditEvent",
        **({"id": access.id} if access.id else {}),
        **before,
        "recorded": access.recorded,
        **after,
        "entity": _entities(access),
    }


@lru_cache(maxsize=256)  # a caller asks for the same again and again
def _common(interaction: str, status: int, who: Writer) -> tuple[Json, Json]:
    """What is the same of every such request, before and after its time; nobody changes it."""
    before = {
        "meta": _META,
        "text": _TEXT,
        "type": _EVENT,
        "subtype": [coding(_INTERACTION, interaction)],
        "action": _ACTIONS.get(interaction, "E"),
    }
    after = {
        "outcome": _OUTCOMES.get(status // 100, "8"),
        "outcomeDesc": f"HTTP {status}",
        **({"purposeOfEvent": purposes} if (purposes := _purposes(who)) else {}),
        "agent": _agents(who),
        "source": {"observer": {"display": "Överens"}},
    }
    return before, after


def _purposes(who: Writer) -> list[Json]:
    urgent = concept(coding(_REASON, "BTG", "break the glass")) if who.is_urgent else {}
    return filled(concept(text=who.purpose), urgent)


def _agents(who: Writer) -> list[Json]:
    client = {
        "type": _CLIENT,
        "who": {"identifier": identifier(systems.own_namespace("avsandare"), who.client)},
        "requestor": not who.person,
    }
    said = (("performer", who.person), ("author", who.unit), ("custodian", who.care_giver))
    return (
        [client]
        + [
            {
                "type": concept(coding(systems.AGENT_TYPE, kind)),
                "who": {"identifier": identifier(systems.HSA, hsa_id)},
                "requestor": kind == "performer",
            }
            for kind, hsa_id in said
            if hsa_id
        ]
        + [{**agent, "requestor": True} for agent in proxies(who)]
    )


def _entities(access: Access) -> list[Json]:
    request = identifier(systems.own_namespace("anrop"), access.request_id)
    entities: list[Json] = [element(what={"identifier": request}, type=_OBJECT)] if request else []
    if access.what:
        is_instance = "/" in access.what
        what = reference(access.what) if is_instance else {"display": access.what}
        names = [{"type": name, "valueString": "visas inte"} for name in access.parameters]
        entities.append(element(what=what, role={} if is_instance else _QUERY, type=_OBJECT, detail=names))
    entities += [
        {"what": reference(f"Patient/{patient}"), "type": _PERSON, "role": _PATIENT}
        for patient in access.patients
    ]
    return entities
