"""Names with titles: "dr Lind", "Eva Svensson, sjuksköterska", "distriktssköterska Karin Ek"."""

from __future__ import annotations

import re

from adapter.domain.people import CareUnit, Professional

_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_'’]*(?:['’-][^\W\d_]+)*\.?"
_PARTICLE = r"(?:(?:von|af|av|de|del|van|der|den|la|el|al|bin|ibn|di|da) )?"
_FULL_NAME = rf"{_WORD}(?: {_PARTICLE}{_WORD}){{1,3}}"
_TITLE = (
    r"(?:leg\.? )?(?:dr\.?|doktor|st-läkare|bt-läkare|at-läkare"
    r"|[a-zåäö/-]*(?:sköterska|sköterskan|läkare|läkaren|terapeut|gymnast|kurator|psykolog|dietist|logoped|barnmorska"
    r"|handläggare|assistent|biträde|samordnare|koordinator|chef|apotekare|kontaktperson)|ssk|dsk|usk)"
    r"(?: i [a-zåäö]+)?"
)
_UNIT_ENDINGS = (
    *("central", "centralen", "klinik", "kliniken", "mottagning", "mottagningen", "team", "teamet", "enhet"),
    *(
        "enheten",
        "avdelning",
        "avdelningen",
        "sjukvård",
        "sjukvården",
        "sjukhus",
        "sjukhuset",
        "kommun",
        "kommuns",
    ),
    *(
        "region",
        "regionen",
        "hemtjänst",
        "hemtjänsten",
        "boende",
        "boendet",
        "hemmet",
        "omsorg",
        "omsorgen",
        "rehab",
    ),
)
_UNIT_WORDS = frozenset({"vc", "hc", "avd", "avd."})
# One word is a name after "dr" only: "läkare Norrland" may be a place.
_TITLED = (
    rf"(?:(?P<title>(?i:{_TITLE})) (?P<name>{_FULL_NAME})|(?P<dr>(?i:dr\.?|doktor)) (?P<one_name>{_WORD}))"
)
_TITLE_NAME = re.compile(_TITLED)
_NAME_TITLE = re.compile(rf"(?P<name>{_FULL_NAME}) (?P<title>{_TITLE})")
_NAME_IN_BRACKETS = re.compile(rf"(?P<name>{_FULL_NAME}) \((?P<title>(?i:{_TITLE}))\)")
_ONLY_NAME = re.compile(_FULL_NAME)
_ONLY_TITLE = re.compile(_TITLE, re.IGNORECASE)
_AT_SOMEBODY = re.compile(rf"\b(?:hos|med) {_TITLED}")
_SPLIT = re.compile(r"\s*[,;|\n]\s*|\s+[-–—/]\s+|\s*[()]\s*")


def professional(text: str) -> Professional | None:
    """Whoever a text names, when it says a name, a title, perhaps a unit, and nothing else."""
    plain = " ".join(text.split())
    bracketed = _NAME_IN_BRACKETS.fullmatch(plain)
    if bracketed:
        return _person(bracketed["name"], bracketed["title"])
    people: list[Professional] = []
    names: list[str] = []
    titles: list[str] = []
    units: list[str] = []
    for part in filter(None, _SPLIT.split(plain)):
        whole = _whole(part)
        if whole and not _is_unit(part):
            people.append(whole)
        elif _ONLY_TITLE.fullmatch(part):
            titles.append(part)
        elif _is_unit(part):
            units.append(part)
        elif _ONLY_NAME.fullmatch(part):
            names.append(part)
        else:
            return None
    if len(names) == len(titles) == 1:
        people.append(_person(names.pop(), titles.pop()))
    if len(people) != 1 or names or titles or len(units) > 1:
        return None
    return _at(people[0], units)


def somebody_in(text: str) -> Professional | None:
    """The one titled person that a line is "hos" or "med": "Återbesök hos dr Lind"."""
    found = list(_AT_SOMEBODY.finditer(text))
    return _titled(found[0]) if len(found) == 1 and not _is_unit(found[0][0]) else None


def _is_unit(part: str) -> bool:
    """Whether a word of it is that of a unit or an organisation."""
    return any(word.endswith(_UNIT_ENDINGS) or word in _UNIT_WORDS for word in part.casefold().split())


def _whole(part: str) -> Professional | None:
    """Title and name, or name and title, and nothing else."""
    found = _TITLE_NAME.fullmatch(part)
    if found:
        return _titled(found)
    found = _NAME_TITLE.fullmatch(part)
    return _person(found["name"], found["title"]) if found else None


def _titled(found: re.Match[str]) -> Professional:
    return _person(found["name"] or found["one_name"], found["title"] or found["dr"])


def _person(name: str, title: str) -> Professional:
    return Professional(name=name.rstrip("."), title=title.rstrip("."))


def _at(person: Professional, units: list[str]) -> Professional:
    if not units:
        return person
    return Professional(name=person.name, title=person.title, unit=CareUnit(name=units[0]))
