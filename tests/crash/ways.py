"""The ways a message can come in, each as its senders write it: the same words, said by the same ids."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from adapter.domain.consultation import Consultation
from adapter.domain.routes import Address, Format, Route
from adapter.fhir import MadeBy, consultation_resources
from adapter.mapping import map_message
from adapter.sources import load_sources
from adapter.wire.mllp import Frame, FrameReader, framed
from adapter.writing import Outgoing, Writers, hl7v2
from adapter.writing.fhir_message import in_envelope
from tests.crash.messages import LIFECARE
from tests.crash.senders import answer

if TYPE_CHECKING:
    from tests.crash.servers import Server

Json = dict[str, Any]
AT = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
KEPT, SEEN = 201, 200


@dataclass(frozen=True, slots=True)
class Told:
    """What a sender was told: yes or no, and the very bytes."""

    is_yes: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Lifecare:
    """JSON by POST /messages."""

    name = "lifecare"
    takes_other_envelopes = False  # its envelope is a part of its words
    settings: Mapping[str, str]

    def written(self, message: Json, envelope: str) -> bytes:
        """The message; another envelope is other white space."""
        return json.dumps(message, ensure_ascii=False, indent=len(envelope)).encode()

    async def told(self, server: Server, raw: bytes, *, is_read: bool) -> Told:
        """Send it."""
        status, body = await posted(server, f"/messages/{LIFECARE}", "application/json", raw, is_read=is_read)
        return Told(status in {KEPT, SEEN}, body)


@dataclass(frozen=True, slots=True)
class FhirMessage:
    """A Bundle of type message by POST /fhir/$process-message."""

    name = "fhir"
    takes_other_envelopes = True  # Bundle.id is new each time, MessageHeader.id is not
    settings: Mapping[str, str]

    def written(self, message: Json, envelope: str) -> bytes:
        """The Bundle with its header under the message's id."""
        said = consultation(message)
        built = consultation_resources(said, None, MadeBy(source=LIFECARE, mapping_version="1", sha256="0"))
        route = Route(
            receiver="x", format=Format.FHIR_MESSAGE, address=Address(endpoint="https://a.example/")
        )
        letter = Outgoing(
            letter_id=said.message_id,
            message=said,
            route=route,
            own=Address(endpoint="https://b.example/"),
            resources=built.resources,
        )
        return in_envelope(writers().written(letter).body, f"{said.message_id}-{envelope}", AT)

    async def told(self, server: Server, raw: bytes, *, is_read: bool) -> Told:
        """Send it; the answer is a message that says ok or not."""
        path, media = "/fhir/$process-message", "application/fhir+json"
        _, body = await posted(server, path, media, raw, is_read=is_read)
        return Told(b'"code":"ok"' in body.replace(b" ", b""), body)


@dataclass(frozen=True, slots=True)
class OverMllp:
    """HL7 v2 on a connection of its own."""

    name = "hl7v2"
    takes_other_envelopes = False
    settings: Mapping[str, str]

    def written(self, message: Json, envelope: str) -> bytes:
        """REF, RRI or SIU; another envelope is another MSH-8."""
        own, there = (
            Address(application="LIFECARE", facility="SE2120001249-HSV01"),
            Address(application="OVERENS"),
        )
        said = consultation(message)
        made = hl7v2.write(said, hl7v2.Envelope(control_id=said.message_id[:20], own=own, theirs=there))
        head, _, rest = made.partition(b"\r")
        fields = head.split(b"|")
        fields[7] = envelope.encode()
        return b"|".join(fields) + b"\r" + rest

    async def told(self, _: Server, raw: bytes, *, is_read: bool) -> Told:
        """Send it, and read one acknowledgement."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.settings["OVERENS_MLLP_PORT"]))
        frames = FrameReader()
        try:
            writer.write(framed(raw))
            await writer.drain()
            while is_read and (data := await reader.read(65_536)):
                for event in frames.feed(data):
                    if isinstance(event, Frame):
                        return Told(b"\rMSA|AA" in event.payload, event.payload)
            return Told(is_yes=False, body=b"")
        finally:
            writer.close()


async def posted(server: Server, path: str, media: str, raw: bytes, *, is_read: bool) -> tuple[int, bytes]:
    """Status and body of the answer to a POST on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {media}",
        f"Content-Length: {len(raw)}",
    )
    head = "\r\n".join((*lines, "", ""))
    try:
        writer.write(head.encode() + raw)
        await writer.drain()
        if not is_read:
            return 0, b""
        status, _, body = await answer(reader)
        return status, body
    finally:
        writer.close()


async def effects(server: Server) -> int:
    """How often something was said: every version of a Communication that was ever there as such."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(b"GET /fhir/Communication/_history?_count=100 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await writer.drain()
        _, _, body = await answer(reader)
    finally:
        writer.close()
    said = (entry["resource"] for entry in json.loads(body).get("entry", ()))
    return sum(each["status"] == "completed" for each in said)


def consultation(message: Json) -> Consultation:
    """What a message of the dialogue says."""
    source = load_sources_once()[LIFECARE]
    (record,) = map_message(source.plan, source.parse(json.dumps(message).encode())).records
    assert isinstance(record, Consultation)
    return record


@cache
def load_sources_once() -> Mapping[str, Any]:
    """The sources, compiled once."""
    return load_sources()


def writers() -> Writers:
    """How letters are written."""
    return Writers(lifecare=load_sources_once()[LIFECARE].plan)


WAYS = (Lifecare, FhirMessage, OverMllp)
