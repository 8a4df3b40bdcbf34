"""The Task of a consultation, and the request that it is about, as a later message leaves them.

Each step is a version of its own, so that all of them stand in history (canonical-models §2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from adapter.domain.consultation import Consultation
from adapter.domain.refusal import TASK_STATUS_NAMES
from adapter.domain.thread import REQUEST_STATUS_NAMES, RequestStatus, Step, TaskStatus, Thread
from adapter.domain.when import Moment
from adapter.fhir import profiles, systems
from adapter.fhir.appointment import form_of
from adapter.fhir.consultation import PRIORITY, URGENCY_NAMES, review_inputs, urgency_level
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, element, filled, identifier, pruned, reference
from adapter.fhir.narrative import told
from adapter.fhir.parties import Parties
from adapter.fhir.thread_of import Standing
from adapter.fhir.times import spoken

_ORDER: Final = (  # of a Task's elements, as R4 lists them
    *("resourceType", "id", "meta", "text", "extension", "identifier", "basedOn", "partOf", "status"),
    *("statusReason", "businessStatus", "intent", "priority", "code", "focus", "for", "authoredOn"),
    *("lastModified", "requester", "owner", "note", "restriction", "input", "output"),
)
_NEEDS_REASON: Final = frozenset({TaskStatus.REJECTED, TaskStatus.CANCELLED, TaskStatus.FAILED})
_SENT: Final = Step(status=TaskStatus.REQUESTED, national=RequestStatus.SENT)
_NO_REASON: Final = "Inget skäl är angivet."
_OUTPUTS: Final = {"Appointment": "bokad tid", "ServiceRequest": "bokad tid", "Communication": "svar"}


def task_versions(
    standing: Standing, steps: Sequence[Step], at: Moment, reason: str = "", outputs: Sequence[str] = ()
) -> list[Json]:
    """The Task after each step, with what it has led to in the last; nothing when nothing happens to it."""
    task = unserved(standing.task)
    known = {out.get("valueReference", {}).get("reference") for out in task.get("output", ())}
    new = [_output(target) for target in outputs if target and target not in known]
    versions = [_stepped(task, standing.thread, step, at, reason) for step in steps]
    if new:
        last = versions.pop() if versions else task
        versions.append(ordered({**last, "output": [*task.get("output", ()), *new]}))
    return versions


def _stepped(task: Json, thread: Thread, step: Step, at: Moment, reason: str) -> Json:
    says_why = step.status in _NEEDS_REASON or (step.status is TaskStatus.ON_HOLD and reason)
    later = thread.moved_at if thread.moved_at and thread.moved_at.earliest() > at.earliest() else at
    stepped = {
        **{name: part for name, part in task.items() if name != "statusReason"},
        "text": told(task_sentence(thread, step), *_clock_sentences(thread, step)),
        "status": step.status.value,
        "statusReason": {"text": reason or _NO_REASON} if says_why else {},
        "businessStatus": business_status(step.national),
        "lastModified": later.value,
    }
    return ordered(stepped)


def ordered(task: Json) -> Json:
    """A Task with its elements as R4 lists them, and nothing that is empty."""
    ordered = {name: task[name] for name in _ORDER if task.get(name)}
    return ordered | {name: part for name, part in task.items() if name not in _ORDER}


def _output(target: str) -> Json:
    return {
        "type": {"text": _OUTPUTS[target.partition("/")[0]]},
        "valueReference": {"reference": target},
    }


def task_sentence(thread: Thread, step: Step) -> str:
    """The Task as its reader is told it."""
    urgency = URGENCY_NAMES[thread.urgency] if thread.urgency else "utan angiven svarstid"
    is_sent_on = step.national is RequestStatus.FORWARDED
    status = REQUEST_STATUS_NAMES[step.national] if is_sent_on else TASK_STATUS_NAMES[step.status]
    return f"Begäran om konsultation, {urgency}. Status: {status}."


def _clock_sentences(thread: Thread, step: Step) -> list[str]:
    """Of a request that waits for more: who is waited for, and that the clock runs on."""
    if step.status is not TaskStatus.ON_HOLD:
        return []
    until = f" (senast {spoken(thread.deadline)})" if thread.deadline else ""
    return [f"Komplettering väntas från den som frågade; svarstiden löper under tiden{until}."]


def business_status(national: RequestStatus) -> Json:
    """The national code: it always stands there, since two of the seven share a status (§2.3)."""
    return concept(coding(systems.REQUEST_STATUS, national.value, REQUEST_STATUS_NAMES[national]))


def unserved(resource: Json) -> Json:
    """A resource as it was put: without what the store writes."""
    meta = {name: part for name, part in resource["meta"].items() if name not in {"versionId", "lastUpdated"}}
    return {**resource, "meta": meta}


def sent_on_task(draft: Draft, message: Consultation, parties: Parties, standing: Standing) -> Json:
    """The Task of the unit that a request was sent on to; a part of the one that had it before."""
    old = standing.task
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": draft.id_of("task"),
        "meta": draft.meta(profiles.CONSULTATION_TASK),
        "text": told(task_sentence(standing.thread, _SENT)),
        **draft.extensions(),
        "identifier": filled(identifier(parties.system, f"{draft.said(message, 'message_id')}#task")),
        "basedOn": old["basedOn"],
        "partOf": [reference(f"Task/{old['id']}")],
        "status": "requested",
        "businessStatus": business_status(RequestStatus.SENT),
        "intent": "order",
        "priority": old.get("priority", ""),
        "code": old["code"],
        "focus": old["focus"],
        "for": old["for"],
        "authoredOn": draft.said(message, "created_at"),
        "requester": old["requester"],
        "owner": reference(parties.receiver),
        "restriction": old.get("restriction", {}),
        "input": old.get("input", []),
    }
    return pruned(resource)


def changed_request(
    draft: Draft,
    message: Consultation,
    standing: Standing,
    vitals: Sequence[str],
    deadline: Moment | None,
) -> Json:
    """The next version of the request, with what a message adds or changes; what it does not say stays."""
    request = unserved(standing.request)
    extensions = [each for each in request.get("extension", ()) if each["url"] != systems.URGENCY]
    if message.urgency:
        request["extension"] = [urgency_level(draft, message), *extensions]
        request["priority"] = PRIORITY[message.urgency]
        start = request["occurrencePeriod"]["start"]
        request["occurrencePeriod"] = element(start=start, end=deadline.value if deadline else "")
    if message.question:
        request["reasonCode"] = [concept(text=draft.said(message, "question"))]
    if message.contact_wanted:
        request["orderDetail"] = filled(form_of(message.contact_wanted))
    known = [each["reference"] for each in request.get("supportingInfo", ())]
    more = [vital for vital in vitals if vital not in known]
    if more:
        request["supportingInfo"] = [reference(each) for each in (*known, *more)]
    return _request_ordered(request)


def with_clock(task: Json, message: Consultation, deadline: Moment | None, review: Moment | None) -> Json:
    """The Task with the level and the times that a message changes."""
    assert message.urgency  # noqa: S101  only such a message changes them
    start = task["restriction"]["period"]["start"]
    period = element(start=start, end=deadline.value if deadline else "")
    times = {"restriction": {"period": period}, "input": review_inputs(review)}
    return ordered({**task, "priority": PRIORITY[message.urgency], **times})


_REQUEST_ORDER: Final = (
    *("resourceType", "id", "meta", "text", "extension", "identifier", "basedOn", "status", "intent"),
    *("category", "priority", "code", "orderDetail", "subject", "occurrencePeriod", "authoredOn"),
    *("requester", "performer", "reasonCode", "supportingInfo", "note", "patientInstruction"),
)


def _request_ordered(request: Json) -> Json:
    ordered = {name: request[name] for name in _REQUEST_ORDER if request.get(name)}
    return ordered | {name: part for name, part in request.items() if name not in _REQUEST_ORDER}
