"""What the mapping of SIU cannot say without an ``if``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapter.domain.consultation import BookingStatus, MessageKind
from adapter.domain.when import Moment, moment, written
from adapter.mapping import Hook, hl7v2

if TYPE_CHECKING:
    from adapter.domain.consultation import RequestId
    from adapter.domain.people import CareUnit
    from adapter.mapping import Reading
    from adapter.wire.node import Node

NOT_TAKEN = "Händelsen i MSH-9 tas inte emot av den här källan. Skicka SIU med {events}."
UNREADABLE = "Tiden går inte att läsa; skriv den som ÅÅÅÅMMDDttmm+0100. Rätta den i avsändande system."
ENDS = ("TQ1.8.1", "SCH.11.5")
STARTS = ("TQ1.7.1", "SCH.11.4", "RESOURCES.SERVICE.AIS.4.1")
LENGTHS = (("RESOURCES.SERVICE.AIS.7.1", "RESOURCES.SERVICE.AIS.8"), ("SCH.9.1", "SCH.10"))
UNITS = {"": 1, "MIN": 1, "M": 1, "MINUTES": 1, "H": 60, "HR": 60}  # minutes
MOST_MINUTES = 24 * 60


def status(nodes: list[Node], reading: Reading) -> BookingStatus:
    """What became of the time: the event tells; one that is not taken has been told as such."""
    event = reading.text(nodes[0], "MSH.9.2")
    reading.place = nodes[0].first("MSH.9.2") or nodes[0]
    return BookingStatus(reading.table("event").get(event, BookingStatus.BOOKED))


def kind(nodes: list[Node], reading: Reading) -> MessageKind | None:
    """A booked time, whatever became of it; events about a calendar are not taken."""
    message = nodes[0]
    sort, event = reading.text(message, "MSH.9.1"), reading.text(message, "MSH.9.2")
    reading.place = message.first("MSH.9.2") or message
    known = reading.table("event")
    if sort != "SIU" or event not in known:
        told = NOT_TAKEN.format(events=", ".join(known))
        reading.report("hl7-not-taken", reading.place, told, value=f"{sort}^{event}", blocking=True)
        return None
    return MessageKind.BOOKED


def _named(message: Node) -> list[Node]:
    """SCH-26 and SCH-27; where neither is sent, the numbers that the sides give the time itself."""
    orders = [node for place in ("SCH.26", "SCH.27") for node in message.all(place)]
    return orders or [node for place in ("SCH.1", "SCH.4", "SCH.2") for node in message.all(place)]


def request_ids(nodes: list[Node], reading: Reading) -> tuple[RequestId, ...]:
    """What both sides call the request that the time answers."""
    return hl7v2.request_ids(_named(nodes[0]), reading)


def in_reply_to(nodes: list[Node], reading: Reading) -> str | None:
    """The request that the time answers."""
    return hl7v2.answered(_named(nodes[0]), nodes[0].first("SCH"), reading)


def sender_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """Whoever gives the time: SCH-19, else where it is (AIL-3), else MSH-4."""
    message = nodes[0]
    places = message.all("SCH.19") or message.all("RESOURCES.LOCATION_RESOURCE.AIL.3")
    return hl7v2.unit_at(places, message.all("MSH.4.1"), reading)


def receiver_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """Whoever asked: SCH-15, else MSH-6."""
    return hl7v2.unit_at(nodes[0].all("SCH.15"), nodes[0].all("MSH.6.1"), reading)


def reason(nodes: list[Node], reading: Reading) -> str | None:
    """Why a time was called off or came to nothing."""
    if reading.table("event").get(reading.text(nodes[0], "MSH.9.2")) not in {"avbokad", "uteblev"}:
        return None
    said = reading.text(nodes[0], "SCH.6.2") or reading.text(nodes[0], "SCH.7.2")
    reading.place = nodes[0].first("SCH.6") or nodes[0]
    return said or None


def end(nodes: list[Node], reading: Reading) -> Moment | None:
    """The end as it is said, else start and length together."""
    message = nodes[0]
    for place in ENDS:
        for said in reading.filled(message.all(place)):
            reading.taken.append(said)
            reading.place = said
            return _moment(said, reading)
    minutes = _minutes(message, reading)
    starts = (said for place in STARTS for said in reading.filled(message.all(place)))
    start = _start(next(starts, None)) if minutes else None
    instant = start.instant() if start else None
    return written(instant + timedelta(minutes=minutes)) if instant else None


def _minutes(message: Node, reading: Reading) -> int:
    for length, units in LENGTHS:
        said = reading.text(message, length)
        if not said:
            continue
        reading.mark(*message.all(units))
        reading.place = message.first(length) or message
        unit = next((leaf.text or "" for leaf in message.all(f"{units}.1")), "").strip().upper()
        if said.isdecimal() and unit in UNITS and int(said) * UNITS[unit] <= MOST_MINUTES:
            return int(said) * UNITS[unit]
        what = "Längden går inte att läsa, så tiden får inget slut. Ange den i minuter (min)."
        reading.report("value-unusable", reading.place, what, value=f"{said} {unit}")
    return 0


def _start(place: Node | None) -> Moment | None:
    """The start again; what is wrong with it has been told where it is read as such."""
    try:
        return moment(place.text or "").value if place else None
    except ValueError:
        return None


def _moment(place: Node, reading: Reading) -> Moment | None:
    try:
        return moment(place.text or "").value
    except ValueError:
        reading.report("value-unusable", place, UNREADABLE, value=place.text or "")
        return None


HOOKS = {
    "status": Hook(read=status),
    "kind": Hook(read=kind),
    "request-ids": Hook(read=request_ids),
    "in-reply-to": Hook(read=in_reply_to),
    "sender-unit": Hook(read=sender_unit),
    "receiver-unit": Hook(read=receiver_unit),
    "reason": Hook(read=reason),
    "end": Hook(read=end),
}
