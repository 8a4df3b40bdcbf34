"""The twelve cases of repeated messages: FHIR's table for reliable messaging, and MedCom's technical cases.

Each on a real server with a store of its own, killed and started again between a message and its repeat. An
effect is counted as versions of Communication. (The same twelve as FHIR messages: tests/rest.)
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapter.letters import RESEND, Lease, Letter, LetterState, Posted, Trouble, TryAgain
from adapter.send.judging import envelope_id, judged
from tests.crash.addressee import Addressee, listening
from tests.crash.messages import LIFECARE, Message, bytes_of
from tests.crash.senders import Told, answer
from tests.crash.servers import Server, warm
from tests.crash.verdict import rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.campaign import Report

Json = dict[str, Any]
SAID = "SELECT count(*) FROM resource WHERE type = 'Communication'"
KEPT = "SELECT source, state FROM inbox"
PATIENCE_SECONDS = 15.0


@dataclass
class Caller:
    """Who sends, the server, and whom it sends to."""

    server: Server
    url: str
    addressee: Addressee

    async def send(self, message: Json | bytes, *, is_read: bool = True) -> Told:
        """One message on a connection of its own; without reading the answer when that is said."""
        raw = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            writer.write(Message(0, LIFECARE, raw).request())
            await writer.drain()
            if not is_read:
                return Told(0, b"", "")
            status, headers, body = await answer(reader)
            return Told(status, body, headers["location"])
        finally:
            writer.close()

    async def dies(self) -> None:
        """SIGKILL, and another start."""
        await self.server.kill()
        await self.server.start()
        await self.server.ready()

    @property
    def effects(self) -> int:
        """What has been said in all threads."""
        return int(rows(self.url, SAID)[0][0])

    async def until(self, is_so: Callable[[], bool]) -> bool:
        """Wait for it, but not for ever."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not is_so():  # noqa: ASYNC110  another process does it
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True


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
    return told.status == 201 and caller.effects == 1


async def seen_bytes(caller: Caller) -> bool:
    """The same bytes: no effect, the first answer again."""
    message = request()
    first = await caller.send(message)
    await caller.dies()
    again = await caller.send(message)
    return (again.status, again.body) == (200, first.body) and caller.effects == 1


async def seen_id_in_another_envelope(caller: Caller) -> bool:
    """The same words written otherwise: refused, no effect."""
    message = request()
    await caller.send(message)
    await caller.dies()
    told = await caller.send(json.dumps(message, indent=3).encode())
    return told.status == 409 and caller.effects == 1


async def seen_id_with_other_words(caller: Caller) -> bool:
    """An id that is used again: refused, no effect."""
    message = request()
    await caller.send(message)
    await caller.dies()
    told = await caller.send({**message, "Question": "En annan fråga?"})
    return told.status == 409 and caller.effects == 1


async def positive_again(caller: Caller) -> bool:
    """However often it comes, and through crashes."""
    message = request()
    bodies = []
    for _ in range(4):
        bodies.append((await caller.send(message)).body)
        await caller.dies()
    return len(set(bodies)) == 1 and caller.effects == 1


async def negative_again(caller: Caller) -> bool:
    """What was not valid gets the same no again."""
    message = request(Client=None)
    first = await caller.send(message)
    await caller.dies()
    again = await caller.send(message)
    return first.status == 422 and (again.status, again.body) == (422, first.body) and caller.effects == 0


async def correction_first(caller: Caller) -> bool:
    """A completion before what it completes waits for it."""
    message = request()
    await caller.send(reply("completion-asked-for.json", message))
    await caller.dies()
    await caller.send(message)
    return await caller.until(lambda: caller.effects == 2)


async def cancellation_first(caller: Caller) -> bool:
    """A withdrawal before what it withdraws waits for it."""
    message = request()
    await caller.send(reply("withdrawal.json", message))
    await caller.dies()
    await caller.send(message)
    return await caller.until(lambda: caller.effects == 2)


async def answer_lost(caller: Caller) -> bool:
    """Who never read the answer sends again, and is told what it was."""
    message = request()
    await caller.send(message, is_read=False)
    await caller.until(lambda: bool(rows(caller.url, KEPT)))
    await caller.dies()
    told = await caller.send(message)
    return told.status == 200 and caller.effects == 1


async def acknowledged_twice(caller: Caller) -> bool:
    """A receiver that says yes twice: the second yes is nobody's, and the next letter has its own."""
    caller.addressee.answers = 2
    messages = [request() for _ in range(4)]
    for message in messages:
        await caller.send(message)
    ids = {message["MessageId"] for message in messages}
    return await caller.until(lambda: ids <= set(caller.addressee.first)) and await caller.until(
        lambda: not rows(caller.url, "SELECT 1 FROM outbox WHERE receiver = 'north' AND state <> 'delivered'")
    )


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
    return parked.status == 422 and (again.status, again.body) == (200, first.body)


CASES: tuple[Callable[[Caller], Awaitable[bool]], ...] = (
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


async def repeat(folder: Path, report: Report) -> None:
    """Each case on a store of its own."""
    report.expect(len(CASES))
    good = 0
    async with warm(folder) as forking:
        for case in CASES:
            url, addressee = f"sqlite:///{folder}/{case.__name__}.db", Addressee(report.chance(case.__name__))
            async with listening(addressee, folder) as receivers:
                others = receivers.with_name(receivers.name + ".other")
                others.write_text(receivers.read_text().replace("VC07", "VC99"), encoding="utf-8")
                settings = {"OVERENS_DATABASE_URL": url, "OVERENS_DECIDERS": "1"}
                server = Server(forking, OVERENS_RECEIVERS_FILE=str(receivers), **settings)
                await server.start()
                await server.ready()
                is_good = await case(Caller(server, url, addressee))
                await server.kill()
            good += is_good
            report.count("not-as-said", [] if is_good else [case.__name__])
            report.step()
    report.figures(cases=f"{good} of {len(CASES)}")
