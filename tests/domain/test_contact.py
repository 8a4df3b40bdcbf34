"""Fixed contacts and contact ways: split when it is sure, else the line with a finding."""

from __future__ import annotations

import unicodedata

import pytest

from adapter.domain.agreement_parts import FixedContact, FixedContactCode, JointPlan
from adapter.domain.contact import (
    contact_way_written,
    fixed_contact_written,
    read_contact_ways,
    read_fixed_contact,
)
from adapter.domain.joint_plan import joint_plan
from adapter.domain.people import Audience, CareUnit, ContactKind, ContactWay, Hours, Professional
from adapter.domain.reading import Place

NURSE = Professional(name="Eva Svensson", title="sjuksköterska")
PHONE = "010-000 00 00"
CODE = FixedContactCode.CARE_CONTACT


@pytest.mark.parametrize(
    "text",
    [
        "Eva Svensson, sjuksköterska, 010-000 00 00",
        "Eva Svensson, sjuksköterska, tel. 010-000 00 00",
        "Sjuksköterska Eva Svensson nås på telefon: 010-000 00 00",
        "Eva Svensson (sjuksköterska) tfn:010-000 00 00, vardagar 08.00–16.30",
        "Eva Svensson sjuksköterska 010-000 00 00.",
        "Eva\u00a0Svensson,\u00a0sjuksköterska 010-000 00 00",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_name_title_and_number_of_one_line_are_split(text: str, form: str) -> None:
    """
    The line is kept verbatim; the parts are what it surely says.
    """
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    read = read_fixed_contact(text, CODE, Place("x"))
    assert read.findings == ()
    contact = read.value
    assert contact.holder
    assert (contact.holder.name, contact.holder.title.lower()) == ("Eva Svensson", "sjuksköterska")
    assert [(way.text, way.value, way.audience) for way in contact.ways] == [(text, PHONE, Audience.PATIENT)]
    assert (contact.text, contact.origin("holder")) == (text, "x")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Vårdcentralen Håsten 010-000 00 00", [PHONE]),
        ("Anna Berg 010-000 00 00", [PHONE]),
        ("Anna Berg 010-000 00 00 eller Karin Ek 010-000 00 01", []),
        ("Teamet", []),
        ("Ingen ändring, Eva Berg", []),
        ("dr Lind, 010-000 00 00 " + "x" * 1000, []),
    ],
)
def test_a_line_that_names_nobody_for_sure_stays_with_a_finding(text: str, values: list[str]) -> None:
    """
    One number is still the line's number; of several it is not known whose.
    """
    read = read_fixed_contact(text, CODE)
    assert read.value.holder is None
    assert [way.value for way in read.value.ways] == values
    assert [finding.code for finding in read.findings] == ["contact-unread"]


@pytest.mark.parametrize(
    "text",
    ["Ej utsedd", "Ingen fast läkarkontakt är utsedd.", "saknas", "–", "Vakant", "EJ UTSEDD", "Utses senare"],
)
def test_a_vacant_contact_is_said_to_be_vacant(text: str) -> None:
    """
    A line that says that nobody is named makes nobody.
    """
    read = read_fixed_contact(text, CODE)
    assert read.value == FixedContact(text=text, code=CODE, is_vacant=True)
    assert [finding.code for finding in read.findings] == ["contact-unread"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FixedContactCode.CARE_CONTACT, FixedContactCode.COORDINATING_CONTACT),
        (FixedContactCode.PHYSICIAN, FixedContactCode.PHYSICIAN),
    ],
)
def test_overall_coordination_makes_a_care_contact_code_4(
    code: FixedContactCode, said: FixedContactCode
) -> None:
    """
    The words on the line decide, for a fast vårdkontakt only.
    """
    contact = read_fixed_contact("Eva Svensson, sjuksköterska (övergripande samordningsansvar)", code).value
    assert (contact.code, contact.holder) == (said, NURSE)


def test_a_staff_number_of_a_fixed_contact_is_for_staff() -> None:
    """
    The words around the number close it; the name is still read.
    """
    read = read_fixed_contact(f"dr Lind, direktnummer {PHONE} (endast för kommunens sjuksköterskor)", CODE)
    assert read.value.holder == Professional(name="Lind", title="dr")
    assert [way.audience for way in read.value.ways] == [Audience.MUNICIPAL_LICENSED]


def test_a_doubtful_number_is_internal_with_a_finding() -> None:
    """
    Fail closed, and say so.
    """
    read = read_fixed_contact(f"dr Lind, direktnummer {PHONE}", CODE)
    assert [way.audience for way in read.value.ways] == [Audience.INTERNAL]
    assert [finding.code for finding in read.findings] == ["audience-unsure"]
    ways = read_contact_ways(f"Jourläkare {PHONE}")
    assert ways.value[0].audience is Audience.INTERNAL
    assert [finding.code for finding in ways.findings] == ["audience-unsure"]


