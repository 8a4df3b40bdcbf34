"""The twelve cases of repeated messages: FHIR's table for reliable messaging, and MedCom's technical cases.

Each on a real server with a store of its own, killed and started again between a message and its repeat, by
each way in: Lifecare's JSON, FHIR messages, HL7 v2 over MLLP. An effect is a version of a Communication.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, product
from typing import TYPE_CHECKING, Any

from adapter.letters import RESEND, Lease, Letter, LetterState, Posted, Trouble, TryAgain
from adapter.send.judging import envelope_id, judged
from tests.crash.addressee import Addressee, listening
from tests.crash.messages import LIFECARE, bytes_of
from tests.crash.servers import Server, free_port, warm
from tests.crash.verdict import rows
from tests.crash.ways import WAYS, FhirMessage, Lifecare, OverMllp, Told, effects

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from tests.crash.campaign import Report
    from tests.crash.servers import Warm

Json = dict[str, Any]
KEPT = "SELECT source, state FROM inbox"
UNDELIVERED = "SELECT 1 FROM outbox WHERE receiver = 'north' AND state <> 'delivered'"
PATIENCE_SECONDS = 15.0
AT_ONCE = 3


@dataclass
class Caller:
    """Who sends, by which way, the server, and whom it sends to."""

    way: Lifecare | FhirMessage | OverMllp
    server: Server
    url: str
    addressee: Addressee

    async def send(self, message: Json, *, envelope: str = "", is_read: bool = True) -> Told:
        """One message on a connection of its own; without reading the answer when that is said."""
        return await self.way.told(self.server, self.way.written(message, envelope), is_read=is_read)

    async def dies(self) -> None:
        """SIGKILL, and another start."""
        await self.server.kill()
        await self.server.start()
        await self.server.ready()

    async def has_effects(self, count: int) -> bool:
        """Whether so much has been said in all threads, no more and no less."""
        return await effects(self.server) == count

    async def comes_to(self, count: int) -> bool:
        """Wait for so many effects, but not for ever."""
        return await self.until(partial(self.has_effects, count))

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> bool:
        """Wait for it, but not for ever."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await is_so():  # noqa: ASYNC110  another process does it
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True

    async def finds(self, sql: str) -> bool:
        """Whether a statement finds something in the store."""
        return bool(rows(self.url, sql))


def request(**changes: Any) -> Json:
    """The municipality asks, under an id of its own."""
    made = {"MessageId": str(uuid.uuid4()), "CreatedTime": datetime.now(UTC).isoformat()}
    message: Json = {**json.loads(bytes_of(LIFECARE, "consultation-complete.json")), **made, **changes}
    return message


def reply(file: str, to: Json) -> Json:
    """A later message of the thread."""
    return {**request(), **json.loads(bytes_of(LIFECARE, file)), **request_ids(to)}


def request_ids(to: Json) -> Json:
    """An id of its own, in answer to another."""
    at = datetime.fromisoformat(to["CreatedTime"]) + timedelta(minutes=5)
    return {"MessageId": str(uuid.uuid4()), "InReplyTo": to["MessageId"], "CreatedTime": at.isoformat()}


async def new_id(caller: Caller) -> bool:
    """Never seen: processed once, and said so."""
    told = await caller.send(request())
    return told.is_yes and await caller.has_effects(1)


async def seen_bytes(caller: Caller) -> bool:
    """The same bytes: no effect, the first answer again."""
    message = request()
    first = await caller.send(message)
    await caller.dies()
    again = await caller.send(message)
    return first.is_yes and again == first and await caller.has_effects(1)


async def seen_id_in_another_envelope(caller: Caller) -> bool:
    """The same words in another envelope: no effect; the first answer, or no where it is not told apart."""
    message = request()
    first = await caller.send(message)
    await caller.dies()
    told = await caller.send(message, envelope="two")
    is_as_said = told == first if caller.way.takes_other_envelopes else not told.is_yes
    return is_as_said and await caller.has_effects(1)


async def seen_id_with_other_words(caller: Caller) -> bool:
    """An id that is used again: refused, no effect."""
    message = request()
    await caller.send(message)
    await caller.dies()
    told = await caller.send({**message, "Question": "En annan fråga?"})
    return not told.is_yes and await caller.has_effects(1)


async def positive_again(caller: Caller) -> bool:
    """However often it comes, and through crashes."""
    message, told = request(), set()
    for _ in range(4):
        told.add(await caller.send(message))
        await caller.dies()
    return [each.is_yes for each in told] == [True] and await caller.has_effects(1)


async def negative_again(caller: Caller) -> bool:
    """What is not taken gets the same no again."""
    message = request(Urgency="Akut")
    first = await caller.send(message)
    await caller.dies()
    again = await caller.send(message)
    return not first.is_yes and again == first and await caller.has_effects(0)


