"""Names with titles: "dr Lind", "Eva Svensson, sjuksköterska", "distriktssköterska Karin Ek"."""

from __future__ import annotations

import re

from adapter.domain.people import CareUnit, Professional

_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*\.?")
_PARTICLES = frozenset(
    {"von", "af", "av", "de", "del", "van", "der", "den", "la", "el", "al", "bin", "ibn", "di", "da"}
)
_LONGEST_NAME = 6  # words
_DOCTOR = frozenset({"dr", "doktor"})  # only after these is one word a name: "läkare Norrland" may be a place
_TITLES = frozenset({"ssk", "dsk", "usk", "specialist"}) | _DOCTOR
_BEFORE_TITLE = frozenset({"leg", "patientansvarig", "namngiven", "ansvarig"})
_TITLE_ENDINGS = (
    *(
        "sköterska",
        "sköterskan",
        "läkare",
        "läkaren",
        "terapeut",
        "gymnast",
        "kurator",
        "psykolog",
        "dietist",
    ),
    *("logoped", "barnmorska", "handläggare", "assistent", "biträde", "samordnare", "koordinator", "chef"),
    *("apotekare", "kontaktperson"),
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
_AT_SOMEBODY = re.compile(r"\b(?:hos|med)\s+(.{1,80})")
_SPLIT = re.compile(r"\s*[,;|\n]\s*|\s+[-–—/]\s+|\s*[()]\s*")


def professional(text: str) -> Professional | None:
    """Whoever a text names, when it says a name, a title, perhaps a unit, and nothing else."""
    people: list[Professional] = []
    names: list[str] = []
    titles: list[str] = []
    units: list[str] = []
    for part in filter(None, _SPLIT.split(" ".join(text.split()))):
        said = _title_and_name(part.split())
        title, name = said or ("", "")
        if title and not name:
            titles.append(title)
        elif _is_unit(part):
            units.append(part)
        elif title:
            people.append(_person(name, title))
        elif name:
            names.append(name)
        else:
            return None
    if len(names) == len(titles) == 1:
        people.append(_person(names.pop(), titles.pop()))
    if len(people) != 1 or names or titles or len(units) > 1:
        return None
    return _at(people[0], units)


def somebody_in(text: str) -> Professional | None:
    """The one titled person that a line is "hos" or "med": "Återbesök hos dr Lind"."""
    tails = _AT_SOMEBODY.findall(text)
    if len(tails) != 1 or len(_AT_SOMEBODY.findall(tails[0])) > 0:
        return None
    words = tails[0].split()
    after = _title_end(words, 0)
    names = _leading_name(words[after:]) if after else []
    said = _title_and_name(words[:after] + names)
    if not said or not said[0] or not said[1] or _is_unit(said[1]):
        return None
    return _person(said[1], said[0])


def _title_and_name(words: list[str]) -> tuple[str, str] | None:
    """Title and name, either of them empty; None when there is anything else."""
    at = next((n for n, word in enumerate(words) if _is_title(word)), None)
    if at is None:
        return ("", " ".join(words)) if _is_name(words, 2) else None
    first = at - 1 if at and words[at - 1].casefold().rstrip(".") in _BEFORE_TITLE else at
    after = _title_end(words, first)
    names = words[after:] if first == 0 else words[:first]
    if first and after < len(words):
        return None
    title = " ".join(words[first:after])
    if names and not _is_name(names, 1 if title.casefold().rstrip(".") in _DOCTOR else 2):
        return None
    return title, " ".join(names)


def _title_end(words: list[str], first: int) -> int:
    """Where the title that begins at a word ends, as in "leg. läkare i allmänmedicin"; 0 when none begins."""
    after = first + (words[first].casefold().rstrip(".") in _BEFORE_TITLE)
    if after >= len(words) or not _is_title(words[after]):
        return 0
    return after + 3 if words[after + 1 : after + 2] == ["i"] else after + 1


def _leading_name(words: list[str]) -> list[str]:
    """The words of a name that a text begins with."""
    name: list[str] = []
    for word in words:
        plain = word.rstrip(",.;:)")
        if not _WORD.fullmatch(plain) and plain not in _PARTICLES:
            break
        name.append(plain)
        if plain != word:
            break
    return name


def _is_title(word: str) -> bool:
    plain = word.casefold().rstrip(".")
    return plain.endswith(_TITLE_ENDINGS) or plain in _TITLES


def _is_name(words: list[str], least: int) -> bool:
    """Whether words are one name: capitals, with a particle only between them."""
    if not least <= len(words) <= _LONGEST_NAME or words[0] in _PARTICLES or words[-1] in _PARTICLES:
        return False
    return all(_WORD.fullmatch(word) or word in _PARTICLES for word in words)


def _is_unit(part: str) -> bool:
    """Whether a word of it is that of a unit or an organisation."""
    return any(word.endswith(_UNIT_ENDINGS) or word in _UNIT_WORDS for word in part.casefold().split())


def _person(name: str, title: str) -> Professional:
    return Professional(name=name.rstrip("."), title=title.rstrip("."))


def _at(person: Professional, units: list[str]) -> Professional:
    if not units:
        return person
    return Professional(name=person.name, title=person.title, unit=CareUnit(name=units[0]))
