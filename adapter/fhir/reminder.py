"""What both sides read on the Task: that time runs out, or that a letter was not delivered."""

from __future__ import annotations

from typing import Final

from adapter.domain.thread import Step, Thread
from adapter.domain.when import Moment
from adapter.fhir.consultation import review_inputs
from adapter.fhir.element import Json
from adapter.fhir.narrative import told
from adapter.fhir.task_steps import ordered, task_sentence, unserved

_ADDED: Final = "text"


def with_note(
    task: Json, thread: Thread, words: str, at: Moment | None, review: Moment | None = None
) -> Json:
    """The Task with one note more, and with the next date of ``review``, if there is one.

    The same note again changes nothing.
    """
    plain = unserved(task)
    note = {"time": at.value, "text": words} if at and at.has_time else {"text": words}
    notes = [each for each in plain.get("note", ()) if each != note]
    assert thread.status  # noqa: S101  a Task has one
    step = Step(status=thread.status, national=thread.national)
    sentences = (task_sentence(thread, step), *(each[_ADDED] for each in notes), words)
    times = {"input": review_inputs(review)} if review else {}
    return ordered({**plain, "text": told(*sentences), "note": [*notes, note], **times})