def test_a_line_gives_one_contact_way_for_each_number_with_its_hours() -> None:
    """
    All of them hold the whole line.
    """
    text = "Hälsocentralen 010-000 00 00, berga@region.se, vardagar 08.00–16.30"
    hours = (Hours(weekdays=(1, 2, 3, 4, 5), opens="08:00", closes="16:30"),)
    assert read_contact_ways(text).value == (
        ContactWay(text=text, kind=ContactKind.PHONE, value=PHONE, audience=Audience.PATIENT, hours=hours),
        ContactWay(
            text=text, kind=ContactKind.EMAIL, value="berga@region.se", audience=Audience.PATIENT, hours=hours
        ),
    )


def test_a_line_without_number_is_a_way_of_another_kind() -> None:
    """
    The words are all there is; so it is with a line too long to be one.
    """
    (way,) = read_contact_ways("010-000 00 00, vardagar 8-17" + " " * 1000).value
    assert (way.kind, way.hours) == (ContactKind.OTHER, ())
    (way,) = read_contact_ways("Din hälsocentral", Place("a")).value
    assert (way.kind, way.value, way.audience, way.origin()) == (ContactKind.OTHER, "", Audience.PATIENT, "a")


@pytest.mark.parametrize(
    ("holder", "ways", "text"),
    [
        (NURSE, [PHONE], "Eva Svensson, sjuksköterska, 010-000 00 00"),
        (
            Professional(name="Anna Lind", title="läkare", unit=CareUnit(name="Vårdcentralen Håsten")),
            [PHONE, "0340-880 00"],
            "Anna Lind, läkare, Vårdcentralen Håsten, 010-000 00 00, 0340-880 00",
        ),
        (NURSE, [], "Eva Svensson, sjuksköterska"),
    ],
)
def test_a_written_fixed_contact_is_read_back(holder: Professional, ways: list[str], text: str) -> None:
    """
    Structured parts get words that are read to the same parts.
    """
    contact = fixed_contact_written(
        CODE,
        holder,
        [ContactWay(text="", kind=ContactKind.PHONE, value=way, audience=Audience.PATIENT) for way in ways],
    )
    assert (contact.text, contact.holder, [way.value for way in contact.ways]) == (text, holder, ways)
    assert read_fixed_contact(contact.text, contact.code).value == contact


@pytest.mark.parametrize("who", list(Audience))
def test_a_written_number_keeps_its_audience(who: Audience) -> None:
    """
    Words say for whom it is, so that no way back opens it.
    """
    way = contact_way_written("Hälsocentralen", PHONE, audience=who)
    assert (way.value, way.audience) == (PHONE, who)
    contact = fixed_contact_written(CODE, NURSE, [way])
    assert contact.holder == NURSE
    assert [way.audience for way in contact.ways] == [who]


def test_numbers_for_different_people_on_one_line_are_written_as_internal() -> None:
    """
    A line has one audience: the narrowest is safe.
    """
    ways = [
        contact_way_written("A", PHONE),
        contact_way_written("B", "0340-880 00", audience=Audience.RELATIVE),
    ]
    assert {way.audience for way in fixed_contact_written(CODE, NURSE, ways).ways} == {Audience.INTERNAL}


def test_a_contact_with_nothing_to_write_is_vacant() -> None:
    """
    The gap is said openly; a number without a name is no gap.
    """
    assert fixed_contact_written(CODE).is_vacant
    contact = fixed_contact_written(CODE, ways=[contact_way_written("", PHONE)])
    assert (contact.text, contact.is_vacant) == (PHONE, False)


@pytest.mark.parametrize(
    "hours",
    [
        Hours(weekdays=(1, 2, 3, 4, 5), opens="08:00", closes="16:30"),
        Hours(weekdays=(1, 3), opens="09:00", closes="12:00"),
        Hours(weekdays=(1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_written_hours_are_read_back(hours: Hours) -> None:
    """
    Days and times get words that are read to the same days and times.
    """
    way = contact_way_written("Hälsocentralen", PHONE, hours=[hours])
    assert (way.value, way.hours) == (PHONE, (hours,))


@pytest.mark.parametrize(
    ("text", "plan_type"),
    [
        ("SIP upprättad 2026-01-10", "SIP"),
        ("Samordnad individuell plan finns", "SIP"),
        ("Samordnad rehabiliteringsplan", "RP"),
        ("sammanhållen REHABPLAN", "RP"),
        ("Habiliteringsplan 2026", "HP"),
        ("Genomförandeplan i hemtjänsten", "GP"),
        ("Vårdplan", "VP"),
        ("Standardiserad vårdplan", "SVP"),
        ("Samordnad plan vid utskrivning", "SPU"),
        ("Samordnad plan enligt LPT", "SPLPTLRV"),
        ("Självvald inläggning: avdelning 5", ""),
        ("SIP och rehabplan", ""),
        ("Planering pågår", ""),
        ("Gossip", ""),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_plan_has_a_type_when_its_words_name_exactly_one(text: str, plan_type: str, form: str) -> None:
    """
    Two plans on a line, or none with a national code: no type.
    """
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    assert joint_plan(text) == JointPlan(text=text, plan_type=plan_type)
