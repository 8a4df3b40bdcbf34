"""Functions that any HL7 v2 source may use: its data types (v2.5.1 chapter 2A) as records of the domain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.domain.consultation import RequestId
from adapter.domain.identity import HsaId, PersonId, read_hsa_id, read_person_id
from adapter.domain.people import CareUnit, Professional
from adapter.domain.reading import Place
from adapter.frozen import replace
from adapter.mapping.plan import Hook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapter.mapping.reading import Reading
    from adapter.wire.node import Node

LONGEST_CONTROL_ID = 199  # v2.7; 2.5.1 says 20, and is often broken
_VERSION = re.compile(r"2(\.[1-9](\.[1-9])?)?")
_OF_THE_NATION = frozenset({"", "NI", "NN", "NNSWE", "SS", "PNR", "SNR"})
_SIGNS = ("", "", "^", "&")  # what parts a text that was not meant to be parted, by depth
_PROTECTED_NO = frozenset({"N", "NO", "0"})
_TOO_LONG = "Meddelandets id i MSH-10 är längre än 199 tecken. Använd ett kortare och skicka igen."
_NO_ID = "Meddelandets id i MSH-10 saknas, så det går inte att kvittera. Ange ett och skicka igen."
_OTHER_VERSION = "HL7-versionen i MSH-12 tas inte emot. Skicka version 2.5.1 (2.1-2.8 tas emot)."
_NO_UNIT = (
    "Det framgår inte vilken enhet som avses. Ange enhetens HSA-id där, eller i MSH-4 och MSH-6, och skicka "
    "igen."
)
_NO_REQUEST = (
    "Meddelandet säger inte vilken begäran det gäller. Ange begärans nummer (RF1-6, OBR-2, SCH-26 eller "
    "TXA-14) och skicka igen."
)


def message_id(nodes: list[Node], reading: Reading) -> str | None:
    """MSH-3, MSH-4 and MSH-10 together, which is what makes it the same message; also looks at MSH-12."""
    header = nodes[0]
    control_id = reading.text(header, "10.1")
    if not control_id or len(control_id) > LONGEST_CONTROL_ID:
        place = header.first("10.1") or header
        reading.report("control-id-unusable", place, _TOO_LONG if control_id else _NO_ID, blocking=True)
        return None
    version = reading.text(header, "12.1")
    if version and not _VERSION.fullmatch(version):
        place = header.first("12.1") or header
        reading.report("hl7-not-taken", place, _OTHER_VERSION, value=version, blocking=True)
    reading.place = header.first("10.1") or header
    return "|".join((_hd(header, "3", reading), _hd(header, "4", reading), control_id))


def person_ids(nodes: list[Node], reading: Reading) -> tuple[PersonId, ...]:
    """CX: national numbers, and those with an OID; a number of the sender's own says nothing to others."""
    found: list[PersonId] = []
    for node in nodes:
        number = next(reading.filled(node.all("1")), None)
        assigner = _text(node, "4.2")
        if number is None or (not assigner and _text(node, "5") not in _OF_THE_NATION):
            continue
        reading.mark(node)
        reading.place = number
        try:
            read = read_person_id(number.text or "", assigner, Place(number.where))
        except ValueError as problem:
            reading.report("person-id-unusable", number, str(problem), value=number.text or "", blocking=True)
            continue
        reading.findings += read.findings
        found.append(read.value)
    return tuple(found)


def given_names(nodes: list[Node], reading: Reading) -> tuple[str, ...]:
    """XPN: the given name as it stands, and the further ones apart."""
    for node in nodes:
        first, others = reading.text(node, "2"), reading.text(node, "3").split()
        if first or others:
            return (first, *others) if first else tuple(others)
    return ()


def is_protected(nodes: list[Node], reading: Reading) -> bool | None:
    """PV1-16 or PD1-12: whoever says anything there but no says that the person's data are protected."""
    said = list(reading.filled(leaf for node in nodes for leaf in node.leaves()))
    reading.taken += said
    return any((leaf.text or "").strip().upper() not in _PROTECTED_NO for leaf in said) if said else None


def first_hsa_id(places: list[Node], reading: Reading) -> tuple[HsaId, dict[str, str]] | None:
    """The first id that has an HSA-id's form, else the first there is, with a finding; and its origins."""
    filled = list(reading.filled(places))
    sound = (place for place in filled if read_hsa_id(place.text or "").value.is_sound)
    place = next(sound, filled[0] if filled else None)
    if place is None:
        return None
    reading.taken.append(place)
    read = read_hsa_id(place.text or "", Place(place.where))
    reading.findings += read.findings
    return read.value, {"": place.where, "hsa_id": place.where}


def hsa_id(nodes: list[Node], reading: Reading) -> HsaId | None:
    """An HSA-id where something else may stand as well: what has not its form is left unread."""
    for place in reading.filled(nodes):
        found = read_hsa_id(place.text or "").value
        if found.is_sound:
            reading.taken.append(place)
            reading.place = place
            return found
    return None


def unit(node: Node | None, ids: list[Node], reading: Reading) -> CareUnit | None:
    """The source's own CareUnit read at a node, with the first of several ids; None when there is none."""
    made: CareUnit | None = reading.make("CareUnit", node) if node else None
    found = first_hsa_id(ids, reading)
    if found is None:
        return None
    hsa_id_, origins = found
    return replace(made or CareUnit(), hsa_id=hsa_id_, origins={**(made.origins if made else {}), **origins})


