"""What stands in the way of a change of a consultation's Task by hand (canonical-models §2.2).

Whoever writes the Task itself follows the same table as whoever sends a message in the thread.
https://hl7.org/fhir/R4/task.html#statemachine
"""

from __future__ import annotations

from typing import Final

from adapter.domain.identity import hsa_id
from adapter.domain.refusal import refuse
from adapter.domain.thread import Actor, TaskStatus
from adapter.fhir import profiles, systems
from adapter.fhir.element import Json
from adapter.fhir.ids import resource_id
from adapter.fhir.organization import hsa_key
from adapter.fhir.written import Writer
from adapter.findings import Finding

_AT: Final = "fhir.task_refusal"
_OURS: Final = ("identifier", "authoredOn", "requester", "owner", "for", "basedOn", "focus")
_OWNED = (
    "Uppgiftens id, tid, parter och begäran är serverns och kan inte ändras för hand. "
    "Ta bort den ändringen, eller skicka ett meddelande i tråden."
)
_NO_SUCH = "Uppgiften kan inte få den statusen. Läs uppgiften igen och ta ett steg som går."


def task_refusal(old: Json, new: Json, writer: Writer, *, is_open: bool = False) -> tuple[Finding, ...]:
    """Why the next version of a Task cannot be; nothing for what is no consultation's Task.

    With ``is_open`` everybody counts as both sides, as when nobody is known.
    """
    if old["resourceType"] != "Task" or profiles.CONSULTATION_TASK not in old.get("meta", {}).get(
        "profile", ()
    ):
        return ()
    if any(old.get(name) != new.get(name) for name in _OURS):
        return (Finding("step-refused", "Task", _AT, _OWNED, blocking=True),)
    try:
        before, after = TaskStatus(old["status"]), TaskStatus(new["status"])
    except (KeyError, ValueError):
        return (Finding("step-refused", "Task.status", _AT, _NO_SUCH, blocking=True),)
    actors = (Actor.OWNER, Actor.REQUESTER) if is_open else (_actor(old, writer.unit),)
    refusals = [refuse(before, after, actor) for actor in actors]
    found = next((each for each in refusals if each is not None), None)
    if found is None or None in refusals:
        return ()
    code = "not-your-step" if found.is_forbidden else "step-refused"
    return (Finding(code, "Task.status", _AT, found.what, blocking=True),)


def _actor(task: Json, unit: str) -> Actor:
    """Who a unit (HSA-id) is for a Task; one that is both acts as the one that has it."""
    if not unit.strip():
        return Actor.OUTSIDER
    name = f"Organization/{resource_id('Organization', systems.HSA, hsa_key(hsa_id(unit)))}"
    if task.get("owner", {}).get("reference") == name:
        return Actor.OWNER
    return Actor.REQUESTER if task.get("requester", {}).get("reference") == name else Actor.OUTSIDER
