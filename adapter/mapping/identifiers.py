"""Functions that any source may use for identifiers sent as a pair: root and extension, or type and id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.identity import HsaId, Oid, PersonId, PersonIdKind, read_hsa_id, read_person_id
from adapter.domain.reading import Place
from adapter.mapping.fields import leaf
from adapter.mapping.paths import path
from adapter.mapping.plan import Hook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.mapping.plan import Put
    from adapter.mapping.reading import Reading
    from adapter.wire.node import Node

_HSA_OIDS = frozenset({"", Oid.HSA_ID, Oid.HSA_ID_HL7_SWEDEN})
_EXTENSION = path("extension")
_PERSON_PAIRS = ((_EXTENSION, "root"), (path("id"), "type"))
_NATIONAL = {
    PersonIdKind.PERSONNUMMER: Oid.PERSONNUMMER.value,
    PersonIdKind.SAMORDNINGSNUMMER: Oid.SAMORDNINGSNUMMER.value,
    PersonIdKind.NATIONAL_RESERVE: Oid.NATIONAL_RESERVE.value,
}
_NOT_HSA = (
    "Identiteten har inte HSA-katalogens OID och används inte som HSA-id; kontrollera OID hos avsändaren."
)


def hsa_id(nodes: list[Node], reading: Reading) -> HsaId | None:
    """An HSA-id as root and extension, or alone; under another root it gives a finding and no value."""
    for node in nodes:
        for place in (*_EXTENSION(node), node):
            text = place.text
            if not text or text.isspace() or place in reading.voided:
                continue
            reading.taken.append(place)
            reading.place = place
            if reading.text(node, "root") in _HSA_OIDS:
                value = read_hsa_id(text).value
                if not value.is_sound:
                    reading.findings += read_hsa_id(text, Place(place.where)).findings
                return value
            reading.report("id-system-unknown", place, _NOT_HSA, value=text)
    return None


def person_ids(nodes: list[Node], reading: Reading) -> tuple[PersonId, ...]:
    """Identity numbers as root and extension, or as type and id; what cannot be one stops the message."""
    found: list[PersonId] = []
    for node in nodes:
        for numbers, system in _PERSON_PAIRS:
            for place in reading.filled(numbers(node)):
                reading.taken.append(place)
                reading.place = place
                found += _person_id(place, reading.text(node, system), reading)
    return tuple(found)


def _person_id(place: Node, root: str, reading: Reading) -> tuple[PersonId, ...]:
    text = place.text or ""
    try:
        read = read_person_id(text, root, Place(place.where))
    except ValueError as problem:
        reading.report("person-id-unusable", place, str(problem), value=text, blocking=True)
        return ()
    reading.findings += read.findings
    return (read.value,)


def write_hsa_id(value: HsaId, node: Node, _puts: Mapping[str, Put]) -> None:
    """Write an HSA-id as root and extension under its node."""
    leaf(node, ("root",), Oid.HSA_ID.value)
    leaf(node, ("extension",), value.value)


def write_person_ids(value: tuple[PersonId, ...], node: Node, _puts: Mapping[str, Put]) -> None:
    """Write the first identity number as root and extension; a national one has its OID, also unsaid."""
    root = value[0].root or _NATIONAL.get(value[0].kind, "")
    if root:
        leaf(node, ("root",), root)
    leaf(node, ("extension",), value[0].value)


HOOKS = {
    "hsa-id": Hook(read=hsa_id, write=write_hsa_id),
    "person-ids": Hook(read=person_ids, write=write_person_ids),
}
