"""``make demo-consultation``: a consultation from the question to the answer, between two systems.

    python -m tests.demo.consultation

A municipality's system speaks Lifecare JSON over HTTP, primary care's HL7 v2 over MLLP; Överens stands
between them: three processes, real sockets. The story is told as it happens; 0 when every step was seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.demo.actors import ROOT, Actor, NeverSeen, Server, free_port
from tests.demo.told import STOCKHOLM, Json, now

QUESTION = ROOT / "fixtures" / "se.lifecare.message" / "consultation-complete.json"
QUESTION_ID = str(uuid.uuid4())
HOME, CARE, US = "Hemsjukvården", "Vårdcentralen", "Överens"
ESCALATION_SECONDS = 9.0  # from the second question until its deadline


class Story:
    """The two systems, the server between them, and what was seen so far."""

    def __init__(self, server: Server, home: Actor, care: Actor) -> None:
        self.server, self.home, self.care = server, home, care
        self.steps = 0

    def line(self, who: str, whom: str, what: str, state: str = "") -> None:
        """One line of the timeline."""
        at = datetime.now(STOCKHOLM).strftime("%H.%M.%S,%f")[:-5]
        self.steps += 1
        way = f"{who} → {whom}" if whom else who
        print(f"{at}  {way:<32} {what:<74} {state}".rstrip(), flush=True)

    async def from_home(self, message: Json, what: str, states: tuple[int, ...] = (201,)) -> Json:
        """The municipality sends a message and is answered."""
        self.home.order(message=message)
        answer = await self.home.event("answered")
        expect(answer["status"] in states, f"{what}: {answer}")
        known = ", samma svar som förra gången" if answer["is_known"] else ""
        tries = f", efter {answer['tries']} försök" if answer["tries"] > 1 else ""
        self.line(HOME, US, what, f"HTTP {answer['status']}{known}{tries}")
        return answer

    async def from_care(self, what: str, **order: Any) -> Json:
        """Primary care sends a message and is acknowledged."""
        self.care.order(**order)
        answer = await self.care.event("answered")
        expect(answer["status"] == "AA", f"{what}: {answer}")
        tries = f", efter {answer['tries']} försök" if answer["tries"] > 1 else ""
        self.line(CARE, US, what, f"{answer['status']}{tries}")
        return answer

    async def at_home(self, kind: str, what: str, message_id: str = QUESTION_ID) -> Json:
        """A letter of a type reaches the municipality."""
        got = await self.home.event("got", lambda each: each["message"]["MessageType"] == kind)
        self.line(US, HOME, what, self.task(message_id))
        return got["message"]

    async def at_care(self, kind: str, what: str, message_id: str = QUESTION_ID) -> Json:
        """A letter of a kind reaches primary care."""
        got = await self.care.event("got", lambda each: each["kind"].startswith(kind))
        self.line(US, CARE, what, self.task(message_id))
        return got

    def task(self, message_id: str) -> str:
        """Where the request stands: the Task's status, and the national one beside it."""
        task = self.found("Task", f"{message_id}#task")
        national = task["businessStatus"]["coding"][0]
        return f"läge: {task['status']} / {national['code']} {national['display']}"

    def found(self, type_: str, identifier: str) -> Json:
        """The only resource with an identifier, read through FHIR."""
        sought = urllib.parse.urlencode({"identifier": identifier})
        with urllib.request.urlopen(f"{self.server.url}/fhir/{type_}?{sought}", timeout=10) as answer:  # noqa: S310  ours
            entries = json.load(answer).get("entry", [])
        expect(len(entries) == 1, f"{type_} {identifier}: {len(entries)} found")
        resource: Json = entries[0]["resource"]
        return resource


def expect(holds: object, otherwise: str) -> None:
    """Stop with what was not seen."""
    if not holds:
        raise NeverSeen(otherwise)


def question(message_id: str, **changes: Any) -> Json:
    """The municipality asks."""
    message: Json = json.loads(QUESTION.read_text(encoding="utf-8"))
    return {**message, "MessageId": message_id, "CreatedTime": now().isoformat(), **changes}


def on(kind: str, **said: Any) -> Json:
    """The municipality writes on in the thread."""
    fields = ("Sender", "Receiver", "Client", "Consent")
    first = question("")
    message = {name: first[name] for name in fields}
    return {
        "MessageId": str(uuid.uuid4()),
        "MessageType": kind,
        "CreatedTime": now().isoformat(),
        "InReplyTo": QUESTION_ID,
        **message,
        **said,
    }


async def asks(story: Story) -> None:
    """The question, twice, and its way to primary care."""
    asked = question(QUESTION_ID)
    await story.from_home(asked, "Konsultation, inom 72 timmar: ”Behöver furosemiddosen höjas?”")
    await story.from_home(asked, "samma meddelande en gång till (svaret kom bort)", (200,))
    await story.at_care("REF^I12", "remiss REF^I12, en enda gång")