def unit_at(places: list[Node], facility: list[Node], reading: Reading) -> CareUnit | None:
    """PL (or XON): the unit of the first place that names one, else of the facility in MSH."""
    node = next(iter(places), None)
    ids = [leaf for place in places for path in ("1", "10") for leaf in place.all(path)]
    if node is not None and _text(node, "7"):  # XON: the first component is the name
        ids = node.all("10")
    found = unit(node, [*ids, *facility], reading)
    if found is None:
        reading.report("required-missing", node or reading.place, _NO_UNIT, blocking=True)
    reading.place = node or (facility[0] if facility else reading.place)
    return found


def staff(nodes: list[Node], reading: Reading) -> Professional | None:
    """XCN: HSA-id, name and title of somebody who works in care."""
    for node in nodes:
        name = " ".join(filter(None, (reading.text(node, "3"), _family(node, "2", reading))))
        number = next(reading.filled(node.all("1")), None)
        sound = read_hsa_id(number.text or "").value if number else None
        title = reading.text(node, "6")
        if number and sound and sound.is_sound:
            reading.mark(*node.all("1"), *node.all("9"))
        if name or (sound and sound.is_sound):
            reading.place = node
            return _professional(node, name, title, sound)
    return None


def provider(nodes: list[Node], reading: Reading) -> Professional | None:
    """PRD: who stands in it with a name; the HSA-id is the person's own where the unit has another."""
    for node in nodes:
        person = next(iter(node.all("PRD.2")), None)
        if person is None:
            continue
        name = " ".join(filter(None, (reading.text(person, "2"), _family(person, "1", reading))))
        title = reading.text(person, "5") or reading.text(person, "6")
        number = next(reading.filled(node.all("PRD.7.1")), None)
        sound = read_hsa_id(number.text or "").value if number and number not in reading.taken else None
        if number and sound and sound.is_sound:
            reading.mark(*node.all("PRD.7"))
        if name:
            reading.place = person
            return _professional(person, name, title, sound)
    return None


def text(nodes: list[Node], reading: Reading) -> str | None:
    """ST, TX and FT: the whole text; repetitions and segments are lines, unescaped signs stay as they are."""
    lines: list[str] = []
    for node in nodes:
        if any(True for _ in reading.filled(node.leaves())):
            reading.mark(node)
            reading.place = reading.place if lines else node
            lines.append(_joined(node, 1))
    return "\n".join(lines) or None


def phone(nodes: list[Node], reading: Reading) -> str | None:
    """XTN: the number as it is written, else of its parts; an e-mail address is none."""
    for node in nodes:
        if reading.text(node, "3") in {"Internet", "X.400"} or _text(node, "2") == "NET":
            continue
        number = reading.text(node, "12") or reading.text(node, "1")
        parts = [reading.text(node, part) for part in ("5", "6", "7")]
        if number or any(parts):
            reading.mark(*node.all("2"))
            reading.place = node
            return number or " ".join(filter(None, (f"+{parts[0]}" if parts[0] else "", *parts[1:])))
    return None


def email(nodes: list[Node], reading: Reading) -> str | None:
    """XTN: the e-mail address among the ways to reach somebody."""
    for node in nodes:
        address = reading.text(node, "4")
        if address:
            reading.mark(node)
            reading.place = node
            return address
    return None


def request_ids(nodes: Iterable[Node], reading: Reading) -> tuple[RequestId, ...]:
    """EI: the names of a request, each once."""
    found: list[RequestId] = []
    for node in nodes:
        value = reading.text(node, "1")
        if not value:
            continue
        reading.mark(node)
        named = RequestId(
            value=value,
            assigner=_text(node, "3") or _text(node, "2"),
            origins={"": node.where, "value": node.where},
        )
        if not any(named.is_same(other) for other in found):
            found.append(named)
    return tuple(found)


def answered(nodes: list[Node], at: Node | None, reading: Reading) -> str | None:
    """The first name of the request that is answered; without any (``at``) the message belongs to nothing."""
    for node in nodes:
        value = reading.text(node, "1")
        if value:
            reading.place = node
            return value
    reading.report("required-missing", at or reading.place, _NO_REQUEST, blocking=True)
    return None


def _professional(node: Node, name: str, title: str, sound: HsaId | None) -> Professional:
    origins = dict.fromkeys(("", "name", "title", "hsa_id"), node.where)
    hsa_id = sound if sound and sound.is_sound else None
    return Professional(hsa_id=hsa_id, name=name, title=title, origins=origins)


def _family(node: Node, part: str, reading: Reading) -> str:
    """FN: the family name, which may have parts of its own (prefix, surname)."""
    whole = reading.text(node, part)
    if whole:
        return whole
    return reading.text(node, f"{part}.1")


def _hd(header: Node, number: str, reading: Reading) -> str:
    """HD as it stands: its components are one name together."""
    for field in header.all(number):
        reading.mark(field)
        return "^".join((leaf.text or "").strip() for leaf in field.leaves())
    return ""


def _text(node: Node, path: str) -> str:
    return next(((leaf.text or "").strip() for leaf in node.all(path) if leaf.text), "")


def _joined(node: Node, depth: int) -> str:
    """The text of a field, with the signs that an unescaped text was parted by."""
    if not node.children:
        return node.text or ""
    last = int(node.children[-1].name)
    parts = [""] * last
    for child in node.children:
        parts[int(child.name) - 1] = _joined(child, depth + 1)
    return _SIGNS[depth + 1].join(parts)


HOOKS = {
    "hl7v2-message-id": Hook(read=message_id),
    "hl7v2-person-ids": Hook(read=person_ids),
    "hl7v2-given-names": Hook(read=given_names),
    "hl7v2-is-protected": Hook(read=is_protected),
    "hl7v2-hsa-id": Hook(read=hsa_id),
    "hl7v2-staff": Hook(read=staff),
    "hl7v2-provider": Hook(read=provider),
    "hl7v2-text": Hook(read=text),
    "hl7v2-phone": Hook(read=phone),
    "hl7v2-email": Hook(read=email),
}
