"""Changes become events of subscriptions, each once and with the next number; then they are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.fhir.notification import EVENT_NOTIFICATION, HEARTBEAT, Told
from adapter.fhir.search_index import patients
from adapter.fhir.subscription import TYPES
from adapter.letters import Delivered, LetterQuery, LetterState, Manner, Trouble, TryAgain
from adapter.ports import StoreUnavailable
from adapter.security.callers import caller_from
from adapter.security.guarded import NotAllowed
from adapter.send.judging import REPORT
from adapter.send.notification import CLOSED
from adapter.send.troubles import STORE_AWAY
from adapter.subscribed import ANSWERS, Doing, subscribed
from adapter.subscribing import BEAT, CHANGED, as_said, heartbeat, keeping, kept, once_more
from adapter.waiting import letter_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock, Row, Store
    from adapter.security.callers import Caller
    from adapter.security.guarded import GuardedStore
    from adapter.subscribed import Subscribed

Json = dict[str, Any]
ATTEMPTS: Final = 8
_BUSY = Trouble(code="store-busy", cause="Andra skrev hela tiden till samma prenumeration.")


class Notifying:
    """Takes in the letters to ourselves about subscriptions. ``view`` is the store as a caller sees it."""

    manner = Manner(at_once=1)  # one after another: two would give the same number, and one begin again

    def __init__(self, store: Store, clock: Clock, view: Callable[[Caller], Store | GuardedStore]) -> None:
        self._store = store
        self._clock = clock
        self._view = view
        self._taken = {CHANGED: self._changed, BEAT: self._beaten, REPORT: self._failed}

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:  # noqa: ARG002  a Sender's
        """Once for each letter, however often it comes."""
        said, take = orjson.loads(letter.body), self._taken[letter.kind]
        for _ in range(ATTEMPTS):
            doing = Doing(self._clock.now())
            try:
                await take(doing, letter, said)
                is_idle = not (doing.puts or doing.letters)
                if is_idle or await doing.is_kept(self._store, letter_id(letter.id, "taken")):
                    return Delivered()
            except StoreUnavailable:
                return TryAgain(trouble=STORE_AWAY)
        return TryAgain(trouble=_BUSY)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _changed(self, doing: Doing, _: Letter, said: Json) -> None:
        """The events that an arrival is to the subscriptions there are."""
        message = await self._store.message(said["of"])
        names = [name.split("/") for name in dict.fromkeys(message.made if message else ())]
        versions = [
            row
            for type_, id_, _, version in names
            if type_ in TYPES and (row := await self._store.version(type_, id_, int(version)))
        ]
        listed = (await kept(self._store, "list"))[0]
        for id_ in listed.get("ids", ()) if versions else ():
            to = await subscribed(self._store, id_, doing.now)
            if to is not None and to.since is not None:
                await self._told(doing, to, [row for row in versions if row.last_updated >= to.since])

    async def _told(self, doing: Doing, to: Subscribed, versions: list[Row]) -> None:
        """Give a subscription its events; while it is in error they are numbered and wait for $events."""
        wish, before = to.wish, to.state["count"]
        count, view = before, self._view(caller_from(to.state["caller"]))
        for changed in versions:
            name, version = f"{changed.type}/{changed.id}", str(changed.version)
            is_known = (await kept(self._store, to.id, name, version))[1]
            if is_known or not await self._matches(to, changed, view):
                continue
            count += 1
            event = Told(number=count, at=changed.last_updated.isoformat(), focus=name)
            doing.puts += (
                keeping({}, 0, to.id, name, version),
                keeping({"number": count, "at": event.at, "focus": name}, 0, to.id, "event", str(count)),
            )
            if to.failure is None:
                shown = event if wish.content == "id-only" else Told(number=count, at=event.at)
                said = to.says(EVENT_NOTIFICATION, [shown])
                doing.tell(to, said, str(count), patients=patients(as_said(changed)))
        if count > before:
            doing.puts.append(to.keeping(count=count))

    async def _matches(self, to: Subscribed, changed: Row, view: Store | GuardedStore) -> bool:
        """Whether it is an event of the topic, of something that the subscriber may see now."""
        if changed.type != to.wish.type:
            return False
        before = None
        if changed.version > 1:
            before = await self._store.version(changed.type, changed.id, changed.version - 1)
        if not to.wish.matches(as_said(changed), as_said(before) if before else None):
            return False
        try:
            return await view.read(changed.type, changed.id) is not None
        except NotAllowed:
            return False

    async def _beaten(self, doing: Doing, _: Letter, said: Json) -> None:
        """A sign of life, unless the last one still waits; and the reminder of the next one."""
        to = await subscribed(self._store, said["of"], doing.now)
        number, round_ = said["number"], said.get("round", 1)
        if to is None or to.status not in {"requested", "active"} or round_ != to.round:
            return
        after = doing.now + timedelta(seconds=to.wish.heartbeat)
        doing.letters.append(heartbeat(to.id, round_, number + 1, after))
        last = letter_id(to.id, HEARTBEAT, *once_more(round_), str(number - 1))
        rows = await self._store.outbox.letters(LetterQuery(ids=(last,)))
        if to.status == "active" and all(row.state is not LetterState.WAITING for row in rows):
            doing.tell(to, to.says(HEARTBEAT), str(number))

    async def _failed(self, doing: Doing, letter: Letter, said: Json) -> None:
        """A notification was given up: its subscription is in error, unless it has been asked for again."""
        to = await subscribed(self._store, letter.thread, doing.now)
        if to is None or to.status != "active" or to.since is None or said["Code"] == CLOSED.code:
            return
        asked_at = to.state.get("asked")
        if asked_at and datetime.fromisoformat(said["Time"]) <= datetime.fromisoformat(asked_at):
            return
        failure = {"text": said["Cause"], "at": said["Time"], "is_answer": said["Code"] in ANSWERS}
        doing.puts.append(to.keeping(failure=failure, since=to.since.isoformat()))
