"""The letters that a write by hand brings, when it is a consultation's Task or a time that answers one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from adapter.by_hand import Written, letters_by_hand
from adapter.domain.when import written as moment
from adapter.fhir import profiles, standing_of_task
from adapter.known import THREAD
from adapter.ports import Criterion, Query
from adapter.threads import load

if TYPE_CHECKING:
    from datetime import datetime

    from adapter.ports import Letter
    from adapter.rest.served import Served
    from adapter.rest.writing import Change

Json = dict[str, Any]


async def thread_letters(
    served: Served, cause: str, change: Change, lane: int, now: datetime
) -> tuple[Letter, ...]:
    """Who else is to be told of a change; ``cause`` names it. Nobody, for what is no consultation's."""
    after = change.resource
    if after is None or served.policy.routes.is_empty:
        return ()
    task = await _task_of(served, after)
    if not task:
        return ()
    key = f"{THREAD}{task}"
    known = (await load(served.whole, [key])).threads[key]
    name = after["resourceType"], after["id"]
    new = {**after, "meta": {"versionId": "0", **after.get("meta", {})}}
    others = [each for each in known if (each["resourceType"], each["id"]) != name]
    standing = standing_of_task([*others, new], task)
    if standing is None:
        return ()
    before: Json = orjson.loads(change.row.body) if change.row else {}
    written = Written(cause=cause, before=before, after=after, at=moment(now), lane=lane)
    return letters_by_hand(written, standing, served.policy)


async def _task_of(served: Served, resource: Json) -> str:
    """``Task/<id>`` of the consultation that a resource is of; empty when it is of none."""
    if resource["resourceType"] == "Task":
        is_one = profiles.CONSULTATION_TASK in resource.get("meta", {}).get("profile", ())
        return f"Task/{resource['id']}" if is_one else ""
    if resource["resourceType"] != "Appointment":
        return ""
    requests = [each.get("reference", "") for each in resource.get("basedOn", ())]
    if not requests:
        return ""
    based_on = Criterion(param="based-on", kind="reference", values=tuple(requests))
    page = await served.whole.search(Query(type="Task", criteria=(based_on,), count=50))
    tasks = [orjson.loads(each.body) for each in page.matches]
    continued = {part.get("reference") for task in tasks for part in task.get("partOf", ())}
    found = (
        f"Task/{task['id']}"
        for task in tasks
        if profiles.CONSULTATION_TASK in task.get("meta", {}).get("profile", ())
        and f"Task/{task['id']}" not in continued
    )
    return next(found, "")
