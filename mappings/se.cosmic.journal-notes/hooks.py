"""What the mapping of Cosmic's journal notes cannot say without an ``if``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.identity import person_id
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.frozen import replace
from adapter.mapping import Hook, grow, leaf, origins_at, path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.mapping import Put, Reading
    from adapter.mapping.paths import Find
    from adapter.wire.node import Node

PATIENT = path("patient")
EHR_ID = path("ehrId.extension")
CARE_PROVIDER = path("careProviders.careProvider")
TYPE = path("careProviderType")
UNIT = path("units.unit")
UNIT_ID = path("unitID.extension")
PHONE_TYPE = path("phoneType")
GIVEN_NAME = path("patientGivenName")
ACCESS_ZONE = path("accessZoneUnit")
HEAD = path("headCareProviderUnit")


def patients(nodes: list[Node], reading: Reading) -> tuple[Person, ...]:
    """The patient, and whoever the record's own id (ehrId) names when that is another person.

    Two persons in one note are for the flow to stop; here nobody is left out.
    """
    extract = nodes[0]
    named = [reading.make("Person", patient) for patient in PATIENT(extract)]
    found = [person for person in named if person is not None]
    keys = {identity.key for person in found for identity in person.ids}
    for place in reading.filled(EHR_ID(extract)):
        try:
            other = person_id((place.text or "").rpartition(":")[2])
        except ValueError:
            continue  # the id of a record that is not named after a person
        reading.mark(place)
        if other.key not in keys:
            found.append(Person(ids=(other,), origins={"": place.where, "ids": place.where}))
    return tuple(found)


def write_patients(value: tuple[Person, ...], node: Node, puts: Mapping[str, Put]) -> None:
    """The first patient; a note has one."""
    puts["Person"](value[0], grow(node, ("patient",)))


def _care_provider(role: str, extract: Node, reading: Reading) -> Professional | None:
    words = {word.casefold() for word, what in reading.table("care-provider-type").items() if what == role}
    for person in CARE_PROVIDER(extract):
        for kind in TYPE(person):
            if (kind.text or "").strip().casefold() in words:
                reading.mark(kind)
                made: Professional | None = reading.make("Professional", person)
                reading.place = person
                return made
    return None


def author(nodes: list[Node], reading: Reading) -> Professional | None:
    """The care provider whose type says that the note is theirs."""
    return _care_provider("author", nodes[0], reading)


def signer(nodes: list[Node], reading: Reading) -> Professional | None:
    """The care provider whose type says that they signed."""
    return _care_provider("signer", nodes[0], reading)


def _write_care_provider(kind: str, value: Professional, node: Node, puts: Mapping[str, Put]) -> None:
    person = grow(node, ("careProviders", "careProvider"), repeated=True)
    leaf(person, ("careProviderType",), kind)
    puts["Professional"](value, person)


def write_author(value: Professional, node: Node, puts: Mapping[str, Put]) -> None:
    """One more row in the list of care providers."""
    _write_care_provider("Author", value, node, puts)


def write_signer(value: Professional, node: Node, puts: Mapping[str, Put]) -> None:
    """One more row in the list of care providers."""
    _write_care_provider("Signer", value, node, puts)


def _unit(reference: Find, extract: Node, reading: Reading) -> CareUnit | None:
    """A unit by the reference to it, with what the list of units says of the same id."""
    for simple in reference(extract):
        unit: CareUnit | None = reading.make("CareUnit", simple)
        if unit is None or unit.hsa_id is None:
            return unit
        for row in UNIT(extract):
            if any((there.text or "").strip().upper() == unit.hsa_id.key for there in UNIT_ID(row)):
                listed: CareUnit = reading.make("CareUnit", row)
                return replace(listed, hsa_id=unit.hsa_id, origins=origins_at(listed.origins, simple))
        return unit
    return None


def care_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """The unit of the access zone (vårdenhet) within its head care provider (vårdgivare)."""
    extract = nodes[0]
    unit = _unit(ACCESS_ZONE, extract, reading)
    head = _unit(HEAD, extract, reading)
    reading.place = next(iter((*ACCESS_ZONE(extract), *HEAD(extract), extract)))
    if head is None:
        return unit
    giver = CareGiver(hsa_id=head.hsa_id, name=head.name, origins=head.origins)
    return replace(unit or CareUnit(origins={"": reading.place.where}), care_giver=giver)


def write_care_unit(value: CareUnit, node: Node, puts: Mapping[str, Put]) -> None:
    """References to unit and care giver, and a row for each that has more than its id."""
    giver = value.care_giver
    units = (
        ("accessZoneUnit", replace(value, care_giver=None)),
        ("headCareProviderUnit", CareUnit(hsa_id=giver.hsa_id, name=giver.name) if giver else CareUnit()),
    )
    for reference, unit in units:
        if unit.hsa_id is None:
            continue
        puts["CareUnit"](CareUnit(hsa_id=unit.hsa_id), grow(node, (reference,)))
        if unit != CareUnit(hsa_id=unit.hsa_id):
            puts["CareUnit"](unit, grow(node, ("units", "unit"), repeated=True))


def phone(nodes: list[Node], reading: Reading) -> str | None:
    """The first number that is no fax."""
    for node in nodes:
        kinds = [(kind.text or "").casefold() for kind in PHONE_TYPE(node)]
        if not any("fax" in kind for kind in kinds):
            reading.place = node
            return reading.text(node, "phoneNumber") or None
    return None


def write_phone(value: str, node: Node, _puts: Mapping[str, Put]) -> None:
    """The number, its kind unsaid."""
    leaf(node, ("phoneNumber",), value)


def given_names(nodes: list[Node], reading: Reading) -> tuple[str, ...]:
    """The given names in their order; each stands in an object of its own."""
    return tuple(filter(None, (reading.text(name, "value") for node in nodes for name in GIVEN_NAME(node))))


def write_given_names(value: tuple[str, ...], node: Node, _puts: Mapping[str, Put]) -> None:
    """One object for each name."""
    for name in value:
        leaf(grow(node, ("patientGivenName",), repeated=True), ("value",), name)


def secrecy_levels(nodes: list[Node], reading: Reading) -> tuple[str, ...]:
    """The levels as sent; one that is an object is all its words, so that no level goes unheard."""
    levels = []
    for node in (level for several in nodes for level in (several.children or [several])):
        words = list(reading.filled(node.leaves()))
        reading.taken += words
        if words:
            levels.append(" ".join((word.text or "").strip() for word in words))
    return tuple(levels)


def write_secrecy_levels(value: tuple[str, ...], node: Node, _puts: Mapping[str, Put]) -> None:
    """One text for each level, as the interface has them."""
    for level in value:
        leaf(node, ("secrecyLevel",), level, repeated=True)


_LINE = ("Address", "Postcode", "City")


def address(nodes: list[Node], reading: Reading) -> str | None:
    """Street, postcode and town on one line."""
    for node in nodes:
        parts = [
            place
            for ending in _LINE
            for place in reading.filled(node.children)
            if place.name.endswith(ending)
        ]
        if parts:
            reading.mark(*parts)
            street, *rest = [(place.text or "").strip() for place in parts]
            return ", ".join(filter(None, (street, " ".join(rest))))
    return None


def write_address(value: str, node: Node, _puts: Mapping[str, Put]) -> None:
    """The line as it is, as the street address."""
    leaf(node, ("unitAddressAddress",), value)


HOOKS = {
    "patients": Hook(read=patients, write=write_patients),
    "author": Hook(read=author, write=write_author),
    "signer": Hook(read=signer, write=write_signer),
    "care-unit": Hook(read=care_unit, write=write_care_unit),
    "phone": Hook(read=phone, write=write_phone),
    "given-names": Hook(read=given_names, write=write_given_names),
    "address": Hook(read=address, write=write_address),
    "secrecy-levels": Hook(read=secrecy_levels, write=write_secrecy_levels),
}