async def completes(story: Story) -> None:
    """Primary care wants to know more, and is told."""
    await story.from_care(
        "RRI^I12: frågar tillbaka, saknar vikten",
        kind="P",
        text="Hur mycket väger han i dag?",
        missing=["Vikt"],
    )
    asked = await story.at_home("Komplettering", "Komplettering: ”Hur mycket väger han i dag?”")
    expect(asked["InReplyTo"] == QUESTION_ID, f"the completion names {asked['InReplyTo']}")
    weight = {"Type": "Vikt", "Value": 80.7, "Time": now().isoformat()}
    await story.from_home(on("Komplettering", Vitals=[weight]), "Komplettering: vikt 80,7 kg")
    await story.at_care("REF^I13", "komplettering REF^I13")


async def answers_through_a_crash(story: Story) -> None:
    """Överens is killed while primary care answers; nothing is lost, nothing comes twice."""
    await story.server.kill()
    story.line(US, "", "avbryts mitt i allt (SIGKILL)", "borta")
    sending = asyncio.create_task(
        story.from_care(
            "RRI^I12: svar, skickas om tills det kvitteras",
            kind="A",
            text="Öka furosemid till 80 mg i tre dagar.",
        )
    )
    await asyncio.sleep(1)
    await story.server.start()
    story.line(US, "", "startar igen; allt som kvitterats finns kvar", story.task(QUESTION_ID))
    await sending
    answer = await story.at_home("Svar", "Svar: ”Öka furosemid till 80 mg i tre dagar.”")
    expect("80 mg" in answer["Answer"], f"the answer says {answer['Answer']}")


async def books(story: Story) -> None:
    """A time by telephone, and another."""
    for kind, days, status, what in (("S12", 1, "Bokad", "bokar"), ("S13", 2, "Ombokad", "bokar om")):
        start = now().replace(hour=10, minute=0, second=0) + timedelta(days=days)
        end = start + timedelta(minutes=30)
        times = {"start": f"{start:%Y%m%d%H%M%S%z}", "end": f"{end:%Y%m%d%H%M%S%z}"}
        await story.from_care(
            f"SIU^{kind}: {what} telefontid {start:%d/%m kl. %H.%M}",
            kind=kind,
            text="Ha vågen nära.",
            **times,
        )
        booked = await story.at_home("BokadTid", f"BokadTid, {status.lower()}: {start:%d/%m kl. %H.%M}")
        told = booked["Booking"]
        same = datetime.fromisoformat(told["StartTime"]) == start
        expect(told["Status"] == status and same, f"the time says {told}")


async def is_reminded(story: Story) -> None:
    """Another question, that nobody answers in time: a reminder before the deadline, and word at it."""
    asked_at = now() - timedelta(hours=24) + timedelta(seconds=ESCALATION_SECONDS)
    urgent = question(str(uuid.uuid4()), Urgency="Inom1Dag", CreatedTime=asked_at.isoformat())
    due = f"{asked_at + timedelta(hours=24):%H.%M.%S}"
    await story.from_home(urgent, f"ny Konsultation, inom 1 dag, svarstid till {due}")
    await story.at_care("REF^I12", "remiss REF^I12, som ingen svarar på", urgent["MessageId"])
    for what in ("påminnelse: svarstiden går snart ut", "svarstiden har gått ut utan svar"):
        notice = await story.at_home("Administrativt", what, urgent["MessageId"])
        expect("varstiden" in notice["Text"], f"the notice says {notice['Text']}")
        await story.at_care("MDM^T02", "besked MDM^T02: samma påminnelse", urgent["MessageId"])


async def nothing_came_twice(story: Story) -> None:
    """Whatever was repeated on the way, neither system was left with anything that it had not asked for."""
    await asyncio.sleep(0.5)
    left = [
        each
        for each in (*story.home.unread(), *story.care.unread())
        if each["event"] == "got" and not each["is_known"]
    ]
    expect(not left, f"more than was told came: {left}")
    task = story.found("Task", f"{QUESTION_ID}#task")
    story.line(US, "", f"uppgiften i FHIR är i version {task['meta']['versionId']}", story.task(QUESTION_ID))


CHAPTERS = (asks, completes, answers_through_a_crash, books, is_reminded, nothing_came_twice)


async def play(folder: Path) -> int:
    """The whole of it; how many lines it came to. Raises NeverSeen."""
    lifecare, hl7v2 = free_port(), free_port()
    server = Server(folder, lifecare, hl7v2)
    home = care = None
    try:
        await server.start()
        home = await Actor.start("lifecare_system", server.url, lifecare)
        care = await Actor.start("hl7v2_system", server.mllp_port, hl7v2)
        story = Story(server, home, care)
        for chapter in CHAPTERS:
            await chapter(story)
        return story.steps
    finally:
        await server.kill()
        for actor in (home, care):
            if actor:
                await actor.stop()


def main() -> int:
    """Play it, and say whether all of it was seen."""
    print("En konsultation mellan hemsjukvården (Lifecare, JSON) och vårdcentralen (HL7 v2 över MLLP)\n")
    with tempfile.TemporaryDirectory(prefix="overens-demo-") as folder:
        try:
            steps = asyncio.run(play(Path(folder)))
        except NeverSeen as missing:
            print(f"\nDet här syntes aldrig: {missing}", file=sys.stderr)
            print((Path(folder) / "server.log").read_text(encoding="utf-8")[-2000:], file=sys.stderr)
            return 1
    print(f"\nAlla {steps} stegen syntes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
