"""A mixed load: messages of every kind that the sources know, each with ids of its own.

Made from the fixtures by putting other ids and another of the published test identities into them, so that
they are as real as those. Nothing is random but what the given ``Random`` draws.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
PERSONS = (
    b"191212121212",
    b"195009072553",
    b"196101182803",
    b"189002029800",
    b"200302022389",
    b"199002222397",
    b"200001252386",
    b"189602029812",
    b"196109732393",
    b"197010632391",
)
PERSON = re.compile(rb"(?<!\d)(?:" + b"|".join(PERSONS) + rb")(?!\d)")
NOTE = re.compile(rb"SE2321000016-Test:Note:\w+")
HL7V2 = re.compile(rb"(?<=\|)(?:L-0001|R-4711|O-9001)(?=[|^])")  # control id and names of a referral
CREATED = re.compile(rb'(?<="CreatedTime": ")[^"]+')
WRITTEN = re.compile(rb"(?<=\|)20261102\d{6}\+0100(?=\|)")  # MSH-7
_NOW = datetime.now(UTC)  # of one run: what is asked now is not overdue
NOW, NOW_HL7V2 = _NOW.isoformat(timespec="seconds").encode(), _NOW.strftime("%Y%m%d%H%M%S+0000").encode()
UNREADABLE = 0.03  # share of messages whose bytes are no message
LETTER = re.compile(rb'(?<="MessageId": ")[0-9a-f-]{36}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A fixture, how often it comes, and whether the same note comes again in a second version."""

    source: str
    file: str
    weight: int
    then: str = ""


COSMIC, LIFECARE, RIV = "se.cosmic.journal-notes", "se.lifecare.message", "se.riv.care-documentation"
REFERRAL = "hl7v2.referral"
MEDIA = {RIV: "application/xml", REFERRAL: "application/hl7-v2"}
TEMPLATES = (
    Template(
        source=COSMIC,
        file="kalmar-agreement.json",
        then="kalmar-agreement-version-2.json",
        weight=4,
    ),
    Template(source=COSMIC, file="unknown-keyword.json", weight=1),
    Template(source=COSMIC, file="wrong-check-digit.json", weight=1),
    Template(source=LIFECARE, file="consultation-complete.json", weight=6),
    Template(source=LIFECARE, file="time-limited-home-visits.json", weight=2),
    Template(source=LIFECARE, file="akut.json", weight=1),
    Template(source=LIFECARE, file="missing-client.json", weight=1),
    Template(source=REFERRAL, file="request-with-sbar.hl7", weight=3),
    Template(source=RIV, file="kalmar-agreement.xml", weight=3),
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be sent: where to, and its bytes."""

    number: int
    source: str
    raw: bytes

    @property
    def media(self) -> str:
        """Its Content-Type."""
        return MEDIA.get(self.source, "application/json")

    def request(self) -> bytes:
        """The HTTP request as bytes, on a connection that stays open."""
        head = (
            f"POST /messages/{self.source} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {self.media}\r\n"
            f"Content-Length: {len(self.raw)}\r\n\r\n"
        )
        return head.encode() + self.raw


def messages(chance: Random) -> Iterator[Message]:
    """Messages without end. A note's second version follows it at once, so that they may well overtake."""
    weights = [template.weight for template in TEMPLATES]
    number = 0
    while True:
        template = chance.choices(TEMPLATES, weights)[0]
        person, own = chance.choice(PERSONS), uuid.UUID(int=chance.getrandbits(128), version=4)
        for file in filter(None, (template.file, template.then)):
            yield Message(number, template.source, personal(bytes_of(template.source, file), person, own))
            number += 1
        if chance.random() < UNREADABLE:
            yield Message(number, COSMIC, b'[{"journalNoteEHRExtract": "%d' % number)
            number += 1


@cache
def bytes_of(source: str, file: str) -> bytes:
    """A fixture's bytes, read once."""
    return (ROOT / "fixtures" / source / file).read_bytes()


def personal(raw: bytes, person: bytes, own: uuid.UUID) -> bytes:
    """The same message with an id of its own and about somebody else."""
    raw = PERSON.sub(person, raw)
    raw = NOTE.sub(b"SE2321000016-Test:Note:" + own.hex.encode(), raw)
    raw = HL7V2.sub(own.hex[:20].encode(), WRITTEN.sub(NOW_HL7V2, CREATED.sub(NOW, raw)))
    return LETTER.sub(str(own).encode(), raw)