async def correction_first(caller: Caller) -> bool:
    """A completion before what it completes waits for it."""
    message = request()
    await caller.send(reply("completion-asked-for.json", message))
    await caller.dies()
    second = await caller.send(message)
    return second.is_yes and await caller.comes_to(2)


async def cancellation_first(caller: Caller) -> bool:
    """A withdrawal before what it withdraws waits for it."""
    message = request()
    await caller.send(reply("withdrawal.json", message))
    await caller.dies()
    second = await caller.send(message)
    return second.is_yes and await caller.comes_to(2)


async def answer_lost(caller: Caller) -> bool:
    """Who never read the answer sends again, and is told what it was."""
    message = request()
    await caller.send(message, is_read=False)
    await caller.until(partial(caller.finds, KEPT))
    await caller.dies()
    told = await caller.send(message)
    return told.is_yes and await caller.has_effects(1)


async def acknowledged_twice(caller: Caller) -> bool:
    """A receiver that says yes twice: the second yes is nobody's, and the next letter has its own."""
    caller.addressee.answers = 2
    for _ in range(4):
        await caller.send(request())

    async def have_come() -> bool:
        return len(caller.addressee.first) == 4 and not await caller.finds(UNDELIVERED)

    return await caller.until(have_come)


async def no_answer_for_half_an_hour(_: Caller) -> bool:
    """A peer that counts resends gets the letter three times in all, in three envelopes, then it is dead."""
    letter = Letter(id=str(uuid.uuid4()), receiver="x", lane=1, kind="k", media_type="text/plain", body=b"x")
    now = since = datetime.now(UTC)
    silent = TryAgain(trouble=Trouble(code="receiver-silent", cause="Mottagaren svarade inte i tid."))
    waits, envelopes = [], set()
    for tries in range(10):
        posted = Posted(letter=letter, message="m", since=since, tries=tries)
        lease = Lease(receiver="x", lane=1, queue="", fence=tries + 1, letters=(posted,))
        envelopes.add(envelope_id(lease, posted))
        settled = judged(lease, posted, silent, now=now, patience=RESEND, chance=0.5)
        if settled.state is LetterState.DEAD:
            return waits == [timedelta(minutes=30)] * 2 and len(envelopes) == 3
        assert settled.due_at
        waits.append(settled.due_at - now)
        now = settled.due_at
    return False


async def never_yes_then_no(caller: Caller) -> bool:
    """What was taken in stays so, also when today's settings would have parked it."""
    message = request()
    first = await caller.send(message)
    caller.server.settings["OVERENS_RECEIVERS_FILE"] += ".other"
    await caller.dies()
    parked = await caller.send(request())
    again = await caller.send(message)
    return first.is_yes and not parked.is_yes and again == first


Case = Callable[[Caller], Awaitable[bool]]
CASES: tuple[Case, ...] = (
    new_id,
    seen_bytes,
    seen_id_in_another_envelope,
    seen_id_with_other_words,
    positive_again,
    negative_again,
    correction_first,
    cancellation_first,
    answer_lost,
    acknowledged_twice,
    no_answer_for_half_an_hour,
    never_yes_then_no,
)


async def repeat(folder: Path, report: Report, *, is_whole: bool = False) -> None:
    """Each case on a store of its own, some at a time: by each way, or by one of them in turn."""
    pairs = list(product(WAYS, CASES) if is_whole else zip(cycle(WAYS), CASES, strict=False))
    report.expect(len(pairs))
    good: Counter[str] = Counter()
    room = asyncio.Semaphore(AT_ONCE)
    async with warm(folder) as forking:

        async def judge(way: type[Lifecare | FhirMessage | OverMllp], case: Case) -> None:
            name = f"{way.name}-{case.__name__}"
            (folder / name).mkdir()
            async with room:
                is_good = await tried(way, case, forking, folder / name, report.chance(name))
            good[way.name] += is_good
            report.count("not-as-said", [] if is_good else [name])
            report.step()

        await asyncio.gather(*(judge(way, case) for way, case in pairs))
    all_of = Counter(way.name for way, _ in pairs)
    report.figures(**{name: f"{good[name]} of {count}" for name, count in all_of.items()})


async def tried(
    way: type[Lifecare | FhirMessage | OverMllp], case: Case, forking: Warm, folder: Path, chance: Random
) -> bool:
    """One case on a server of its own."""
    url, addressee = f"sqlite:///{folder}/store.db", Addressee(chance)
    async with listening(addressee, folder) as receivers:
        others = receivers.with_name(receivers.name + ".other")
        others.write_text(receivers.read_text().replace("VC07", "VC99"), encoding="utf-8")
        settings = {
            "OVERENS_DATABASE_URL": url,
            "OVERENS_DECIDERS": "1",
            "OVERENS_MLLP_PORT": str(free_port()),
        }
        server = Server(forking, OVERENS_RECEIVERS_FILE=str(receivers), **settings)
        await server.start()
        await server.ready()
        try:
            return await case(Caller(way(settings), server, url, addressee))
        finally:
            await server.kill()
