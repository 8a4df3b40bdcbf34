"""Names with titles: "dr Lind", "Eva Svensson, sjuksköterska", "distriktssköterska Karin Ek"."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_AT_SOMEBODY = re.compile(r"\b(?:hos|med)\s+(\S.{0,79})")
_SPLIT = re.compile(r", ?|; ?|\| ?|\( ?|\) ?| [-–—/] ")  # a first sign each: quick to find


def professional(text: str) -> Professional | None:
    """Whoever a text names, when it says a name, a title, perhaps a unit, and nothing else."""
    people: list[tuple[str, str]] = []
    names: list[str] = []
    titles: list[str] = []
    units: list[str] = []
    for words in filter(None, map(str.split, _SPLIT.split(" ".join(text.split())))):
        title, name = _title_and_name(words) or ("", "")
        if title and not name:
            titles.append(title)
        elif _is_unit(words):
            units.append(" ".join(words))
        elif title:
            people.append((name, title))
        elif name:
            names.append(name)
        else:
            return None
    if len(names) == len(titles) == 1:
        people.append((names.pop(), titles.pop()))
    if len(people) != 1 or names or titles or len(units) > 1:
        return None
    return _person(*people[0], units)


def somebody_in(text: str) -> Professional | None:
    """The one titled person that a line is "hos" or "med": "Återbesök hos dr Lind"."""
    tails = _AT_SOMEBODY.findall(text)
    if len(tails) != 1 or len(_AT_SOMEBODY.findall(tails[0])) > 0:
        return None
    words = tails[0].split()
    after = _title_end(words, 0)
    names = _leading_name(words[after:]) if after else []
    said = _title_and_name(words[:after] + names)
    if not said or not said[0] or not said[1] or _is_unit(said[1].split()):
        return None
    return _person(said[1], said[0])


def _title_and_name(words: list[str]) -> tuple[str, str] | None:
    """Title and name, either of them empty; None when there is anything else."""
    at = next((n for n, word in enumerate(words) if _is_title(word)), None)
    if at is None:
        return ("", " ".join(words)) if _is_name(words, 2) else None
    first = at - 1 if at and _is_before_title(words[at - 1]) else at
    after = _after_title(words, at)
    names = words[after:] if first == 0 else words[:first]
    if first and after < len(words):
        return None
    title = " ".join(words[first:after])
    if names and not _is_name(names, 1 if title.casefold().rstrip(".") in _DOCTOR else 2):
        return None
    return title, " ".join(names)


def _title_end(words: list[str], first: int) -> int:
    """Where the title that begins at a word ends, as in "leg. läkare i allmänmedicin"; 0 when none begins."""
    at = first + _is_before_title(words[first])
    return _after_title(words, at) if at < len(words) and _is_title(words[at]) else 0


def _after_title(words: list[str], at: int) -> int:
    """The word after a title, and after what it is in."""
    return at + 3 if words[at + 1 : at + 2] == ["i"] else at + 1


def _is_before_title(word: str) -> bool:
    return word.casefold().rstrip(".") in _BEFORE_TITLE


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
    return all(map(_WORD.fullmatch, words)) or all(_WORD.fullmatch(w) or w in _PARTICLES for w in words)


def _is_unit(words: list[str]) -> bool:
    """Whether one of the words is that of a unit or an organisation."""
    return any(word.endswith(_UNIT_ENDINGS) or word in _UNIT_WORDS for word in map(str.casefold, words))


def _person(name: str, title: str, units: Sequence[str] = ()) -> Professional:
    unit = CareUnit(name=units[0]) if units else None
    return Professional(name=name.rstrip("."), title=title.rstrip("."), unit=unit)
