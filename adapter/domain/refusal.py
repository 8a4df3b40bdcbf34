"""Why somebody may not do something in a thread, in Swedish, with what to do instead."""

from __future__ import annotations

from adapter.domain.acts import STEPS, Act
from adapter.domain.thread import ENDED, Actor, TaskStatus
from adapter.frozen import dataclass

_S = TaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why somebody may not do something. ``is_forbidden``: whoever it is may never; else not now."""

    what: str  # Swedish, ends with what to do
    is_forbidden: bool = False


def refuse(old: TaskStatus, new: TaskStatus, actor: Actor) -> Refusal | None:
    """Why somebody may not take a Task from one status to another by hand; None when they may (§2.2).

    For a writer of the Task itself (REST): ``is_forbidden`` is 403, else 409. To stay is no step, and both
    sides may; nobody else may write anything.
    """
    if actor is Actor.OUTSIDER:
        return Refusal(what=_OUTSIDER, is_forbidden=True)
    if old is new:
        return None
    who = STEPS.get((old, new))
    if who is None:
        what = (
            f"Uppgiften är {TASK_STATUS_NAMES[old]} och kan inte bli {TASK_STATUS_NAMES[new]}. "
            "Läs uppgiften igen och ta ett steg som går."
        )
        return Refusal(what=what)
    if actor in who:
        return None
    what = (
        f"Bara den mottagande enheten får göra uppgiften {TASK_STATUS_NAMES[new]}. "
        "Skicka ett meddelande i tråden, eller ring enheten."
    )
    return Refusal(what=what, is_forbidden=True)


TASK_STATUS_NAMES = {
    _S.REQUESTED: "skickad",
    _S.RECEIVED: "mottagen",
    _S.ACCEPTED: "bedömd",
    _S.REJECTED: "avböjd",
    _S.READY: "klar att börja",
    _S.IN_PROGRESS: "påbörjad",
    _S.ON_HOLD: "i väntan på komplettering",
    _S.COMPLETED: "besvarad",
    _S.CANCELLED: "återkallad",
    _S.FAILED: "misslyckad",
    _S.ENTERED_IN_ERROR: "makulerad",
}
_OUTSIDER = (
    "Enheten är varken den som frågade eller den som har frågan nu, så meddelandet har inte tagits in i "
    "tråden. Skicka en egen konsultation, eller ring den enhet som har frågan."
)
_ONLY_OWNER = (
    "Bara den enhet som har frågan nu kan {act}. Skicka en komplettering eller en avbokning i stället, "
    "eller ring enheten."
)
_ONLY_REQUESTER = "Bara den enhet som frågade kan {act}. Svara eller begär komplettering i stället."


def forbidden(act: Act, actor: Actor) -> Refusal:
    """Whoever it is may never do it."""
    return Refusal(what=_forbidden(act, actor), is_forbidden=True)


def _forbidden(act: Act, actor: Actor) -> str:
    if actor is Actor.OUTSIDER:
        return _OUTSIDER
    return (_ONLY_OWNER if actor is Actor.REQUESTER else _ONLY_REQUESTER).format(act=act.value)


def not_now(act: Act, status: TaskStatus) -> Refusal:
    """It cannot be done where the request stands."""
    do = "Skicka en ny konsultation om något återstår" if status in ENDED else "Ring mottagaren"
    what = f"Begäran är {TASK_STATUS_NAMES[status]}, så det går inte längre att {act.value}. {do}."
    return Refusal(what=what)


def no_time(act: Act) -> Refusal:
    """There is no booked time to do it with."""
    what = (
        f"Ingen bokad tid finns i tråden, så det går inte att {act.value}. Kontrollera vilket meddelande som "
        "besvaras, eller skicka den bokade tiden först."
    )
    return Refusal(what=what)
