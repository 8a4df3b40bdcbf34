"""$access-log: which units have read or changed what is kept about a patient, and when; for the patient.

Our own operation (profiles/input/fsh/operations.fsh). Patientdatalagen chapter 8 §5: on request a patient is
told of the direct access there has been. Names of staff are not in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson

from adapter.fhir import systems
from adapter.fhir.export_event import EXPORT
from adapter.ports import Criterion, Query
from adapter.rest.access import WHO
from adapter.rest.form import form_of, formed
from adapter.rest.outcome import Problem
from adapter.rest.read import not_found
from adapter.rest.served import Served
from adapter.rest.types import sound_id
from adapter.security.callers import CallerKind
from adapter.security.guarded import NotAllowed
from adapter.security.staff_view import organization_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from adapter.security.callers import Caller

Json = dict[str, Any]
MOST: Final = 200  # accesses a page
_DONE: Final = {"C": "skapat", "R": "läst", "U": "ändrat", "D": "tagit bort", "E": "sökt eller skickat"}
_PARAMETERS: Final = frozenset({"_page", "_format", "_pretty"})


async def access_log(request: Request) -> Response:
    """``GET /fhir/Patient/{id}/$access-log``: the newest first, with ``_page`` from the part ``next``."""
    served, id_, form = Served.of(request), sound_id(request), form_of(request)
    asked = request.query_params
    if set(asked) - _PARAMETERS:
        what = f"Här går bara {', '.join(sorted(_PARAMETERS))}. Ta bort de andra parametrarna."
        raise Problem(400, "not-supported", what)
    _check(request.scope.get(WHO))
    if await served.store.read("Patient", id_) is None:
        raise not_found("Patient")
    theirs = Criterion(param="patient", kind="reference", values=(f"Patient/{id_}",))
    query = Query(type="AuditEvent", criteria=(theirs,), count=MOST, after=asked.get("_page", ""))
    try:
        page = await served.whole.search(query)
    except ValueError:
        what = "Sidmärket i adressen går inte att använda. Använd det som står i next."
        raise Problem(400, "invalid", what, where="_page") from None
    names: dict[str, str] = {}
    events = [event for row in page.matches if _is_about(event := orjson.loads(row.body), id_)]
    told = [await _told(served, event, names) for event in events]
    parts: list[Json] = [{"name": "access", "part": part} for part in told]
    if page.next:
        parts.append({"name": "next", "valueString": quote(page.next)})
    return formed(request, form, orjson.dumps({"resourceType": "Parameters", "parameter": parts}))


def _check(who: Caller | None) -> None:
    """The patient, an agent or a guardian, and a system; staff ask the operator."""
    if who is not None and who.kind is CallerKind.STAFF:
        raise NotAllowed("r", "AuditEvent")


async def _told(served: Served, event: Json, names: dict[str, str]) -> list[Json]:
    """When, which unit and caregiver, and what they did, in words; no person."""
    parts: list[Json] = [{"name": "time", "valueInstant": event["recorded"]}]
    for name, kind in (("unit", "author"), ("careGiver", "custodian")):
        if hsa_id := _hsa_id(event, kind):
            if hsa_id not in names:
                names[hsa_id] = await _name(served, hsa_id)
            parts.append({"name": name, "valueString": names[hsa_id]})
    parts.append({"name": "what", "valueString": _what(event)})
    if _is_urgent(event):
        parts.append({"name": "emergency", "valueBoolean": True})
    if event.get("outcome") != "0":
        parts.append({"name": "refused", "valueBoolean": True})
    return parts


def _is_about(event: Json, id_: str) -> bool:
    """Whether it is about the patient, who may also be the one that it was done by, on behalf of another."""
    return any(part.get("what", {}).get("reference") == f"Patient/{id_}" for part in event.get("entity", ()))


def _what(event: Json) -> str:
    """What was done, in words."""
    if event["type"].get("code") == EXPORT:
        return "Har fått besked om att uppgifter är nya eller ändrade."
    return f"Har {_DONE.get(event.get('action', ''), _DONE['E'])} uppgifter."


def _hsa_id(event: Json, kind: str) -> str:
    for agent in event.get("agent", ()):
        codings = agent.get("type", {}).get("coding", ())
        if any((c.get("system"), c.get("code")) == (systems.AGENT_TYPE, kind) for c in codings):
            return str(agent.get("who", {}).get("identifier", {}).get("value", ""))
    return ""


async def _name(served: Served, hsa_id: str) -> str:
    """The unit's name, or its HSA-id when we know no more."""
    row = await served.whole.read("Organization", organization_of(hsa_id).removeprefix("Organization/"))
    return str(orjson.loads(row.body).get("name", hsa_id)) if row else hsa_id


def _is_urgent(event: Json) -> bool:
    codings = [c for purpose in event.get("purposeOfEvent", ()) for c in purpose.get("coding", ())]
    return any(coding.get("code") == "BTG" for coding in codings)
