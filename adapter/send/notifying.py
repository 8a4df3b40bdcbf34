"""Changes become events of subscriptions, each once and with the next number; then they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.fhir.subscription import TYPES, Notification, Told, asked
from adapter.letters import Delivered, LetterQuery, LetterState, Manner, Trouble, TryAgain
from adapter.ports import Stale, StoreUnavailable
from adapter.security.callers import caller_from
from adapter.security.guarded import NotAllowed
from adapter.subscribing import (
    BEAT,
    as_said,
    heartbeat,
    keeping,
    kept,
    one_transaction,
    opened_at,
    told,
)
from adapter.waiting import letter_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.fhir.subscription import Asked
    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock, Put, Row, Store
    from adapter.security.callers import Caller
    from adapter.security.guarded import GuardedStore

Json = dict[str, Any]
ATTEMPTS: Final = 8
_AWAY = Trouble(code="store-unavailable", cause="Lagret går inte att skriva till just nu.")
_BUSY = Trouble(code="store-busy", cause="Andra skrev hela tiden till samma prenumeration.")


class Notifying:
    """Takes in the letters to ourselves about subscriptions. ``view`` is the store as a caller sees it."""

    manner = Manner(at_once=1)  # one after another: two would give the same number, and one begin again

    def __init__(self, store: Store, clock: Clock, view: Callable[[Caller], Store | GuardedStore]) -> None:
        self._store = store
        self._clock = clock
        self._view = view

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:  # noqa: ARG002  a Sender's
        """Once for each letter, however often it comes."""
        said = orjson.loads(letter.body)
        for _ in range(ATTEMPTS):
            try:
                if letter.kind == BEAT:
                    puts, letters = await self._beaten(said["of"], said["number"])
                else:
                    puts, letters = await self._changed(said["of"])
                if puts or letters:
                    own_id = letter_id(letter.id, "taken")
                    await self._store.keep(one_transaction(own_id, self._clock.now(), puts, letters))
            except Stale:
                continue
            except StoreUnavailable:
                return TryAgain(trouble=_AWAY)
            return Delivered()
        return TryAgain(trouble=_BUSY)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _changed(self, arrival: str) -> tuple[list[Put], list[Letter]]:
        """The events that an arrival is to the subscriptions there are."""
        message = await self._store.message(arrival)
        names = [name.split("/") for name in dict.fromkeys(message.made if message else ())]
        versions = [
            row
            for type_, id_, _, version in names
            if type_ in TYPES and (row := await self._store.version(type_, id_, int(version)))
        ]
        puts: list[Put] = []
        letters: list[Letter] = []
        listed, _ = await kept(self._store, "list")
        for subscription in listed.get("ids", ()) if versions else ():
            own, sent = await self._told(subscription, versions)
            puts += own
            letters += sent
        return puts, letters

    async def _told(self, subscription: str, versions: list[Row]) -> tuple[list[Put], list[Letter]]:
        row = await self._store.read("Subscription", subscription)
        state, version = await kept(self._store, subscription, "state")
        status, since = await opened_at(self._store, subscription)
        if row is None or since is None or state["is_off"]:
            return [], []
        wish, count = asked(as_said(row)), state["count"]
        puts: list[Put] = []
        letters: list[Letter] = []
        view = self._view(caller_from(state["caller"]))
        for changed in versions:
            name = f"{changed.type}/{changed.id}"
            is_known = (await kept(self._store, subscription, name, str(changed.version)))[1]
            if changed.last_updated < since or is_known or not await self._matches(wish, changed, view):
                continue
            count += 1
            event = {"number": count, "at": changed.last_updated.isoformat(), "focus": name}
            puts.append(keeping({}, 0, subscription, name, str(changed.version)))
            puts.append(keeping(event, 0, subscription, "event", str(count)))
            shown = event if wish.content == "id-only" else {**event, "focus": ""}
            said = Notification(
                kind="event-notification",
                base=state["base"],
                subscription=subscription,
                topic=wish.topic,
                status=status,
                count=count,
                events=(Told(**shown),),
            )
            letters.append(told(state["receiver"], said, str(count)))
        if letters:
            puts.append(keeping({**state, "count": count}, version, subscription, "state"))
        return puts, letters

    async def _matches(self, wish: Asked, changed: Row, view: Store | GuardedStore) -> bool:
        """Whether it is an event of the topic, of something that the subscriber may see now."""
        if changed.type != wish.type:
            return False
        before = None
        if changed.version > 1:
            before = await self._store.version(changed.type, changed.id, changed.version - 1)
        if not wish.matches(as_said(changed), as_said(before) if before else None):
            return False
        try:
            return await view.read(changed.type, changed.id) is not None
        except NotAllowed:
            return False

    async def _beaten(self, subscription: str, number: int) -> tuple[list[Put], list[Letter]]:
        """A sign of life, unless the last one still waits; and the reminder of the next one."""
        row = await self._store.read("Subscription", subscription)
        state, _ = await kept(self._store, subscription, "state")
        status, since = await opened_at(self._store, subscription)
        if row is None or status == "error" or state["is_off"]:
            return [], []
        wish = asked(as_said(row))
        after = self._clock.now() + timedelta(seconds=wish.heartbeat)
        letters = [heartbeat(subscription, number + 1, after)]
        last = LetterQuery(ids=(letter_id(subscription, "heartbeat", str(number - 1)),))
        waits = any(r.state is LetterState.WAITING for r in await self._store.outbox.letters(last))
        if since and not waits:
            said = Notification(
                kind="heartbeat",
                base=state["base"],
                subscription=subscription,
                topic=wish.topic,
                status=status,
                count=state["count"],
            )
            letters.append(told(state["receiver"], said, str(number)))
        return [], letters
