"""What we write to ourselves: a time that is due, an answer to take up, what became of a letter."""

from __future__ import annotations

from enum import StrEnum

from adapter.domain.origin import Traced
from adapter.domain.people import Person
from adapter.domain.when import Moment
from adapter.frozen import dataclass


class EventKind(StrEnum):
    """What has happened."""

    DUE_SOON = "svarstid-snart-slut"
    OVERDUE = "svarstid-slut"
    REVIEW = "dags-att-se-over"  # what has no deadline is to be looked at again
    UNDELIVERED = "ej-levererat"
    ANSWER_DELIVERED = "svar-levererat"  # the system of the unit that asked has the answer
    TAKE_UP = "svar-tas-upp"  # the message that an early answer waited for has come
    WAITED_LONG = "vantan-over"  # it has not come in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Traced):
    """One of them. ``thread`` is the Task that it is about (``Task/<id>``); empty when there is none."""

    event_id: str
    kind: EventKind
    thread: str = ""
    deadline: Moment | None = None  # the one that it was set for
    waiting: str = ""  # inbox id of the answer
    happened_at: Moment | None = None
    letter: str = ""  # id
    letter_kind: str = ""
    receiver: str = ""  # name in the configuration
    sender_unit: str = ""  # HSA-id
    code: str = ""
    cause: str = ""
    remedy: str = ""
    patients: tuple[Person, ...] = ()  # filled in when the thread is known
