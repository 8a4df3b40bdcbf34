"""What the mapping of MDM cannot say without an ``if``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.consultation import MessageKind
from adapter.mapping import Hook, hl7v2

if TYPE_CHECKING:
    from adapter.domain.consultation import RequestId
    from adapter.domain.people import CareUnit
    from adapter.mapping import Reading
    from adapter.wire.node import Node

NOT_TAKEN = "Händelsen i MSH-9 tas inte emot av den här källan. Skicka MDM med {events}, med svaret i OBX."
NO_TEXT = "Dokumentet har ingen text som går att läsa. Skicka svaret som text (TX eller FT) i OBX-5."
TEXTS = frozenset({"TX", "FT", "ST"})
NAMES = ("TXA.14", "COMMON_ORDER.ORC.2", "COMMON_ORDER.OBR.2", "TXA.15", "COMMON_ORDER.ORC.3")


def kind(nodes: list[Node], reading: Reading) -> MessageKind | None:
    """An answer, or a notice by the kind of document; events without content are not taken."""
    message = nodes[0]
    sort, event = reading.text(message, "MSH.9.1"), reading.text(message, "MSH.9.2")
    reading.place = message.first("MSH.9.2") or message
    known = reading.table("event")
    if sort != "MDM" or event not in known:
        told = NOT_TAKEN.format(events=", ".join(known))
        reading.report("hl7-not-taken", reading.place, told, value=f"{sort}^{event}", blocking=True)
        return None
    return MessageKind.ADMINISTRATIVE if _is_notice(message, reading) else MessageKind(known[event])


def _is_notice(message: Node, reading: Reading) -> bool:
    return reading.text(message, "TXA.2.1") in reading.table("document")


def _named(message: Node) -> list[Node]:
    return [node for place in NAMES for node in message.all(place)]


def request_ids(nodes: list[Node], reading: Reading) -> tuple[RequestId, ...]:
    """What both sides call the request that is answered."""
    return hl7v2.request_ids(_named(nodes[0]), reading)


def in_reply_to(nodes: list[Node], reading: Reading) -> str | None:
    """The request that is answered."""
    return hl7v2.answered(_named(nodes[0]), nodes[0].first("TXA"), reading)


def sender_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """Whoever answers: PV1-3, else MSH-4."""
    return hl7v2.unit_at(nodes[0].all("PV1.3"), nodes[0].all("MSH.4.1"), reading)


def receiver_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """Whoever asked: ORC-21, else MSH-6."""
    return hl7v2.unit_at(nodes[0].all("COMMON_ORDER.ORC.21"), nodes[0].all("MSH.6.1"), reading)


def unit_name(nodes: list[Node], reading: Reading) -> str | None:
    """The name of a unit as PL or XON has it."""
    node = nodes[0]
    is_organisation = bool(node.parent and node.parent.name == "ORC")
    return reading.text(node, "1" if is_organisation else "9") or None


def answer(nodes: list[Node], reading: Reading) -> str | None:
    """What is answered: nothing in a notice."""
    return None if _is_notice(nodes[0], reading) else _words(nodes, reading)


def text(nodes: list[Node], reading: Reading) -> str | None:
    """What a notice says."""
    return _words(nodes, reading) if _is_notice(nodes[0], reading) else None


def _words(nodes: list[Node], reading: Reading) -> str | None:
    """The texts of the document, a line each, with the comments after them."""
    texts = []
    for observation in nodes[0].all("OBSERVATION"):
        sort = next((leaf.text or "" for leaf in observation.all("OBX.2.1")), "")
        texts += observation.all("OBX.5") if sort in TEXTS else []
        texts += observation.all("NTE.3")
    said = hl7v2.text(texts, reading)
    if said is None:
        reading.report(
            "required-missing", nodes[0].first("OBSERVATION.OBX") or nodes[0], NO_TEXT, blocking=True
        )
    return said


HOOKS = {
    "kind": Hook(read=kind),
    "request-ids": Hook(read=request_ids),
    "in-reply-to": Hook(read=in_reply_to),
    "sender-unit": Hook(read=sender_unit),
    "receiver-unit": Hook(read=receiver_unit),
    "unit-name": Hook(read=unit_name),
    "answer": Hook(read=answer),
    "text": Hook(read=text),
}
