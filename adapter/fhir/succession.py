"""What becomes of the parts of a plan that its next version no longer mentions.

A line that is struck from an agreement must not live on as a request of its own: the store asks
``dropped`` when a CarePlan gets a new current version, and keeps what ``retired`` makes of each part.
https://hl7.org/fhir/R4/request.html (states), canonical model §2.
"""

from __future__ import annotations

from adapter.fhir import systems
from adapter.fhir.element import Json

# What is still open in a part's life, and how it ends when the plan drops it.
_ENDS = {
    "Task": ({"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"}, "cancelled"),
    "ServiceRequest": ({"draft", "active", "on-hold"}, "revoked"),
    "Appointment": ({"proposed", "pending", "booked", "waitlist"}, "cancelled"),
    "CareTeam": ({"proposed", "active", "suspended"}, "inactive"),
}
_REASON = "Står inte längre i överenskommelsen."


def dropped(before: Json, after: Json) -> tuple[str, ...]:
    """References to parts that one version of a CarePlan had and the next has not."""
    if before["resourceType"] != "CarePlan":
        return ()
    left = set(_parts(after))
    return tuple(part for part in _parts(before) if part not in left)


def retired(part: Json) -> Json | None:
    """The part as ended because its plan dropped it; None when it has ended already or has no such end."""
    if part["resourceType"] == "HealthcareService":  # has no status: a contact way is open or not
        return {**part, "active": False} if part.get("active") else None
    open_states, end = _ENDS.get(part["resourceType"], (frozenset(), ""))
    if part.get("status") not in open_states:
        return None
    ended = {**part, "status": end}
    if part["resourceType"] == "Task":
        ended["statusReason"] = {"text": _REASON}
    if part["resourceType"] == "Appointment":
        ended["cancelationReason"] = {"text": _REASON}
    return ended


def _parts(plan: Json) -> list[str]:
    teams = [team.get("reference", "") for team in plan.get("careTeam", ())]
    activities = [act.get("reference", {}).get("reference", "") for act in plan.get("activity", ())]
    ways = [
        each["valueReference"].get("reference", "")
        for each in plan.get("extension", ())
        if each["url"] == systems.CONTACT_WAY
    ]
    return [part for part in (*teams, *activities, *ways) if part]
