"""Opening hours, names with titles, and who may see a number, told by the words."""

from __future__ import annotations

import unicodedata

import pytest

from adapter.domain.audience import audience
from adapter.domain.hours import hours_in
from adapter.domain.names import professional, somebody_in
from adapter.domain.people import Audience, CareUnit, Hours, Professional

WEEK = (1, 2, 3, 4, 5)
ALL = (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("vardagar 08.00–16.30", [Hours(weekdays=WEEK, opens="08:00", closes="16:30")]),
        ("Helgfria vardagar kl. 8-17", [Hours(weekdays=WEEK, opens="08:00", closes="17:00")]),
        ("mån–fre 8-17", [Hours(weekdays=WEEK, opens="08:00", closes="17:00")]),
        (
            "Måndag till torsdag 8:00 till 16:00",
            [Hours(weekdays=(1, 2, 3, 4), opens="08:00", closes="16:00")],
        ),
        ("mån, ons och fre kl 9-12", [Hours(weekdays=(1, 3, 5), opens="09:00", closes="12:00")]),
        (
            "måndag-torsdag 8–16, fredag 8–15",
            [
                Hours(weekdays=(1, 2, 3, 4), opens="08:00", closes="16:00"),
                Hours(weekdays=(5,), opens="08:00", closes="15:00"),
            ],
        ),
        ("alla dagar 7-22", [Hours(weekdays=ALL, opens="07:00", closes="22:00")]),
        ("helger 10-14", [Hours(weekdays=(6, 7), opens="10:00", closes="14:00")]),
        ("Dygnet runt", [Hours(weekdays=ALL)]),
        ("vard 8-16", [Hours(weekdays=WEEK, opens="08:00", closes="16:00")]),
        ("Telefontid 8.00-9.00 vardagar", [Hours(weekdays=WEEK, opens="08:00", closes="09:00")]),
        ("kl 8–12 måndag och tisdag", [Hours(weekdays=(1, 2), opens="08:00", closes="12:00")]),
        ("Öppet 8-12, måndag 9-13", [Hours(weekdays=(1,), opens="09:00", closes="13:00")]),
        ("Öppet vardagar 8-17, lördag stängt", [Hours(weekdays=WEEK, opens="08:00", closes="17:00")]),
        ("Stängt vardagar 12-13", []),
        ("vardagar 8-16, lunchstängt: vardagar 12-13", []),
        ("ej dygnet runt", []),
        ("stängt 12-13 vardagar", []),
        ("utom vardagar 8-16", []),
        ("vard 8-16 tabletter", []),
        ("alla dagar 5-10 mg", []),
        ("varje dag 10-15 minuter", []),
        ("vården 8-16", []),
        ("2026-04-14 vardagar", []),
        ("fre-mån 8-9", []),
        ("vardagar 17-8", []),
        ("vardagar 8-24", []),
        ("vardagar 8.75-9", []),
        ("08.00–16.30", []),
        ("16-8 vardagar", []),
        ("8-16 fre-mån", []),
        ("idag", []),
        ("ring oss", []),
        ("İdag vardagar 8-17", [Hours(weekdays=WEEK, opens="08:00", closes="17:00")]),
    ],
)
def test_hours_with_their_days_are_read(text: str, hours: list[Hours]) -> None:
    """
    Days and a span; a span without days, backwards or beyond the clock is none.
    """
    assert [said.hours for said in hours_in(text)] == hours


