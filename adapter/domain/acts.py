"""What can be done in a thread, by whom, and through which steps of its Task (canonical-models §2.2)."""

from __future__ import annotations

from enum import StrEnum

from adapter.domain.thread import Actor, TaskStatus
from adapter.frozen import dataclass

_S = TaskStatus
_OWNER = frozenset({Actor.OWNER})
_BOTH = frozenset({Actor.OWNER, Actor.REQUESTER})
_REQUESTER = frozenset({Actor.REQUESTER})

# §2.2: every step that there is, and who may take it.
STEPS = {
    (_S.REQUESTED, _S.RECEIVED): _OWNER,
    (_S.REQUESTED, _S.ACCEPTED): _OWNER,
    (_S.REQUESTED, _S.REJECTED): _OWNER,
    (_S.RECEIVED, _S.ACCEPTED): _OWNER,
    (_S.RECEIVED, _S.REJECTED): _OWNER,
    (_S.ACCEPTED, _S.IN_PROGRESS): _OWNER,
    (_S.ACCEPTED, _S.REJECTED): _OWNER,
    (_S.IN_PROGRESS, _S.COMPLETED): _OWNER,
    (_S.IN_PROGRESS, _S.FAILED): _OWNER,
    (_S.READY, _S.COMPLETED): _OWNER,
    (_S.READY, _S.FAILED): _OWNER,
    (_S.REQUESTED, _S.CANCELLED): _BOTH,
    (_S.RECEIVED, _S.CANCELLED): _BOTH,
    (_S.ACCEPTED, _S.CANCELLED): _BOTH,
    (_S.IN_PROGRESS, _S.ON_HOLD): _BOTH,
    (_S.ON_HOLD, _S.IN_PROGRESS): _BOTH,
    (_S.RECEIVED, _S.ON_HOLD): _OWNER,
    (_S.ON_HOLD, _S.RECEIVED): _BOTH,
}


class Act(StrEnum):
    """What a message, or somebody at a screen, does in a thread."""

    RECEIVE = "ta emot begäran"
    ACCEPT = "bedöma begäran"
    BEGIN = "påbörja arbetet"
    ASK = "begära komplettering"
    COMPLETE = "komplettera"
    CHANGE = "ändra begäran"
    FORWARD = "skicka begäran vidare"
    BOOK = "boka en tid"
    REBOOK = "boka om tiden"
    CANCEL_TIME = "avboka tiden"
    NO_SHOW = "ange att patienten uteblev"
    ANSWER = "svara"
    ANSWER_RECEIVED = "ta emot svaret"
    DECLINE = "avböja begäran"
    WITHDRAW = "återkalla begäran"
    TELL = "skicka meddelanden i tråden"  # moves nothing


_Path = dict[TaskStatus, tuple[TaskStatus, ...]]
_ANYWHERE: _Path = dict.fromkeys(TaskStatus, ())
_WITH_A_TIME: _Path = {_S.ACCEPTED: (), _S.IN_PROGRESS: (), _S.ON_HOLD: (), _S.COMPLETED: ()}
_MORE: _Path = {
    _S.REQUESTED: (),
    _S.RECEIVED: (),
    _S.ACCEPTED: (),
    _S.IN_PROGRESS: (),
    _S.ON_HOLD: (_S.RECEIVED,),
}
_BOOKED: _Path = {
    _S.REQUESTED: (_S.ACCEPTED,),
    _S.RECEIVED: (_S.ACCEPTED,),
    _S.ACCEPTED: (),
    _S.IN_PROGRESS: (),
    _S.ON_HOLD: (_S.RECEIVED, _S.ACCEPTED),
    _S.COMPLETED: (),
}


def _ends_in(end: TaskStatus) -> _Path:
    return {
        _S.REQUESTED: (end,),
        _S.RECEIVED: (end,),
        _S.ACCEPTED: (end,),
        _S.ON_HOLD: (_S.RECEIVED, end),
    }


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act, and through which steps it takes the Task from where it stands."""

    who: frozenset[Actor]
    paths: _Path
    needs_time: bool = False  # a booked time must stand


RULES = {
    Act.RECEIVE: Rule(_OWNER, {_S.REQUESTED: (_S.RECEIVED,), _S.RECEIVED: ()}),
    Act.ACCEPT: Rule(_OWNER, {_S.REQUESTED: (_S.ACCEPTED,), _S.RECEIVED: (_S.ACCEPTED,), _S.ACCEPTED: ()}),
    Act.BEGIN: Rule(
        _OWNER,
        {
            _S.REQUESTED: (_S.ACCEPTED, _S.IN_PROGRESS),
            _S.RECEIVED: (_S.ACCEPTED, _S.IN_PROGRESS),
            _S.ACCEPTED: (_S.IN_PROGRESS,),
            _S.ON_HOLD: (_S.IN_PROGRESS,),
            _S.IN_PROGRESS: (),
        },
    ),
    Act.ASK: Rule(
        _OWNER,
        {
            _S.REQUESTED: (_S.RECEIVED, _S.ON_HOLD),
            _S.RECEIVED: (_S.ON_HOLD,),
            _S.ACCEPTED: (_S.IN_PROGRESS, _S.ON_HOLD),
            _S.IN_PROGRESS: (_S.ON_HOLD,),
            _S.ON_HOLD: (),
        },
    ),
    Act.COMPLETE: Rule(_REQUESTER, _MORE),
    Act.CHANGE: Rule(_REQUESTER, _MORE),
    Act.FORWARD: Rule(_OWNER, _ends_in(_S.CANCELLED)),
    Act.BOOK: Rule(_OWNER, _BOOKED),
    Act.REBOOK: Rule(_OWNER, _BOOKED),
    Act.CANCEL_TIME: Rule(_BOTH, _WITH_A_TIME, needs_time=True),
    Act.NO_SHOW: Rule(_OWNER, _WITH_A_TIME, needs_time=True),
    Act.ANSWER: Rule(
        _OWNER,
        {
            _S.REQUESTED: (_S.ACCEPTED, _S.IN_PROGRESS, _S.COMPLETED),
            _S.RECEIVED: (_S.ACCEPTED, _S.IN_PROGRESS, _S.COMPLETED),
            _S.ACCEPTED: (_S.IN_PROGRESS, _S.COMPLETED),
            _S.IN_PROGRESS: (_S.COMPLETED,),
            _S.ON_HOLD: (_S.IN_PROGRESS, _S.COMPLETED),
            _S.COMPLETED: (),
        },
    ),
    Act.ANSWER_RECEIVED: Rule(_REQUESTER, {_S.COMPLETED: ()}),
    Act.DECLINE: Rule(_OWNER, _ends_in(_S.REJECTED)),
    Act.WITHDRAW: Rule(_REQUESTER, _ends_in(_S.CANCELLED)),
    Act.TELL: Rule(_BOTH, _ANYWHERE),
}