@pytest.mark.parametrize(
    ("text", "name", "title", "unit"),
    [
        ("Eva Svensson, sjuksköterska", "Eva Svensson", "sjuksköterska", ""),
        ("sjuksköterska, Eva Svensson", "Eva Svensson", "sjuksköterska", ""),
        ("Eva Svensson sjuksköterska", "Eva Svensson", "sjuksköterska", ""),
        ("Eva Svensson (leg. sjuksköterska)", "Eva Svensson", "leg. sjuksköterska", ""),
        ("dr Lind", "Lind", "dr", ""),
        ("Anna Lind, specialist i allmänmedicin", "Anna Lind", "specialist i allmänmedicin", ""),
        ("Patientansvarig sjuksköterska Eva Svensson", "Eva Svensson", "Patientansvarig sjuksköterska", ""),
        ("Dr. Anna Lind", "Anna Lind", "Dr", ""),
        ("distriktssköterska Karin Ek", "Karin Ek", "distriktssköterska", ""),
        ("ST-läkare Åsa Öberg-Ähl", "Åsa Öberg-Ähl", "ST-läkare", ""),
        (
            "Carl von Essen, överläkare, Vårdcentralen Håsten",
            "Carl von Essen",
            "överläkare",
            "Vårdcentralen Håsten",
        ),
        ("Karin Ek – undersköterska – Hemtjänsten Norr", "Karin Ek", "undersköterska", "Hemtjänsten Norr"),
        (
            "Dr Lars Lind, specialist i allmänmedicin, Hälsocentralen Borgholm",
            "Lars Lind",
            "Dr, specialist i allmänmedicin",
            "Hälsocentralen Borgholm",
        ),
        (
            "Lars Lind, leg. läkare, specialist i invärtes medicin",
            "Lars Lind",
            "leg. läkare, specialist i invärtes medicin",
            "",
        ),
        (
            "Dr. Lars Lind, spec. allmänmedicin, Borgholms HC",
            "Lars Lind",
            "Dr, spec. allmänmedicin",
            "Borgholms HC",
        ),
        ("Lars Lind, specialistläkare allmänmedicin", "Lars Lind", "specialistläkare allmänmedicin", ""),
        ("Med dr Maria Ek, överläkare", "Maria Ek", "Med dr, överläkare", ""),
        ("Prof. Maria Ek, ÖL", "Maria Ek", "Prof, ÖL", ""),
        (
            "Eva Svensson, sjuksköterska på Hälsocentralen Borgholm",
            "Eva Svensson",
            "sjuksköterska",
            "Hälsocentralen Borgholm",
        ),
        ("Eva Svensson ssk hälsocentralen Borgholm", "Eva Svensson", "ssk", "hälsocentralen Borgholm"),
        (
            "Karin Ek, sjuksköterska, Hemsjukvården Norr, Varbergs kommun",
            "Karin Ek",
            "sjuksköterska",
            "Hemsjukvården Norr, Varbergs kommun",
        ),
    ],
)
def test_a_name_with_its_title_is_split(text: str, name: str, title: str, unit: str) -> None:
    """
    Name, title and perhaps the unit, in the orders people write them.
    """
    assert professional(text) == Professional(
        name=name, title=title, unit=CareUnit(name=unit) if unit else None
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Eva Svensson",
        "sjuksköterska",
        "Vårdcentralen Håsten",
        "läkare Norrland",
        "Kommunens sjuksköterska",
        "Eva Svensson, Karin Ek, sjuksköterska",
        "dr Lind, dr Ek",
        "dr Lind, Hälsocentralen Berga, Hemtjänsten Norr",
        "dr Lind, sjuksköterska",
        "dr Lind eller den som är i tjänst",
        "Eva Svensson sjuksköterska Karin",
        "dr von",
        "dr överläkare Lind",
        "Eva Maria Anna Lisa Karin Stina Svensson, sjuksköterska",
        "teamet läkare Vårdcentralen Norr",
        "Eva Svensson, undersköterska, läkare",
        "Eva Svensson samordnare för hemtjänsten Norr",
        "Eva Svensson, sjuksköterska, nås på Hälsocentralen Borgholm",
        "Eva Svensson, specialist i allmänmedicin, dr Lind",
        "Tidigare Eva Svensson, sjuksköterska",
        "Ej Eva Svensson, sjuksköterska",
        "sjuksköterska Ersätter Eva Svensson",
        "Vakant Eva Svensson ssk Borgholms HC",
    ],
)
def test_what_is_not_one_sure_person_is_nobody(text: str) -> None:
    """
    Two people, no title, a place: the line is not split.
    """
    assert professional(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Återbesök hos dr Lind på tisdag", "Lind"),
        ("Samtal med kurator Eva Svensson", "Eva Svensson"),
        ("Besök hos dr Lind och hos dr Ek", ""),
        ("Besök hos Eva Svensson", ""),
        ("Besök hos dr", ""),
        ("Besök hos leg. läkare Eva Svensson, mottagningen", "Eva Svensson"),
        ("Besök hos läkare i tjänst", ""),
        ("Besök med dr Anna von Essen igen", "Anna von Essen"),
        ("Besök hos leg.", ""),
        ("Besök hos Dr Hälsocentralen", ""),
    ],
)
def test_somebody_in_a_line_has_a_title(text: str, name: str) -> None:
    """
    One titled person after "hos" or "med".
    """
    found = somebody_in(text)
    assert (found.name if found else "") == name


AUDIENCES = [
    ("Hälsocentralen 010-000 00 00", Audience.PATIENT, True),
    ("Kommunens hemsjukvård 0340-880 00", Audience.PATIENT, True),
    ("Patient och anhöriga når oss på 0340-880 00", Audience.PATIENT, True),
    ("För anhöriga: 0340-880 00", Audience.RELATIVE, True),
    ("Direktnummer för kommunens sjuksköterskor 010-000 00 00", Audience.MUNICIPAL_LICENSED, True),
    ("010-000 00 00 (endast för kommunens legitimerade personal)", Audience.MUNICIPAL_LICENSED, True),
    ("Endast för personal: 010-000 00 00", Audience.INTERNAL, True),
    ("010-000 00 00, får inte lämnas ut", Audience.INTERNAL, True),
    ("FÅR EJ LÄMNAS UT TILL PATIENTER ELLER ANHÖRIGA 010-000 00 00", Audience.INTERNAL, True),
    ("internt 4711", Audience.INTERNAL, True),
    ("Läkarens mobil 070-000 00 00 – ge ej ut", Audience.INTERNAL, True),
    ("010-000 00 00 delas inte med någon", Audience.INTERNAL, True),
    ("010-000 00 00 får under inga omständigheter lämnas ut", Audience.INTERNAL, True),
    ("010-000 00 00, sekretess", Audience.INTERNAL, True),
    ("Waran ges ej, ring 010-000 00 00", Audience.PATIENT, True),
    ("Direktnr 010-000 00 00", Audience.INTERNAL, False),
    ("Dir.nr 010-000 00 00", Audience.INTERNAL, False),
    ("Direktnummer 010-000 00 00", Audience.INTERNAL, False),
    ("Jourläkare 010-000 00 00", Audience.INTERNAL, False),
    ("Direktnummer för patienten: 010-000 00 00", Audience.PATIENT, True),
    ("Ska aldrig ges till patienten 010-000 00 00", Audience.INTERNAL, True),
    ("Inte något för patienten 010-000 00 00", Audience.INTERNAL, False),
]


@pytest.mark.parametrize(("text", "who", "is_sure"), AUDIENCES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_words_tell_who_may_see_a_number(text: str, who: Audience, is_sure: bool, form: str) -> None:
    """
    The agreement is the patient's; words for staff close it, and doubt closes it too.
    """
    assert audience(unicodedata.normalize(form, text)) == (who, is_sure)  # type: ignore[arg-type]
